"""Requests seen from outside: counted, timed until the last byte was handed over, and logged."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.wsgi import ClosingIterator

from webui.context import archive
from webui.logs import LOG, facts
from webui.metrics import EXTENSION, Metrics
from webui.routes import route_of
from webui.server import OWN, REFUSED

_METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")


def register(app: Flask) -> None:
    """Observe what ``app`` answers, and let it tell of it at ``/metrics``."""
    metrics = Metrics(archive)
    app.extensions[EXTENSION] = metrics
    observed = _Observed(app.wsgi_app, metrics)
    app.extensions[REFUSED] = observed.refused
    app.wsgi_app = observed  # type: ignore[method-assign]


class _Observed:
    """An application whose requests are observed, those of our own apart."""

    def __init__(self, app: WSGIApplication, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The application's answer."""
        if OWN in environ:
            return self._app(environ, start_response)
        began = perf_counter()
        route, status, size = "none", "500", 0

        def starting(line: str, *rest: Any) -> Any:
            nonlocal route, status
            route, status = route_of(environ["werkzeug.request"]), line[:3]
            return start_response(line, *rest)

        def sent(pieces: Iterable[bytes]) -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                size += len(piece)
                yield piece

        def ended() -> None:
            self._tell(environ["REQUEST_METHOD"], route, status, perf_counter() - began, size)

        self._metrics.begun()
        try:
            body = self._app(environ, starting)
        except BaseException:
            ended()
            raise
        closing = [body.close] if hasattr(body, "close") else []
        return ClosingIterator(sent(body), [*closing, ended])

    def refused(self, status: int) -> None:
        """The server refused a request, which the application does not see."""
        self._metrics.refused(str(status))
        LOG.info("refused: %s", status, extra=facts(status=status))

    def _tell(self, method: str, route: str, status: str, seconds: float, size: int) -> None:
        method = method if method in _METHODS else "other"
        self._metrics.ended(route, method, status, seconds)
        if LOG.isEnabledFor(logging.INFO):
            ms = round(seconds * 1000, 1)
            told = facts(method=method, route=route, status=int(status), ms=ms, bytes=size)
            text = "%s %s %s, %s ms, %s bytes"
            LOG.info(text, method, route, status, ms, size, extra=told)
