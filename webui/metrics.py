"""Figures for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/.

With several worker processes each counts in files of its own, in a folder that
they share (prometheus_client's multiprocess mode), and whichever is asked adds
them up.  A worker that takes the place of a dead one goes on with its files, so
that no count falls and no file is left over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import parent_process
from pathlib import Path
from typing import Final, cast

import prometheus_client
from flask import Blueprint, Response, current_app
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from indexer.archive import Archive
from indexer.engine import Engine
from indexer.errors import UserError

EXTENSION: Final = "biwen.metrics"

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
# A page takes some milliseconds, an export of all results seconds.
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

# When each count began doubles the figures, and several processes cannot say it.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """What the server has done since it started, and what it stands on now."""
    told = cast(Metrics, current_app.extensions[EXTENSION]).text()
    return Response(told, content_type=prometheus_client.CONTENT_TYPE_LATEST)


def share(folder: Path, worker: int) -> None:
    """From now on this process counts as a worker of several, each with its number.

    To be called before an application is made.
    """
    os.environ[_FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(lambda: worker)  # type: ignore[no-untyped-call]


def forget(folder: Path, worker: int) -> None:
    """A worker died: what it was at when it did is no longer in progress."""
    mark_process_dead(worker, str(folder))  # type: ignore[no-untyped-call]


class Metrics:
    """What is counted of one application, and what is looked at when it is asked."""

    def __init__(self, archive: Callable[[], Archive]) -> None:
        self._told = CollectorRegistry()
        self._told.register(_State(archive))
        folder = os.environ.get(_FOLDER)
        if folder:
            MultiProcessCollector(self._told, folder)  # type: ignore[no-untyped-call]
        counted = CollectorRegistry() if folder else self._told
        self._requests = Counter(
            "biwen_requests",
            "Requests answered, by route, method and status.",
            ("route", "method", "status"),
            registry=counted,
        )
        self._seconds = Histogram(
            "biwen_request_seconds",
            "From when a thread takes a request until the last byte of its answer was handed over.",
            ("route",),
            registry=counted,
            buckets=_BUCKETS,
        )
        self._running = Gauge(
            "biwen_requests_in_progress",
            "Requests that are being answered.",
            registry=counted,
            multiprocess_mode="livesum",
        )

    def begun(self) -> None:
        """A request came."""
        self._running.inc()

    def ended(self, route: str, method: str, status: str, seconds: float) -> None:
        """A request was answered.  There must be few different values of each."""
        self._running.dec()
        self._requests.labels(route, method, status).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, status: str) -> None:
        """A request was refused that came to no route."""
        self._requests.labels("none", "other", status).inc()

    def text(self) -> bytes:
        """All figures, as they are now."""
        return prometheus_client.generate_latest(self._told)


class _State(Collector):
    """The state of the archive and of the server's processes, looked at when it is asked for."""

    def __init__(self, archive: Callable[[], Archive]) -> None:
        self._archive = archive

    def collect(self) -> Iterator[Metric]:
        """One family after the other; those that cannot be known are left out."""
        archive = self._archive()
        is_ready = True
        try:
            archive.require_index()
            generation = archive.library.generation
            text = "The generation that the catalog has reached; greater, while the index follows."
            yield GaugeMetricFamily("biwen_catalog_generation", text, generation)
        except UserError:
            is_ready = False
        text = "Whether searches can be served."
        yield GaugeMetricFamily("biwen_ready", text, int(is_ready))
        with suppress(UserError):
            yield from _index(archive.engine)
        yield from _memory()


def _index(engine: Engine) -> Iterator[Metric]:
    text = "The generation that the index has reached; -1: it must be rebuilt."
    yield GaugeMetricFamily("biwen_index_generation", text, engine.generation)
    text = "Documents that can be found."
    yield GaugeMetricFamily("biwen_documents", text, engine.document_count)
    text = "Segments of the index."
    yield GaugeMetricFamily("biwen_index_segments", text, engine.segment_count)


def _memory() -> Iterator[Metric]:
    """The processes of the server and their memory, where the system has /proc."""
    parent = parent_process()
    found = [*_sizes(parent.pid or 0 if parent else os.getpid())]
    if not found:
        return
    yield GaugeMetricFamily("biwen_processes", "Processes of the server.", len(found))
    text = "Memory: private to its processes, and the most that one has mapped of files."
    memory = GaugeMetricFamily("biwen_memory_bytes", text, labels=("kind",))
    memory.add_metric(("private",), sum(private for private, _ in found))
    memory.add_metric(("mapped",), max(mapped for _, mapped in found))
    yield memory


def _sizes(process: int) -> Iterator[tuple[int, int]]:
    """Private and mapped bytes of a process and all that it started."""
    page = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    folder = Path(f"/proc/{process}")
    with suppress(OSError):  # it has ended, or there is no such folder
        _, resident, shared, *_ = map(int, (folder / "statm").read_text().split())
        yield (resident - shared) * page, shared * page
        for task in (folder / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _sizes(int(child))
