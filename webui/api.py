"""The description of every address for programs: OpenAPI 3.1, kept in ``openapi.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, current_app, jsonify

from webui.context import base_url
from webui.routes import path_of

blueprint = Blueprint("api", __name__)

_FILE: Final = Path(__file__).with_name("openapi.json")


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of the addresses that this application has, under its own address."""
    served = {path_of(rule.rule) for rule in current_app.url_map.iter_rules()}
    described = description()
    paths = {path: item for path, item in described["paths"].items() if path in served}
    return jsonify({**described, "servers": [{"url": base_url().rstrip("/")}], "paths": paths})


@cache
def description() -> dict[str, Any]:
    """What ``openapi.json`` says: all that any application may have."""
    read: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return read
