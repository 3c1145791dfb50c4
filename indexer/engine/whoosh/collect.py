"""From the matching documents to the answer: exact totals, facets, order, groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.interface import FacetCount, Filters, Outcome, Search
from indexer.engine.tree import ValueField
from indexer.engine.whoosh.matches import Matches
from indexer.engine.whoosh.order import Hits
from indexer.engine.whoosh.scores import Scores
from indexer.engine.whoosh.scoring import Scorer
from indexer.engine.whoosh.segment import Segment
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]


def outcome(
    snapshot: Snapshot, documents: Sequence[Array], search: Search, scorer: Scorer | None
) -> Outcome:
    """The answer to ``search`` from all documents of each segment that match its query.

    Where it filters by dates, only from those within them and from the undated
    ones.  Without a ``scorer`` all score 0.  Raises TooCostly.
    """
    narrowed = [
        _Narrowed(segment, each, search.filters)
        for segment, each in zip(snapshot.segments, documents, strict=True)
    ]
    facets: dict[str, tuple[FacetCount, ...]] = {}
    for facet in search.facets:
        search.budget.check()
        if facet == "date":
            facets[facet] = _date_facet(snapshot, narrowed, search.date_digits)
        else:
            facets[facet] = _value_facet(snapshot, narrowed, facet)
    matches = Matches(snapshot, [each.passing() for each in narrowed])
    scores = Scores(matches, scorer) if scorer and len(matches) else None
    search.budget.check()
    hits = Hits(snapshot, matches, search, scores)
    undated = sum(each.undated() for each in narrowed)
    return Outcome(len(matches), hits.groups, hits.page(), facets, undated)


# As its own _make does, but without a Python function for each of many hundreds.
_facet_count = partial(tuple.__new__, FacetCount)


class _Narrowed:
    """Which of the documents of a segment pass which filters."""

    def __init__(self, segment: Segment, documents: Array, filters: Filters) -> None:
        self.segment = segment
        self._documents = documents
        self._undated = int(np.searchsorted(documents, segment.undated))
        self._first = self._undated if filters.dates and not filters.undated else 0
        self._masks: dict[str, Array] = {
            field: segment.values[field].have_any(wanted, documents)
            for field, wanted in filters.values.items()
        }
        if filters.added_after is not None:
            self._masks["added"] = segment.columns.columns["added"][documents] > filters.added_after
        self._passing = self._all(self._masks)

    def passing(self, but: ValueField | None = None) -> Array:
        """The documents that pass all filters but the one of a field, ascending."""
        passing = self._passing
        if but in self._masks:
            passing = self._all({name: each for name, each in self._masks.items() if name != but})
        documents = self._documents[self._first :]
        return documents if passing is None else documents.compress(passing[self._first :])

    def undated(self) -> int:
        """How many undated documents pass all filters but that of dates."""
        if self._passing is None:
            return self._undated
        return int(np.count_nonzero(self._passing[: self._undated]))

    def counts(self, field: ValueField) -> Array:
        """How many of what passes all other filters have each name of the field."""
        return self.segment.values[field].counts(self.passing(field))

    def _all(self, masks: Mapping[str, Array]) -> Array | None:
        return np.logical_and.reduce(list(masks.values())) if masks else None


def _date_facet(
    snapshot: Snapshot, narrowed: Iterable[_Narrowed], digits: int
) -> tuple[FacetCount, ...]:
    names, in_segments = snapshot.periods(digits)
    counts = np.zeros(len(names), np.int64)
    for each, (places, starts) in zip(narrowed, in_segments, strict=True):
        counts[places] += np.diff(np.searchsorted(each.passing(), starts))
    if names and not names[0]:
        counts[0] = 0  # undated ones
    return _facet_counts(names, counts, np.flatnonzero(counts))


def _value_facet(
    snapshot: Snapshot, narrowed: Iterable[_Narrowed], field: ValueField
) -> tuple[FacetCount, ...]:
    names = snapshot.names(field)
    counts = np.zeros(len(names.all), np.int64)
    for each, places in zip(narrowed, names.places, strict=True):
        counts[places] += each.counts(field)
    for places_of_one in names.alike:
        # under the spelling that most documents have
        times = counts[places_of_one]
        counts[places_of_one] = 0
        counts[places_of_one[int(times.argmax())]] = times.sum()
    used = np.flatnonzero(counts)
    # the names ascend, and stay so where the counts are equal
    used = used[np.argsort(-counts[used], kind="stable")]
    return _facet_counts(names.all, counts, used)


def _facet_counts(names: Sequence[str], counts: Array, which: Array) -> tuple[FacetCount, ...]:
    counted = zip(map(names.__getitem__, which.tolist()), counts[which].tolist(), strict=True)
    return tuple(map(_facet_count, counted))
