"""What an engine is asked for a request, and the facets that a page shows of its counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import starmap
from typing import Final

from indexer.analysis import fold
from indexer.engine import FACETS, Digits, FacetCount, Outcome, Search
from indexer.engine.tree import (
    And,
    Characters,
    Dates,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Prefix,
    Value,
    Word,
)
from indexer.i18n import N_, Message
from indexer.pages.places import known_city
from indexer.query.answer import FacetValue, Notice
from indexer.query.parser import Parsed, parse
from indexer.query.ranking import ranking_of
from indexer.query.request import PAGE_SIZE, SearchRequest

_MOST_DAYS: Final = 62  # that a histogram has a bar for


def question(request: SearchRequest) -> tuple[Parsed, Search]:
    """The request as it was understood, and as an engine is asked it."""
    parsed = parse(request.q, match=request.match, aliases=request.aliases, city_of=known_city)
    filters = request.filters()
    return parsed, Search(
        query=parsed.node,
        filters=filters,
        ranking=ranking_of(request.q, use_aliases=request.aliases),
        sort=request.sort or ("relevance" if _ranks(parsed.node) else "newest"),
        collapse=request.collapse,
        offset=(request.page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
        facets=("date", *FACETS),
        date_digits=_bars(filters.dates),
    )


def with_known_cities(request: SearchRequest) -> tuple[SearchRequest, list[Notice]]:
    """The cities under their own names, and a notice for each that no gazetteer has."""
    names = {city: known_city(city) for city in request.city}
    notices = [
        Notice(Message(N_("地名表里没有城市“%(city)s”。"), {"city": city}))
        for city, name in names.items()
        if name is None
    ]
    cities = dict.fromkeys(name or city for city, name in names.items())
    return replace(request, city=tuple(cities)), notices


def listed_facets(outcome: Outcome, request: SearchRequest) -> dict[str, tuple[FacetValue, ...]]:
    """The facets by name: ``date`` at its granularity, the fields with every active value."""
    found = {"date": _periods(outcome.facets["date"], _granularity(request.filters().dates))}
    for field in FACETS:
        selected = request.values(field)
        if not selected:
            found[field] = tuple(starmap(FacetValue, outcome.facets[field]))
            continue
        asked = {fold(value): value for value in selected}
        counts = {fold(each.value): each for each in outcome.facets[field]}
        listed = [
            FacetValue(asked.get(folded, each.value), each.count, folded in asked)
            for folded, each in counts.items()
        ]
        listed += [
            FacetValue(value, 0, True) for folded, value in asked.items() if folded not in counts
        ]
        found[field] = tuple(listed)
    return found


def _periods(bars: Iterable[FacetCount], digits: Digits) -> tuple[FacetValue, ...]:
    """The bars of a histogram, which are never coarser, summed."""
    counts: Counter[str] = Counter()
    for period, count in bars:
        counts[period[:digits]] += count
    return tuple(starmap(FacetValue, counts.items()))


def _ranks(node: Node) -> bool:
    """Whether a match of the tree says more than that it is one."""
    match node:
        case And(nodes) | Or(nodes):
            return any(map(_ranks, nodes))
        case Word() | Characters() | Prefix() | Near():
            return True
        case Not() | Value() | Dates() | Everything():
            return False


def _granularity(dates: Dates | None) -> Digits:
    """Years; within one year its months; within one month its days."""
    if dates is None or dates.first is None or dates.last is None:
        return 4
    first, last = dates.first.isoformat(), dates.last.isoformat()
    return 10 if first[:7] == last[:7] else 7 if first[:4] == last[:4] else 4


def _bars(dates: Dates | None) -> Digits:
    """Days in a range of about two months, months in any other."""
    if dates is None or dates.first is None or dates.last is None:
        return 7
    return 10 if (dates.last - dates.first).days < _MOST_DAYS else 7
