"""A page that documents came from, shown as it was read, so that a quotation can be checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Any, Final, NamedTuple

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.documents import OnPage
from indexer.i18n import N_
from indexer.pages.original import Original, Piece, Row
from webui.context import archive, permalink
from webui.errors import Denied
from webui.language import gettext
from webui.links import absolute, at_text, in_page, is_web_address, several
from webui.search import search_behind

blueprint = Blueprint("pages", __name__, url_prefix="/p")

# A page of five megabytes is shown a part at a time, and so is a line of as many.
_MOST_ROWS: Final = 300
_MOST_CHARACTERS: Final = 40_000
_LONGEST_ROW: Final = 8_000
_ELSEWHERE: Final = N_(
    "这台服务器只有索引，没有目录库；原来的页面只在目录库里，请到有目录库的服务器上核对。"
)


class Stretch(NamedTuple):
    """Rows one below the other that are of one document, or of none.

    ``is_here`` tells that the document asked for begins with it.
    """

    document: OnPage | None
    is_asked: bool
    is_here: bool
    rows: tuple[Row, ...]


class View(NamedTuple):
    """A part of a page, counted from 1, and what of it is asked for.

    ``asked`` is the document, ``here`` its first row; ``is_missing`` tells that
    the text asked for is not on the page.
    """

    original: Original
    rows: tuple[Row, ...]
    part: int
    parts: int
    asked: OnPage | None
    here: Row | None
    is_missing: bool

    @property
    def stretches(self) -> Iterator[Stretch]:
        """The rows of this part by document."""
        for document, rows in groupby(self.rows, lambda row: row.document):
            on_page = None if document is None else self.original.documents[document]
            own = tuple(rows)
            is_asked = bool(on_page and self.asked and on_page.stored.id == self.asked.stored.id)
            is_here = any(row is self.here for row in own)
            yield Stretch(on_page, is_asked, is_here, own)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the document asked for begins in another part."""
        return self.here is not None and not any(row is self.here for row in self.rows)

    @property
    def site(self) -> str | None:
        """The site, where it is known."""
        return next((each.seen.site for each in self.original.documents if each.seen.site), None)

    @property
    def url(self) -> str | None:
        """The address of the page on the web, at the text that is checked."""
        asked = self.asked or next(iter(self.original.documents), None)
        known = (asked and asked.seen.url) or self.original.stored.page.url
        if known is None or not is_web_address(known):
            return None
        return at_text(known, asked.stored.document.title) if asked else known

    @property
    def last_line(self) -> int:
        """How many lines the whole page has."""
        return self.original.rows[-1].line

    @property
    def canonical(self) -> str:
        """The public address of this part, whatever is marked in it."""
        return absolute(self.address("pages.page"))

    def address(self, endpoint: str, part: int | None = None, **more: Any) -> str:
        """The path of a part of the page, this one unless another is named."""
        part = self.part if part is None else part
        page_id = self.original.stored.id
        return url_for(endpoint, page_id=page_id, part=part if part > 1 else None, **more)


@blueprint.get("/<page_id>")
def page(page_id: str) -> ResponseReturnValue:
    """The page as it was read; ``d`` is the document to mark, ``part`` or ``line`` what to show.

    The search that the document was found by leads back.
    """
    view = _view(page_id)
    search = several(search_behind().params())
    return render_template("page.html", view=view, canonical=view.canonical, search=search)


@blueprint.get("/<page_id>.json")
def as_json(page_id: str) -> ResponseReturnValue:
    """The same as JSON."""
    view = _view(page_id)
    stored, documents = view.original.stored, view.original.documents
    asked = {"d": view.asked.stored.id} if view.asked else {}
    neighbours = {
        name: absolute(view.address("pages.as_json", part, **asked))
        if 1 <= part <= view.parts
        else None
        for name, part in (("previous", view.part - 1), ("next", view.part + 1))
    }
    return jsonify(
        {
            "id": stored.id,
            "name": stored.page.name,
            "format": stored.page.format,
            "is_main_text": view.original.is_main_text,
            "site": view.site,
            "url": view.url,
            "added": stored.added or None,
            "permalink": view.canonical,
            "lines": view.last_line,
            "part": view.part,
            "parts": view.parts,
            **neighbours,
            "asked": view.asked.stored.id if view.asked else None,
            "documents": [
                {
                    "id": each.stored.id,
                    "kind": each.stored.document.kind,
                    "title": each.stored.document.title,
                    "permalink": permalink(each.stored.id),
                    "view": absolute(in_page(each.seen, each.stored.id)),
                }
                for each in documents
            ],
            "rows": [
                {
                    "line": row.line,
                    "field": row.field,
                    "document": None if row.document is None else documents[row.document].stored.id,
                    "pieces": [piece._asdict() for piece in row.pieces],
                }
                for row in view.rows
            ],
        }
    )


def _view(page_id: str) -> View:
    if not archive().has_catalog:
        raise Denied(404, gettext(_ELSEWHERE))
    original = archive().original(page_id)
    if original is None:
        abort(404)
    parts = list(_parts(original.rows))
    line = request.args.get("line", 1, type=int)
    wanted = archive().current_id(request.args.get("d", ""))
    places = [at for at, each in enumerate(original.documents) if each.stored.id == wanted]
    rows = [row for part in parts for row in part]
    begins = {row.document: row for row in reversed(rows) if row.document in places and _reads(row)}
    here = min(begins.values(), key=lambda row: abs(row.line - line), default=None)
    asked = original.documents[places[0]] if places else None
    if here is not None and here.document is not None:
        asked, line = original.documents[here.document], here.line
    fitting = (
        number
        for number, part in enumerate(parts, 1)
        if (part[-1].line >= line if here is None else any(row is here for row in part))
    )
    number = request.args.get("part", next(fitting, len(parts)), type=int)
    number = min(max(number, 1), len(parts))
    is_missing = "d" in request.args and here is None
    return View(original, parts[number - 1], number, len(parts), asked, here, is_missing)


def _parts(rows: Iterable[Row]) -> Iterator[tuple[Row, ...]]:
    part: list[Row] = []
    size = 0
    for row in chain.from_iterable(map(_short, rows)):
        length = len(row.text)
        if part and (len(part) >= _MOST_ROWS or size + length > _MOST_CHARACTERS):
            yield tuple(part)
            part, size = [], 0
        part.append(row)
        size += length
    yield tuple(part)


def _short(row: Row) -> Iterator[Row]:
    """The row, in several when it is very long."""
    if len(row.text) <= _LONGEST_ROW:
        yield row
        return
    pieces: list[Piece] = []
    room = _LONGEST_ROW
    for text, is_read in row.pieces:
        while text:
            pieces.append(Piece(text[:room], is_read))
            text, room = text[room:], max(room - len(text), 0)
            if not room:
                yield row._replace(pieces=tuple(pieces))
                pieces, room = [], _LONGEST_ROW
    if pieces:
        yield row._replace(pieces=tuple(pieces))


def _reads(row: Row) -> bool:
    return any(piece.is_read for piece in row.pieces)
