"""Original text with the places marked where a query matched it."""

from __future__ import annotations

import re
from typing import Final

from indexer.analysis import Folded, fold_with_offsets
from indexer.engine.tree import Node, TextField
from indexer.query.answer import Marked, Segment
from indexer.query.matching import Span, TextWords, leaf_spans, merged, spans

LEFT_OUT: Final = "…"

# Behind a sentence's last mark and the quotes or brackets that it closes (folded text).
_sentence_end: Final = re.compile(r"(?:[。!?;]|\.(?=\s)|\.{3})[”’」』\")\]]*\s*|\n\s*")
_NO_BEGINNING: Final = " \n,、;:)]”’」』》】"
_NO_ENDING: Final = " \n,、:([“‘「『《【"
_paragraph_break: Final = re.compile(r"\s*\n\s*")


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
    text = TextWords(folded.text)
    leaves = leaf_spans(node, text, "body")
    marks = merged(span for leaf in leaves for span in leaf)
    start, end = _passage(text, marks, _densest(leaves, _reach(size)), size)
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


def _densest(leaves: list[list[Span]], size: int) -> Span:
    """The first stretch within ``size`` that has the most different leaves, then places."""
    places = sorted((span, leaf) for leaf, found in enumerate(leaves) for span in found)
    best, best_score = (0, 0), (0, 0)
    counts = [0] * len(leaves)
    after = 0
    for at, ((start, end), leaf) in enumerate(places):
        while after < len(places) and (after <= at or places[after][0][1] <= start + size):
            counts[places[after][1]] += 1
            after += 1
        score = (sum(map(bool, counts)), after - at)
        if score > best_score:
            last = max(span[1] for span, _ in places[at:after])
            best, best_score = (start, max(end, last)), score
        counts[leaf] -= 1
    return best


def _passage(text: TextWords, marks: list[Span], core: Span, size: int) -> Span:
    """From where to where to show the text so that ``core`` is in it."""
    length = len(text.text)
    if length <= size:
        return 0, length
    borders = _sentence_borders(text.text)
    start = max(border for border in borders if border <= core[0])
    if core[1] - start > _reach(size):
        start = max(start, core[0] - max(size - (core[1] - core[0]), 0) // 2)
    elif start + size > length:
        start = min(border for border in borders if border >= length - size)
    after = _uncut(text, marks, start, forward=True)
    start = after if after <= core[0] else _uncut(text, marks, start, forward=False)
    limit = min(start + size, length)
    ends = [border for border in borders if max(core[1], start + size // 2) <= border <= limit]
    end = ends[-1] if ends else max(limit, core[1])
    before = _uncut(text, marks, end, forward=False)
    return start, before if before >= core[1] else _uncut(text, marks, end, forward=True)


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


def _sentence_borders(text: str) -> list[int]:
    return sorted({0, *(match.end() for match in _sentence_end.finditer(text)), len(text)})


def _uncut(text: TextWords, marks: list[Span], at: int, *, forward: bool) -> int:
    """The nearest offset in one direction that no word and no mark reaches over."""
    while True:
        within = text.across(at) or next((span for span in marks if span[0] < at < span[1]), None)
        if within is None:
            return at
        at = within[forward]
