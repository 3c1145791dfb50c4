"""Original text with the places marked where a query matched it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import Final, NamedTuple
from unicodedata import category

from indexer.analysis import Folded, fold_with_offsets
from indexer.engine.tree import Node, TextField
from indexer.query.answer import Marked, Segment
from indexer.query.matching import (
    Span,
    TextWords,
    candidates,
    confirmed,
    merged,
    spans,
    word_leaves,
)

LEFT_OUT: Final = "…"

# Behind a sentence's last mark and the quotes or brackets that it closes (folded text).
_sentence_end: Final = re.compile(r"(?:[。!?;]|\.(?=\s)|\.{3})[”’」』\")\]]*\s*|\n\s*")
# Behind a comma or a colon, but not that of a number, a time or an address.
_clause_end: Final = re.compile(r"[,:](?![\d/])[”’」』\")\]]*\s*")
_NO_BEGINNING: Final = " \n。!?,、;:)]”’」』》】"
_NO_ENDING: Final = " \n,、:([“‘「『《【"
_SKIN: Final = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_paragraph_break: Final = re.compile(r"\s*\n\s*")

# After so many places that turned out to be no words, all places are looked up at once.
_TRIES: Final = 4


def mark(text: str, node: Node, field: TextField) -> Marked:
    """The whole text, the places that ``node`` matches marked; joined it is ``text`` again."""
    folded = fold_with_offsets(text)
    return _segments(text, (0, len(text)), _original(folded, spans(node, folded.text, field)))


def snippet(body: str, node: Node, size: int = 120) -> Marked:
    """The passage of about ``size`` characters that shows most of the query.

    It has the most different parts of ``node``, in whole sentences where these
    fit, and is never cut inside a word or a marked place.  ``…`` stands where
    text is left out, a space for a paragraph break.  A body that does not
    match is shown from its beginning.
    """
    folded = fold_with_offsets(body)
    matches = _Matches(folded.text, node)
    start, end, marks = _passage(matches, size)
    start, end = _trimmed(folded.text, marks, start, end)
    first, last = folded.original(start, end)
    segments = [
        Segment(_paragraph_break.sub(" ", segment.text), segment.marked)
        for segment in _segments(body, (first, last), _original(folded, marks))
    ]
    if folded.text[:start].strip():
        segments.insert(0, Segment(LEFT_OUT))
    if folded.text[end:].strip():
        segments.append(Segment(LEFT_OUT))
    return tuple(segments)


class _Borders(NamedTuple):
    """Where sentences begin in a stretch of text, its two ends with them, and where clauses do."""

    sentences: list[int]
    clauses: list[int]


class _Place(NamedTuple):
    """Where a leaf may match: which word of the query it stands for, and which leaf it is."""

    span: Span
    word: int
    leaf: int


class _Matches:
    """The places where a query matches in a folded body.

    Whether a word stands where its characters do is looked up only where it is
    asked for.
    """

    def __init__(self, folded: str, node: Node) -> None:
        self.text = TextWords(folded)
        words = word_leaves(node, "body")
        numbered = [(word, leaf) for word, leaves in enumerate(words) for leaf in leaves]
        self._leaves = [leaf for _, leaf in numbered]
        self._places = sorted(
            _Place(span, word, number)
            for number, (word, leaf) in enumerate(numbered)
            for span in candidates(leaf, folded)
        )
        self._confirmed: dict[_Place, Span | None] = {}
        self.longest = max((end - start for (start, end), _, _ in self._places), default=0)

    def densest(self, reach: int) -> Span:
        """The first stretch that has the most words of the query, then the most places.

        The places start within ``reach``.  (0, 0) when there is none.
        """
        for _ in range(_TRIES):
            best = _densest(self._places, reach)
            if all(self._at(place) for place in best):
                break
            refuted = {place for place in best if not self._at(place)}
            self._places = [place for place in self._places if place not in refuted]
        else:
            self._places = [place for place in self._places if self._at(place)]
            best = _densest(self._places, reach)
        spans = [span for place in best if (span := self._at(place))]
        return (spans[0][0], max(end for _, end in spans)) if spans else (0, 0)

    def marks(self, start: int, end: int) -> list[Span]:
        """The marks of all that matches from ``start`` up to ``end``."""
        first = bisect_left(self._places, (start, 0), key=lambda place: place.span)
        last = bisect_left(self._places, (end, 0), key=lambda place: place.span)
        return merged(span for place in self._places[first:last] if (span := self._at(place)))

    def _at(self, place: _Place) -> Span | None:
        if place not in self._confirmed:
            self._confirmed[place] = confirmed(self._leaves[place.leaf], place.span, self.text)
        return self._confirmed[place]


def _densest(places: list[_Place], reach: int) -> list[_Place]:
    """Those of the places that start within ``reach`` of the first of them; the best such."""
    best, best_score = slice(0), (0, 0)
    starts = [place.span[0] for place in places]
    counts: Counter[int] = Counter()
    after = 0
    for at, place in enumerate(places):
        limit = starts[at] + reach
        while after < len(places) and starts[after] < limit:
            counts[places[after].word] += 1
            after += 1
        score = (len(counts), after - at)
        if score > best_score:
            best, best_score = slice(at, after), score
        if counts[place.word] == 1:
            del counts[place.word]
        else:
            counts[place.word] -= 1
    return places[best]


def _original(folded: Folded, marks: list[Span]) -> list[Span]:
    return merged(folded.original(start, end) for start, end in marks)


def _segments(text: str, passage: Span, marks: list[Span]) -> Marked:
    start, end = passage
    inside = [mark for mark in marks if start <= mark[0] and mark[1] <= end]
    segments = []
    at = start
    for first, last in inside:
        segments += [Segment(text[at:first]), Segment(text[first:last], marked=True)]
        at = last
    segments.append(Segment(text[at:end]))
    return tuple(segment for segment in segments if segment.text)


def _passage(matches: _Matches, size: int) -> tuple[int, int, list[Span]]:
    """From where to where to show the text, and the marks round there."""
    text = matches.text
    length = len(text.text)
    if length <= size:
        return 0, length, matches.marks(0, length)
    core = matches.densest(_reach(size))
    room = 2 * size + matches.longest
    while True:
        first, last = max(core[0] - room, 0), min(core[1] + room, length)
        marks = matches.marks(first, last)
        borders = _borders(text.text, first, last)
        start, end = _ends(text, marks, borders, core, size)
        # Marks that touch are one, so that a passage may be longer than the room.
        if (not first or start >= first + matches.longest) and (last == length or end < last):
            return start, end, marks
        room *= 2


def _ends(
    text: TextWords, marks: list[Span], borders: _Borders, core: Span, size: int
) -> tuple[int, int]:
    length = len(text.text)
    start = max(border for border in borders.sentences if border <= core[0])
    earliest = core[1] - _reach(size)
    if start < earliest:
        middle = max(core[0] - max(size - (core[1] - core[0]), 0) // 2, 0)
        near = (border for border in borders.clauses if earliest <= border <= core[0])
        start = min(near, key=lambda border: abs(border - middle), default=middle)
    elif start + size > length:
        start = min(border for border in borders.sentences if border >= length - size)
    after = _uncut(text, marks, start, forward=True)
    start = after if after <= core[0] else _uncut(text, marks, start, forward=False)
    limit = min(start + size, length)
    end = (
        _last(borders.sentences, max(core[1], start + size // 2), limit)
        or _last(borders.clauses, max(core[1], start + _reach(size)), limit)
        or max(limit, core[1])
    )
    before = _uncut(text, marks, end, forward=False)
    return start, before if before >= core[1] else _uncut(text, marks, end, forward=True)


def _last(borders: list[int], first: int, last: int) -> int | None:
    return max((border for border in borders if first <= border <= last), default=None)


def _trimmed(text: str, marks: list[Span], start: int, end: int) -> Span:
    """The passage without the marks of punctuation that lost what they belong to."""
    first = min((mark[0] for mark in marks if mark[0] >= start), default=end)
    last = max((mark[1] for mark in marks if mark[1] <= end), default=start)
    if start > 0:
        start = first - len(text[start:first].lstrip(_NO_BEGINNING))
    kept = text[last:end].rstrip(_NO_ENDING if end < len(text) else None)
    return start, max(start, last + len(kept))


def _reach(size: int) -> int:
    """How far into a passage its last match may end, so that some text follows it."""
    return size * 3 // 4


def _borders(text: str, first: int, last: int) -> _Borders:
    sentences = (match.end() for match in _sentence_end.finditer(text, first, last))
    clauses = [match.end() for match in _clause_end.finditer(text, first, last)]
    return _Borders(sorted({first, *sentences, last}), clauses)


def _uncut(text: TextWords, marks: list[Span], at: int, *, forward: bool) -> int:
    """The nearest offset in one direction that no character, word or mark reaches over."""
    while True:
        if 0 < at < len(text.text) and _joins(text.text[at]):
            at += 1 if forward else -1
            continue
        within = text.across(at) or next((span for span in marks if span[0] < at < span[1]), None)
        if within is None:
            return at
        at = within[forward]


def _joins(character: str) -> bool:
    """Whether it is one with the character before: an accent, a colour of skin."""
    return category(character)[0] == "M" or character in _SKIN
