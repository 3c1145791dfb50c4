"""Where a newsflash starts: a score for every place where it could.

A newsflash reads ``标题:正文`` and ends in a stamp.  Nothing marks its start,
so each colon in the lines above the stamp is a candidate for the end of its
title.  The score adds what an editor goes by; the weights were set by hand
and say how many points each observation is worth.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import add
from typing import Final

from indexer.documents import PublishedDate
from indexer.pages._data import entries, sections
from indexer.pages._text import Line
from indexer.pages.evidence import Comparison

CATEGORIES: Final = frozenset(entries("categories.txt"))
_PHRASES: Final = {
    heading: "|".join(patterns) for heading, patterns in sections("phrases.txt").items()
}
_OPENING: Final = re.compile(_PHRASES["opening"])
_DANGLING: Final = re.compile(_PHRASES["dangling"])
_SPEAKING: Final = re.compile(rf"(?:{_PHRASES['speaking']})$")
_DATED: Final = re.compile(r"\D{0,12}?(?:\d{4}年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
# A question mark may stand for a space that was lost: 声音?|?...
_PREFIX: Final = re.compile(r"(?P<word>[^\s|,。;:!?]{1,12})[ ?]?\|[ ?]?(?=\S)")
# A pictograph (⚠ 🏦), or a number and a bar; squares and circled digits open list items.
_LEAD: Final = re.compile(
    r"(?:\d{1,2} ?\| ?)?[\u2600-\u2775\u2794-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]|\d{2} ?\|"
)
_BRACKETED: Final = re.compile(r"【(?P<title>[^【】]{5,80})】(?!:)")
# Then short brackets hold a column and the title goes on: 【访谈】老王:山里很好:...
_LABEL: Final = re.compile(r"[^:,。;]{1,40}:")
_NUMBERED: Final = re.compile(r"[(]?(?P<number>\d{1,2})[.、)](?!\d)")
_FIRST_ITEM: Final = re.compile(r"(?<![\d.])1[.、)](?!\d)")
_SENTENCE_END: Final = re.compile(r"[。!?][”\"’」』)]*|[…]{1,2}(?=[^\s…])|\)(?=\S)")
_CLAUSE: Final = re.compile(r"(?P<clause>[^:。;\n]{4,60})(?:(?<!\d):|:(?!\d))(?!//)")
# A quoted sentence, not a quoted name.
_QUOTATION: Final = re.compile(r"[“\"「『][^”\"」』]{16}")
# What reads as a sentence of the body: it names a day, or goes on behind a comma for long.
_SENTENCE: Final = re.compile(r"(?:.*\d{1,2}月\d{1,2}日|(?=.{30})[^:]*,)")
_TOKEN: Final = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*|[^\W\d_a-z]+", re.IGNORECASE)

_LONGEST_CATEGORY: Final = max(map(len, CATEGORIES))

# How far above its stamp a newsflash may start, and how long its title may be.
_MOST_LINES: Final = 30
_MOST_CHARACTERS: Final = 6000
_LONGEST_TITLE: Final = 100
_LONGEST_COLUMN: Final = 10
_LONGEST_SPEAKING: Final = 12
_MOST_CANDIDATES: Final = 500
_HEAD: Final = 200

WEIGHTS: Final[dict[str, float]] = {
    "starts its line": 3.0,
    "listed prefix": 6.0,
    "unlisted prefix": 3.0,
    "leading symbol": 4.0,
    "bracketed": 5.0,
    "torn bracket": -6.0,
    "title ends in a full stop": 6.0,  # 。: is written nowhere else
    "holds a full stop": -6.0,
    "holds a semicolon": -2.0,
    "another colon": -0.5,
    "a sentence behind the colon": -3.0,  # then the earlier colon ended the title
    "very short": -3.0,
    "short": -1.0,
    "long": -1.5,
    "dangling": -4.0,
    "speaking": -4.0,
    "body opens as news": 3.0,
    "body names the day of the stamp": 2.0,
    "body opens as a title": -1.5,  # then this colon was inside the title:
    "name before a claim": -3.0,  # 某人:某事将会发生:某人在……
    "body opens with a quotation": -3.0,
    "retold, all of it": 6.0,
    "retold, each piece": 0.2,
    "each line below": -0.7,
    "each line of a list below": -0.1,
    "tears a list apart": -5.0,
    "share of a title below": -0.4,  # a newsflash holds no other's title
    "no title": -1.0,
    # The share of other pages with the same newsflash that begin to differ
    "here": 4.0,
    "inside": -3.0,
}

_MOST_PIECES: Final = 15
_MOST_FOR_BODY: Final = (
    WEIGHTS["body opens as news"]
    + WEIGHTS["body names the day of the stamp"]
    + WEIGHTS["retold, all of it"]
    + WEIGHTS["retold, each piece"] * _MOST_PIECES
)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a newsflash starts among the lines above its stamp, and how its title is cut.

    The title is ``lines[line].text[title_start:title_end]``; the body goes on
    at ``body_start``.  ``flash_start`` is before a category, if there is one.
    """

    line: int
    flash_start: int
    title_start: int
    title_end: int
    body_start: int
    category: str | None = None
    score: float = 0.0


