"""From raw JSON lines to searchable, the index stage beside others, and what it takes on disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.engine import fts5, ours, tantivy_peer
from benchmarks.engine.corpus import Corpus
from benchmarks.engine.figures import Figures, apart, megabytes, milliseconds, say
from benchmarks.engine.memory import Watch
from indexer.arrays import Arrays
from indexer.engine.whoosh import Resources, WhooshEngine

_RUN: Final = Path(__file__).parents[2] / "run.py"


def add(paths: list[Path], data: Path) -> Figures:
    """What ``run.py add`` takes: ``reported_s`` and ``memory.*`` until its report, ``ended_s`` and
    ``memory.ended.*``.

    With the report everything is searchable; suggestions and reprints follow.
    """
    command = [sys.executable, str(_RUN), "add", *map(str, paths), "--data", str(data)]
    began = perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # compiled once, as whoever runs the program twice has it
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": ""},
    )
    with process, Watch(process.pid) as watch:
        assert process.stdout
        process.stdout.readline()
        reported, until_then = perf_counter() - began, dict(watch.peaks)
        process.stdout.read()
    if process.returncode:
        raise SystemExit(f"run.py add failed on {data}")
    memory = {f"memory.{name}": peak for name, peak in until_then.items()}
    memory |= {f"memory.ended.{name}": peak for name, peak in watch.peaks.items()}
    return {"reported_s": reported, "ended_s": perf_counter() - began, **memory}


def whole(corpus: Corpus) -> Figures:
    """The addition of all records to an empty data folder."""
    shutil.rmtree(corpus.data, ignore_errors=True)
    took = {f"add.{name}": value for name, value in add([corpus.records], corpus.data).items()}
    return took | {"add.documents_per_s": corpus.size / took["add.reported_s"]}


def index_stage(corpus: Corpus) -> Figures:
    """Documents a second of each engine from the same documents, each in a process of its own.

    ``words`` is ours given the same words of the bodies as the others.  ``ours`` starts from the
    documents, so it finds the words first, and indexes titles, bigrams and columns besides.
    """
    figures: Figures = {}
    writers: dict[str, Callable[[Corpus], float]] = {
        "ours": _write_ours,
        "words": _write_words,
        "tantivy": _write_tantivy,
        "fts5": _write_fts5,
    }
    for name, write in writers.items():
        say(f"  {name}")
        figures[f"index.{name}.documents_per_s"] = corpus.size / apart(write, corpus)
    figures["disk.tantivy"] = megabytes(corpus.folder / "tantivy")
    figures["disk.fts5"] = megabytes(corpus.folder / "fts5.db")
    return figures


def disk(corpus: Corpus) -> Figures:
    """Source text, catalog, index by array, and suggestions, in MB."""
    arrays: Figures = {}
    for path in (corpus.data / "whoosh").glob("*.segment"):
        file = Arrays(path)
        for array in file:
            name = f"disk.array.{array}"
            arrays[name] = arrays.get(name, 0.0) + file[array].nbytes / 1e6
    return {
        "disk.source": corpus.source_bytes() / 1e6,
        "disk.catalog": sum(map(megabytes, corpus.data.glob("catalog.db*"))),
        "disk.index": megabytes(corpus.data / "whoosh"),
        "disk.suggest": megabytes(corpus.data / "suggest"),
        **arrays,
    }


def _write_ours(corpus: Corpus) -> float:
    with tempfile.TemporaryDirectory(dir=corpus.folder) as folder:
        engine = WhooshEngine(Path(folder), "benchmark", Resources(os.cpu_count() or 1))
        return milliseconds(ours.rebuilt(engine, corpus)) / 1000


def _write_words(corpus: Corpus) -> float:
    with tempfile.TemporaryDirectory(dir=corpus.folder) as folder:
        return milliseconds(ours.words_written(Path(folder), corpus)) / 1000


def _write_tantivy(corpus: Corpus) -> float:
    folder = corpus.folder / "tantivy"
    shutil.rmtree(folder, ignore_errors=True)
    return milliseconds(tantivy_peer.written(folder, corpus)) / 1000


def _write_fts5(corpus: Corpus) -> float:
    for path in corpus.folder.glob("fts5.db*"):
        path.unlink()
    return milliseconds(fts5.written(corpus.folder / "fts5.db", corpus)) / 1000
