"""Which of the hits stand on a page, and which others they stand for.

Hits are ordered by several keys, each a number of which the greater comes
first; the last is the id, so that paging never shows a document twice.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine.interface import Found, Search
from indexer.engine.whoosh.best import best
from indexer.engine.whoosh.scores import Scores
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]

_LATEST: Final = np.iinfo(np.int64).max


class Hits:
    """All documents (ascending) that match; without ``scores`` all match equally well.

    Under collapse one of each cluster stands for the others: the best match,
    the earliest of several, and under a date sort the earliest.  Undated
    documents come last in either direction.
    """

    def __init__(
        self, snapshot: Snapshot, documents: Array, search: Search, scores: Scores | None
    ) -> None:
        self._snapshot = snapshot
        self._documents = documents
        self._search = search
        self._scores = scores
        self._shown = np.arange(len(documents))
        self._members = self._clusters_of_members = self._shown[:0]
        if search.collapse:
            is_shared = snapshot.shares_cluster[documents]
            self._members = self._by_cluster(np.flatnonzero(is_shared))
            self._clusters_of_members = self._clusters(self._members)
            firsts = np.flatnonzero(np.diff(self._clusters_of_members, prepend=-1))
            alone = np.flatnonzero(~is_shared)
            self._shown = np.sort(np.concatenate([alone, self._members[firsts]]))

    @property
    def groups(self) -> int:
        """How many hits there are to show."""
        return len(self._shown)

    def page(self) -> tuple[Found, ...]:
        """The hits that were asked for, in order."""
        search = self._search
        needed = self.groups if search.limit is None else search.offset + search.limit
        pool = self._shown
        if self._scores:
            pool = self._scores.contenders(pool, needed)
        documents = self._documents[pool]
        moments = self._snapshot.moments[documents]
        if search.sort == "oldest":
            moments = np.where(moments == 0, -_LATEST, -moments)
        scores = self._scores.exact(pool) if self._scores else np.zeros(len(pool))
        chosen = best([scores, moments, ~self._snapshot.id_keys[documents]], needed)
        shown = chosen[search.offset : needed]
        return tuple(
            Found(self._id(hit), score, self._others(hit))
            for hit, score in zip(pool[shown].tolist(), scores[shown].tolist(), strict=True)
        )

    def _by_cluster(self, hits: Array) -> Array:
        """The hits cluster by cluster, in each the one first that stands for the others."""
        documents = self._documents[hits]
        moments = self._snapshot.moments[documents]
        keys = [self._snapshot.id_keys[documents], np.where(moments == 0, _LATEST, moments)]
        if self._scores:
            keys.append(-self._scores.rough[hits])
        return hits[np.lexsort([*keys, self._clusters(hits)])]

    def _clusters(self, hits: Array) -> Array:
        return self._snapshot.clusters[self._documents[hits]]

    def _id(self, hit: int) -> str:
        return self._snapshot.id(int(self._documents[hit]))

    def _others(self, hit: int) -> tuple[str, ...]:
        """The ids of those that a hit stands for."""
        cluster = self._snapshot.clusters[self._documents[hit]]
        start, end = np.searchsorted(self._clusters_of_members, [cluster, cluster + 1]).tolist()
        return tuple(self._id(each) for each in self._members[start:end].tolist() if each != hit)
