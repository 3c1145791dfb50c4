"""The research page: a Flask application over one data folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider

from indexer.archive import Archive
from indexer.errors import WrongUsage
from indexer.i18n import N_
from webui import (
    access,
    api,
    compression,
    cors,
    documents,
    errors,
    feed,
    health,
    help_page,
    labels,
    language,
    originals,
    search,
    suggest,
    trends,
)
from webui.access import Access
from webui.context import EXTENSION, Site

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

_READ_ONLY: Final = Access()
# The views that change what is stored, each a module with a blueprint.
_EDITING: Final[tuple[ModuleType, ...]] = ()


class _ReadableJSON(DefaultJSONProvider):
    """JSON in the order of the contract, with Chinese text as it is written."""

    ensure_ascii = False
    sort_keys = False


def create_app(
    data: Path,
    base_url: str | None = None,
    allowed: Access = _READ_ONLY,
    origins: Sequence[str] = (),
) -> Flask:
    """The application over the data folder ``data``.

    ``base_url`` is the public address that links start with wherever they
    leave the page; by default the address that the browser asked.  ``allowed``
    says who may ask, and whether anything may be changed; by default everybody
    reads.  Scripts of the ``origins`` may read what is no page (``*`` for any).
    Raises WrongUsage when one is no origin or the address is none of the web,
    and what opening the archive raises.
    """
    if base_url is not None and not _is_web_address(base_url):
        raise WrongUsage(
            N_("对外地址“%(url)s”不对：请写成 https://example.org 这样的网址。"), url=base_url
        )
    app = Flask(__name__)
    app.json = _ReadableJSON(app)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions[EXTENSION] = Site(Archive.open(data), base_url)
    language.register(app)
    labels.register(app)
    originals.register(app)
    errors.register(app)
    # Where nothing may be changed, there is nothing that could change it.
    editing = _EDITING if allowed.edit else ()
    access.register(app, allowed, base_url, {view.blueprint.name for view in editing})
    for view in (search, trends, feed, suggest, documents, help_page, health, api, *editing):
        app.register_blueprint(view.blueprint)
    app.after_request(_with_headers)
    compression.register(app)
    cors.register(app, origins)
    return app


def _is_web_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
