"""Documents that have their cluster in common with others."""

from __future__ import annotations

from collections.abc import Sequence
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
        columns = [segment.columns.columns["clusters"] for segment in segments]
        keys = np.sort(np.concatenate(columns)) if columns else np.zeros(0, np.uint64)
        names = np.unique(keys[1:][keys[1:] == keys[:-1]])
        self.ranks = [np.full(segment.count, ALONE, np.int32) for segment in segments]
        self.clusters = np.zeros(0, np.int32)
        if not len(names):
            return
        found, clusters, moments, ids = [], [], [], []
        for segment, column in zip(segments, columns, strict=True):
            at = np.searchsorted(names, column)
            at[at == len(names)] = 0
            documents = np.flatnonzero(names[at] == column)
            found.append(documents)
            clusters.append(at[documents])
            moments.append(segment.moments[documents])
            ids.append(id_keys(segment.ids[documents]))
        numbers, dates = np.concatenate(clusters), np.concatenate(moments)
        dates[dates == 0] = _LATEST
        order = np.lexsort([np.concatenate(ids), dates, numbers])
        self.clusters = numbers[order].astype(np.int32)
        ranks = np.empty(len(order), np.int32)
        ranks[order] = np.arange(len(order), dtype=np.int32)
        parts = np.split(ranks, np.cumsum([len(each) for each in found])[:-1])
        for table, documents, its_ranks in zip(self.ranks, found, parts, strict=True):
            table[documents] = its_ranks
