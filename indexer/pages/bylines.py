"""The lines between title and text, or below the text: who wrote it, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.documents import PublishedDate
from indexer.pages._data import sections
from indexer.pages._text import Line
from indexer.pages.dates import read_date

_LABELS: Final = sections("byline_labels.txt")
# Who wrote is named before who translated, and both before where it was taken from.
_ROLES: Final = {
    label: rank
    for rank, role in enumerate(("author", "translator", "source"))
    for label in _LABELS[role]
}
_LABEL: Final = re.compile(
    r"(?:^|(?<=[\s,;|]))(?P<label>"
    + "|".join(sorted((each for of in _LABELS.values() for each in of), key=len, reverse=True))
    + r") ?[:|/] ?",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    r"""[\[【(]?(?<![\w./-])(?P<date>
        (?: \d{4}(?:[-/.]\d{1,2}[-/.]|年\ ?\d{1,2}月\ ?)\d{1,2}日? | \d{1,2}/\d{1,2}/\d{4} )
        (?P<time> (?:\ {0,2}|T)(?:上午|下午)?\ ?\d{1,2}[:时]\d{2}分?(?::\d{2})?(?:\ ?[AP]M)?
            (?:Z|[+-]\d{2}:?\d{2})? )?
    )(?![\w./-]|,\S)[\]】)]?""",
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
# How often a page was read says nothing about the text; nor does 发布于 beside a date.
_FILLER: Final = re.compile(
    r"(?:^|(?<=[ |]))(?:发布|发表|更新)(?:于|时间)?(?=$|[ |])"
    r"|(?:阅读|浏览|点击|评论|热度|人气|字数|围观)(?:量|数|次数)? ?:? ?约?"
    r"\d[\d.,]*[万wk]? ?(?:次|字|人|分钟)?(?=$|[ |·])",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[^\s,。;:!?、<>|/\d][^\s,。;:!?、<>|/]{1,15}")
_LONGEST_LINE: Final = 100
_LONGEST_NAME: Final = 40
_LONGEST_LIST: Final = 20
_COMMA: Final = re.compile("[,，]")
_SENTENCE: Final = re.compile(r"[。!?;]|https?:")
_AROUND: Final = " \u3000,，;；|｜丨·•"
_BRACKETS: Final = re.compile(r"[(\[【](?P<inside>[^()\[\]【】]*)[)\]】]")
_TOP_LINES: Final = 5
_FOOT_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote an article and when, as the lines around it say."""

    author: str | None = None
    published: PublishedDate | None = None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one line says: who, by the rank of their role, and when, as written."""

    names: tuple[tuple[int, str], ...]
    dates: tuple[str, ...]


def read_bylines(lines: Sequence[Line]) -> tuple[Byline, list[Line]]:
    """What the top lines say, and the lines that are no bylines."""
    found: list[_Facts] = []
    rest: list[Line] = []
    for line in lines[:_TOP_LINES]:
        facts = _read(line)
        if facts is None:
            rest.append(line)
        else:
            found.append(facts)
    return _byline(found), [*rest, *lines[_TOP_LINES:]]


def read_foot(lines: Sequence[Line]) -> tuple[Byline, list[Line]]:
    """What the last lines of an article say, and the lines above them."""
    found: list[_Facts] = []
    end = len(lines)
    while end > 1 and len(found) < _FOOT_LINES:
        # A date alone signs a letter at its foot as often as it is a byline.
        facts = _read(lines[end - 1], labelled=True)
        if facts is None:
            break
        found.insert(0, facts)
        end -= 1
    return _byline(found), list(lines[:end])


def _byline(found: Iterable[_Facts]) -> Byline:
    names = [name for facts in found for name in facts.names]
    dates = (read_date(date, "byline") for facts in found for date in facts.dates)
    author = min(names, key=lambda name: name[0])[1] if names else None
    return Byline(author, next(filter(None, dates), None))


def _read(line: Line, *, labelled: bool = False) -> _Facts | None:
    """What a byline says; None where the line is not one, or has no label and needs one."""
    if len(line.view) > _LONGEST_LINE or _SENTENCE.search(line.view):
        return None
    if match := _BRACKETS.fullmatch(line.view):
        line = line.cut(*match.span("inside"))
    dates = list(_DATE.finditer(line.view))
    for match in dates:
        line = _blank(line, *match.span())
    for match in _FILLER.finditer(line.view):
        line = _blank(line, *match.span())
    labels = list(_LABEL.finditer(line.view))
    names: list[tuple[int, str]] = []
    if unlabelled := line.text[: labels[0].start() if labels else None].strip(_AROUND):
        if labels or labelled or not _is_name_beside(unlabelled, dates):
            return None
        names.append((len(_LABELS), unlabelled))
    ends = [*(label.start() for label in labels[1:]), None]
    for label, end in zip(labels, ends, strict=False):
        value = line.text[label.end() : end].strip(_AROUND)
        if len(value) > (_LONGEST_LIST if _COMMA.search(value) else _LONGEST_NAME):
            return None
        rank = _ROLES.get(label["label"].lower())
        if value and rank is not None:
            names.append((rank, value))
    if not (labels or (dates and not labelled)):
        return None
    return _Facts(tuple(names), tuple(match["date"] for match in dates))


def _blank(line: Line, start: int, end: int) -> Line:
    spaces = " " * (end - start)
    text, view = (each[:start] + spaces + each[end:] for each in (line.text, line.view))
    return Line(line.number, text, view)


def _is_name_beside(unlabelled: str, dates: Sequence[re.Match[str]]) -> bool:
    """Whether words without a label are a site's or a person's name beside a time.

    A date in words opens a heading of the text: 2021年3月5日 14:00 开幕.
    """
    return (
        len(dates) == 1
        and dates[0]["time"] is not None
        and "年" not in dates[0]["date"]
        and _NAME.fullmatch(unlabelled) is not None
    )
