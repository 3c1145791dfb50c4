"""What is of the engine on OpenSearch alone: whose index it is, how it is replaced, deep pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial

import pytest
from engines import Bare, OnCluster, address_of
from opensearchpy import OpenSearch
from stored import newsflash

from indexer.documents import Appearance, StoredDocument
from indexer.engine import Budget, Filters, Outcome, Ranking, Search
from indexer.engine.opensearch import Address, OpenSearchEngine, writing
from indexer.engine.tree import (
    And,
    Characters,
    Everything,
    Near,
    Node,
    Or,
    Value,
    Word,
)
from indexer.errors import Replaced, TooCostly, UserError, WrongUsage


@pytest.fixture
def place(nodes: list[str], index_name: str) -> OnCluster:
    return OnCluster(nodes, index_name)


def total(engine: OpenSearchEngine, word: str) -> int:
    return engine.search(Search(Word(word), facets=())).total


def test_a_place_without_an_index_is_to_be_built(place: OnCluster) -> None:
    engine = place("catalog")
    assert (engine.generation, engine.document_count, engine.is_outdated) == (-1, 0, False)
    assert engine.search(Search(Everything())).total == 0
    with engine.steady():
        assert engine.search(Search(Everything())).total == 0


def test_the_index_of_another_catalog_is_neither_read_nor_replaced(place: OnCluster) -> None:
    place("catalog").rebuild([newsflash("a", "减半")], 7)
    stranger = place("another")
    for action in (lambda: stranger.generation, lambda: stranger.rebuild([], 1)):
        with pytest.raises(UserError, match="另一个资料库"):
            action()
    assert total(place("catalog"), "减半") == 1


def test_what_somebody_else_put_there_stays(
    place: OnCluster, client: OpenSearch, index_name: str
) -> None:
    client.indices.create(index=index_name)
    try:
        with pytest.raises(UserError, match="不是本程序建立的"):
            place("catalog").rebuild([], 1)
        assert client.indices.exists(index=index_name)
    finally:
        client.indices.delete(index=index_name)


@pytest.mark.parametrize(
    ("changed", "generation", "is_outdated"),
    [
        ({}, 7, False),
        ({"layout": 0}, -1, False),  # fields of another version
        ({"fold": "0"}, -1, False),  # quotes would not be found
        ({"dictionary": "0"}, 7, True),  # words are cut otherwise; it is used as it is
    ],
)
def test_an_index_of_another_version(
    place: OnCluster,
    client: OpenSearch,
    index_name: str,
    changed: dict[str, object],
    generation: int,
    is_outdated: bool,
) -> None:
    engine = place("catalog")
    engine.rebuild([newsflash("a", "减半")], 7)
    (says,) = client.indices.get_mapping(index=index_name).values()
    meta = {**says["mappings"]["_meta"], **changed}
    client.indices.put_mapping(index=index_name, body={"_meta": meta})
    assert (engine.generation, engine.is_outdated) == (generation, is_outdated)
    engine.rebuild([newsflash("b", "减半")], 8)
    assert (engine.generation, engine.is_outdated) == (8, False)


@contextmanager
def looked_at(look: Callable[[], Hashable]) -> Iterator[set[Hashable]]:
    """What somebody sees who looks all the time, from before the block until after it."""
    seen = {look()}
    done = threading.Event()

    def looking() -> None:
        while not done.is_set():
            with suppress(Replaced):
                seen.add(look())
        seen.add(look())

    with ThreadPoolExecutor(1) as pool:
        looker = pool.submit(looking)
        try:
            yield seen
        finally:
            done.set()
        looker.result()


def test_searches_go_on_while_an_index_is_replaced_and_one_index_is_left(
    place: OnCluster, client: OpenSearch, index_name: str
) -> None:
    engine, reader = place("catalog"), place("catalog")
    engine.rebuild([newsflash(f"a{number}", "减半") for number in range(50)], 1)

    def totals() -> tuple[int, int]:
        with reader.steady():
            return total(reader, "减半"), total(reader, "空投")

    with looked_at(totals) as seen:
        engine.rebuild([newsflash(f"b{number}", "空投") for number in range(60)], 2)
    assert seen == {(50, 0), (0, 60)}
    assert (total(engine, "减半"), total(engine, "空投")) == (0, 60)
    assert len(client.indices.get(index=f"{index_name}-*")) == 1


def test_reprints_that_are_added_are_never_hits_of_their_own(place: OnCluster) -> None:
    engine, reader = place("catalog"), place("catalog")
    clusters = [f"c{number}" for number in range(90)]
    engine.rebuild([newsflash(f"a{each}", "减半", cluster=each) for each in clusters], 1)
    with looked_at(lambda: reader.search(Search(Everything(), limit=0, facets=())).groups) as seen:
        for generation in range(2, 12):
            names = {f"b{generation}-{each}": each for each in clusters}
            reprints = [newsflash(id_, "减半", cluster=each) for id_, each in names.items()]
            engine.update(reprints, [], generation)
    assert seen == {90}
    outcome = engine.search(Search(Everything(), limit=1))
    assert (outcome.total, outcome.groups, len(outcome.hits[0].reprints)) == (990, 90, 10)


def test_an_index_of_another_catalog_that_came_meanwhile_is_not_replaced(
    place: OnCluster, client: OpenSearch, index_name: str
) -> None:
    engine, other = place("catalog"), place("another")

    def documents() -> Iterator[StoredDocument]:
        yield newsflash("a", "减半")
        other.rebuild([newsflash("b", "空投")], 1)

    with pytest.raises(UserError, match="属于另一个资料库"):
        engine.rebuild(documents(), 1)
    assert total(other, "空投") == 1


@pytest.mark.parametrize("is_rebuilt", [True, False], ids=["rebuild", "update"])
def test_an_index_that_somebody_deletes_while_it_is_written_is_not_made_anew(
    nodes: list[str], client: OpenSearch, index_name: str, *, is_rebuilt: bool
) -> None:
    chunks = 0

    class Deleting(Bare):
        def appearances_of(self, ids: Sequence[str]) -> dict[str, tuple[Appearance, ...]]:
            """What is asked last before documents are sent."""
            nonlocal chunks
            chunks += 1
            if chunks == 3:
                client.indices.delete(index=f"{index_name}-*")
            return {}

    address = Address.of(address_of(nodes, index_name))
    documents = [newsflash(f"d{number}", "减半") for number in range(2000)]
    with closing(OpenSearchEngine(address, Deleting("catalog"))) as engine:
        engine.rebuild(documents[:1], 1)
        write = engine.rebuild if is_rebuilt else partial(engine.update, removed=["a"])
        with pytest.raises(UserError, match="在写入时不见了"):
            write(documents, generation=2)
        assert not client.indices.get(index=f"{index_name}*")
        engine.rebuild(documents[:3], 3)
        assert (engine.generation, total(engine, "减半")) == (3, 3)


@pytest.mark.parametrize(
    ("chunks", "buckets"),
    [
        (1, 50_000),
        (2, 50_000),
        (20, 50_000),
        (1, 100),
        (20, 215),
    ],
)
def test_all_that_share_clusters_are_found_however_they_are_divided(
    place: OnCluster, monkeypatch: pytest.MonkeyPatch, chunks: int, buckets: int
) -> None:
    monkeypatch.setattr(writing, "_AT_ONCE", chunks)
    monkeypatch.setattr(writing, "_BUCKETS", buckets)
    names = "abcdefghijklmnopqrstuvwxyz"
    clusters = [f"{names[number % 26]}{number}" for number in range(1700)] * 2 + ["a", ""]
    documents = [newsflash(f"d{at}", "减半", cluster=each) for at, each in enumerate(clusters)]
    engine = place("catalog")
    engine.rebuild(documents, 1)
    outcome = engine.search(Search(Everything(), facets=()))
    assert (outcome.total, outcome.groups) == (3402, 1702)


def test_a_document_that_goes_to_another_cluster_is_there_once(place: OnCluster) -> None:
    engine = place("catalog")
    names = [f"d{number}" for number in range(20)]
    engine.rebuild([newsflash(name, "减半", cluster=name) for name in names], 1)
    engine.update([newsflash(name, "减半", cluster="one") for name in names], [], 2)
    outcome = engine.search(Search(Everything()))
    assert (outcome.total, outcome.groups, len(outcome.hits[0].reprints)) == (20, 1, 19)
    engine.update([newsflash(name, "减半", cluster=name) for name in names[:10]], [names[19]], 3)
    outcome = engine.search(Search(Everything(), limit=None))
    assert (outcome.total, outcome.groups) == (19, 11)
    assert len({hit.id for hit in outcome.hits}) == 11


def test_deep_pages_are_the_slices_of_one_list(place: OnCluster) -> None:
    """More than one request may reach down to, with clusters and undated ones among them."""

    def made(number: int) -> StoredDocument:
        day = f"2020-{number % 12 + 1:02}-{number % 28 + 1:02}" if number % 5 else None
        cluster = f"c{number % 1500}" if number % 3 == 0 else ""
        return newsflash(f"d{number:05}", "减半", day, cluster=cluster)

    engine = place("catalog")
    engine.rebuild(map(made, range(12_500)), 1)
    for asked in (
        Search(Characters("减半"), facets=(), sort="newest"),
        Search(Characters("减半"), facets=(), sort="oldest"),
        Search(Characters("减半"), facets=(), sort="newest", collapse=False),
    ):
        whole = engine.search(replace(asked, limit=None))
        every = [*whole.hits]
        assert len(every) == whole.groups == len({hit.id for hit in every})
        if not asked.collapse:
            assert whole.total == 12_500
        last = len(every)
        for start in (0, 5000, 7990, 8660, 9990, 9999, last - 10, last, last + 5):
            page: Outcome = engine.search(replace(asked, offset=start, limit=20))
            assert [*page.hits] == every[start : start + 20], (asked.sort, start)
            assert page.groups == last


@pytest.mark.parametrize(
    "query",
    [
        Near(("比特币", "以太坊", "区块链", "莱特币", "瑞波币"), 20),  # 120 orders of 15 characters
        Near(("甲", "乙", "丙", "丁", "戊", "己", "庚"), 20),
        Or(tuple(Word(f"词{number}") for number in range(600))),  # each in title and body
        Characters("1" * 400, is_number=True),
    ],
)
def test_what_opensearch_would_not_take_is_refused_with_what_to_do(
    place: OnCluster, query: Node
) -> None:
    engine = place("catalog")
    engine.rebuild([newsflash("a", "减半")], 1)
    with pytest.raises(TooCostly, match="请减少词数"):
        engine.search(Search(query))


def test_of_a_pasted_text_the_first_words_rank(place: OnCluster) -> None:
    words = tuple(Word(f"{number}", "body") for number in range(400))
    engine = place("catalog")
    engine.rebuild([newsflash("a", " ".join(word.text for word in words))], 1)
    ranking = Ranking(tuple((word,) for word in words), ("减半",) * 400)
    (found,) = engine.search(Search(And(words), ranking=ranking)).hits
    assert found.score > 0


def test_a_search_that_takes_too_long_is_cut_with_a_sentence(place: OnCluster) -> None:
    engine = place("catalog")
    engine.rebuild([newsflash(f"d{number}", "甲乙丙丁" * 300) for number in range(1500)], 1)
    dear = Near(("甲", "乙", "丙", "丁"), 3)
    assert engine.search(Search(dear)).total == 1500
    began = time.monotonic()
    with pytest.raises(TooCostly, match="没有给出不完整的结果"):
        engine.search(Search(dear, budget=Budget(0.0004)))
    assert time.monotonic() - began < 3  # it is not tried again


def test_a_value_that_is_longer_than_a_term_may_be(place: OnCluster) -> None:
    engine, long = place("catalog"), "长" * 15_000
    document = replace(newsflash("a", "减半").document, source=long, tags=(long, f"{long}二"))
    engine.rebuild([replace(newsflash("a", "减半"), document=document)], 1)
    for query, total in (
        (Value("source", long), 1),
        (Value("tag", f"{long}二"), 1),
        (Value("tag", f"{long}三"), 0),
        (Word("减半"), 1),
    ):
        assert engine.search(Search(query)).total == total
    assert engine.search(Search(Everything(), Filters(values={"source": (long,)}))).total == 1


def test_a_password_in_an_address_is_not_shown() -> None:
    with pytest.raises(WrongUsage, match="BIWEN_OPENSEARCH_PASSWORD") as refused:
        Address.of("opensearch://anna:secret@127.0.0.1/news")
    assert "secret" not in str(refused.value)
