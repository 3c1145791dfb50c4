"""The dates of the matching documents as bars, each a link that narrows the search to itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import url_for
from flask_babel import gettext

from indexer.days import days_of
from indexer.query.answer import Answer
from webui.filters import within

# In units of the drawing, which is stretched to the width of the page.
SLOT: Final = 10
HEIGHT: Final = 100
_LEAST_HEIGHT: Final = 2
_MOST_TICKS: Final = 12
_CHARACTER: Final = 0.021  # of the width of a telephone: a label further right would leave the page
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A month or a day: where it stands, how high it is, and where it leads.

    ``shown`` is the number of its documents, ``label`` says it in words;
    ``first`` and ``last`` are the part of it that the search asks for.
    """

    period: str
    shown: str
    label: str
    url: str
    first: str
    last: str
    left: int
    height: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label below the bars, ``left`` percent from their beginning."""

    label: str
    left: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """``bars`` in the order of time; a period without documents is a gap of ``SLOT``."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    width: int
    greatest: int
    coarse: int
    """How many documents have a date too coarse for a bar of their own."""


def histogram(answer: Answer) -> Histogram | None:
    """The bars of an answer; None where fewer than two periods have documents."""
    digits = max((len(each.value) for each in answer.histogram), default=0)
    counted = {each.value: each.count for each in answer.histogram if len(each.value) == digits}
    if digits < 7 or len(counted) < 2:
        return None
    periods = periods_between(min(counted), max(counted))
    greatest = max(counted.values())
    path, between = url_for("search.page"), answer.request.between()
    label = gettext("%(date)s：%(shown)s 篇")

    def bar(period: str, at: int) -> Bar:
        count, asked_for = counted[period], within(answer.request, period)
        shown = f"{count:,}"
        first, last = asked_for["first"], asked_for["last"]
        return Bar(
            period,
            shown,
            label % {"date": period, "shown": shown},
            f"{path}?{between(first, last)}",
            first,
            last,
            SLOT * at,
            f"{max(HEIGHT * count / greatest, _LEAST_HEIGHT):.1f}",
        )

    bars = tuple(bar(period, at) for at, period in enumerate(periods) if period in counted)
    coarse = sum(each.count for each in answer.histogram if len(each.value) < digits)
    return Histogram(bars, ticks(periods), SLOT * len(periods), greatest, coarse)


def periods_between(first: str, last: str) -> list[str]:
    """Every month or day from the first to the last."""
    found = [first]
    while found[-1] < last:
        covered = days_of(found[-1])
        assert covered is not None  # the engine counts dates
        found.append((covered[1] + _A_DAY).isoformat()[: len(first)])
    return found


def ticks(periods: list[str]) -> tuple[Tick, ...]:
    """Where the years begin, or the months of a short time, as many as have room."""
    digits = 4 if periods and len(periods[0]) == 7 else 7
    last = len(periods) * (1 - _CHARACTER * digits)
    starts = [
        (at, period)
        for at, period in enumerate(periods)
        if 0 < at <= last and period[:digits] != periods[at - 1][:digits]
    ] or [*enumerate(periods[:1])]
    step = max(-(-len(starts) // _MOST_TICKS), 1)
    return tuple(Tick(period[:digits], 100 * at / len(periods)) for at, period in starts[::step])
