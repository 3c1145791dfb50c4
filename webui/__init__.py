"""The research page: a Flask application over one data folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from indexer.archive import NO_CATALOG, Archive
from indexer.errors import WrongUsage
from indexer.export.markdown import sound_base_url
from webui import (
    access,
    adding,
    api,
    basket,
    compression,
    cors,
    curating,
    documents,
    errors,
    feed,
    files,
    headers,
    health,
    help_page,
    kept,
    labels,
    language,
    links,
    metrics,
    observing,
    pages,
    search,
    suggest,
    trends,
)
from webui.access import Access
from webui.context import EXTENSION, Site
from webui.links import Below

_READ_ONLY: Final = Access()
# The views that change what is stored, each a module with a blueprint; no other may.
_EDITING: Final = (adding, curating)
_MAX_REQUEST_BYTES: Final = 16 * 1024**2  # of a form that only asks
_SECONDS: Final = 1.0


class _ReadableJSON(DefaultJSONProvider):
    """JSON in the order of the contract, with Chinese text as it is written."""

    ensure_ascii = False
    sort_keys = False


def create_app(
    data: Path,
    base_url: str | None = None,
    allowed: Access = _READ_ONLY,
    origins: Sequence[str] = (),
    seconds: float = _SECONDS,
    engine: str | None = None,
) -> Flask:
    """The application over the data folder ``data``, with the engine that ``Archive.open`` takes.

    ``base_url`` is the public address that links start with wherever they
    leave the page; by default the address that the browser asked.  ``allowed``
    says who may ask, and whether anything may be changed; by default everybody
    reads.  Scripts of the ``origins`` may read what is no page (``*`` for any).
    A request that would search for more ``seconds`` of the processor is refused.
    Raises WrongUsage when one is no origin, when the address is none of the web,
    or when there is no catalog to edit, and what opening the archive raises.
    """
    if base_url is not None:
        sound_base_url(base_url)
    app = errors.Application(__name__, static_url_path=files.address())
    app.config["MAX_CONTENT_LENGTH"] = (
        adding.MAX_REQUEST_BYTES if allowed.edit else _MAX_REQUEST_BYTES
    )
    app.json = _ReadableJSON(app)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    archive = Archive.open(data, engine=engine, create=allowed.edit)
    if allowed.edit and not archive.has_catalog:
        raise WrongUsage(NO_CATALOG)
    app.extensions[EXTENSION] = Site(archive, base_url, data, engine, seconds)
    language.register(app)
    labels.register(app)
    links.register(app)
    errors.register(app)
    files.register(app)
    # Where nothing may be changed, there is nothing that could change it.
    editing = _EDITING if allowed.edit else ()
    access.register(app, allowed, base_url, {view.blueprint.name for view in editing})
    finding = (search, trends, feed, suggest, documents, pages)
    for view in (*finding, basket, kept, help_page, health, metrics, api, *editing):
        app.register_blueprint(view.blueprint)
    headers.register(app)
    observing.register(app)
    if base_url is not None:
        app.wsgi_app = Below(app.wsgi_app, base_url)  # type: ignore[method-assign]
    compression.register(app)
    cors.register(app, origins)
    return app
