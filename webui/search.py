"""The search page, its JSON, and every hit as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import chain, islice
from typing import Final

from flask import Blueprint, Response, jsonify, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from indexer.errors import TooCostly, WrongUsage
from indexer.export.streams import EXPORTS
from indexer.query.parser import parse
from indexer.query.request import VALUE_FIELDS, SearchRequest
from webui import filters
from webui.context import archive, base_url, behind_others, by_turns, in_turn, parameters, permalink
from webui.errors import status_of
from webui.histogram import histogram
from webui.links import absolute

blueprint = Blueprint("search", __name__)

# Those offered on the page, by the names that they are known by.
EXPORTS_SHOWN: Final = (
    ("md", "Markdown"),
    ("bib", "BibTeX"),
    ("ris", "RIS"),
    ("csl", "CSL-JSON"),
    ("gbt7714", "GB/T 7714"),
    ("csv", "CSV"),
    ("jsonl", "JSON Lines"),
)


def asked() -> SearchRequest:
    """The search that the URL asks for.  Raises WrongUsage for an impossible value."""
    return SearchRequest.from_params(parameters())


def search_behind() -> SearchRequest:
    """The search that led here; an impossible one must not keep a cited text from opening."""
    try:
        return asked()
    except WrongUsage:
        return SearchRequest()


@blueprint.get("/", endpoint="home")
@blueprint.get("/search")
@in_turn
def page() -> ResponseReturnValue:
    """The page; what cannot be searched for gives the form as typed, and a sentence saying why."""
    try:
        answer = archive().search(asked())
    except (WrongUsage, TooCostly) as problem:
        typed = [(name, text) for name in VALUE_FIELDS for text in request.args.getlist(name)]
        form = render_template("search.html", answer=None, problem=problem, kept=typed)
        return form, status_of(problem)
    search = answer.request
    return render_template(
        "search.html",
        answer=answer,
        asked=search,
        kept=kept(search),
        facets=filters.facets(answer),
        bars=histogram(answer),
        date_choices=filters.date_choices(answer),
        date_trail=filters.date_trail(search),
        chips=filters.chips(search),
        cleared_url=filters.cleared_url(search),
        pages=filters.pages(answer),
        search_url=filters.search_url,
        canonical=absolute(filters.search_url(search, page=search.page, lang=None)),
        exports=EXPORTS_SHOWN,
        lasting=lasting(search).query_string(),
        followed=replace(lasting(search), lang=search.lang).query_string(),
        permalink=permalink,
        has_unused_aliases=not search.aliases and bool(parse(search.q).aliases),
    )


def lasting(search: SearchRequest) -> SearchRequest:
    """What stays of a search from visit to visit and from reader to reader."""
    return replace(search, page=1, since=None, new=False, lang=None)


def kept(search: SearchRequest) -> list[tuple[str, str]]:
    """What the form carries along beside the fields that one can type in."""
    return [pair for pair in search.params() if pair[0] not in ("q", "from", "to", "page")]


@blueprint.get("/search.json")
@in_turn
def answer_json() -> Response:
    """One page of the answer as JSON."""
    return jsonify(archive().search(asked()).to_json())


@blueprint.get(f"/search.<any({','.join(EXPORTS)}):form>")
def export(form: str) -> Response:
    """Every hit as a file, with exactly the filters in force."""
    written = EXPORTS[form]
    with behind_others():
        pieces = written.pieces(archive().every(asked()), base_url(), date.today())
        # A head and a document: what does not come as far as that gets a sentence.
        begun = list(islice(pieces, 2))
    streamed = stream_with_context(chain(begun, by_turns(pieces)))
    response = Response(streamed, mimetype=written.mimetype)
    response.content_type = f"{written.mimetype}; charset=utf-8"
    name = f"biwen.{written.suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
