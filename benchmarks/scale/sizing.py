"""What larger archives need, worked out from what was measured of smaller ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from benchmarks.engine.figures import Figures

SIZES: Final = (10_000_000, 100_000_000, 1_000_000_000)
SHARD_GB: Final = 40
"""How large a shard is to be at most: OpenSearch advises 10 to 50 GB."""
DISK_PER_MEMORY: Final = 8
"""How many times the memory of a node its index may be: what is asked often is read from memory."""
NODE_GB: Final = 64
"""The memory of a node: half of it for the heap, which is to stay below 32 GB."""


class Line(NamedTuple):
    """A figure as ``fixed + each * documents``."""

    fixed: float
    each: float

    def at(self, documents: int) -> float:
        """The figure for so many documents."""
        return self.fixed + self.each * documents


class Need(NamedTuple):
    """What an archive of so many documents needs; sizes in GB, with one replica."""

    documents: int
    disk_gb: float
    shards: int
    nodes: int


def line(by_size: Mapping[int, Figures], name: str, sizes: Sequence[int]) -> Line:
    """The line through a figure of these sizes, by least squares; it does not fall."""
    slope, fixed = np.polyfit(sizes, [by_size[size][name] for size in sizes], 1)
    return Line(float(fixed), max(float(slope), 0.0))


def most(by_size: Mapping[int, Figures]) -> int:
    """How many documents the embedded engine may have before memory holds its index no more."""
    largest = max(by_size)
    return round(NODE_GB / 2 * 1000 / by_size[largest]["disk.embedded"] * largest)


def need(by_size: Mapping[int, Figures], documents: int) -> Need:
    """What so many documents need, by the index of the largest size measured."""
    largest = max(by_size)
    disk = by_size[largest]["disk.opensearch"] / 1000 / largest * documents
    copies = 2 * disk
    shards = max(3, int(np.ceil(disk / SHARD_GB)))
    nodes = max(3, int(np.ceil(copies / (NODE_GB / 2 * DISK_PER_MEMORY))))
    return Need(documents, copies, shards, nodes)
