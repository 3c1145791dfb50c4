"""Both engines over a growing archive: what it takes to index more, and to answer about all."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Final

from opensearchpy import OpenSearch

from benchmarks.engine.corpus import Corpus
from benchmarks.engine.figures import (
    Figures,
    keep,
    megabytes,
    milliseconds,
    percentiles,
    say,
    steady_work,
)
from benchmarks.engine.ours import search_of
from benchmarks.engine.questions import questions
from indexer.documents import Appearance, Hidden, StoredDocument
from indexer.engine import Engine, Outcome, Search
from indexer.engine.opensearch import Address, OpenSearchEngine
from indexer.engine.tree import Everything
from indexer.engine.whoosh import Resources, WhooshEngine

_CATALOG: Final = "benchmark"
_PAGE: Final = "page"
_NEWEST: Final = "newest"
_BATCH: Final = 50_000
_REPRINTED: Final = 5
"""Of so many documents one is a reprint of the one before."""
_WARMING: Final = 2000
"""How many searches each engine has answered before it is timed: a JVM compiles as it goes."""


class _Catalog:
    """What an index is told of documents that are in no catalog: each was seen once."""

    uuid: Final = _CATALOG
    former: Final = frozenset[str]()
    page_count: Final = 0

    def stats(self) -> dict[str, int]:
        return {}

    def appearances_of(self, ids: Sequence[str]) -> dict[str, tuple[Appearance, ...]]:
        return {id_: (Appearance("pages.jsonl:1", 0, page_id=id_),) for id_ in ids}

    def seen_again(self, page: int, generation: int) -> Sequence[StoredDocument]:
        return ()

    def removed_since(self, generation: int) -> dict[str, str | Hidden]:
        return {}


CLASSES: Final = {
    _PAGE: "such a term as the page asks: reprints together, all facets",
    _NEWEST: "everything as the page asks, newest first",
}
"""What is asked beside the classes of :mod:`benchmarks.engine.questions`."""


def grow(
    corpus: Corpus, sizes: list[int], nodes: list[str], folder: Path, count: int, kept: Path
) -> None:
    """Leave the figures of each size in the folder ``kept``, as NAME.ENGINE.

    Raises AssertionError when the engines count differently.
    """
    named = ",".join(each.removeprefix("http://") for each in nodes)
    address = Address.of(f"opensearch://{named}/scale")
    cluster = OpenSearch(nodes)
    asked = _searches(corpus, count)
    with (
        closing(WhooshEngine(folder, _CATALOG, Resources(os.cpu_count() or 1))) as embedded,
        closing(OpenSearchEngine(address, _Catalog())) as distributed,
    ):
        engines: dict[str, Engine] = {"embedded": embedded, "opensearch": distributed}
        for engine in engines.values():
            engine.rebuild([], 0)
        streams = {name: _reprinted(corpus.documents()) for name in engines}
        for before, size in pairwise([0, *sizes]):
            figures: Figures = {}
            for name, engine in engines.items():
                say(f"{size:,} documents: {name}")
                took = milliseconds(partial(_add, engine, streams[name], size - before))
                figures[f"index.{name}.documents_per_s"] = (size - before) / took * 1000
            _settle(cluster, address.index)
            figures["disk.embedded"] = megabytes(folder)
            figures |= _stored(cluster, address.index)
            if not before:
                _warm(asked, engines)
            say(f"{size:,} documents: asked")
            figures |= _asked(asked, engines)
            figures["heap.opensearch"] = _heap(cluster)
            keep(kept / f"{size}.json", figures)


def _add(engine: Engine, stream: Iterator[StoredDocument], count: int) -> None:
    """Index the next documents, as several additions."""
    documents = islice(stream, count)
    while batch := [*islice(documents, _BATCH)]:
        engine.update(batch, [], engine.generation + 1)
        engine.merge()


def _reprinted(documents: Iterable[StoredDocument]) -> Iterator[StoredDocument]:
    """The documents, some of them with the cluster of the one before."""
    cluster = ""
    for number, each in enumerate(documents, start=1):
        cluster = each.cluster if number % _REPRINTED else cluster
        yield replace(each, cluster=cluster)


def _searches(corpus: Corpus, count: int) -> dict[str, list[Search]]:
    asked = questions(corpus, count)
    by_class = {name: [search_of(each) for each in of_class] for name, of_class in asked.items()}
    by_class[_PAGE] = [
        Search(each.query, ranking=each.ranking and replace(each.ranking, passages=True))
        for each in by_class["term"]
    ]
    by_class[_NEWEST] = [Search(Everything(), offset=20 * page) for page in range(count)]
    return by_class


def _warm(by_class: Mapping[str, list[Search]], engines: Mapping[str, Engine]) -> None:
    searches = [search for of_class in by_class.values() for search in of_class]
    for search in islice(cycle(searches), _WARMING):
        for engine in engines.values():
            engine.search(search)


def _asked(by_class: Mapping[str, list[Search]], engines: Mapping[str, Engine]) -> Figures:
    """Every question asked of both in turn, in an order by chance; first once, to compare."""
    figures: Figures = {}
    noise: list[float] = []
    chance = random.Random(len(by_class))
    for name, searches in by_class.items():
        for search in searches:
            _compare(search, [engine.search(search) for engine in engines.values()])
        times: dict[str, list[float]] = {engine: [] for engine in engines}
        for search in searches:
            noise.append(milliseconds(steady_work))
            for engine, each in chance.sample([*engines.items()], len(engines)):
                times[engine].append(milliseconds(partial(each.search, search)))
        for engine, its_times in times.items():
            figures |= percentiles(f"query.{name}.{engine}", its_times)
    return figures | percentiles("noise", noise)


def _compare(search: Search, outcomes: list[Outcome]) -> None:
    first, second = outcomes
    assert (first.total, first.groups) == (second.total, second.groups), search
    for facet, counts in first.facets.items():
        assert {*counts} == {*second.facets[facet]}, (search, facet)


def _settle(cluster: OpenSearch, index: str) -> None:
    """Wait until no segments are being merged."""
    while cluster.indices.stats(index=index, metric="merge")["_all"]["total"]["merges"]["current"]:
        time.sleep(1)


def _stored(cluster: OpenSearch, index: str) -> Figures:
    """What the index takes on disk, without and with copies, in MB."""
    cluster.indices.flush(index=index)
    stats = cluster.indices.stats(index=index, metric="store,segments")["_all"]
    return {
        "disk.opensearch": stats["primaries"]["store"]["size_in_bytes"] / 1e6,
        "disk.opensearch.copies": stats["total"]["store"]["size_in_bytes"] / 1e6,
        "segments.opensearch": stats["primaries"]["segments"]["count"],
    }


def _heap(cluster: OpenSearch) -> float:
    """The heap of all nodes that is in use for longer than a collection of the young, in MB."""
    nodes = cluster.nodes.stats(metric="jvm")["nodes"].values()
    return float(sum(each["jvm"]["mem"]["pools"]["old"]["used_in_bytes"] for each in nodes)) / 1e6
