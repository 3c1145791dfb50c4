"""Serving from several processes that answer on one listening socket.

The parent listens and starts the workers, each a new interpreter that gets the
socket; whichever worker is free accepts the next connection.  A pipe joins the
parent to each: when it closes, because the parent stops or has died, the worker
finishes what runs and ends.  A worker that died is replaced.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from flask import Flask

from indexer import heap
from indexer.errors import UserError
from indexer.i18n import N_, gettext
from webui import metrics
from webui.logs import LOG, facts
from webui.server import LIMITS, Serving, address, listening, on_signals

# One that dies at once, again and again, is not to be started a hundred times a second.
_LEAST_SECONDS: Final = 1.0
_LAST_SECONDS: Final = LIMITS.grace_seconds + 3.0  # more than a worker takes to finish what runs

_spawn: Final = get_context("spawn")


@dataclass(frozen=True, slots=True)
class _Job:
    """What every worker gets: how it begins, what it serves on what, and where it counts."""

    begin: Callable[[], object]
    make_app: Callable[[], Flask]
    sockets: Sequence[socket.socket]
    counts: Path


@dataclass(slots=True)
class _Worker:
    number: int
    process: SpawnProcess
    pipe: Connection
    began: float = field(default_factory=time.monotonic)


def serve(
    make_app: Callable[[], Flask],
    host: str,
    port: int,
    count: int,
    ready: Callable[[str], None] = lambda address: None,
    begin: Callable[[], object] = tuple,
) -> int:
    """Serve from ``count`` worker processes until interrupted; gives the signal that did it.

    ``begin`` and then ``make_app`` are called in each and are pickled on their way.
    ``ready`` is called with the address once all of them answer searches quickly;
    port 0 takes a free one.  Raises UserError when the address cannot be listened
    on or a worker cannot start.
    """
    heard, hearing = _spawn.Pipe(duplex=False)
    with (
        listening(host, port) as sockets,
        heard,
        hearing,
        TemporaryDirectory(prefix="biwen-", ignore_cleanup_errors=True) as counts,
    ):
        job = _Job(begin, make_app, sockets, Path(counts))
        workers = [_started(job, number) for number in range(count)]
        try:
            for worker in workers:
                _wait_until_ready(worker)
            with on_signals(hearing.send):
                ready(address(host, sockets))
                while not heard.poll():
                    with suppress(InterruptedError):  # so does Windows tell of Ctrl-C
                        wait([heard, *(worker.process.sentinel for worker in workers)])
                    for worker in workers:
                        if not worker.process.is_alive():
                            workers[worker.number] = _replaced(worker, job)
        finally:
            _end(workers)
        number: int = heard.recv()
        return number


def _started(job: _Job, number: int) -> _Worker:
    ours, theirs = _spawn.Pipe()
    # Daemonic: however the parent ends, it leaves none behind.
    process = _spawn.Process(target=_work, args=(job, number, theirs), daemon=True)
    # Ctrl-C on a terminal reaches every process; ours hear of it from their parent.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    process.start()
    signal.signal(signal.SIGINT, handler)
    theirs.close()
    return _Worker(number, process, ours)


def _wait_until_ready(worker: _Worker) -> None:
    try:
        worker.pipe.recv()
    except (EOFError, OSError) as error:
        raise UserError(N_("工作进程没有启动成功，原因见上文。")) from error


def _replaced(dead: _Worker, job: _Job) -> _Worker:
    dead.pipe.close()
    code = dead.process.exitcode
    text = gettext("工作进程 %(pid)s 结束了（%(code)s），换上新的", pid=dead.process.pid, code=code)
    LOG.warning("%s", text, extra=facts(worker=dead.number, code=code))
    metrics.forget(job.counts, dead.number)
    time.sleep(max(0.0, dead.began + _LEAST_SECONDS - time.monotonic()))
    return _started(job, dead.number)


def _end(workers: Sequence[_Worker]) -> None:
    for worker in workers:
        worker.pipe.close()
    end = time.monotonic() + _LAST_SECONDS
    for worker in workers:
        worker.process.join(max(0.0, end - time.monotonic()))
        worker.process.kill()


def _work(job: _Job, number: int, parent: Connection) -> None:
    """The whole life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Windows hands nothing down
    job.begin()
    heap.share()
    metrics.share(job.counts, number)
    try:
        serving = Serving(job.make_app(), job.sockets)
    except UserError as error:
        LOG.error("%s", error)
        return
    serving.warm_up()
    with suppress(OSError):  # when the parent has died meanwhile, the next read says so
        parent.send(None)

    def follow() -> None:
        with suppress(EOFError, OSError):
            parent.recv()
        serving.stop()

    threading.Thread(target=follow, daemon=True).start()
    with on_signals(serving.stop):
        serving.run()
