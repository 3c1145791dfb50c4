"""Clients of a server that is measured, each request on a connection of its own."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from urllib.parse import urlencode

from benchmarks.newsflashes import newsflashes, vocabulary
from benchmarks.queries import classes
from benchmarks.serve import RUN, Server, percentile

_HEADERS: Final = {"Accept-Encoding": "gzip"}  # as every browser says
_TIMEOUT: Final = 30.0
_CLIENTS: Final = 200  # at once; what comes beside them waits, and its waiting counts


class Answer(NamedTuple):
    """What came of a request: a status, or a problem in its stead, and how long it took.

    ``first`` are the seconds until the headers were there, ``seconds`` until all was; ``wait``
    is what Retry-After says.
    """

    status: int
    first: float
    seconds: float
    wait: str | None = None
    problem: str = ""


Told = Callable[[float, str, Answer], None]


def asked(server: Server, path: str, since: float | None = None) -> Answer:
    """Ask for ``path``; what it took is counted from the moment ``since``, else from now."""
    began = time.perf_counter() if since is None else since
    first = 0.0
    try:
        with closing(http.client.HTTPConnection(server.host, server.port, _TIMEOUT)) as connection:
            connection.request("GET", path, headers=_HEADERS)
            response = connection.getresponse()
            first = time.perf_counter() - began
            while response.read(1 << 16):
                pass
            wait = response.getheader("Retry-After")
            return Answer(response.status, first, time.perf_counter() - began, wait)
    except (OSError, http.client.HTTPException) as error:
        problem = f"{type(error).__name__}: {error}"
        return Answer(0, first, time.perf_counter() - began, None, f"{problem} for {path}")


def arrive(
    server: Server, requests: Iterator[tuple[str, str]], rate: float, seconds: float, told: Told
) -> None:
    """Ask for what is named, by kind and path, at a fixed ``rate``, however long the answers take.

    Each request has its time, and what it took is counted from then on, so that the time for which
    nobody was there to send it counts, too.  ``told`` hears, from several threads, after how many
    seconds each was due, of which kind it was, and the answer.
    """
    began = time.perf_counter()

    def ask(due: float, kind: str, path: str) -> None:
        told(due, kind, asked(server, path, began + due))

    with ThreadPoolExecutor(_CLIENTS) as clients:
        for number in range(int(rate * seconds)):
            due = number / rate
            time.sleep(max(0.0, began + due - time.perf_counter()))
            clients.submit(ask, due, *next(requests))


def searches(page: str, seed: int) -> list[str]:
    """Searches of all classes, in a random order, on the page or as JSON."""
    every = classes(vocabulary(), 50, seed)
    paths = [f"{page}?{urlencode(each)}" for several in every.values() for each in several]
    random.Random(seed).shuffle(paths)
    return paths


def milliseconds(answers: Sequence[Answer], percent: int) -> str:
    """So many percent of the answers had come whole after as many milliseconds, as a number."""
    if not answers:
        return "–"
    return f"{percentile([each.seconds for each in answers], percent) * 1000:,.0f}"


@contextmanager
def data_folder(given: Path | None, documents: int) -> Iterator[Path]:
    """The folder that is given, or one with so many made-up newsflashes."""
    if given:
        yield given
        return
    with TemporaryDirectory() as folder:
        data = Path(folder, "data")
        added = add(data, records(Path(folder, "newsflashes.jsonl"), documents, 1))
        added.check_returncode()
        yield data


def add(data: Path, file: Path) -> subprocess.CompletedProcess[str]:
    """Add a file by the command, in a process of its own."""
    command = [sys.executable, str(RUN), "add", str(file), "--data", str(data)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def records(file: Path, count: int, seed: int) -> Path:
    """Write made-up newsflashes, others for each seed."""
    with file.open("w", encoding="utf-8") as lines:
        for record in newsflashes(count, vocabulary(), seed):
            record["body"] += f"第{seed}批"
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    return file
