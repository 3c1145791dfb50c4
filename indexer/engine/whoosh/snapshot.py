"""An index as it is at one generation: its segments side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.whoosh.segment import Segment

Array = NDArray[Any]


class Snapshot:
    """The segments, with the documents that are deleted in each.

    What is known of a segment alone is kept with it, so that the next snapshot,
    which shares most of them, finds it done.
    """

    def __init__(self, segments: Sequence[tuple[Segment, Array]]) -> None:
        self.segments = [segment for segment, _ in segments]
        self.alive: list[Array | None] = []
        for segment, deleted in segments:
            alive = np.ones(segment.count, bool)
            alive[deleted] = False
            self.alive.append(alive if len(deleted) else None)
        self.live_count = sum(segment.count - len(deleted) for segment, deleted in segments)

    @cached_property
    def shared_clusters(self) -> list[tuple[Array, Array]]:
        """The documents that have their cluster in common with another.

        For each segment their numbers, ascending, and the number of the cluster of each.
        """
        columns = [segment.columns.columns["clusters"] for segment in self.segments]
        keys = np.sort(np.concatenate(columns)) if columns else np.zeros(0, np.uint64)
        shared = np.unique(keys[1:][keys[1:] == keys[:-1]])
        found = []
        for column in columns:
            at = np.searchsorted(shared, column)
            at[at == len(shared)] = 0
            documents = np.flatnonzero(shared[at] == column) if len(shared) else at[:0]
            found.append((documents, at[documents]))
        return found
