"""Searches that the reader's browser keeps, and what is new in them since the last visit."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

from webui import filters
from webui.context import archive, in_turn
from webui.search import asked, lasting

blueprint = Blueprint("kept", __name__)


@blueprint.get("/kept")
def page() -> str:
    """The page that the browser fills in."""
    return render_template("kept.html")


@blueprint.get("/new.json")
@in_turn
def news() -> Response:
    """How many documents the search finds, and how many were added after the mark ``since``."""
    search = asked()
    found = archive().news(search)
    return jsonify(
        {
            "filters": [chip.label for chip in filters.chips(lasting(search))],
            "total": found.total,
            "new": found.new,
            "mark": str(found.mark),
            "warnings": [str(notice.message) for notice in found.notices],
        }
    )
