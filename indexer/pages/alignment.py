"""Finding the text of a document on its page, character by character.

White space and the width and script of characters do not count, as they do not
for a document's id: another page's copy may have been wrapped otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold
from indexer.documents import Document

Span = tuple[int, int]

# So many characters tell a place from others, and fewer one that is near; where tags and the like
# tear a text apart, it goes on close by with less.
_KNOWN_BY: Final = 16
_SURE: Final = 8
_LESS: Final = (8, 4, 2)
_CLOSE: Final = 64
_BREAKS: Final = frozenset('<&\\"')
_NEAR: Final = 4096
_MOST_SEARCHES: Final = 500  # of all the page, for one document
_MOST_PLACES: Final = 4


class Plain(NamedTuple):
    """A text folded and without white space; ``origin`` is where each character came from."""

    text: str
    origin: NDArray[Any]

    @classmethod
    def of(cls, text: str) -> Self:
        """The plain form of a text."""
        codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
        distinct, which = np.unique(codes, return_inverse=True)
        folds = [plain(chr(code)) for code in distinct]
        sizes = np.fromiter(map(len, folds), np.int64, len(folds))
        table = np.frombuffer("".join(folds).encode("utf-32-le"), "<u4")
        counts = sizes[which]
        origin = np.repeat(np.arange(len(codes)), counts)
        # Of a character that becomes several: which of them.
        ends = np.cumsum(counts)
        nth = np.arange(len(origin)) - np.repeat(ends - counts, counts)
        starts = (np.cumsum(sizes) - sizes)[which]
        made = table[np.repeat(starts, counts) + nth]
        return cls(made.tobytes().decode("utf-32-le"), origin)

    def only(self, kept: NDArray[Any]) -> Plain:
        """The part of it that came from characters of which ``kept`` is true."""
        chosen = kept[self.origin]
        codes = np.frombuffer(self.text.encode("utf-32-le"), "<u4")[chosen]
        return Plain(codes.tobytes().decode("utf-32-le"), self.origin[chosen])

    def span(self, original: Span) -> Span:
        """What a span of the original became."""
        start, end = np.searchsorted(self.origin, original).tolist()
        return start, end


def plain(text: str) -> str:
    """``text`` folded and without white space."""
    return "".join(fold(text).split())


def find(document: Document, text: str, title_in: Span, body_in: Span) -> list[Span]:
    """The spans of the plain ``text`` that are the document, in order.

    Title and body are looked for in these parts of the text, the body behind the title; the
    title may also be nothing but the beginning of the body.
    """
    title, body = plain(document.title), _Body.of(document)
    best, covered = list[Span](), 0
    for place in _places(title, text, title_in) if title else ():
        after = place + len(title)
        runs = [*body.runs(text, (max(after, body_in[0]), body_in[1]))]
        found = _size(runs)
        if not best or found > covered:
            best, covered = [(place, after), *runs], found
        if found == len(body.text):
            return best
    alone = [*body.runs(text, body_in)]
    return alone if _size(alone) > covered else best


def _places(wanted: str, text: str, within: Span) -> Iterator[int]:
    at, end = within
    for _ in range(_MOST_PLACES):
        at = text.find(wanted, at, end)
        if at < 0:
            return
        yield at
        at += 1


def _size(spans: list[Span]) -> int:
    return sum(end - start for start, end in spans)


@dataclass(frozen=True, slots=True)
class _Body:
    """A body as plain text, and where its paragraphs end in it."""

    text: str
    ends: tuple[int, ...]

    @classmethod
    def of(cls, document: Document) -> Self:
        paragraphs = [plain(paragraph) for paragraph in document.paragraphs]
        return cls("".join(paragraphs), tuple(accumulate(map(len, paragraphs))))

    def runs(self, page: str, within: Span) -> Iterator[Span]:
        """The stretches of ``page`` that are the text, one behind the other.

        What stands between them on the page is passed over; so is what is not found.
        """
        at, end = within
        done, searches = 0, _MOST_SEARCHES
        ends = iter(self.ends)
        begin = paragraph = 0
        while done < len(self.text) and at < end:
            while paragraph <= done:
                begin, paragraph = paragraph, next(ends)
            wanted = self.text[done : min(done + _KNOWN_BY, paragraph)]
            place = self._near(done, wanted, page, at, end)
            if place < 0 and done == begin and len(wanted) >= _SURE and searches:
                searches -= 1
                place = page.find(wanted, at, end)
            if place < 0:
                place = self._close(done, paragraph, page, at, end)
            if place < 0:
                done += 1
                continue
            place, size = self._longest(done, wanted, page, at, place, end)
            yield place, place + size
            at, done = place + size, done + size

    def _near(self, done: int, wanted: str, page: str, at: int, end: int) -> int:
        """Over the end of the paragraph; or, where something stands behind it, up to there."""
        place = page.find(self.text[done : done + _KNOWN_BY], at, min(at + _NEAR, end))
        if place < 0:
            reach = _NEAR if len(wanted) >= _SURE else _CLOSE
            place = page.find(wanted, at, min(at + reach, end))
        return place

    def _close(self, done: int, paragraph: int, page: str, at: int, end: int) -> int:
        """Right behind something that broke it, if it goes on from there."""
        least = min(_SURE, paragraph - done)
        for size in _LESS:
            place = page.find(self.text[done : done + size], at, min(at + _CLOSE, end))
            if place < 0:
                continue
            same = self._common(done, page, place, end)
            border = page[place + same - 1 : place + same + 1]
            if same >= least or not _BREAKS.isdisjoint(border):
                return place
        return -1

    def _longest(self, done: int, wanted: str, page: str, at: int, first: int, end: int) -> Span:
        """Of the first places, that from which the text goes on longest, and how long."""
        near = (first, min(first + _NEAR, end))
        places = [first, *_places(wanted, page, near)] if first > at else [first]
        sizes = [(self._common(done, page, place, end), -place) for place in places]
        size, place = max(sizes)
        return -place, size

    def _common(self, done: int, page: str, at: int, end: int) -> int:
        """How many characters are the same from here on."""
        most = min(len(self.text) - done, end - at)
        same, step = 0, _KNOWN_BY
        while step:
            length = min(same + step, most)
            ours, theirs = self.text[done + same : done + length], page[at + same : at + length]
            if length > same and ours == theirs:
                same, step = length, step * 2
            else:
                step //= 2
        return same
