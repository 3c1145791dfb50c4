"""Suggestions while a query is typed, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request, url_for

from indexer.suggest.completion import Suggestion
from webui.context import archive

blueprint = Blueprint("suggest", __name__)

_SECONDS: Final = 60


@blueprint.get("/suggest.json")
def suggestions() -> Response:
    """At most ten suggestions for ``q``, in the order to show; none for an odd or long one."""
    q = request.args.get("q", "")
    found = [_as_json(each) for each in archive().suggestions(q)]
    response = jsonify({"query": q, "suggestions": found})
    response.cache_control.private = True
    response.cache_control.max_age = _SECONDS
    return response


@blueprint.get("/suggestions.json")
def as_opensearch() -> Response:
    """The same for a browser's own search box: the query, and a list of queries to ask instead."""
    q = request.args.get("q", "")
    return jsonify([q, [each.q for each in archive().suggestions(q)]])


def _as_json(suggestion: Suggestion) -> dict[str, Any]:
    record = {name: value for name, value in asdict(suggestion).items() if value is not None}
    if document := record.pop("document", None):
        record["url"] = url_for("documents.page", document_id=document)
    return record
