"""What every view stands on: the archive, and the address that links start with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec, TypeVar, cast
from urllib.parse import unquote

from flask import current_app, request

from indexer.archive import Archive
from indexer.errors import WrongUsage
from indexer.export.markdown import document_url
from indexer.i18n import N_

EXTENSION: Final = "biwen"

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Site:
    """One application's archive and public address."""

    archive: Archive
    base_url: str | None
    data: Path
    turn: threading.Lock = field(default_factory=threading.Lock)


def archive() -> Archive:
    """The archive of the running application."""
    return _site().archive


def in_turn(view: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """A view that takes turns with all such views of the application: one at a time.

    Side by side, searches would take the interpreter and the processor's cache from each other:
    with eight connections a process answers a quarter more searches one by one.
    """

    @wraps(view)
    def waiting(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
        with _site().turn:
            return view(*args, **kwargs)

    return waiting


def base_url() -> str:
    """What every link that leaves the page starts with."""
    return _site().base_url or request.url_root


def parameters() -> list[tuple[str, str]]:
    """The name and value pairs of the URL's query string.  Raises WrongUsage if it is no UTF-8."""
    try:
        unquote(request.query_string.decode(), errors="strict")
    except UnicodeDecodeError as error:
        raise WrongUsage(N_("网址里的文字不是 UTF-8 编码的，请改用 UTF-8。")) from error
    return list(request.args.items(multi=True))


def permalink(document_id: str) -> str:
    """The absolute address of a document."""
    return document_url(base_url(), document_id)


def _site() -> Site:
    return cast(Site, current_app.extensions[EXTENSION])
