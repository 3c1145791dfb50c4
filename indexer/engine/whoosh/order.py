"""Which of the hits stand on a page, and which others they stand for.

Hits are ordered by several keys, each a number of which the greater comes
first; the last is the id, so that paging never shows a document twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from indexer.engine.interface import Found, Search
from indexer.engine.whoosh.best import between, ranked
from indexer.engine.whoosh.collapsing import Collapsed
from indexer.engine.whoosh.columns import id_keys
from indexer.engine.whoosh.matches import Matches
from indexer.engine.whoosh.scores import Scores
from indexer.engine.whoosh.segment import Segment
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
        self._collapsed: Collapsed | None = None
        if search.collapse and len(matches) and len(snapshot.shared.clusters):
            rough = scores.rough if scores else None
            self._collapsed = Collapsed(matches, snapshot.shared, rough)
        # those that are shown, by place; None for all
        self._shown = self._collapsed.shown if self._collapsed else None
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
        return map(Found, ids, scores.tolist(), self._others(places))

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

    def _others(self, places: Array) -> Iterable[tuple[str, ...]]:
        """The ids of those that each hit stands for."""
        if self._collapsed is None:
            return repeat(())
        others = self._collapsed.others(places)
        return (tuple(self._matches.ids(each)) if len(each) else () for each in others)


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
