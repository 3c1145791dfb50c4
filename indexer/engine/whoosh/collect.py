"""From the matching documents to the answer: exact totals, facets, order, groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.interface import FacetCount, Filters, Outcome, Search
from indexer.engine.tree import ValueField
from indexer.engine.whoosh.columns import period, period_of
from indexer.engine.whoosh.order import Hits
from indexer.engine.whoosh.scores import Scores
from indexer.engine.whoosh.scoring import Scorer
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]


def outcome(snapshot: Snapshot, documents: Array, search: Search, scorer: Scorer | None) -> Outcome:
    """The answer to ``search`` from all ``documents`` (ascending) that match its query.

    Without a ``scorer`` all score 0.
    """
    narrowing = _Narrowing(snapshot, documents, search.filters)
    found = documents[narrowing.passing()]
    facets: dict[str, tuple[FacetCount, ...]] = {}
    for facet in search.facets:
        if facet == "date":
            facets[facet] = _date_facet(snapshot, found, search.date_digits)
        else:
            others = (
                documents[narrowing.passing(facet)] if facet in search.filters.values else found
            )
            facets[facet] = _value_facet(snapshot, others, facet)
    hits = Hits(snapshot, found, search, Scores(snapshot, found, scorer) if scorer else None)
    return Outcome(len(found), hits.groups, hits.page(), facets, narrowing.undated())


class _Narrowing:
    """Which of the documents pass which filters."""

    def __init__(self, snapshot: Snapshot, documents: Array, filters: Filters) -> None:
        self._count = len(documents)
        self._fields = {
            field: snapshot.tables[field].has_any(wanted)[snapshot.sets[field][documents]]
            for field, wanted in filters.values.items()
        }
        self._is_undated = snapshot.first_days[documents] == 0
        self._dates: Array | None = None
        if filters.dates:
            self._dates = snapshot.within(filters.dates)[documents]
            if filters.undated:
                self._dates |= self._is_undated

    def passing(self, but: ValueField | None = None) -> Array | slice:
        """Which pass all filters but the one of a field."""
        masks = [mask for field, mask in self._fields.items() if field != but]
        if self._dates is not None:
            masks.append(self._dates)
        return _all(masks)

    def undated(self) -> int:
        """How many undated documents pass all filters but that of dates."""
        return int(np.count_nonzero(self._is_undated[_all([*self._fields.values()])]))


def _all(masks: Sequence[Array]) -> Array | slice:
    return np.logical_and.reduce(masks) if masks else slice(None)


def _date_facet(snapshot: Snapshot, documents: Array, digits: int) -> tuple[FacetCount, ...]:
    days = snapshot.days
    by_day = np.bincount(days.of[documents], minlength=len(days.dates))
    used = np.flatnonzero(by_day)
    used = used[days.dates[used] != 0]
    periods, at = np.unique(period_of(days.dates[used], digits), return_inverse=True)
    counts = np.bincount(at, by_day[used], len(periods)).astype(np.int64)
    return tuple(
        FacetCount(period(each, digits), count)
        for each, count in zip(periods.tolist(), counts.tolist(), strict=True)
    )


def _value_facet(snapshot: Snapshot, documents: Array, field: ValueField) -> tuple[FacetCount, ...]:
    table = snapshot.tables[field]
    by_set = np.bincount(snapshot.sets[field][documents], minlength=table.count)[table.owners]
    counts = np.bincount(table.values, by_set, len(table.folded)).astype(np.int64)
    by_spelling = np.bincount(table.spellings, by_set, len(table.spelled))
    shown: dict[int, tuple[float, str]] = {}
    used = by_set > 0
    for value, spelling in zip(
        table.values[used].tolist(), table.spellings[used].tolist(), strict=True
    ):
        # as most documents have it
        candidate = (-float(by_spelling[spelling]), table.spelled[spelling])
        shown[value] = min(shown.get(value, candidate), candidate)
    found = [FacetCount(spelling, int(counts[value])) for value, (_, spelling) in shown.items()]
    return tuple(sorted(found, key=lambda each: (-each.count, each.value)))
