"""Serving an application with waitress from one process, until it is asked to stop."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import partial
from typing import Any, Final

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments

from indexer.errors import UserError
from indexer.i18n import N_
from webui.channels import Channel, Limits, Listener, Phase, Threads

OWN: Final = "biwen.own"  # marks requests of our own, where no client can write
REFUSED: Final = "biwen.refused"  # an extension that is told the status of what no view saw
_FIRST: Final = ("/search?q=区块链新闻", "/search.json?q=新闻", "/suggest.json?q=区块链")
# Windows hears a signal only when the loop comes round; and so often all connections are seen to.
_LOOK_SECONDS: Final = 1.0
_NO_ADDRESS: Final = N_(
    "无法在 %(host)s 的端口 %(port)s 上提供服务（%(reason)s）。"
    "请检查 --host，或用 --port 换一个端口。"
)

LIMITS: Final = Limits()
_AHEAD_BYTES: Final = 1024 * 1024
_FILES_OF_ONE: Final = 3  # connection: its socket, what is sent, what is received

# It warns whenever a request waits for a thread, which is what requests do under load.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class Serving:
    """An application that answers on listening sockets."""

    def __init__(
        self, app: Flask, sockets: Sequence[socket.socket], limits: Limits = LIMITS
    ) -> None:
        self._app = app
        self._limits = limits
        self._map: dict[int, wasyncore.dispatcher] = {}
        _allow_files(_FILES_OF_ONE * limits.connections)
        settings = Adjustments(
            ident=None,
            sockets=sockets,
            max_request_header_size=limits.header_bytes,
            # Of a stream; what is beyond is not even made before the client reads.
            outbuf_high_watermark=_AHEAD_BYTES,
            # What is a little too much gets a page, what is more is not even received.
            max_request_body_size=2 * (app.config["MAX_CONTENT_LENGTH"] or 0),
        )
        self._threads = Threads(limits)
        self._listeners = [
            Listener(
                app,
                self._map,
                _sock=each,
                adj=settings,
                sockinfo=(each.family, each.type, each.proto, each.getsockname()),
                bind_socket=False,
                limits=limits,
                threads=self._threads,
                refused=app.extensions.get(REFUSED, _unobserved),
            )
            for each in sockets
        ]
        self._looked = time.monotonic()
        self._is_stopping = False

    def warm_up(self) -> None:
        """Answer searches and a suggestion, which loads all data and the templates."""
        # In a context of its own: a request sets the language of the sentences.
        for url in _FIRST:
            ask = partial(self._app.test_client().get, url, environ_overrides={OWN: True})
            copy_context().run(ask)
        # All that stays: to look for garbage among it held up every hundredth page by 40 ms.
        gc.collect()
        gc.freeze()

    def run(self) -> None:
        """Answer until :meth:`stop`; then requests that run have some time to finish."""
        while not self._is_stopping:
            self._turn(_LOOK_SECONDS)
        for each in self._listeners:
            each.accepting = False
        end = time.monotonic() + self._limits.grace_seconds
        while self._close_idle() and time.monotonic() < end:
            self._turn(0.1)
        for tasks in self._threads.all:
            tasks.shutdown(timeout=0.5)
        wasyncore.close_all(self._map)

    def stop(self, signal_number: int = 0) -> None:
        """Let :meth:`run` end; for any thread, and as a handler of :func:`on_signals`."""
        self._is_stopping = True
        with suppress(OSError):  # it has ended already
            self._listeners[0].pull_trigger()

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(seconds, use_poll=True, map=self._map, count=1)
        passed = time.monotonic() - self._looked
        if passed >= _LOOK_SECONDS:
            self._looked += passed
            for each in self._channels():
                each.look_after(passed)

    def _channels(self) -> list[Channel]:
        return [each for each in self._map.values() if isinstance(each, Channel)]

    def _close_idle(self) -> bool:
        """Close the connections on which nothing is asked; whether there are others."""
        busy = (Phase.BODY, Phase.WORKING, Phase.SENDING)
        idle = [each for each in self._channels() if each.phase not in busy]
        for each in idle:
            each.handle_close()
        return bool(self._channels())


def _unobserved(status: int) -> None:
    """Tell nobody of a refusal."""


def serve(
    app: Flask, host: str, port: int, ready: Callable[[str], None] = lambda address: None
) -> int | None:
    """Serve ``app`` until interrupted; gives the signal that did it.

    ``ready`` is called with the address once it is listened on and searches are
    answered quickly; port 0 takes a free one.  Raises UserError when the
    address cannot be listened on.
    """
    with listening(host, port) as sockets:
        serving = Serving(app, sockets)
        serving.warm_up()
        heard: list[int] = []

        def stop(number: int) -> None:
            heard.append(number)
            serving.stop()

        with on_signals(stop):
            ready(address(host, sockets))
            serving.run()
    return heard[0] if heard else None


def _allow_files(count: int) -> None:
    """Let this process have so many files open, where it may have fewer unasked (256 on macOS)."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY != now < count:
        more = count if most == resource.RLIM_INFINITY else min(count, most)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, most))


def addresses(host: str, port: int) -> list[str]:
    """The addresses that ``host`` stands for; raises UserError when there is none."""
    try:
        return [str(found[0]) for _, found in _found(host, port)]
    except (OSError, UnicodeError) as error:
        raise UserError(_NO_ADDRESS, host=host, port=port, reason=error) from error


def _found(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[Any, ...]]]:
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return [(family, found) for family, _, _, _, found in infos]


@contextmanager
def listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """Sockets that listen on every address of ``host``, all on one port; closed in the end.

    A name such as localhost may stand for several addresses.  Raises UserError
    when one cannot be had.
    """
    sockets: list[socket.socket] = []
    try:
        try:
            for family, found in _found(host, port):
                free = sockets[0].getsockname()[1] if sockets else port
                sockets.append(socket.create_server((found[0], free, *found[2:]), family=family))
        except (OSError, UnicodeError) as error:
            raise UserError(_NO_ADDRESS, host=host, port=port, reason=error) from error
        yield sockets
    finally:
        for each in sockets:
            each.close()


def address(host: str, sockets: Sequence[socket.socket]) -> str:
    """What to open in a browser."""
    port = sockets[0].getsockname()[1]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


@contextmanager
def on_signals(stop: Callable[[int], None]) -> Iterator[None]:
    """Call ``stop`` with the first SIGINT or SIGTERM within the block; a second one ends all.

    Python hears signals in the main thread only; in any other this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def handle(number: int, frame: object) -> None:
        restore()
        stop(number)

    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        restore()
