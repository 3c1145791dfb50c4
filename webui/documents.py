"""One document: its page and its JSON."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import urlsplit

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.errors import WrongUsage
from indexer.export import markdown
from indexer.export.records import record
from indexer.query.request import SearchRequest
from webui import filters
from webui.context import archive, base_url, permalink
from webui.search import asked, kept

blueprint = Blueprint("documents", __name__, url_prefix="/d")


@blueprint.get("/<document_id>")
def page(document_id: str) -> ResponseReturnValue:
    """The whole text; the words of ``q`` are marked, and the search it came from leads back."""
    stored = archive().document(document_id)
    if stored is None:
        return _moved(document_id, "documents.page")
    search = _search_behind()
    title, paragraphs = archive().marked(stored, search.q)
    return render_template(
        "document.html",
        stored=stored,
        title=title,
        paragraphs=paragraphs,
        appearances=archive().appearances(stored.id),
        reprints=archive().reprints(stored.id),
        permalink=permalink(stored.id),
        citation=markdown.link(stored, base_url()),
        asked=search,
        kept=kept(search),
        came_from_search=search != SearchRequest(lang=search.lang),
        search_url=filters.search_url,
        is_web_address=_is_web_address,
    )


@blueprint.get("/<document_id>.json")
def as_json(document_id: str) -> ResponseReturnValue:
    """The document, where it appeared, and its reprints."""
    stored = archive().document(document_id)
    if stored is None:
        return _moved(document_id, "documents.as_json")
    return jsonify(
        {
            **record(stored.id, stored.document),
            "permalink": permalink(stored.id),
            "appearances": [asdict(seen) for seen in archive().appearances(stored.id)],
            "reprints": [reprint.id for reprint in archive().reprints(stored.id)],
        }
    )


def _moved(document_id: str, endpoint: str) -> ResponseReturnValue:
    """A redirect to the document's current id; 404 when there is none."""
    current = archive().current_id(document_id)
    if current is None or current == document_id:
        abort(404)
    query = request.query_string.decode()
    url = url_for(endpoint, document_id=current)
    return redirect(f"{url}?{query}" if query else url, 301)


def _search_behind() -> SearchRequest:
    """The search in the URL; an impossible one must not keep a cited text from opening."""
    try:
        return asked()
    except WrongUsage:
        return SearchRequest()


def _is_web_address(url: str | None) -> bool:
    return url is not None and urlsplit(url).scheme in ("http", "https")
