"""Connections, and which of their requests are worked on: what keeps one client from holding all.

Waitress reads and writes all connections in one loop, so that a slow client costs no thread; it
has no limit, though, for how long a client takes, nor for how many requests wait.  Those are here,
as the classes that it lets one put in the place of its own.
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from indexer.export.streams import EXPORTS
from webui.refusals import AddressTooLong, Overloaded, Refusal, TooSlow

_LEAST_SECONDS: Final = 0.25  # before a connection gives way: what it sends may be on its way
_LINGER_SECONDS: Final = 5.0
# By the last part of a path.
_OBSERVED: Final = ("healthz", "metrics")
_STREAMS: Final = tuple(f"search.{form}" for form in EXPORTS)
# What the system takes in before the client does.  It grows to megabytes by itself, and there is
# room for more only once a good part was read: who reads slowly would seem to read nothing.
_SEND_BUFFER: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a process takes on at once, and how long it waits for a client.

    So many ``threads`` work on pages and ``streams`` on what is long, and so many more requests
    may be ``waiting`` for either, ``waiting_seconds`` at most.  Of so many ``connections`` those
    give way to new ones on which nothing was asked, or not the whole of it.  The line and the
    headers of a request, of ``url_bytes`` and ``header_bytes`` at most, must come within
    ``header_seconds`` from their first byte; what is longer, either way, at ``bytes_per_second``,
    with ``stall_seconds`` of patience.  What runs when the process is to end has
    ``grace_seconds``.
    """

    threads: int = 16  # most wait their turn to search
    streams: int = 8  # most wait for their clients to read
    waiting: int = 100
    waiting_seconds: float = 3.0
    # select(2) takes 512 at most on Windows, where there is no poll(2).
    connections: int = 1000 if hasattr(select, "poll") else 400
    idle_seconds: float = 60.0
    header_seconds: float = 10.0
    stall_seconds: float = 60.0
    bytes_per_second: int = 1024
    url_bytes: int = 32 * 1024  # a query of the greatest length, encoded, and its filters
    header_bytes: int = 64 * 1024
    grace_seconds: float = 30.0


class Phase(Enum):
    """What a connection is at."""

    IDLE = auto()
    HEADERS = auto()
    BODY = auto()
    WORKING = auto()
    SENDING = auto()
    LEAVING = auto()


# Of these nobody waits for an answer, or it cannot be given yet; the first ones go first.
_GIVE_WAY: Final = (Phase.LEAVING, Phase.IDLE, Phase.HEADERS, Phase.BODY)


