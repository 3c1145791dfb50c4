"""What narrows a search, as links: facets, the date trail, chips and pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import url_for

from indexer.days import days_of
from indexer.engine import FACETS
from indexer.engine.tree import ValueField
from indexer.i18n import N_
from indexer.query.answer import Answer, FacetValue
from indexer.query.request import VALUE_FIELDS, SearchRequest
from webui import labels
from webui.language import gettext

_SHOWN: Final = 12
_NEIGHBOURS: Final = 2
_OPTIONS: Final[tuple[tuple[str, object, str], ...]] = (
    ("undated", False, N_("含日期不详")),
    ("match", "all", N_("任一词即可")),
    ("aliases", True, N_("不含别名")),
    ("collapse", True, N_("转载分列")),
    ("new", False, N_("新加入的")),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet value as a link; ``share`` is its count in percent of the greatest."""

    label: str
    count: int
    url: str
    active: bool
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: the values shown at once, and those behind 更多."""

    field: ValueField
    title: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A label and where it leads; without an address it names where the reader is."""

    label: str
    url: str | None = None


def search_url(asked: SearchRequest, **changes: Any) -> str:
    """The address of the search, with some of its fields changed; back on its first page."""
    changed = replace(asked, **{"page": 1, **changes})
    query = changed.query_string()
    return url_for("search.page") + (f"?{query}" if query else "")


def facets(answer: Answer) -> list[Facet]:
    """The facets with something to choose, dates apart."""
    made = (_facet(answer, field) for field in FACETS)
    return [facet for facet in made if facet.shown]


def _facet(answer: Answer, field: ValueField) -> Facet:
    values = answer.facets.get(field, ())
    path, adding = url_for("search.page"), answer.request.adding(field)
    shown = [each for rank, each in enumerate(values) if rank < _SHOWN or each.active]
    more = [each for rank, each in enumerate(values) if rank >= _SHOWN and not each.active]

    def choice(each: FacetValue) -> Choice:
        url = (
            search_url(answer.request.toggled(field, each.value))
            if each.active
            else f"{path}?{adding(each.value)}"
        )
        return Choice(labels.value(field, each.value), each.count, url, each.active)

    title = gettext(labels.FIELDS[field])
    return Facet(field, title, tuple(map(choice, shown)), tuple(map(choice, more)))


def date_choices(answer: Answer) -> list[Choice]:
    """The years, months or days of the answer, each of which narrows the search to itself."""
    values = answer.facets.get("date", ())
    greatest = max((each.count for each in values), default=0) or 1
    asked = answer.request
    return [
        Choice(
            each.value,
            each.count,
            search_url(asked, **within(asked, each.value)),
            asked.first == asked.last == each.value,
            100 * each.count / greatest,
        )
        for each in values
    ]


def within(asked: SearchRequest, period: str) -> dict[str, str]:
    """The part of ``period`` that lies in the range asked for, whose documents were counted."""
    if not asked.first and not asked.last:
        return {"first": period, "last": period}
    days, first, last = days_of(period), days_of(asked.first), days_of(asked.last)
    cut_first = days and first and first[0] > days[0]
    cut_last = days and last and last[1] < days[1]
    return {
        "first": asked.first if cut_first else period,
        "last": asked.last if cut_last else period,
    }


def date_trail(asked: SearchRequest) -> list[Link]:
    """The way up from a day to its month, its year and all dates; empty without a date filter."""
    if not asked.first and not asked.last:
        return []
    trail = [Link(gettext("全部日期"), search_url(asked, first="", last=""))]
    if asked.first != asked.last:
        return [*trail, Link(_range_label(asked))]
    for period in _periods(asked.first):
        here = period == asked.first
        trail.append(Link(period, None if here else search_url(asked, first=period, last=period)))
    return trail if trail[-1].url is None else [*trail, Link(asked.first)]


def _periods(typed: str) -> list[str]:
    """``2020``, ``2020-05`` and ``2020-05-06``, as far as the date typed goes."""
    days = days_of(typed)
    if days is None:
        return []
    first, last = days
    digits = 10 if first == last else 7 if first.month == last.month else 4
    return [first.isoformat()[:length] for length in (4, 7, 10) if length <= digits]


def _range_label(asked: SearchRequest) -> str:
    if not asked.last:
        return gettext("%(date)s 起", date=asked.first)
    if not asked.first:
        return gettext("至 %(date)s", date=asked.last)
    if asked.first == asked.last:
        return asked.first
    return gettext("%(first)s 至 %(last)s", first=asked.first, last=asked.last)


def chips(asked: SearchRequest) -> list[Link]:
    """Every filter in force, each with the address of the search without it."""
    return [*_chips(asked)]


def _chips(asked: SearchRequest) -> Iterator[Link]:
    if asked.first or asked.last:
        yield Link(_range_label(asked), search_url(asked, first="", last="", undated=False))
    for option, default, label in _OPTIONS:
        if getattr(asked, option) != default:
            yield Link(gettext(label), search_url(asked, **{option: default}))
    for field in VALUE_FIELDS:
        for text in asked.values(field):
            name = gettext(labels.FIELDS[field])
            label = gettext("%(field)s：%(value)s", field=name, value=labels.value(field, text))
            yield Link(label, search_url(asked.toggled(field, text)))


def cleared_url(asked: SearchRequest) -> str:
    """The address of the same words without any filter."""
    return search_url(SearchRequest(q=asked.q, sort=asked.sort, lang=asked.lang))


def pages(answer: Answer) -> list[Link | None]:
    """Links to the first, the last and the neighbouring pages; None where some are left out."""
    here, last = answer.request.page, answer.pages
    near = {here + step for step in range(-_NEIGHBOURS, _NEIGHBOURS + 1)}
    numbers = sorted(n for n in {1, last} | near if 1 <= n <= last)
    made: list[Link | None] = []
    for number, before in zip(numbers, [0, *numbers], strict=False):
        if number > before + 1:
            made.append(None)
        url = None if number == here else search_url(answer.request, page=number)
        made.append(Link(str(number), url))
    return made
