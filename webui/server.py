"""Serving the application with waitress."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import Final

from flask import Flask
from waitress.server import create_server

from indexer.errors import UserError
from indexer.i18n import N_

_THREADS: Final = 8
_FIRST: Final = ("/search?q=区块链新闻", "/suggest.json?q=区块链")
_NO_ADDRESS: Final = N_(
    "无法在 %(host)s 的端口 %(port)s 上提供服务（%(reason)s）。"
    "请检查 --host，或用 --port 换一个端口。"
)


def serve(
    app: Flask, host: str, port: int, ready: Callable[[str], None] = lambda address: None
) -> None:
    """Serve ``app`` until interrupted.

    ``ready`` is called with the address once it is listened on and searches are
    answered quickly; port 0 takes a free one.  Raises UserError when the
    address cannot be listened on.
    """
    try:
        server = create_server(app, host=host, port=port, threads=_THREADS, ident=None)
    except (OSError, ValueError) as error:  # ValueError: waitress knows no such host
        raise UserError(_NO_ADDRESS, host=host, port=port, reason=error) from error
    _warm_up(app)
    ready(_address(host, server))
    try:
        server.run()
    finally:
        server.close()


def _warm_up(app: Flask) -> None:
    """Answer a search and a suggestion, which loads all data and the templates (about 0.5 s)."""
    # In a context of its own: a request sets the language of the sentences.
    for url in _FIRST:
        copy_context().run(app.test_client().get, url)


def _address(host: str, server: object) -> str:
    # A name such as localhost may stand for several sockets, which share no port of their own.
    listens = getattr(server, "effective_listen", None)
    port = listens[0][1] if listens else getattr(server, "effective_port", 0)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
