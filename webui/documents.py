"""One document: its page and its JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Final

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.corrections import unknown_cities
from indexer.documents import Appearance, StoredDocument
from indexer.errors import TooCostly, Unavailable
from indexer.export import labels
from indexer.export.citations import FORMS, NOTES, Cited, cited
from indexer.export.records import stored_record
from indexer.export.streams import EXPORTS
from indexer.i18n import gettext
from indexer.query.request import SearchRequest
from webui import curating, filters, metadata
from webui.context import archive, base_url, in_turn, permalink
from webui.errors import Denied
from webui.links import absolute, in_page
from webui.search import kept, search_behind

blueprint = Blueprint("documents", __name__, url_prefix="/d")

# What a reference manager opens, by the end of the address.
_FILES: Final = ("bib", "ris", "csl")
# The form of citation that stands on a printed page.
_ON_PAPER: Final = "gbt7714-2025"


@blueprint.get("/<document_id>")
def page(document_id: str) -> ResponseReturnValue:
    """The whole text; the words of ``q`` are marked, and the search it came from leads back."""
    stored = archive().document(document_id)
    if stored is None:
        if sentence := _hidden(document_id):
            page = render_template(
                "hidden.html", sentence=sentence, document_id=document_id, kept_query=_query()
            )
            return page, 410
        return _moved(document_id, "documents.page")
    facts = _cited(stored)
    search = search_behind()
    title, paragraphs = archive().marked(stored, search.q)
    return render_template(
        "document.html",
        stored=stored,
        title=title,
        paragraphs=paragraphs,
        appearances=archive().appearances(stored.id),
        reprints=archive().reprints(stored.id),
        correctable=curating.fields(stored.document),
        unknown_cities=unknown_cities(stored.document.cities),
        kept_query=_query(),
        permalink=permalink(stored.id),
        canonical=permalink(stored.id),
        citations=_citations(facts),
        printed=FORMS[_ON_PAPER].write(facts),
        missing=[gettext(NOTES[each]) for each in facts.missing],
        metadata=metadata.of(stored, facts),
        asked=search,
        kept=kept(search),
        came_from_search=search != SearchRequest(lang=search.lang),
        search_url=filters.search_url,
        related=_related(stored),
        in_page=in_page if archive().has_catalog else None,
    )


@blueprint.get(f"/<document_id>.<any({','.join(_FILES)}):form>")
def citation(document_id: str, form: str) -> ResponseReturnValue:
    """The document for a reference manager."""
    stored = archive().document(document_id)
    if stored is None:
        return _moved(document_id, "documents.citation", form=form)
    export = EXPORTS[form]
    pieces = export.pieces([stored], base_url(), date.today())
    response = Response("".join(pieces), content_type=f"{export.mimetype}; charset=utf-8")
    name = f"biwen-{stored.id}.{export.suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/<document_id>.json")
def as_json(document_id: str) -> ResponseReturnValue:
    """The document, where it appeared, its reprints, and what is related."""
    stored = archive().document(document_id)
    if stored is None:
        return _moved(document_id, "documents.as_json")
    return jsonify(
        {
            **stored_record(stored),
            "permalink": permalink(stored.id),
            "appearances": [
                {**asdict(seen), "view": _view(seen, stored.id)}
                for seen in archive().appearances(stored.id)
            ],
            "reprints": [reprint.id for reprint in archive().reprints(stored.id)],
            "related": [other.id for other in _related(stored)],
        }
    )


@in_turn
def _related(stored: StoredDocument) -> tuple[StoredDocument, ...]:
    # A search; the rest of the page need not wait for its turn, nor do without it.
    try:
        return archive().related(stored)
    except (TooCostly, Unavailable):
        return ()


def _cited(stored: StoredDocument) -> Cited:
    return cited(stored, base_url(), date.today())


def _citations(facts: Cited) -> list[tuple[str, str, str]]:
    """The citation in every form: the form's name, what it is called, the text."""
    return [(name, gettext(form.label), form.write(facts)) for name, form in FORMS.items()]


def _moved(document_id: str, endpoint: str, form: str | None = None) -> ResponseReturnValue:
    """A redirect to the document's current id; 404 when there is none, 410 when it is hidden."""
    if sentence := _hidden(document_id):
        raise Denied(410, sentence)
    current = archive().current_id(document_id)
    if current is None or current == document_id:
        abort(404)
    query = _query()
    url = url_for(endpoint, document_id=current, form=form)
    return redirect(f"{url}?{query}" if query else url, 301)


def _view(seen: Appearance, document_id: str) -> str | None:
    """Where the appearance is shown in its page, if pages can be."""
    return absolute(in_page(seen, document_id)) if archive().has_catalog else None


def _hidden(document_id: str) -> str | None:
    """The sentence that says so when the document is hidden."""
    hidden = archive().library.hidden(document_id)
    return labels.hidden_document(document_id, hidden) if hidden else None


def _query() -> str:
    return request.query_string.decode()
