"""Which hits stand for others: of each cluster one, the best match, or the earliest of several."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine.whoosh.clusters import ALONE, Shared
from indexer.engine.whoosh.matches import Matches

Array = NDArray[Any]

_FEW: Final = 0.05
"""Up to which share of the documents that share clusters it is quicker to sort than a table."""
_NONE: Final = np.zeros(0, np.int64)


class Collapsed:
    """Hits of which one of each cluster stands for the others.

    With the scores of all hits by place (``rough``) that is the best, else the earliest.
    """

    def __init__(self, matches: Matches, shared: Shared, rough: Array | None) -> None:
        self._matches = matches
        self._shared = shared
        self._rough = rough
        self._ranks, self._places = self._in_order()
        self._clusters = shared.clusters[self._ranks]
        self.shown = np.flatnonzero(self._is_shown())
        """The places of the hits that are shown, ascending."""

    def others(self, places: Array) -> list[Array]:
        """For each of these places, which are shown, those that it stands for, in order."""
        found = []
        ranks = self._ranks_of(places)
        clusters = self._shared.clusters[ranks]
        starts = np.searchsorted(self._clusters, clusters, side="left")
        ends = np.searchsorted(self._clusters, clusters, side="right")
        for place, rank, start, end in zip(places, ranks, starts, ends, strict=True):
            if rank == ALONE or end - start == 1:
                found.append(_NONE)
                continue
            members = self._places[start:end]
            if self._rough is not None:
                members = members[np.argsort(-self._rough[members], kind="stable")]
            found.append(members[members != place])
        return found

    def _ranks_of(self, places: Array) -> Array:
        ranks = np.empty(len(places), np.int32)
        for at, which, documents in self._matches.by_segment(places):
            ranks[which] = self._shared.ranks[at][documents]
        return ranks

    def _in_order(self) -> tuple[Array, Array]:
        """The ranks of the hits that have one, ascending, and their places."""
        tables = zip(self._shared.ranks, self._matches.documents, strict=True)
        of_all = np.concatenate([table[documents] for table, documents in tables])
        places = np.flatnonzero(of_all != ALONE)
        ranks = of_all[places]
        if len(ranks) < _FEW * len(self._shared.clusters):
            order = np.argsort(ranks)
            return ranks[order], places[order]
        table = np.full(len(self._shared.clusters), ALONE, np.int64)
        table[ranks] = places
        ordered = np.flatnonzero(table != ALONE)
        return ordered, table[ordered]

    def _is_shown(self) -> Array:
        firsts = np.flatnonzero(np.diff(self._clusters, prepend=-1))
        if self._rough is not None and len(firsts):
            scores = self._rough[self._places]
            sizes = np.diff(firsts, append=len(scores))
            best = np.flatnonzero(scores == np.repeat(np.maximum.reduceat(scores, firsts), sizes))
            firsts = best[np.flatnonzero(np.diff(self._clusters[best], prepend=-1))]
        is_shown = np.ones(len(self._matches), bool)
        is_shown[self._places] = False
        is_shown[self._places[firsts]] = True
        return is_shown
