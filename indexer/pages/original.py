"""A page as it was read, its lines told apart by the documents that stand in them.

What the catalog holds is the truth: each text is looked for on the page, within
the lines on which it was read.  To read the page again could cut it otherwise,
for the reader changes, and other pages tell of the borders of a newsflash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.documents import BODY_FIELDS, OnPage, StoredPage
from indexer.pages._text import plain_view
from indexer.pages.alignment import Plain, Span, find
from indexer.pages.as_read import HTML_FIELD, ReadLine, as_read
from indexer.pages.stamps import stamp_end

_NOBODY: Final = -1
_LONGEST_STAMP: Final = 40


class Piece(NamedTuple):
    """Some text of a row; ``is_read`` tells whether it went into the document."""

    text: str
    is_read: bool


class Row(NamedTuple):
    """A line of a page, or the part of it that has to do with one document alone.

    ``line`` counts from 1.  ``document`` is the document's place among those of the page;
    None where nothing of the row went into any.  ``field`` is a record's.
    """

    line: int
    document: int | None
    pieces: tuple[Piece, ...]
    field: str | None = None

    @property
    def text(self) -> str:
        """The row as it stands on the page."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Original:
    """A page that documents came from.

    ``rows`` are all of its lines in order; ``is_main_text`` tells that they are the main text
    of a web page.
    """

    stored: StoredPage
    documents: tuple[OnPage, ...]
    rows: tuple[Row, ...]
    is_main_text: bool


def original(stored: StoredPage, documents: tuple[OnPage, ...]) -> Original:
    """The page as it was read, with the documents that the catalog has of it."""
    page, lines = as_read(stored.page)
    return Original(stored, documents, tuple(_rows(lines, documents)), page is not stored.page)


def _rows(lines: Sequence[ReadLine], documents: Sequence[OnPage]) -> list[Row]:
    sheet = _Sheet(lines)
    kinds = enumerate(each.stored.read.kind for each in documents)
    flashes = frozenset(at for at, kind in kinds if kind == "newsflash")
    for at in sorted(flashes):
        sheet.place(at, documents[at])
    # The article is what stands around them.
    sheet.set_aside()
    for at in range(len(documents)):
        if at not in flashes:
            sheet.place(at, documents[at])
    sheet.fill()
    found = (row for at in range(len(lines)) for row in sheet.rows(at, flashes))
    return _with_blanks(_with_stamps(found, flashes))


