"""One pass over the matching documents: exact totals, facets, order, groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from indexer.analysis import fold
from indexer.engine.interface import FACETS, FacetCount, Filters, Found, Outcome, Search, Sort
from indexer.engine.tree import ValueField
from indexer.engine.whoosh.compile import test_of
from indexer.engine.whoosh.schema import Row, Values

Scored = tuple[float, Row]
_DATE: Final = "date"


def outcome(matches: Iterable[Scored], search: Search) -> Outcome:
    """The answer to ``search`` from all documents that match its query."""
    failing = _failing(search.filters)
    dates = search.filters.dates
    in_dates = test_of(dates) if dates else None
    undated_pass = search.filters.undated
    hits: list[Scored] = []
    by_values: Counter[Values] = Counter()
    digits = search.date_digits
    by_date: Counter[str] = Counter()
    undated = 0
    for scored in matches:
        row = scored[1]
        failed = failing(row.values)
        if not row.first_day and not failed:
            undated += 1
        if in_dates and not in_dates(row) and not (undated_pass and not row.first_day):
            continue
        by_values[row.values] += 1
        if not failed:
            hits.append(scored)
            if row.first_day:
                by_date[row.published[:digits]] += 1
    facets: dict[str, tuple[FacetCount, ...]] = {}
    if search.facets:
        facets[_DATE] = tuple(FacetCount(*item) for item in sorted(by_date.items()))
        facets.update(_value_facets(by_values, failing))
    groups = _grouped(hits, search)
    last = None if search.limit is None else search.offset + search.limit
    return Outcome(len(hits), len(groups), tuple(groups[search.offset : last]), facets, undated)


def _failing(filters: Filters) -> Callable[[Values], frozenset[ValueField]]:
    """Which fields' selections a document's values fail, remembered by values."""
    wanted = {
        field: frozenset(fold(value) for value in selected)
        for field, selected in filters.values.items()
    }
    known: dict[Values, frozenset[ValueField]] = {}

    def failing(values: Values) -> frozenset[ValueField]:
        if values not in known:
            known[values] = frozenset(
                field
                for field, selected in wanted.items()
                if selected.isdisjoint(fold(value) for value in getattr(values, field))
            )
        return known[values]

    return failing


def _value_facets(
    by_values: Mapping[Values, int], failing: Callable[[Values], frozenset[ValueField]]
) -> dict[str, tuple[FacetCount, ...]]:
    # Filters fold, so spellings that fold alike are one value, shown as most documents have it.
    counts: dict[ValueField, Counter[str]] = {field: Counter() for field in FACETS}
    spelled: dict[ValueField, dict[str, Counter[str]]] = {field: {} for field in FACETS}
    for values, count in by_values.items():
        failed = failing(values)
        for field in FACETS:
            if failed <= {field}:
                spellings = {fold(value): value for value in reversed(getattr(values, field))}
                for folded, value in spellings.items():
                    counts[field][folded] += count
                    spelled[field].setdefault(folded, Counter())[value] += count
    return {
        field: tuple(
            FacetCount(min(spelled[field][folded].items(), key=_most_frequent)[0], count)
            for folded, count in sorted(counter.items(), key=_most_frequent)
        )
        for field, counter in counts.items()
    }


def _most_frequent(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _grouped(hits: list[Scored], search: Search) -> list[Found]:
    """The hits in order; under collapse one of each cluster stands for the others.

    That one is the best match, the earliest of several, and under a date sort
    the earliest.  Undated documents come last in either direction.
    """
    if not search.collapse:
        return [Found(row.id, score) for score, row in _ordered(hits, search.sort)]
    earliest_first = _ordered(hits, "oldest")
    if search.sort == "relevance":
        earliest_first.sort(key=_score, reverse=True)
    members: dict[str, list[Scored]] = {}
    for scored in earliest_first:
        members.setdefault(scored[1].cluster, []).append(scored)
    shown = _ordered([group[0] for group in members.values()], search.sort)
    return [
        Found(row.id, score, tuple(other.id for _, other in members[row.cluster][1:]))
        for score, row in shown
    ]


def _ordered(hits: list[Scored], sort: Sort) -> list[Scored]:
    # Stable sorts, the least significant key first; the id decides ties, so
    # that paging never shows a document twice.
    ordered = sorted(hits, key=lambda scored: scored[1].id)
    if sort == "oldest":
        ordered.sort(key=lambda scored: scored[1].published or "~")
        return ordered
    ordered.sort(key=lambda scored: scored[1].published, reverse=True)
    if sort == "relevance":
        ordered.sort(key=_score, reverse=True)
    return ordered


def _score(scored: Scored) -> float:
    return scored[0]
