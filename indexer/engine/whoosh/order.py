"""Which of the hits stand on a page, and which others they stand for.

Hits are ordered by several keys, each a number of which the greater comes
first; the last is the id, so that paging never shows a document twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from indexer.engine.interface import Found, Search
from indexer.engine.whoosh.best import between, ranked
from indexer.engine.whoosh.columns import id_keys
from indexer.engine.whoosh.matches import Matches
from indexer.engine.whoosh.scores import Scores
from indexer.engine.whoosh.segment import Segment
from indexer.engine.whoosh.sets import contained
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]

_CHUNK: Final = 1000
_LATEST: Final = np.iinfo(np.int64).max


class Hits:
    """All documents that match; without ``scores`` all match equally well.

    Under collapse one of each cluster stands for the others: the best match,
    the earliest of several, and under a date sort the earliest.  Undated
    documents come last in either direction.
    """

    def __init__(
        self, snapshot: Snapshot, matches: Matches, search: Search, scores: Scores | None
    ) -> None:
        self._matches = matches
        self._search = search
        self._scores = scores
        # those that are shown, by place; None for all
        self._shown: Array | None = None
        self._members: dict[int, Array] = {}
        if search.collapse and len(members := self._members_of_clusters(snapshot)):
            self._collapse(members)
        self._shown_matches = matches if self._shown is None else matches.of(snapshot, self._shown)

    @property
    def groups(self) -> int:
        """How many hits there are to show."""
        return len(self._shown_matches)

    def page(self) -> Sequence[Found]:
        """The hits that were asked for, in order; when these are all, made as they are looked at.

        As objects all documents of an archive would hold up who else searches, and take memory
        for as long as somebody reads them.
        """
        search = self._search
        start, end = search.offset, self.groups
        if search.limit is not None:
            end = min(end, search.offset + search.limit)
        if start >= end:
            return ()
        ordered = _Ordered(self._found, *self._ranked(start, end))
        return ordered if search.limit is None else tuple(ordered)

    def _found(self, places: Array, scores: Array) -> Iterator[Found]:
        ids = self._matches.ids(places)
        others = map(self._others, places.tolist()) if self._members else repeat(())
        return map(Found, ids, scores.tolist(), others)

    def _ranked(self, start: int, end: int) -> tuple[Array, Array]:
        """The places of the hits of these ranks in order, and their scores."""
        if self._scores:
            pool, before = self._scores.contenders(self._shown, start, end)
            scores = self._scores.exact(pool)
            moments = self._matches.gather(_moments, pool)
        else:
            pool = self._first_by_date(end)
            moments = self._matches.gather(_moments, pool)
            if self._search.sort == "oldest":
                moments = np.where(moments == 0, -_LATEST, -moments)
            near, before = between(moments, start, end)
            pool, moments = pool[near], moments[near]
            scores = np.zeros(len(pool))
        keys = [moments, ~id_keys(self._matches.gather(_ids, pool))]
        if self._scores:
            keys.insert(0, scores)
        chosen = ranked(keys, start - before, end - before)
        return pool[chosen], scores[chosen]

    def _first_by_date(self, count: int) -> Array:
        """The places of at least so many hits that a list by date begins with.

        In every segment they stand together, because it is in the order of dates.
        """
        parts = []
        oldest = self._search.sort == "oldest"
        start = 0
        for segment, documents in zip(
            self._matches.segments, self._shown_matches.documents, strict=True
        ):
            size = len(documents)
            if oldest:
                undated = int(np.searchsorted(documents, segment.undated))
                last = min(undated + count, size)
                # of one moment all are taken: their order by id is the other way round
                if undated < last < size:
                    moment = segment.moments[documents[last - 1]]
                    behind = np.searchsorted(segment.moments, moment, side="right")
                    last = int(np.searchsorted(documents, behind))
                missing = count - (last - undated)
                parts.append(np.arange(max(undated - max(missing, 0), 0), undated) + start)
                parts.append(np.arange(undated, last) + start)
            else:
                parts.append(np.arange(max(size - count, 0), size) + start)
            start += size
        places = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        return places if self._shown is None else self._shown[places]

    def _members_of_clusters(self, snapshot: Snapshot) -> Array:
        """The places of the hits that have their cluster in common with another document.

        A column each: place and cluster.
        """
        parts = []
        start = 0
        for segment, documents, (shared, clusters) in zip(
            snapshot.segments, self._matches.documents, snapshot.shared_clusters, strict=True
        ):
            found = contained(shared, [documents], segment.count)
            places = np.searchsorted(documents, shared[found]) + start
            parts.append(np.stack([places, clusters[found]], axis=1))
            start += len(documents)
        return np.concatenate(parts) if parts else np.zeros((0, 2), np.int64)

    def _collapse(self, members: Array) -> None:
        places, clusters = members.T
        moments = self._matches.gather(_moments, places)
        keys = [
            id_keys(self._matches.gather(_ids, places)),
            np.where(moments == 0, _LATEST, moments),
        ]
        if self._scores:
            keys.append(-self._scores.rough[places])
        order = np.lexsort([*keys, clusters])
        places, clusters = places[order], clusters[order]
        firsts = np.flatnonzero(np.diff(clusters, prepend=-1))
        shown = np.ones(len(self._matches), bool)
        shown[places] = False
        shown[places[firsts]] = True
        self._shown = np.flatnonzero(shown)
        ends = [*firsts[1:].tolist(), len(places)]
        self._members = {
            int(places[first]): places[first + 1 : end]
            for first, end in zip(firsts.tolist(), ends, strict=True)
            if end - first > 1
        }

    def _others(self, place: int) -> tuple[str, ...]:
        """The ids of those that a hit stands for."""
        members = self._members.get(place)
        return () if members is None else tuple(self._matches.ids(members))


class _Ordered(Sequence[Found]):
    """Hits as they are needed, from where they stand and their scores."""

    def __init__(
        self, made: Callable[[Array, Array], Iterator[Found]], places: Array, scores: Array
    ) -> None:
        self._made = made
        self._places = places
        self._scores = scores

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Found]:
        for start in range(0, len(self), _CHUNK):
            yield from self[start : start + _CHUNK]

    @overload
    def __getitem__(self, at: int) -> Found: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Found]: ...
    def __getitem__(self, at: int | slice) -> Found | Sequence[Found]:
        if isinstance(at, slice):
            return tuple(self._made(self._places[at], self._scores[at]))
        one = range(len(self))[at]
        return self[one : one + 1][0]


def _moments(segment: Segment) -> Array:
    return segment.moments


def _ids(segment: Segment) -> Array:
    return segment.ids
