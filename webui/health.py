"""Whether searches can be served."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from webui.context import archive

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 once searches can be served, from an index and what is behind it; else 503."""
    archive().require_index()
    engine, library = archive().engine, archive().library
    return jsonify(
        {
            "status": "ok",
            "documents": engine.document_count,
            "generation": max(engine.generation, 0),
            "catalog_generation": library.generation,
        }
    )