def find_start(
    lines: Sequence[Line], published: PublishedDate | None, comparison: Comparison | None = None
) -> Start:
    """The most credible start of the newsflash that ends with the last of ``lines``.

    ``comparison`` is with other pages that have the same newsflash.  Without
    any credible start it is the beginning of the last line, whose first
    sentence then is the title.
    """
    best = _untitled(lines)
    best = replace(best, score=best.score + _score_of_comparison(best, comparison))
    for start in islice(_candidates(lines, comparison), _MOST_CANDIDATES):
        score = _score_of_title(start, lines) + _score_of_comparison(start, comparison)
        if start.line < best.line:
            score += WEIGHTS["share of a title below"] * max(0.0, best.score)
        if score + _MOST_FOR_BODY > best.score:
            score += _score_of_body(start, lines, published)
            if score > best.score:
                best = replace(start, score=score)
    return best


def _score_of_comparison(start: Start, comparison: Comparison | None) -> float:
    if comparison is None:
        return 0.0
    here, inside = comparison.seen(start.line, start.flash_start)
    return WEIGHTS["here"] * here + WEIGHTS["inside"] * inside


def _untitled(lines: Sequence[Line]) -> Start:
    last = len(lines) - 1
    match = _SENTENCE_END.search(lines[last].view)
    end = match.start() if match and match.start() else len(lines[last].text)
    return Start(last, 0, 0, min(end, _LONGEST_TITLE), 0, score=WEIGHTS["no title"])


def _candidates(lines: Sequence[Line], comparison: Comparison | None) -> Iterator[Start]:
    characters = 0
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _MOST_LINES), -1):
        view = lines[index].view
        earliest = max(0, len(view) - (_MOST_CHARACTERS - characters))
        if earliest == 0:
            yield from _candidates_at(index, view, 0)
        for place in _places_inside(view, earliest):
            yield from _candidates_at(index, view, place)
        for place in comparison.places.get(index, ()) if comparison else ():
            yield from _candidates_at(index, view, place)
        characters += len(view)
        if characters >= _MOST_CHARACTERS:
            return


def _places_inside(view: str, earliest: int) -> Iterator[int]:
    """Where a newsflash may start in a line that the article's text opens."""
    for match in _SENTENCE_END.finditer(view, earliest):
        if match.end() < len(view):
            yield match.end()
    bar = view.find("|", earliest)
    while bar > 0:
        before = view[max(0, bar - _LONGEST_CATEGORY - 1) : bar].rstrip(" ?")
        category = max((word for word in CATEGORIES if before.endswith(word)), key=len, default="")
        if category:
            yield max(0, bar - _LONGEST_CATEGORY - 1) + len(before) - len(category)
        bar = view.find("|", bar + 1)


def _candidates_at(index: int, view: str, place: int) -> Iterator[Start]:
    """The ways to cut a title that starts at ``place`` of a line."""
    while place < len(view) and view[place] == " ":
        place += 1
    title_start, category = place, None
    if (match := _PREFIX.match(view, place)) and match["word"] in CATEGORIES:
        title_start, category = match.end(), match["word"]
    if match := _BRACKETED.match(view, title_start):
        start, end = match.span("title")
        if end - start > _LONGEST_COLUMN or not _LABEL.match(view, match.end()):
            yield Start(index, place, start, end, match.end(), category)
    limit = min(len(view), title_start + _LONGEST_TITLE)
    colon = view.find(":", title_start + 1, limit)
    while colon > 0:
        if not _joins(view, colon):
            yield Start(index, place, title_start, colon, colon + 1, category)
        colon = view.find(":", colon + 1, limit)


def _joins(view: str, colon: int) -> bool:
    """Whether the colon is inside a time (12:41), a ratio or an address (https://)."""
    before, after = view[colon - 1], view[colon + 1 : colon + 2]
    return (before.isdigit() and after.isdigit()) or after == "/"


