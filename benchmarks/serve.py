"""Serving, measured through the real commands: ``python -m benchmarks.serve --data DIR``.

Serves a data folder of :mod:`benchmarks.newsflashes` with ``run.py serve`` and
asks over HTTP: one connection by class of query for JSON and for the page, then
several connections with mixed queries.  Then it says what private memory the
processes have, and how long ``run.py search`` takes from a cold start.  The
asking runs on the same machine and takes its share of the processors.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

import click

from benchmarks.newsflashes import vocabulary
from benchmarks.queries import Params, classes

RUN: Final = Path(__file__).parent.parent / "run.py"
JSON: Final = "/search.json"
PAGE: Final = "/search"
_ADDRESS: Final = re.compile(r"http://([\d.]+):(\d+)")


class Server(NamedTuple):
    """A running ``run.py serve``: where it listens, its process, and how long it took to start."""

    host: str
    port: int
    pid: int
    seconds: float

    def connection(self) -> http.client.HTTPConnection:
        """A new connection to it."""
        return http.client.HTTPConnection(self.host, self.port, timeout=60)


class Latency(NamedTuple):
    """Of one class of query: milliseconds, and the median of the totals (None for pages)."""

    p50: float
    p95: float
    total: int | None


class Load(NamedTuple):
    """What several connections got at once."""

    requests_per_second: float
    p95: float
    errors: int


class Memory(NamedTuple):
    """A process of the server: what it is, and the memory that is its own, in MiB.

    ``private`` is its own for good.  ``mapped`` are pages of files, such as the
    index, that no other process happens to have mapped: the system drops them
    when it needs room.  Together they are the unique set size.  ``resident`` is all
    that is in memory, what is shared with others included.
    """

    role: str
    private: float
    mapped: float
    resident: float
    pid: int


@contextmanager
def served(data: Path, workers: int = 1) -> Iterator[Server]:
    """``run.py serve`` over the data folder, for as long as the block runs."""
    command = [sys.executable, str(RUN), "serve", "--port", "0", "--data", str(data)]
    command += ["--workers", str(workers)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        assert server.stdout
        for line in server.stdout:
            if address := _ADDRESS.search(line):
                break
        else:
            raise SystemExit("the server did not start")
        seconds = time.perf_counter() - began
        try:
            yield Server(address[1], int(address[2]), server.pid, seconds)
        finally:
            server.terminate()


def latencies(
    server: Server, asked: Mapping[str, Sequence[Params]], path: str = JSON
) -> dict[str, Latency]:
    """The latency of each class over one connection."""
    found = {}
    with closing(server.connection()) as connection:
        for name, searches in asked.items():
            answers = [_timed(connection, f"{path}?{urlencode(each)}") for each in searches]
            times = [milliseconds for milliseconds, _ in answers]
            totals = [json.loads(body)["total"] for _, body in answers] if path == JSON else []
            found[name] = Latency(
                statistics.median(times),
                percentile(times, 95),
                round(statistics.median(totals)) if totals else None,
            )
    return found


def load(
    server: Server,
    asked: Mapping[str, Sequence[Params]],
    connections: int = 8,
    seconds: float = 10.0,
) -> Load:
    """Mixed queries of all classes, JSON, over so many connections at once."""
    searches = [f"{JSON}?{urlencode(each)}" for several in asked.values() for each in several]
    end = time.perf_counter() + seconds

    def ask(number: int) -> tuple[list[float], int]:
        chance = random.Random(number)
        times, errors = [], 0
        with closing(server.connection()) as connection:
            while time.perf_counter() < end:
                try:
                    times.append(_timed(connection, chance.choice(searches))[0])
                except (OSError, http.client.HTTPException):
                    errors += 1
                    connection.close()
        return times, errors

    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        results = list(pool.map(ask, range(connections)))
    took = time.perf_counter() - began
    times = [each for some, _ in results for each in some]
    return Load(len(times) / took, percentile(times, 95), sum(errors for _, errors in results))


def memory(server: Server) -> list[Memory]:
    """The private memory of the server's processes (Linux; nothing where there is no /proc)."""
    try:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        return [
            _memory("server", server.pid),
            *(_memory(_role(pid), pid) for pid in map(int, children)),
        ]
    except OSError:
        return []


def cold_search(data: Path, queries: Sequence[str]) -> list[float]:
    """Seconds that ``run.py search`` took for each query, each in a new process.

    Python keeps what it compiles, as it does for whoever runs the program twice; a first
    process, which may have to compile it, does not count.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    times = []
    for q in (queries[0], *queries):
        command = [sys.executable, str(RUN), "search", "--data", str(data), "--", q]
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        times.append(time.perf_counter() - began)
    return times[1:]


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


def _timed(connection: http.client.HTTPConnection, url: str) -> tuple[float, bytes]:
    """The milliseconds of one request and the body of its answer."""
    began = time.perf_counter()
    connection.request("GET", url)
    response = connection.getresponse()
    body = response.read()
    took = (time.perf_counter() - began) * 1000
    if response.status != 200:
        raise http.client.HTTPException(f"{response.status} for {url}")
    return took, body


def _memory(role: str, pid: int) -> Memory:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    resident, dirty, clean = (
        int(found[1]) / 1024
        for name in ("Rss", "Private_Dirty", "Private_Clean")
        if (found := re.search(rf"^{name}: +(\d+) kB", rollup, re.MULTILINE))
    )
    return Memory(role, dirty, clean, resident, pid)


def _role(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return "resource tracker" if b"resource_tracker" in command else "worker"


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--workers", default=2, show_default=True, help="of the mixed queries")
@click.option("--queries", default=100, show_default=True, help="of each class")
@click.option("--connections", default=8, show_default=True)
@click.option("--seconds", default=10.0, show_default=True, help="of the mixed queries")
def main(data: Path, workers: int, queries: int, connections: int, seconds: float) -> None:
    """Print what is measured."""
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    asked = classes(vocabulary(), queries)
    with served(data) as server:
        print(f"start to address: {server.seconds:.2f} s with 1 worker")
        report("JSON, one connection", latencies(server, asked))
        report("page, one connection", latencies(server, asked, PAGE))
        _report_memory(memory(server))
    with served(data, workers) as server:
        print(f"start to address: {server.seconds:.2f} s with {workers} workers")
        mixed = load(server, asked, connections, seconds)
        print(
            f"mixed, {connections} connections, {workers} workers: "
            f"{mixed.requests_per_second:.0f} requests/s, p95 {mixed.p95:.1f} ms, "
            f"{mixed.errors} errors"
        )
        _report_memory(memory(server))
    times = cold_search(data, [each["q"] for each in asked["frequent word"][:9]])
    print(f"cold run.py search: median {statistics.median(times):.2f} s, most {max(times):.2f} s")


def report(title: str, measured: Mapping[str, Latency]) -> None:
    """Print one table of latencies by class."""
    print(f"{title:24} {'p50 ms':>8} {'p95 ms':>8} {'total (median)':>15}")
    for name, (p50, p95, total) in measured.items():
        print(f"{name:24} {p50:8.1f} {p95:8.1f} {'' if total is None else total:>15}")


def _report_memory(processes: Sequence[Memory]) -> None:
    for role, private, mapped, *_ in processes:
        print(f"private memory of the {role}: {private:.0f} MiB, and {mapped:.0f} MiB mapped")


if __name__ == "__main__":
    main()
