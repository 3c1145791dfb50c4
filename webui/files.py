"""The style sheet and the scripts: at an address that names their content, so that it lasts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from flask import Flask, Response, request

_FOLDER: Final = Path(__file__).parent / "static"
_YEAR: Final = 365 * 24 * 60 * 60


def address() -> str:
    """The address of the folder of static files: another one whenever one of them changes.

    One for all of them, because a module names another by its place beside it.
    """
    digest = hashlib.sha256()
    for file in sorted(each for each in _FOLDER.iterdir() if each.is_file()):
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return f"/static/{digest.hexdigest()[:12]}"


def register(app: Flask) -> None:
    """Let browsers keep the static files of ``app`` and never ask for them again."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR
    app.after_request(_lasting)


def _lasting(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code < 400:
        response.cache_control.immutable = True
    return response