def _score_of_title(start: Start, lines: Sequence[Line]) -> float:
    """How much the title looks like one, and what the lines below it cost."""
    view = lines[start.line].view
    title = view[start.title_start : start.title_end].strip()
    if not title:
        return -math.inf
    score = sum(WEIGHTS[seen] for seen in _seen_of_title(start, view, title))
    return score + _distance(view[start.body_start :], lines[start.line + 1 :])


def _score_of_body(start: Start, lines: Sequence[Line], published: PublishedDate | None) -> float:
    """How much the text behind the title looks like its newsflash; ``_MOST_FOR_BODY`` at most."""
    view = lines[start.line].view
    title = view[start.title_start : start.title_end].strip()
    head = view[start.body_start : start.body_start + _HEAD]
    for below in lines[start.line + 1 :]:
        if len(head) >= _HEAD:
            break
        head += "\n" + below.view[: _HEAD - len(head)]
    head = head.lstrip()
    if not head:
        return -math.inf
    seen = _seen_of_body(title, head, published)
    return sum(WEIGHTS[name] for name in seen) + _retelling(title, head)


def _seen_of_title(start: Start, view: str, title: str) -> Iterator[str]:
    if start.flash_start == 0:
        yield "starts its line"
    if start.category:
        yield "listed prefix"
    elif _PREFIX.match(title):
        yield "unlisted prefix"
    if _LEAD.match(title):
        yield "leading symbol"
    elif _DANGLING.match(title):
        yield "dangling"
    if title.startswith("【") and "】" not in title:
        yield "torn bracket"
    elif view[start.title_start - 1 : start.title_start] == "【" or title.startswith("【"):
        yield "bracketed"
    if title.endswith("。"):
        yield "title ends in a full stop"
    if "。" in title[:-1]:
        yield "holds a full stop"
    if ";" in title:
        yield "holds a semicolon"
    if ":" in title:
        yield "another colon"
        if _SENTENCE.match(title, title.rfind(":") + 1):
            yield "a sentence behind the colon"
    if len(title) < 4:
        yield "very short"
    elif len(title) < 8:
        yield "short"
    elif len(title) > 60:
        yield "long"
    if _is_speaking(title):
        yield "speaking"


def _seen_of_body(title: str, head: str, published: PublishedDate | None) -> Iterator[str]:
    if _OPENING.match(head):
        yield "body opens as news"
    if published and (match := _DATED.match(head)):
        day = f"-{int(match['month']):02}-{int(match['day']):02}"
        if published.value[4:10] == day:
            yield "body names the day of the stamp"
    if (match := _CLAUSE.match(head)) and _is_claim(match["clause"]):
        yield "body opens as a title"
        if len(title) < 14:
            yield "name before a claim"
    if _QUOTATION.match(head):
        yield "body opens with a quotation"


def _is_claim(clause: str) -> bool:
    """Whether the words before a colon say something, as the second half of a title does.

    A label (``Good Friday 假期:``) is too short to; six Han characters can.
    """
    han = sum("\u4e00" <= character <= "\u9fff" for character in clause)
    return han >= 6 and not (
        _OPENING.match(clause) or _is_speaking(clause) or _SENTENCE.match(clause)
    )


def _is_speaking(clause: str) -> bool:
    return _SPEAKING.search(clause, max(0, len(clause) - _LONGEST_SPEAKING)) is not None


def _retelling(title: str, head: str) -> float:
    """How much of the title's words the body's first words tell again."""
    pieces: set[str] = set()
    for token in _TOKEN.findall(title.lower()):
        if token.isascii() or len(token) == 1:
            pieces.add(token)
        else:
            pieces.update(map(add, token, token[1:]))
    if not pieces:
        return 0.0
    told = sum(map(head.lower().__contains__, pieces))
    return WEIGHTS["retold, all of it"] * told / (len(pieces) + 1) + WEIGHTS[
        "retold, each piece"
    ] * min(told, _MOST_PIECES)


def _distance(beside: str, below: Sequence[Line]) -> float:
    """What the lines between the title's line and the stamp cost; ``beside`` is the body there."""
    score = 0.0
    expected = 2 if _FIRST_ITEM.search(beside) else 1
    for line in below:
        match = _NUMBERED.match(line.view)
        if not match:
            score += WEIGHTS["each line below"]
            continue
        number = int(match["number"])
        if number not in (1, expected) and expected == 1:
            score += WEIGHTS["tears a list apart"]
        score += WEIGHTS["each line of a list below"]
        expected = number + 1
    return score
