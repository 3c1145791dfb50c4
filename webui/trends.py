"""Several queries compared over time: as a drawing, a table, CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.errors import TooCostly, WrongUsage
from indexer.export.streams import MARK, harmless
from indexer.query.answer import Timeline
from indexer.query.request import MOST_COMPARED, VALUE_FIELDS, SearchRequest, choice, compared
from webui import filters
from webui.context import archive, in_turn, parameters
from webui.errors import status_of
from webui.feed import sound
from webui.histogram import Tick, periods_between, ticks
from webui.language import gettext
from webui.links import absolute, several

blueprint = Blueprint("trends", __name__)

WIDTH: Final = 1000
HEIGHT: Final = 260
_LINES: Final = 4  # of the grid
# What the form carries along beside the queries, as it came.
_KEPT: Final = {"from", "to", "undated", "match", "aliases", "lang", "unit", *VALUE_FIELDS}


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a series: where it stands in the drawing, what it says, and where it leads."""

    month: str
    count: int
    share: float
    x: float
    y: float
    url: str


@dataclass(frozen=True, slots=True)
class Series:
    """A query with the documents of every month of the comparison, and in percent of all."""

    asked: SearchRequest
    total: int
    counts: tuple[int, ...]
    shares: tuple[float, ...]

    @property
    def q(self) -> str:
        """The query."""
        return self.asked.q

    @property
    def coarse(self) -> int:
        """How many documents have no month: they are undated, or only their year is known."""
        return self.total - sum(self.counts)

    @property
    def url(self) -> str:
        """Where the query's results are."""
        return filters.search_url(self.asked)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``is_share`` tells whether the drawing shows counts or percents of all documents."""

    asked: SearchRequest
    queries: tuple[str, ...]
    is_share: bool
    months: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def top(self) -> float:
        """What the upper edge of the drawing stands for; counts divide into the grid's lines."""
        if self.is_share:
            return max((max(each.shares, default=0) for each in self.series), default=0) or 1
        greatest = max((max(each.counts, default=0) for each in self.series), default=0)
        return max(-(-greatest // _LINES) * _LINES, _LINES)

    @property
    def grid(self) -> list[tuple[float, float]]:
        """The lines of the grid: how high they are, and what they stand for."""
        parts = [part / _LINES for part in range(1, _LINES + 1)]
        return [(HEIGHT * (1 - part), self.top * part) for part in parts]

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The labels below."""
        return ticks(list(self.months))

    def path(self, series: Series) -> str:
        """The line of a series."""
        places = zip(*self._places(series), strict=True)
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)

    def points(self, series: Series) -> list[Point]:
        """The months of a series that have documents."""
        asked, xs_and_ys = series.asked, zip(*self._places(series), strict=True)
        return [
            Point(month, count, share, x, y, _within(asked, month))
            for month, count, share, (x, y) in zip(
                self.months, series.counts, series.shares, xs_and_ys, strict=True
            )
            if count
        ]

    @staticmethod
    def within(series: Series, month: str) -> str:
        """Where the results of one month are."""
        return _within(series.asked, month)

    def address(self, endpoint: str, unit: str | None = None) -> str:
        """The same comparison, in another form."""
        pairs = [("q", q) for q in self.queries]
        pairs += [pair for pair in self.asked.params() if pair[0] not in ("q", "page")]
        unit = ("share" if self.is_share else "") if unit is None else unit
        pairs += [("unit", unit)] if unit else []
        return url_for(endpoint, **several(pairs))

    def _places(self, series: Series) -> tuple[list[float], list[float]]:
        slot, top = WIDTH / max(len(self.months), 1), self.top
        values = series.shares if self.is_share else series.counts
        xs = [slot * (at + 0.5) for at in range(len(values))]
        return xs, [HEIGHT * (1 - value / top) for value in values]


def _within(asked: SearchRequest, month: str) -> str:
    return filters.search_url(asked, **filters.within(asked, month))


def _unit(comparison: Comparison) -> list[tuple[str, str]]:
    return [("unit", "share")] if comparison.is_share else []


@blueprint.get("/trends")
@in_turn
def page() -> ResponseReturnValue:
    """The comparison as a page; with an impossible one the form, and the sentence that says why."""
    try:
        comparison = _compared()
    except (WrongUsage, TooCostly) as problem:
        return render_template(
            "trends.html",
            compared=None,
            problem=problem,
            typed=request.args.getlist("q")[:MOST_COMPARED],
            kept=[pair for pair in request.args.items(multi=True) if pair[0] in _KEPT and pair[1]],
        ), status_of(problem)
    return render_template(
        "trends.html",
        compared=comparison,
        asked=comparison.asked,
        typed=comparison.queries,
        kept=[*comparison.asked.params(), *_unit(comparison)],
        chips=filters.chips(comparison.asked),
        canonical=absolute(_without_language(comparison).address("trends.page")),
        height=HEIGHT,
        width=WIDTH,
    )


@blueprint.get("/trends.json")
@in_turn
def as_json() -> Response:
    """The comparison as JSON."""
    comparison = _compared()
    return jsonify(
        {
            "months": comparison.months,
            "series": [
                {
                    "query": series.q,
                    "total": series.total,
                    "counts": series.counts,
                    "shares": [round(share, 4) for share in series.shares],
                }
                for series in comparison.series
            ],
        }
    )


@blueprint.get("/trends.csv")
@in_turn
def as_csv() -> Response:
    """The comparison as a table, a month a row: of each query its documents, and in percent."""
    comparison = _compared()
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    heads = [head for series in comparison.series for head in (f"{series.q} #", f"{series.q} %")]
    writer.writerow([gettext("月份"), *map(harmless, heads)])
    for at, month in enumerate(comparison.months):
        cells = [
            cell
            for series in comparison.series
            for cell in (series.counts[at], f"{series.shares[at]:.4f}")
        ]
        writer.writerow([month, *cells])
    response = Response(MARK + table.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="biwen-trends.csv")
    return response


@blueprint.get("/trends.svg")
@in_turn
def as_svg() -> Response:
    """The drawing by itself, with the legend, for a paper or a slide."""
    svg = render_template("trends.svg", compared=_compared(), height=HEIGHT, width=WIDTH)
    response = Response(sound(svg), content_type="image/svg+xml; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="biwen-trends.svg")
    return response


def _without_language(comparison: Comparison) -> Comparison:
    return replace(comparison, asked=replace(comparison.asked, lang=None))


def _compared() -> Comparison:
    """The comparison that the URL asks for.  Raises WrongUsage for an impossible one."""
    asked, queries = compared(parameters())
    is_share = choice(request.args, "unit", ("share",)) is not None
    lines = [archive().timeline(replace(asked, q=q)) for q in queries]
    everything = archive().timeline(asked).months if queries else {}
    found = {month for line in lines for month in line.months}
    months = tuple(periods_between(min(found), max(found))) if found else ()
    series = tuple(
        _series(replace(asked, q=q), line, months, everything)
        for q, line in zip(queries, lines, strict=True)
    )
    return Comparison(asked, queries, is_share, months, series)


def _series(
    asked: SearchRequest, line: Timeline, months: tuple[str, ...], everything: Mapping[str, int]
) -> Series:
    counts = tuple(line.months.get(month, 0) for month in months)
    shares = tuple(
        100 * count / everything[month] if count else 0.0
        for month, count in zip(months, counts, strict=True)
    )
    return Series(asked, line.total, counts, shares)
