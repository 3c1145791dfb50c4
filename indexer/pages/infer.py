"""The date of an article that states none, as far as its own text supports one.

Two kinds of text do.  One names the day on which it was filed (``2020年5月9日
讯``, or a title such as ``2019年8月5日行情``).  The other opens with a dated
event that is the latest of all it tells: news of that event was published in
its month, unless the month was about to end.  A text that looks back, or that
names months or days of a year it does not state, supports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from indexer.documents import PublishedDate
from indexer.pages._data import sections
from indexer.pages._text import plain_view
from indexer.pages.dates import read_date

_PHRASES: Final = {
    heading: "|".join(patterns) for heading, patterns in sections("inference.txt").items()
}
_NUMERIC: Final = re.compile(r"(?<![\d/.-])(20\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?![\d/.-])")
_FULL: Final = r"(?<!\d)(?P<date>20\d\d年\d{1,2}月\d{1,2}[日号])"
_DATELINE: Final = re.compile(rf"[^。;!?\n]{{0,16}}?{_FULL}(?:{_PHRASES['dateline']})")
_REPORT: Final = re.compile(rf"(?=.*(?:{_PHRASES['report']}))[^从自到至]{{0,16}}?{_FULL}")
_RETROSPECT: Final = re.compile(_PHRASES["retrospect"])
_BEFORE_FUTURE: Final = re.compile(rf"(?:{_PHRASES['before_future']})$")
_BEHIND_FUTURE: Final = re.compile(_PHRASES["behind_future"])
_MENTION: Final = re.compile(
    r"(?<!\d)(?:(?:(?P<year>20\d\d)|(?P<past>[去前]))年的?)?"
    r"(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?|(?<!\d)(?P<only>20\d\d)年"
)
_NEAR: Final = 8
_SENTENCE: Final = 60
_OPENING: Final = 200
# What is longer is no news, but a book.
_LONGEST: Final = 50_000
# News of an event on one of a month's last days may have appeared in the next month.
_LAST_DAY: Final = 24


class _Mention(NamedTuple):
    """A day, month (``day`` is 0) or year (both are) that a text names, and where.

    ``in_full`` when the text itself gives all three at that place.
    """

    year: int
    month: int
    day: int
    in_full: bool
    start: int
    end: int


def infer_date(title: str, paragraphs: Sequence[str]) -> PublishedDate | None:
    """When an article appeared, judged by its own words; None where they do not tell.

    ``paragraphs`` are the article's own, without any newsflash between them.
    """
    if sum(map(len, paragraphs)) > _LONGEST:
        return None
    title, lead, *rest = (
        _NUMERIC.sub(r"\1年\3月\4日", plain_view(text)) for text in (title, *paragraphs)
    )
    text = "\n".join((title, lead, *rest))
    mentions = list(_mentions(text))
    told = [each for each in mentions if each and not _is_future(text, each)]
    if not told:
        return None
    latest = max(told, key=lambda each: each[:4])
    if filed := _filed(title, lead):
        # A bulletin of an earlier year is only quoted.
        return read_date(filed, "text") if int(filed[:4]) >= latest.year else None
    if not all(mentions) or _RETROSPECT.search(text):
        return None
    opening = len(title) + 1 + min(len(lead), _OPENING)
    if not latest.in_full or latest.start > opening or latest.day > _LAST_DAY:
        return None
    return read_date(f"{latest.year}-{latest.month}", "text")


def _filed(title: str, lead: str) -> str | None:
    """The day on which a piece says that it was filed."""
    reported = None if _RETROSPECT.search(title) else _REPORT.match(title)
    match = reported or _DATELINE.match(title) or _DATELINE.match(lead)
    return match["date"] if match else None


def _mentions(text: str) -> Iterator[_Mention | None]:
    """The dates that ``text`` names; None for one whose year it does not tell.

    A month without a year is of the year named last, or of the one before it
    (去年).
    """
    year = 0
    for match in _MENTION.finditer(text):
        year = int(match["year"] or match["only"] or year)
        if not year:
            yield None
            continue
        month, day = int(match["month"] or 0), int(match["day"] or 0)
        in_full = bool(match["year"] and day)
        yield _Mention(year - bool(match["past"]), month, day, in_full, *match.span())


def _is_future(text: str, mention: _Mention) -> bool:
    """Whether the words around a date say that it was still to come, or only a term."""
    before = text[max(0, mention.start - _NEAR) : mention.start]
    behind = text[mention.end : mention.end + _SENTENCE]
    return bool(_BEFORE_FUTURE.search(before) or _BEHIND_FUTURE.match(behind))