class _Sheet:
    """The characters of a page, and whose each is."""

    def __init__(self, lines: Sequence[ReadLine]) -> None:
        self._lines = lines
        self._text = text = "\n".join(line.text for line in lines)
        sizes = np.fromiter((len(line.text) + 1 for line in lines), np.int64, len(lines))
        self._starts: list[int] = [0, *np.cumsum(sizes).tolist()]
        self._owners: NDArray[Any] = np.full(len(text) + 1, _NOBODY, np.int32)
        self._taken = np.zeros(len(text) + 1, np.bool_)
        self._whole = self._plain = Plain.of(text)
        self._reached = 0

    def place(self, at: int, document: OnPage) -> None:
        """Find a document, the one at ``at`` of the page, and take its characters."""
        title, body = map(self._plain.span, self._ranges(document))
        spans = find(document.stored.read, self._plain.text, title, body)
        if not spans:
            return
        origin = self._plain.origin
        for start, end in spans:
            self._owners[origin[start:end]] = at
        first, self._reached = int(origin[spans[0][0]]), int(origin[spans[-1][1] - 1]) + 1
        stamp = stamp_end(plain_view(self._text[self._reached : self._reached + _LONGEST_STAMP]))
        self._taken[first : self._reached + stamp] = True

    def set_aside(self) -> None:
        """Let what follows be looked for in what is left of the page."""
        self._plain = self._plain.only(~self._taken)
        self._reached = 0

    def fill(self) -> None:
        """Let white space and what else the fold drops go with what it stands between."""
        origin = self._whole.origin
        bare = np.ones(len(self._owners), np.bool_)
        bare[origin] = False
        places = np.flatnonzero(bare)
        owners = np.concatenate([[_NOBODY], self._owners[origin], [_NOBODY]])
        before = np.searchsorted(origin, places)
        above, below = owners[before], owners[before + 1]
        self._owners[places] = np.where(above == below, above, _NOBODY)

    def rows(self, at: int, flashes: frozenset[int]) -> Iterator[Row]:
        """The rows of one line."""
        text, field = self._lines[at]
        owners = self._owners[self._starts[at] : self._starts[at] + len(text)]
        borders = [0, *(np.flatnonzero(np.diff(owners)) + 1).tolist(), len(text)]
        stretches = [
            (int(owners[start]), text[start:end]) for start, end in pairwise(borders) if end > start
        ]
        document, pieces = _NOBODY, list[Piece]()
        for number, (owner, piece) in enumerate(stretches):
            if owner == _NOBODY:
                # Between two: the stamp is of the one above, the prefix of the one below.
                following = stretches[number + 1][0] if number + 1 < len(stretches) else _NOBODY
                if document != _NOBODY and following in flashes and following != document:
                    end = stamp_end(plain_view(piece)) if document in flashes else 0
                    pieces.append(Piece(piece[:end], False))
                    yield _row(at, document, pieces, field)
                    document, pieces, piece = following, [], piece[end:]
                pieces.append(Piece(piece, False))
                continue
            if document not in (owner, _NOBODY):
                yield _row(at, document, pieces, field)
                pieces = []
            document = owner
            pieces.append(Piece(piece, True))
        yield _row(at, document, pieces, field)

    def _ranges(self, document: OnPage) -> tuple[Span, Span]:
        """The characters among which its title stands, and its body."""
        whole = (0, self._starts[-1])
        if self._lines and self._lines[0].field is not None:
            body = next(filter(None, map(self._field, (*BODY_FIELDS, HTML_FIELD))), whole)
            return self._field("title") or body, body
        lines = document.seen.lines
        if lines is None:
            return (self._reached, whole[1]), (self._reached, whole[1])
        first, last = (min(max(line, 0), len(self._lines)) for line in (lines[0] - 1, lines[1]))
        body = (self._starts[first], self._starts[last])
        if document.stored.read.kind == "article":
            return (0, body[0]), body
        # Several may stand on one line.
        body = (max(body[0], min(self._reached, body[1])), body[1])
        return body, body

    def _field(self, name: str) -> Span | None:
        places = [at for at, line in enumerate(self._lines) if line.field == name]
        if not any(self._lines[at].text.strip() for at in places):
            return None
        return self._starts[places[0]], self._starts[places[-1] + 1]


def _row(at: int, document: int, pieces: list[Piece], field: str | None) -> Row:
    whole = tuple(piece for piece in pieces if piece.text)
    return Row(at + 1, None if document == _NOBODY else document, whole, field)


def _with_stamps(rows: Iterator[Row], flashes: frozenset[int]) -> Iterator[Row]:
    """The rows, a stamp on a line of its own with the newsflash that it closes."""
    above = None
    for row in rows:
        view = plain_view(row.text.strip())
        if row.document is None and above in flashes and view and stamp_end(view) == len(view):
            row = row._replace(document=above)
        if view:
            above = row.document
        yield row


def _with_blanks(rows: Iterator[Row]) -> list[Row]:
    """The rows, blank lines within a document with it."""
    found: list[Row] = []
    blank = 0
    for row in rows:
        if not row.text.strip():
            blank += 1
        else:
            for at in range(len(found) - blank, len(found)):
                if at and found[at - 1].document == row.document:
                    found[at] = found[at]._replace(document=row.document)
            blank = 0
        found.append(row)
    return found
