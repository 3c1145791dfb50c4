"""Whether searches can be served."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from webui.context import archive

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 once searches can be served, from an index and the catalog behind it; else 503."""
    archive().require_index()
    engine, catalog = archive().engine, archive().catalog
    return jsonify(
        {
            "status": "ok",
            "documents": engine.document_count,
            "generation": max(engine.generation, 0),
            "catalog_generation": catalog.generation,
        }
    )
