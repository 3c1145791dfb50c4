"""The main job, measured through its real commands: ``python -m benchmarks.add``.

Generates newsflashes, adds them to an empty data folder with ``run.py add``,
serves them with ``run.py serve`` and asks ``/search.json`` over HTTP.
"""

from __future__ import annotations

import http.client
import json
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import click

from benchmarks.newsflashes import CITIES, newsflashes, vocabulary

_RUN: Final = Path(__file__).parent.parent / "run.py"
_ADDRESS: Final = re.compile(r"http://([\d.]+):(\d+)")


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
        with _served(data) as connection:
            print(f"{'class':24} {'p50 ms':>8} {'p95 ms':>8} {'total (median)':>15}")
            for name, asked in _classes(words, queries).items():
                _report(name, [_ask(connection, params) for params in asked])


def _classes(words: list[str], count: int) -> dict[str, list[dict[str, str]]]:
    chance = random.Random(7)
    head, middle, tail = words[:100], words[500:3000], words[20_000:]

    def each(make: object) -> list[dict[str, str]]:
        assert callable(make)
        return [make() for _ in range(count)]

    return {
        "frequent word": each(lambda: {"q": chance.choice(head)}),
        "middling word": each(lambda: {"q": chance.choice(middle)}),
        "rare word": each(lambda: {"q": chance.choice(tail)}),
        "two words": each(lambda: {"q": " ".join(chance.sample(head, 2))}),
        "three words, any": each(
            lambda: {"q": " OR ".join(chance.sample(middle, 3))},
        ),
        "quoted characters": each(lambda: {"q": f'"{"".join(chance.sample(head, 2))}"'}),
        "word, year and city": each(
            lambda: {
                "q": chance.choice(head),
                "from": (year := str(chance.randint(2016, 2024))),
                "to": year,
                "city": chance.choice(CITIES),
            }
        ),
        "everything": each(lambda: {"q": ""}),
    }


def _ask(connection: http.client.HTTPConnection, params: dict[str, str]) -> tuple[float, int]:
    began = time.perf_counter()
    connection.request("GET", f"/search.json?{urlencode(params)}")
    response = connection.getresponse()
    answer = json.loads(response.read())
    return (time.perf_counter() - began) * 1000, answer["total"]


def _report(name: str, measured: list[tuple[float, int]]) -> None:
    times = sorted(milliseconds for milliseconds, _ in measured)
    totals = sorted(total for _, total in measured)
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"{name:24} {p50:8.1f} {p95:8.1f} {totals[len(totals) // 2]:15}")


@contextmanager
def _served(data: Path) -> Iterator[http.client.HTTPConnection]:
    command = [sys.executable, str(_RUN), "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        assert server.stdout
        for line in server.stdout:
            if address := _ADDRESS.search(line):
                break
        else:
            raise SystemExit("the server did not start")
        try:
            yield http.client.HTTPConnection(address[1], int(address[2]), timeout=60)
        finally:
            server.terminate()


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, str(_RUN), *arguments], check=True, stderr=subprocess.DEVNULL)


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())


if __name__ == "__main__":
    main()
