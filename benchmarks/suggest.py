"""Suggestions and corrections at size: ``python -m benchmarks.suggest --documents 1000000``.

Makes a catalog of made-up newsflashes, then the vocabulary from it, and asks
for what is suggested after every key of queries in Han, pinyin, initials and
Latin: first by the library, then over HTTP.  Corrections are measured over a
vocabulary of so many terms.  Figures are wall time; where other work shares the
machine, the processor's time, which stands behind, says more.
"""

from __future__ import annotations

import http.client
import itertools
import json
import multiprocessing
import platform
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

import click
import numpy as np

from benchmarks.newsflashes import newsflashes, vocabulary
from indexer import suggest
from indexer.analysis.dictionary import frequencies
from indexer.catalog import Catalog
from indexer.documents import Document, Page, PublishedDate
from indexer.query.answer import Correction
from indexer.suggest.building import term_columns
from indexer.suggest.columns import write
from indexer.suggest.corrections import corrections
from indexer.suggest.folder import Folder, State
from indexer.suggest.pinyin import DATA, readings
from indexer.suggest.texts import Texts
from indexer.suggest.vocabulary import Vocabulary

_BATCH: Final = 5000
_LATIN: Final = ("bitcoin", "ethereum", "coinbase", "defi", "stablecoin", "layer2", "web3")
_SLIPS: Final = (
    "比特弊",
    "以太访",
    "泰达必",
    "莱特比",
    "区快链价格",
    "bitcion",
    "etherum",
    "coinbsae",
)


@click.command(help=__doc__)
@click.option("--documents", default=100_000, show_default=True)
@click.option("--terms", default=500_000, show_default=True, help="of the corrections")
@click.option("--characters", default=100, show_default=True, help="of a body at most")
@click.option("--queries", default=60, show_default=True, help="of each class")
@click.option("--processes", default=1, show_default=True, help="that count the documents")
def main(documents: int, terms: int, characters: int, queries: int, processes: int) -> None:
    """Print what is measured."""
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    _measure_corrections(terms)
    words = vocabulary()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with Catalog.open(data / "catalog.db") as catalog:
            records = newsflashes(documents + 100, words)
            _fill(catalog, itertools.islice(records, documents), characters)
            built = _timed(lambda: suggest.follow(catalog, processes))
            size = sum(file.stat().st_size for file in (data / "suggest").iterdir())
            print(f"built from {documents} documents: {_seconds(built)}, {size / 1e6:.1f} MB")
            _fill(catalog, records, characters)
            more = _timed(lambda: suggest.follow(catalog))
            print(f"100 documents more: {_seconds(more)}")
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"most memory so far: {peak:.0f} MB")
            asked = _typed(words, queries)
            suggester = suggest.Suggester(catalog)
            first = _timed(lambda: suggester.suggestions("b"))
            print(f"the first suggestion after a start: {_seconds(first)}")
            _report("library", asked, lambda q: suggester.suggestions(q))
        with _served(data) as connection:
            _report("HTTP", asked, lambda q: _ask(connection, q))


def _fill(catalog: Catalog, records: Iterator[dict[str, Any]], characters: int) -> None:
    while batch := list(itertools.islice(records, _BATCH)):
        name = batch[0]["body"]
        catalog.add([(Page(name, name), [_document(each, characters) for each in batch])])


def _document(record: dict[str, Any], characters: int) -> Document:
    published = PublishedDate(record["published"], "second", "record")
    return Document("newsflash", record["title"], record["body"][:characters], published)


