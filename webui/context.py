"""What every view stands on: the archive, and the address that links start with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from flask import current_app, request

from indexer.archive import Archive
from indexer.export.markdown import document_url

EXTENSION: Final = "biwen"


@dataclass(frozen=True, slots=True)
class Site:
    """One application's archive and public address."""

    archive: Archive
    base_url: str | None


def archive() -> Archive:
    """The archive of the running application."""
    return _site().archive


def base_url() -> str:
    """What every link that leaves the page starts with."""
    return _site().base_url or request.url_root


def permalink(document_id: str) -> str:
    """The absolute address of a document."""
    return document_url(base_url(), document_id)


def _site() -> Site:
    return cast(Site, current_app.extensions[EXTENSION])
