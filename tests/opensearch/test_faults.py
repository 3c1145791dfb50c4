"""A node that is killed in the middle of adding and of searching: nothing is lost or doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from engines import OnCluster
from opensearch.cluster import Cluster
from opensearch.needed import needed
from opensearchpy import OpenSearch
from stored import newsflash

from indexer.documents import StoredDocument
from indexer.engine import Engine, Search
from indexer.engine.tree import Characters, Everything
from indexer.errors import Unavailable

BATCH = 40
AFTERWARDS = 6  # seconds for which adding and searching go on after the kill
PATIENCE = 5  # seconds within which searches must go on


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of which nodes may be killed: no other test uses it."""
    with Cluster.start(tmp_path_factory.mktemp("cluster"), made_of=needed()) as cluster:
        yield cluster


class Adding:
    """Adds batches, one generation after the other; what was acknowledged is counted."""

    def __init__(self, engine: Engine) -> None:
        self.generation = 1
        self.refused = 0
        self._engine = engine
        engine.rebuild(batch(1), 1)

    def one(self) -> None:
        try:
            self._engine.update(batch(self.generation + 1), [], self.generation + 1)
        except Unavailable:
            self.refused += 1
        else:
            self.generation += 1


class Searching:
    """Searches all the time, and notes how long the longest took, and what was wrong."""

    def __init__(self, engine: Engine, adding: Adding) -> None:
        self.count = 0
        self.longest = 0.0
        self.wrong: list[object] = []
        self._engine = engine
        self._adding = adding

    def one(self) -> None:
        least, began = self._adding.generation * BATCH, time.monotonic()
        try:
            outcome = self._engine.search(Search(Characters("减半"), limit=5))
        except Exception as error:
            self.wrong.append(error)
        else:
            if outcome.total < least:
                self.wrong.append((outcome.total, least))
        self.count += 1
        self.longest = max(self.longest, time.monotonic() - began)


def batch(generation: int) -> list[StoredDocument]:
    return [newsflash(f"g{generation}-{number}", "减半") for number in range(BATCH)]


@contextmanager
def again_and_again(*jobs: Callable[[], None]) -> Iterator[None]:
    done = threading.Event()

    def run(job: Callable[[], None]) -> None:
        while not done.is_set():
            job()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        done.set()
        for each in threads:
            each.join()


@pytest.mark.parametrize("number", [0, 2])
def test_a_node_is_killed(mortal: Cluster, number: int) -> None:
    place = OnCluster(mortal.addresses, f"killed-{number}")
    adding = Adding(place("catalog"))
    searching = Searching(place("catalog"), adding)
    with again_and_again(adding.one, searching.one):
        time.sleep(2)
        mortal.kill(number)
        time.sleep(AFTERWARDS)
    mortal.start_node(number)
    mortal.wait_for("green")
    assert not searching.wrong
    assert searching.longest < PATIENCE
    engine = place("catalog")
    assert engine.generation == adding.generation > 5
    every = [hit.id for hit in engine.search(Search(Everything(), limit=None, collapse=False)).hits]
    wanted = {each.id for generation in range(adding.generation) for each in batch(generation + 1)}
    assert len(every) == len(set(every))
    assert wanted <= set(every)
    place.close()


def test_a_cluster_that_is_too_busy_is_waited_for(tmp_path: Path) -> None:
    """Two requests to write at a time; more are refused (429), and come again."""
    narrow = {"thread_pool.write.size": 1, "thread_pool.write.queue_size": 1}
    place = tmp_path / "cluster"
    with Cluster.start(place, nodes=1, settings=narrow, made_of=needed()) as cluster:
        client = OpenSearch(cluster.addresses)
        places = [OnCluster(cluster.addresses, f"busy-{number}") for number in range(6)]
        engines = [place("catalog") for place in places]
        documents = [newsflash(f"d{number}", "减半" * 50) for number in range(1500)]
        threads = [
            threading.Thread(target=engine.rebuild, args=(documents, 1)) for engine in engines
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        (node,) = client.nodes.stats(metric="thread_pool")["nodes"].values()
        assert node["thread_pool"]["write"]["rejected"] > 0
        assert [engine.document_count for engine in engines] == [len(documents)] * len(engines)
        for place in places:
            place.close()