def _typed(words: list[str], count: int) -> dict[str, list[str]]:
    """Every beginning of the queries of each class."""
    chance = random.Random(3)
    rows = DATA.read_text("utf-8").splitlines()
    syllables = sorted({syllable for row in rows for syllable in row.split("\t")[0].split()})

    def spelled(word: str) -> list[str]:
        return [syllables[number - 1] for number in readings(word)[0]]

    chosen = [word for word in chance.sample(words[:20_000], count) if readings(word)]
    queries = {
        "Han": chosen,
        "pinyin": ["".join(spelled(word)) for word in chosen],
        "initials": ["".join(each[0] for each in spelled(word)) for word in chosen],
        "Han and pinyin": [word[0] + "".join(spelled(word)[1:]) for word in chosen],
        "second word": [f"{words[7]} {word}" for word in chosen],
        "Latin": list(_LATIN),
    }
    return {
        name: [text[:end] for text in texts for end in range(1, len(text) + 1)]
        for name, texts in queries.items()
    }


def _measure_corrections(terms: int) -> None:
    chance = random.Random(5)
    found = dict(itertools.islice(frequencies().counted().items(), terms))
    found |= {"bitcoin": 9000, "ethereum": 8000, "coinbase": 5000}
    while len(found) < terms:
        name = "".join(chance.choice("bcdfglmnprstvz") + chance.choice("aeiou") for _ in range(4))
        found[name[: chance.randint(4, 8)] + chance.choice(("", "n", "coin", "x"))] = 1
    words = [word for word in found if len(word) > 1]
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(Path(path), "")
        run, weights = folder.new_file("terms"), folder.new_file("weights")
        columns = term_columns(Texts.of(words), np.array([found[word] for word in words]))
        write(run, columns)
        write(weights, {"weight": columns["weight"]})
        made = Vocabulary(folder, State("", 0, ((run.name, weights.name),)))

        def corrected(q: str) -> tuple[Correction, ...]:
            return corrections(q, made, lambda word: 0)

        print(
            f"the first correction after a start: {_seconds(_timed(lambda: corrected('比特弊')))}"
        )
        times = [_timed(lambda q=q: corrected(q)) for q in _SLIPS for _ in range(5)]
        print(f"corrections over {len(words)} terms: {_figures(times)}")
        for q in _SLIPS:
            print(f"  {q}: {'、'.join(each.q for each in corrected(q))}")


def _report(name: str, asked: dict[str, list[str]], ask: Callable[[str], object]) -> None:
    everything: list[_Time] = []
    for kind, texts in asked.items():
        times = [_timed(lambda q=q: ask(q)) for q in texts]
        everything += times
        print(f"{name}, {kind}: {_figures(times)}")
    print(f"{name}, all {len(everything)}: {_figures(everything)}")


def _figures(times: list[_Time]) -> str:
    wall, processor = (sorted(each) for each in zip(*times, strict=True))

    def figures(sorted_times: list[float]) -> str:
        p50, p95 = (1000 * sorted_times[int(len(times) * part)] for part in (0.5, 0.95))
        return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, max {1000 * sorted_times[-1]:.1f} ms"

    return f"{figures(wall)} ({figures(processor)})"


def _seconds(time_: _Time) -> str:
    return f"{time_.wall:.3f} s ({time_.processor:.3f} s)"


class _Time(NamedTuple):
    wall: float
    processor: float


def _timed(work: Callable[[], object]) -> _Time:
    """Seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return _Time(time.perf_counter() - wall, time.process_time() - processor)


def _ask(connection: http.client.HTTPConnection, q: str) -> list[object]:
    connection.request("GET", f"/suggest.json?{urlencode({'q': q})}")
    found: list[object] = json.loads(connection.getresponse().read())["suggestions"]
    return found


@contextmanager
def _served(data: Path) -> Iterator[http.client.HTTPConnection]:
    """The page over a data folder without an index, which suggestions do without."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(data, theirs))
    server.start()
    try:
        address = urlsplit(ours.recv())
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        _ask(connection, "b")
        yield connection
    finally:
        server.terminate()


def _serve(data: Path, pipe: Connection) -> None:
    from webui import create_app
    from webui.server import serve

    serve(create_app(data), "127.0.0.1", 0, pipe.send)


if __name__ == "__main__":
    main()
