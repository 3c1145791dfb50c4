"""What share of an addition each stage takes, from the real pipeline, in one process."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from unittest.mock import patch

from benchmarks.engine.corpus import Corpus
from benchmarks.engine.figures import Figures
from indexer import pipeline, suggest
from indexer.catalog import Catalog
from indexer.engine.whoosh import WhooshEngine
from indexer.sources import Refusal, read_paths

STAGES: Final = {
    "records": "JSON lines to pages",
    "reading": "pages to documents: dates, places, titles",
    "catalog": "the catalog: stored, and read again for the index",
    "index": "the index: words, bigrams, inversion",
    "merge": "segments merged, after the addition was reported",
    "suggest": "the vocabulary of suggestions, likewise",
    "reprints": "reprints compared, likewise",
}
DOCUMENTS: Final = 100_000
"""How many documents the stages are measured with at most."""


def stages(corpus: Corpus) -> Figures:
    """The seconds of each stage, as ``stage.NAME_s``.

    This is the one place that knows how the pipeline calls its stages: it hands over catalog
    and engine, and asks the suggestions to follow.
    """
    count = min(corpus.size, DOCUMENTS)
    watch = _Stopwatch()
    with tempfile.TemporaryDirectory(dir=corpus.folder) as folder:
        data = Path(folder)
        records = data / "newsflashes.jsonl"
        with corpus.records.open(encoding="utf-8") as source:
            records.write_text("".join(islice(source, count)), "utf-8")
        with Catalog.open(data / "catalog.db") as opened:
            catalog: Any = _Timed(opened, "catalog", watch)
            engine: Any = _Timed(WhooshEngine(data / "whoosh", opened.uuid), "index", watch)
            inputs = watch.each("records", read_paths([str(records)]))
            follow = watch.timed("suggest", suggest.follow)
            with patch.object(suggest, "follow", follow):
                with watch.during("reading"):
                    pipeline.add(inputs, catalog, engine, data / "refused.jsonl", _ignore, _fail)
                with watch.during("reprints"):
                    pipeline.complete(catalog, engine)
            engine.close()
    figures = {f"stage.{name}_s": watch.seconds.get(name, 0.0) for name in STAGES}
    return figures | {"stage.documents": count}


def _ignore(_: int) -> None:
    pass


def _fail(refusal: Refusal) -> None:
    raise AssertionError(refusal)


class _Stopwatch:
    """Seconds by name; what is timed inside of another counts for itself alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        """Count the block's time for the name."""
        self._turn()
        self._running.append(name)
        try:
            yield
        finally:
            self._turn()
            self._running.pop()

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with its time counted, that in which its values are made included."""

        def call(*arguments: Any, **options: Any) -> Any:
            with self.during(name):
                value = function(*arguments, **options)
            return self.each(name, value) if isinstance(value, Iterator) else value

        return call

    def each(self, name: str, values: Any) -> Iterator[Any]:
        """The values with the time counted that making them takes."""
        iterator = iter(values)
        while True:
            with self.during(name):
                try:
                    value = next(iterator)
                except StopIteration:
                    return
            yield value

    def _turn(self) -> None:
        now = perf_counter()
        if self._running:
            name = self._running[-1]
            self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now


class _Timed:
    """An object with the time of its methods counted."""

    def __init__(self, wrapped: object, name: str, watch: _Stopwatch) -> None:
        self._wrapped, self._name, self._watch = wrapped, name, watch

    def __getattr__(self, attribute: str) -> Any:
        with self._watch.during(self._name):
            value = getattr(self._wrapped, attribute)
        name = "merge" if attribute == "merge" else self._name
        return self._watch.timed(name, value) if callable(value) else value
