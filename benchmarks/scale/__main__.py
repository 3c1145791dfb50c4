"""From where on which engine is the right one: ``python -m benchmarks.scale``.

Both are given the same documents, made up as for ``benchmarks.engine``, and asked the same
questions in turn; the cluster has three nodes on this machine.
``--report docs/scale.md`` writes the figures into that page.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Final

import click

from benchmarks.engine.corpus import Corpus
from benchmarks.engine.figures import apart, load, say
from benchmarks.reliability import page
from benchmarks.scale.growing import grow
from benchmarks.scale.report import tell
from indexer.catalog import Catalog
from indexer.pages import read
from indexer.reading import page_rows
from indexer.sources import Refusal, read_paths
from tests.opensearch.cluster import Cluster

_BATCH: Final = 8000
_HEAP: Final = ("-Xms2g", "-Xmx2g", "-XX:TieredStopAtLevel=4", "-XX:-UseSerialGC")


@click.command(help=__doc__)
@click.option("--docs", default=200_000, show_default=True, help="the size that is compared")
@click.option(
    "--growth", default="50000,100000,200000,400000,800000", show_default=True, help="all sizes"
)
@click.option("--queries", default=20, show_default=True, help="different ones of each class")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="keep what is made here; what is there is not made or measured again",
)
@page.option
def main(docs: int, growth: str, queries: int, data: Path | None, report: Path | None) -> None:
    """Measure every size, and tell."""
    sizes = sorted({docs, *map(int, filter(None, growth.split(",")))})
    with tempfile.TemporaryDirectory() if data is None else nullcontext(data) as made:
        folder = Path(made)
        corpus = Corpus(folder, sizes[-1])
        fill(corpus)
        apart(corpus.analyse)
        if not all((folder / f"{size}.json").exists() for size in sizes):
            with (
                tempfile.TemporaryDirectory(dir=folder) as place,
                Cluster.start(Path(place, "cluster"), options=_HEAP) as cluster,
            ):
                apart(
                    grow, corpus, sizes, cluster.addresses, Path(place, "whoosh"), queries, folder
                )
        tell(report, docs, {size: load(folder / f"{size}.json") for size in sizes})


def fill(corpus: Corpus) -> None:
    """Read the made-up records into a catalog, unless they are there."""
    corpus.generate()
    corpus.data.mkdir(exist_ok=True)
    with Catalog.open(corpus.data / "catalog.db") as catalog:
        if catalog.settled and catalog.stats()["documents"] == corpus.size:
            return
        say(f"{corpus.size:,} documents: read into a catalog")
        rows = page_rows(read_paths([str(corpus.records)]), os.cpu_count() or 1)
        sound = (each for each in rows if not isinstance(each, Refusal))
        while batch := [*islice(sound, _BATCH)]:
            catalog.add_rows(batch)
        catalog.settle(read)
        assert catalog.stats()["documents"] == corpus.size


if __name__ == "__main__":
    main()
