"""Correcting and hiding a document from its page, where the server lets that be done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from indexer import pipeline
from indexer.catalog import Curation
from indexer.corrections import CITIES_SEPARATOR, on_one_line, typed, typed_line
from indexer.documents import Correctable, Document, PublishedDate
from indexer.errors import Locked
from indexer.i18n import N_
from indexer.locking import data_lock
from webui.context import archive
from webui.errors import Denied
from webui.labels import FIELDS
from webui.language import gettext

blueprint = Blueprint("curating", __name__, url_prefix="/d")

_LABELS: Final[dict[Correctable, str]] = {
    "title": N_("标题"),
    "published": N_("日期"),
    "cities": FIELDS["city"],
    "author": FIELDS["author"],
    "source": FIELDS["source"],
    "kind": FIELDS["kind"],
}
_WAIT_SECONDS: Final = 10.0


class Field(NamedTuple):
    """A field of the form: its name, what it is called, and what it says now."""

    name: Correctable
    label: str
    text: str


def fields(document: Document) -> list[Field]:
    """The fields of a document that can be corrected."""
    return [Field(name, gettext(label), _text(document, name)) for name, label in _LABELS.items()]


@blueprint.post("/<document_id>/correct")
def correct(document_id: str) -> ResponseReturnValue:
    """Correct the fields that were changed in the form, and undo the corrections named ``undo``."""
    values = {
        name: typed(name, text)
        for name in _LABELS
        # What was not touched is left alone, whoever changed it since the form was shown.
        if (text := request.form.get(name)) is not None and text != request.form.get(f"was-{name}")
    }
    undone = [name for name in _LABELS if name in request.form.getlist("undo")]
    with _writing(document_id) as curation:
        curation.correct(document_id, values, undo=undone, by=_name())
    return _back(document_id)


@blueprint.post("/<document_id>/hide")
def hide(document_id: str) -> ResponseReturnValue:
    """Hide the document."""
    reason = typed_line(request.form.get("reason", ""))
    with _writing(document_id) as curation:
        curation.hide(document_id, reason or None, by=_name())
    return _back(document_id)


@blueprint.post("/<document_id>/unhide")
def unhide(document_id: str) -> ResponseReturnValue:
    """Show the document again."""
    with _writing(document_id) as curation:
        if archive().library.hidden(document_id):  # the button may be pressed twice
            curation.unhide(document_id)
    return _back(document_id)


@contextmanager
def _writing(document_id: str) -> Iterator[Curation]:
    """What curates, while nobody else writes; afterwards the index follows.

    An id that is superseded by now is not found: the form was of another text.
    """
    catalog, engine = archive().catalog, archive().engine
    if catalog.current_id(document_id) != document_id:
        abort(404)
    try:
        with data_lock(catalog.path.parent, "serve", _WAIT_SECONDS, lambda _: None):
            yield catalog.curation
            pipeline.catch_up(catalog, engine)
            pipeline.merge(catalog, engine)
    except Locked as error:
        text = N_("别的命令正在写入，现在不能更改。请稍后再试。")
        raise Denied(503, gettext(text)) from error


def _back(document_id: str) -> ResponseReturnValue:
    url = url_for("documents.page", document_id=document_id)
    query = request.query_string.decode()
    return redirect(f"{url}?{query}" if query else url, 303)


def _name() -> str | None:
    return request.authorization.username if request.authorization else None


def _text(document: Document, name: Correctable) -> str:
    """What a field says, on one line, as the form shows it."""
    match value := getattr(document, name):
        case None:
            return ""
        case PublishedDate():
            return value.value
        case tuple():
            return CITIES_SEPARATOR.join(value)
        case _:
            return on_one_line(str(value))
