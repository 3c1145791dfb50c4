"""The engine at size, side by side with tantivy and SQLite FTS5.

``python -m benchmarks.engine --docs 1000000 --report docs/benchmarks.md``
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter

import click

from benchmarks.engine import alone, indexing, latency, serving
from benchmarks.engine.corpus import Corpus
from benchmarks.engine.figures import Figures, apart, keep, load, say
from benchmarks.engine.report import report
from benchmarks.engine.stages import stages


@click.command(help=__doc__)
@click.option("--docs", default=1_000_000, show_default=True, help="how many newsflashes")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="keep what is made here; what is there is not made, and its making not measured, again",
)
@click.option(
    "--growth", default="", help="further sizes, of our engine alone, as 100000,1000000,3000000"
)
@click.option("--queries", default=60, show_default=True, help="different ones of each class")
@click.option(
    "--report", "page", type=click.Path(dir_okay=False, path_type=Path), help="the page to write"
)
def main(docs: int, data: Path | None, growth: str, queries: int, page: Path | None) -> None:
    """Measure, and write the report, or print it."""
    sizes = sorted({docs, *map(int, filter(None, growth.split(",")))})
    with tempfile.TemporaryDirectory() if data is None else nullcontext(data) as folder:
        by_size = {
            size: measured(Corpus(Path(folder, str(size)), size), queries, beside=size == docs)
            for size in sizes
        }
    text = report(by_size, docs)
    if page:
        page.write_text(text, "utf-8")
    else:
        click.echo(text, nl=False)


def measured(corpus: Corpus, queries: int, *, beside: bool) -> Figures:
    """All figures of one size, with other engines ``beside`` ours or not.

    They are kept in its folder part by part.
    """
    made: dict[str, Callable[[], Figures | None]] = {
        "records": corpus.generate,
        "add": lambda: indexing.whole(corpus),
        "disk": lambda: apart(indexing.disk, corpus),
        "words": lambda: apart(corpus.analyse),
    }
    asked: dict[str, Callable[[], Figures | None]] = {
        "alone": lambda: apart(alone.bare, corpus, queries),
        "full": lambda: apart(alone.full, corpus, queries),
        "related": lambda: apart(alone.related, corpus, queries),
        "pages": lambda: apart(alone.deep_pages, corpus, queries),
        "cold": lambda: alone.cold(corpus, load(corpus.kept), queries),
        "http": lambda: serving.over_http(corpus, queries),
        "more": lambda: serving.incremental(corpus),
    }
    if beside:
        made["stages"] = lambda: apart(stages, corpus)
        made["index"] = lambda: indexing.index_stage(corpus)
        asked = {"queries": lambda: apart(latency.measured, corpus, queries), **asked}
    for name, part in (made | asked).items():
        if name in made and f"took.{name}_s" in load(corpus.kept):
            continue
        say(f"{corpus.size:,} documents: {name}")
        began = perf_counter()
        figures = part() or {}
        keep(corpus.kept, {**figures, f"took.{name}_s": perf_counter() - began})
    return load(corpus.kept)


if __name__ == "__main__":
    main()
