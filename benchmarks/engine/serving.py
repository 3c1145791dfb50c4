"""What the server and the command line answer."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import statistics
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from time import perf_counter, sleep
from typing import Final
from urllib.parse import urlencode

from benchmarks import serve
from benchmarks.engine import indexing
from benchmarks.engine.corpus import Corpus
from benchmarks.engine.figures import Figures
from benchmarks.newsflashes import newsflashes, vocabulary
from benchmarks.queries import classes

_WORKERS: Final = 2
_COLD: Final = 9
_ADDED: Final = 100
_MARK: Final = "qzxbiwenmark"
_PAUSE: Final = 0.02
_PATIENCE: Final = 120.0


def over_http(corpus: Corpus, count: int) -> Figures:
    """One connection, ``http.json.CLASS.p50`` and ``http.html.CLASS.p50`` with their ``.p95``;
    eight of them, ``http.mixed.*``; ``serve.private``; ``cli.search_s``, cold.
    """
    asked = classes(vocabulary(), count)
    figures: Figures = {}
    with serve.served(corpus.data) as server:
        figures["serve.start_s"] = server.seconds
        for kind, path in (("json", serve.JSON), ("html", serve.PAGE)):
            for name, took in serve.latencies(server, asked, path).items():
                figures[f"http.{kind}.{name}.p50"] = took.p50
                figures[f"http.{kind}.{name}.p95"] = took.p95
    with serve.served(corpus.data, _WORKERS) as server:
        mixed = serve.load(server, asked)
        figures["http.mixed.requests_per_s"] = mixed.requests_per_second
        figures["http.mixed.errors"] = mixed.errors
        if used := serve.memory(server):
            figures["serve.private"] = sum(each.private for each in used) * 1.048576
    words = [each["q"] for each in asked["frequent word"][:_COLD]]
    figures["cli.search_s"] = statistics.median(serve.cold_search(corpus.data, words))
    return figures


def incremental(corpus: Corpus) -> Figures:
    """100 new documents into the whole, in a copy of it, while a server answers.

    ``more.committed_s`` until ``run.py add`` reports them, ``more.visible_s`` until the server
    finds one of them, ``more.slowest`` of its answers meanwhile.
    """
    with tempfile.TemporaryDirectory(dir=corpus.folder) as folder:
        data, records = Path(folder, "data"), Path(folder, "more.jsonl")
        shutil.copytree(corpus.data, data)
        if hasattr(os, "sync"):
            os.sync()  # what is written meanwhile is not to wait for the copy
        with records.open("w", encoding="utf-8") as file:
            for record in newsflashes(_ADDED, vocabulary(), seed=2):
                record["body"] += _MARK
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        with serve.served(data) as server, closing(server.connection()) as connection:
            for _ in range(3):
                _ask(connection, {"q": _MARK})
            took: Figures = {}
            thread = threading.Thread(target=lambda: took.update(indexing.add([records], data)))
            began = perf_counter()
            thread.start()
            slowest, total = 0.0, 0
            while not total:
                if perf_counter() - began > _PATIENCE:
                    raise SystemExit("the server did not find what was added")
                sleep(_PAUSE)
                milliseconds, total = _ask(connection, {"q": _MARK})
                slowest = max(slowest, milliseconds)
            visible = perf_counter() - began
            thread.join()
    return {
        "more.committed_s": took["reported_s"],
        "more.visible_s": visible,
        "more.slowest": slowest,
    }


def _ask(connection: http.client.HTTPConnection, params: dict[str, str]) -> tuple[float, int]:
    """How many milliseconds ``/search.json`` takes, and the total."""
    began = perf_counter()
    connection.request("GET", f"/search.json?{urlencode(params)}")
    answer = json.loads(connection.getresponse().read())
    return (perf_counter() - began) * 1000, answer["total"]
