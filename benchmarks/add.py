"""The main job, measured through its real commands: ``python -m benchmarks.add``.

Generates newsflashes, adds them to an empty data folder with ``run.py add``,
serves them with ``run.py serve`` and asks ``/search.json`` over HTTP.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from benchmarks import serve
from benchmarks.newsflashes import newsflashes, vocabulary
from benchmarks.queries import classes


@click.command(help=__doc__)
@click.option("--documents", default=20_000, show_default=True)
@click.option("--queries", default=100, show_default=True, help="of each class")
def main(documents: int, queries: int) -> None:
    """Print the rate of ``add`` and the latencies by class of query."""
    words = vocabulary()
    with tempfile.TemporaryDirectory() as folder:
        records, data = Path(folder, "newsflashes.jsonl"), Path(folder, "data")
        with records.open("w", encoding="utf-8") as file:
            for record in newsflashes(documents, words):
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        megabytes = records.stat().st_size / 1e6
        began = time.perf_counter()
        _run("add", str(records), "--data", str(data))
        seconds = time.perf_counter() - began
        print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
        print(f"add: {documents} newsflashes, {megabytes:.1f} MB, {seconds:.1f} s:", end=" ")
        print(f"{documents / seconds:.0f} documents/s")
        for part in ("catalog.db", "whoosh"):
            print(f"{part}: {_size(data / part) / 1e6:.1f} MB")
        with serve.served(data) as server:
            serve.report("JSON, one connection", serve.latencies(server, classes(words, queries)))


def _run(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, str(serve.RUN), *arguments], check=True, stderr=subprocess.DEVNULL
    )


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())


if __name__ == "__main__":
    main()
