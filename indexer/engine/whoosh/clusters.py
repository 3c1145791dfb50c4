"""Documents that have their cluster in common with others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine.whoosh.columns import id_keys
from indexer.engine.whoosh.segment import Segment

Array = NDArray[Any]

ALONE: Final = -1
"""The rank of a document that has its cluster for itself."""

_LATEST: Final = np.iinfo(np.int64).max


class Shared:
    """The documents of several segments that have their cluster in common with others.

    They are ranked: cluster by cluster, in each the earliest first, undated ones last, and of one
    moment by their ids.  ``ranks`` has for each segment the rank of each document (int32), or
    ALONE; ``clusters`` the number of the cluster by rank (int32).
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.ranks: list[Array] = []
        self.clusters = np.zeros(0, np.int32)
        if not segments:
            return

        def of_all(column: Callable[[Segment], Array]) -> Array:
            return np.concatenate([column(segment) for segment in segments])

        keys = of_all(lambda segment: segment.columns.columns["clusters"])
        order = np.argsort(keys)
        begins = np.ones(len(keys), bool)  # the first of its cluster, in this order
        begins[1:] = np.diff(keys[order]) != 0
        is_shared = ~begins
        is_shared[:-1] |= ~begins[1:]
        places = order[is_shared]
        self.clusters = np.cumsum(begins[is_shared], dtype=np.int32) - 1
        moments = of_all(lambda segment: segment.moments)[places]
        moments[moments == 0] = _LATEST
        ids = id_keys(of_all(lambda segment: segment.ids)[places])
        ranks = np.full(len(keys), ALONE, np.int32)
        ranks[places[np.lexsort([ids, moments, self.clusters])]] = np.arange(len(places))
        self.ranks = np.split(ranks, np.cumsum([segment.count for segment in segments])[:-1])
