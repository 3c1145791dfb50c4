"""Whether searches can be served."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from webui.context import archive

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 once searches can be served."""
    archive().require_index()
    return jsonify({"status": "ok", "documents": archive().engine.document_count})
