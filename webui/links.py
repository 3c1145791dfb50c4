"""Addresses that leave the page: those of this site, and those of originals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, url_for

from indexer.documents import Appearance
from webui.context import base_url

_FRAGMENT: Final = ":~:text="


def register(app: Flask) -> None:
    """Give the templates of ``app`` the test ``web_address`` and the filter ``at_text``."""
    app.add_template_test(is_web_address, "web_address")
    app.add_template_filter(at_text, "at_text")


def absolute(path: str) -> str:
    """The public address of a path of this site, as ``url_for`` gives it."""
    return urljoin(base_url(), path)


def in_page(seen: Appearance, document_id: str, search: Iterable[tuple[str, str]] = ()) -> str:
    """Where an appearance is shown in its page; a path.

    The line says which of several is meant, and does no harm once the page is read otherwise.
    ``search`` are the parameters of the search that leads back.
    """
    line = seen.lines[0] if seen.lines else None
    own: dict[str, Any] = {"d": document_id, "line": line, "_anchor": "here"}
    return url_for("pages.page", page_id=seen.page_id, **own, **several(search))


def several(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Parameters for ``url_for``, of which one name may have several."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def at_text(url: str, text: str) -> str:
    """The address with a text fragment: a browser that knows them goes to the text and marks it.

    https://wicg.github.io/scroll-to-text-fragment/#syntax; ``-`` would divide the text.
    """
    # A heading of several lines is not found as one text.
    wanted = quote(text.strip().partition("\n")[0], safe="").replace("-", "%2D")
    mark = _FRAGMENT if "#" in url else f"#{_FRAGMENT}"
    return f"{url}{mark}{wanted}" if wanted and ":~:" not in url else url


def is_web_address(url: str | None) -> bool:
    """Whether a browser may be sent there."""
    return url is not None and urlsplit(url).scheme in ("http", "https")


class Below:
    """An application below the path of its public address.

    Its own links begin with that path, whether or not what passes requests on
    to it takes the path away.
    """

    def __init__(self, app: WSGIApplication, public: str) -> None:
        self._app = app
        self._path = urlsplit(public).path.rstrip("/")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The application's answer."""
        path = environ.get("PATH_INFO", "")
        if f"{path}/".startswith(f"{self._path}/"):
            path = path[len(self._path) :] or "/"
        return self._app({**environ, "SCRIPT_NAME": self._path, "PATH_INFO": path}, start_response)
