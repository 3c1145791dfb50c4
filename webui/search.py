"""The search page, its JSON, and the streamed exports of every hit."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, jsonify, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from indexer.errors import WrongUsage
from indexer.export import markdown
from indexer.export.records import json_line
from indexer.query.parser import parse
from indexer.query.request import VALUE_FIELDS, SearchRequest
from webui import filters
from webui.context import archive, base_url, in_turn

blueprint = Blueprint("search", __name__)


def asked() -> SearchRequest:
    """The search that the URL asks for.  Raises WrongUsage for an impossible value."""
    return SearchRequest.from_params(request.args.items(multi=True))


@blueprint.get("/", endpoint="home")
@blueprint.get("/search")
@in_turn
def page() -> ResponseReturnValue:
    """The page; with impossible input, the form as typed and the sentence that says why."""
    try:
        answer = archive().search(asked())
    except WrongUsage as problem:
        typed = [(name, text) for name in VALUE_FIELDS for text in request.args.getlist(name)]
        return render_template("search.html", answer=None, problem=problem, kept=typed), 400
    search = answer.request
    return render_template(
        "search.html",
        answer=answer,
        asked=search,
        kept=kept(search),
        facets=filters.facets(answer),
        date_choices=filters.date_choices(answer),
        date_trail=filters.date_trail(search),
        chips=filters.chips(search),
        cleared_url=filters.cleared_url(search),
        pages=filters.pages(answer),
        search_url=filters.search_url,
        has_unused_aliases=not search.aliases and bool(parse(search.q).aliases),
    )


def kept(search: SearchRequest) -> list[tuple[str, str]]:
    """What the form carries along beside the fields that one can type in."""
    return [pair for pair in search.params() if pair[0] not in ("q", "from", "to", "page")]


@blueprint.get("/search.json")
@in_turn
def answer_json() -> Response:
    """One page of the answer as JSON."""
    return jsonify(archive().search(asked()).to_json())


@blueprint.get("/search.jsonl")
def lines_of_json() -> Response:
    """Every hit, a JSON object a line."""
    lines = (json_line(each.id, each.document) + "\n" for each in archive().every(asked()))
    return _download(lines, "application/x-ndjson", "biwen.jsonl")


@blueprint.get("/search.md")
def note() -> Response:
    """Every hit, an entry of a Markdown list."""
    entries = markdown.entries(archive().every(asked()), base_url())
    return _download(entries, "text/markdown", "biwen.md")


def _download(lines: Iterator[str], mimetype: str, name: str) -> Response:
    response = Response(stream_with_context(lines), mimetype=mimetype)
    response.content_type = f"{mimetype}; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
