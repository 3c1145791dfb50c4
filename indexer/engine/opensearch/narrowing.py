"""What is counted: totals and facets, over what matches a query and passes the filters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from indexer.analysis import fold
from indexer.engine.interface import Facet, FacetCount, Filters, Search
from indexer.engine.opensearch.compile import Query, all_of, any_of, has, within
from indexer.engine.opensearch.mapping import PERIODS
from indexer.engine.opensearch.tokens import value_token

Body = dict[str, Any]
Ask = Callable[[Body], Any]

_BUCKETS: Final = 10_000
_VALUES: Final = "values"
UNDATED: Final = "undated"


class Narrowed:
    """The filters of a search as queries, each by the name of what it is about."""

    def __init__(self, filters: Filters) -> None:
        self._queries: dict[str, Query] = {
            field: {
                "terms": {f"folded.{field}": sorted({value_token(fold(each)) for each in wanted})}
            }
            for field, wanted in filters.values.items()
        }
        if filters.dates:
            queries = [within(filters.dates)]
            if filters.undated:
                queries.append(undated())
            self._queries["date"] = any_of(queries)
        if filters.added_after is not None:
            self._queries["added"] = {"range": {"added": {"gt": filters.added_after}}}

    def passing(self, *more: Query, but: str = "") -> Query:
        """Passes all filters but one, and matches these queries, too."""
        return all_of([query for name, query in self._queries.items() if name != but] + list(more))


def undated() -> Query:
    """Documents of which no date is known."""
    return {"bool": {"must_not": [has("first")]}}


def counted(search: Search, narrowed: Narrowed) -> Body:
    """The aggregations that count the facets of a search, and undated documents."""
    aggregations: Body = {
        facet: _within(
            narrowed.passing(but="" if facet == "date" else facet), _terms(search, facet)
        )
        for facet in search.facets
    }
    return {**aggregations, UNDATED: {"filter": narrowed.passing(undated(), but="date")}}


def facets(
    search: Search, narrowed: Narrowed, counts: Mapping[str, Any], ask: Ask
) -> dict[str, tuple[FacetCount, ...]]:
    """The facets as they were counted; of one with very many values all are asked for."""
    found: dict[str, tuple[FacetCount, ...]] = {}
    for facet in search.facets:
        values = counts[facet][_VALUES]
        if values["sum_other_doc_count"]:
            pairs = [*_all_buckets(search, facet, narrowed, ask)]
        else:
            pairs = [(each["key"], each["doc_count"]) for each in values["buckets"]]
        found[facet] = _by_value(pairs) if facet == "date" else _by_count(pairs)
    return found


def _by_value(pairs: list[tuple[str, int]]) -> tuple[FacetCount, ...]:
    return tuple(FacetCount(*pair) for pair in sorted(pairs))


def _by_count(pairs: list[tuple[str, int]]) -> tuple[FacetCount, ...]:
    """Spellings that fold alike are one value, under the one that most documents have."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for value, count in sorted(pairs):
        spellings[fold(value)][value] += count
    merged = [(each.most_common(1)[0][0], each.total()) for each in spellings.values()]
    merged.sort(key=lambda pair: (-pair[1], pair[0]))
    return tuple(FacetCount(*pair) for pair in merged)


def _own(facet: Facet) -> str:
    """The filter that does not count for a facet: its own, but dates are counted within theirs."""
    return "" if facet == "date" else facet


def _field(search: Search, facet: Facet) -> str:
    return PERIODS[search.date_digits] if facet == "date" else facet


def _terms(search: Search, facet: Facet) -> Body:
    return {"terms": {"field": _field(search, facet), "size": _BUCKETS}}


def _within(query: Query, values: Body) -> Body:
    return {"filter": query, "aggs": {_VALUES: values}}


def _all_buckets(
    search: Search, facet: Facet, narrowed: Narrowed, ask: Ask
) -> Iterator[tuple[str, int]]:
    """The values and their counts, some thousands at a time."""
    passing = narrowed.passing(but=_own(facet))
    source = {"value": {"terms": {"field": _field(search, facet)}}}
    composite: Body = {"size": _BUCKETS, "sources": [source]}
    while True:
        answer = ask({"size": 0, "aggs": {facet: _within(passing, {"composite": composite})}})
        values = answer["aggregations"][facet][_VALUES]
        for each in values["buckets"]:
            yield each["key"]["value"], each["doc_count"]
        if "after_key" not in values:
            return
        composite["after"] = values["after_key"]