class Request(HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in."""

    # Of one that is refused before it is read.
    command = "GET"
    path = query = request_uri = ""
    latest = math.inf  # when work on it has to begin

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    def received(self, data: bytes) -> int:
        """Take in some more; says how much of it belongs to this request."""
        consumed: int = super().received(data)
        if self.error:
            self.expect_continue = False  # else it would be asked to come all the same
        return consumed


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    parser_class = Request
    error_task_class = Refusal
    request: Request | None
    close_when_flushed: bool

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._moved = 0  # bytes, either way, since it was last looked after
        self._late = 0.0  # seconds that the client owes
        self._left: float | None = None

    @property
    def phase(self) -> Phase:
        """What it is at: while the client takes an answer in, that, whatever else is done."""
        if self._left is not None or self.will_close:
            return Phase.LEAVING
        if self.total_outbufs_len:
            return Phase.SENDING
        if self.requests:
            return Phase.WORKING
        if self.request is None:
            return Phase.IDLE
        return Phase.BODY if self.request.headers_finished else Phase.HEADERS

    @property
    def waited(self) -> float:
        """For how many seconds the present phase lasts, of those that give way."""
        if self._left is not None:
            return time.monotonic() - self._left
        if request := self.request:
            return time.monotonic() - float(request.began)
        return time.time() - float(self.last_activity)

    def look_after(self, seconds: float) -> None:
        """See whether the client is too slow; so many ``seconds`` have passed since the last look.

        Called from the loop, as what belongs to waitress is, but for :meth:`service` and what
        it calls.
        """
        limits = self.server.limits
        phase, waited = self.phase, self.waited
        moved, self._moved = self._moved, 0
        if phase in (Phase.BODY, Phase.SENDING):
            self._late = max(0.0, self._late + seconds - moved / limits.bytes_per_second)
        else:
            self._late = 0.0
        if (phase is Phase.HEADERS and waited > limits.header_seconds) or (
            phase is Phase.BODY and self._late > limits.stall_seconds
        ):
            self._give_up()
        elif (
            (phase is Phase.IDLE and waited > limits.idle_seconds)
            or (phase is Phase.SENDING and self._late > limits.stall_seconds)
            or (phase is Phase.LEAVING and waited > _LINGER_SECONDS)
        ):
            self.handle_close()

    def give_way(self) -> None:
        """Be closed with the next turn of the loop."""
        self.will_close = True

    def received(self, data: bytes) -> bool:
        """Take in what the client sent."""
        self._moved += len(data)
        return bool(super().received(data))

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send some of the answer; says how much."""
        sent = int(super().send(data, do_close))
        self._moved += sent
        return sent

    def service(self) -> None:
        """Answer the first request, in a thread of its own."""
        request = self.requests[0]
        if len(self.requests) > 1:
            # More was sent before this is answered.  Waitress answers all, and lets the thread wait
            # for a client who does not read; who asks again on another connection loses nothing.
            request.headers["CONNECTION"] = "close"
        if not request.error and time.monotonic() > request.latest:
            request.error = Overloaded(self.server.limits.waiting_seconds)
        super().service()

    def readable(self) -> bool:
        """Whether there may be something to take in."""
        return self._left is not None or bool(super().readable())

    def handle_read(self) -> None:
        """Take in what there is; what is sent after the last answer is dropped."""
        if self._left is None:
            super().handle_read()
        else:
            self.recv(self.adj.recv_bytes)

    def handle_write(self) -> None:
        """Send what there is, and close after the last.

        First the client is told that nothing more will come.  What it may still be sending would
        else make the system say that the connection broke, and the answer would not be seen.
        """
        is_last = self.close_when_flushed
        if is_last:
            self.close_when_flushed = False
        super().handle_write()
        if not is_last or not self.connected:
            return
        if self.total_outbufs_len:
            self.close_when_flushed = True
            return
        self._left = time.monotonic()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # the client was quicker
            self.handle_close()

    def _give_up(self) -> None:
        """Refuse a request that does not come."""
        with self.requests_lock:
            request, self.request = self.request, None
            assert request is not None  # else nothing would be late
            request.error = TooSlow()
            self.requests.append(request)
            self.server.add_task(self)


class Tasks(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Some threads that work, and the requests that wait for one of them."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.set_thread_count(threads)


class Threads:
    """All threads of a process: streams are told apart, and what may never wait."""

    def __init__(self, limits: Limits) -> None:
        self.pages = Tasks(limits.threads)
        self.streams = Tasks(limits.streams)
        self.at_once = Tasks(1)
        self.all = self.pages, self.streams, self.at_once

    def for_one(self, request: Request) -> Tasks:
        """Those that answer a request of its kind."""
        name = request.path.rpartition("/")[2]
        if request.error or name in _OBSERVED:
            return self.at_once
        return self.streams if name in _STREAMS else self.pages


class Listener(TcpWSGIServer):  # type: ignore[misc]
    """Accepts connections, and says what becomes of their requests."""

    channel_class = Channel

    def __init__(
        self,
        *given: Any,
        limits: Limits,
        threads: Threads,
        refused: Callable[[int], None],
        **named: Any,
    ) -> None:
        self.limits = limits
        self.refused = refused
        self._threads = threads
        super().__init__(*given, dispatcher=threads.pages, **named)

    def add_task(self, channel: Channel) -> None:
        """Let the first request of a connection be worked on, or refused."""
        request, limits = channel.requests[0], self.limits
        if len(request.request_uri) > limits.url_bytes:
            request.error = AddressTooLong()
        tasks = self._threads.for_one(request)
        if tasks is not self._threads.at_once:
            request.latest = time.monotonic() + limits.waiting_seconds
            if len(tasks.queue) >= limits.waiting:
                request.error = Overloaded(limits.waiting_seconds)
                tasks = self._threads.at_once
        tasks.add_task(channel)

    def readable(self) -> bool:
        """Whether there is room for one more connection."""
        return self.accepting and (not self._is_full or self._gives_way() is not None)

    def handle_accept(self) -> None:
        """Let one more in, in the place of another if need be."""
        if self._is_full and (other := self._gives_way()):
            other.give_way()
        super().handle_accept()

    def set_socket_options(self, conn: socket.socket) -> None:
        """Set what each connection needs."""
        super().set_socket_options(conn)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    def handle_close(self) -> None:
        """Go on: what went wrong went wrong with one connection, before it was one."""

    @property
    def _is_full(self) -> bool:
        return len(self._map) >= self.limits.connections

    def _gives_way(self) -> Channel | None:
        """The connection that can best be done without."""
        candidates = [
            (_GIVE_WAY.index(each.phase), -each.waited, each._fileno, each)
            for each in self._map.values()
            if isinstance(each, Channel)
            and not each.will_close
            and each.phase in _GIVE_WAY
            and each.waited > _LEAST_SECONDS
        ]
        return min(candidates)[-1] if candidates else None
