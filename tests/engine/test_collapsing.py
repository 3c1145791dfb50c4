"""Which hits stand for others, in an index of several segments with very many reprints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from stored import newsflash

from indexer.documents import StoredDocument
from indexer.engine import Ranking, Search
from indexer.engine.interface import Sort
from indexer.engine.tree import Everything, Not, Word
from indexer.engine.whoosh import WhooshEngine

COUNT = 9000
CLUSTERS = 3001
HELD_BY = {"空投": 1, "挖矿": 30, "减半": CLUSTERS}
"""Words that each so-and-so-many-th document holds."""


def document(number: int) -> StoredDocument:
    """Each third of the whole has the same clusters; some have no date, many score alike."""
    held = [word for word, each in HELD_BY.items() if number % each == 0]
    body = "。".join(held * (1 + number % 2)) + "。" * (number % 5)
    day = f"2020-{number % 12 + 1:02}-{number % 28 + 1:02}" if number % 7 else None
    return newsflash(f"d{number:05}", body, day, cluster=f"c{number * 7 % CLUSTERS}")


def holds(query: Everything | Not | Word, number: int) -> bool:
    match query:
        case Everything():
            return True
        case Not(inner):
            return not holds(inner, number)
        case Word(text):
            return text in HELD_BY and number % HELD_BY[text] == 0


DOCUMENTS = {each.id: each for each in map(document, range(COUNT))}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    folder: Path = tmp_path_factory.mktemp("index")
    with closing(WhooshEngine(folder, "catalog")) as engine:
        documents = [*DOCUMENTS.values()]
        engine.rebuild(documents[: COUNT // 2], 1)
        moved = [replace(each, cluster="none") for each in documents[:50]]
        engine.update([*documents[COUNT // 2 :], *moved], [], 2)
        engine.update(documents[:50], [], 3)  # as they were
        assert engine.segment_count > 1
        yield engine


@pytest.mark.parametrize("sort", get_args(Sort))
@pytest.mark.parametrize(
    "query", [Everything(), Not(Word("挖矿")), *map(Word, HELD_BY), Word("没有")], ids=str
)
def test_one_of_each_cluster_stands_for_the_others(
    engine: WhooshEngine, query: Everything | Not | Word, sort: Sort
) -> None:
    ranking = Ranking(((query,),)) if isinstance(query, Word) else None
    every = Search(query, ranking=ranking, sort=sort, collapse=False, limit=None, facets=())
    alone = engine.search(every)
    assert alone.total == sum(holds(query, number) for number in range(COUNT))
    scores = {hit.id: hit.score for hit in alone.hits}

    def stands_before(id_: str) -> tuple[float, str, str]:
        published = DOCUMENTS[id_].document.published
        return -scores[id_], published.value if published else "9999", id_

    clusters = defaultdict(list)
    for id_ in scores:
        clusters[DOCUMENTS[id_].cluster].append(id_)
    expected = {tuple(sorted(members, key=stands_before)) for members in clusters.values()}

    together = engine.search(replace(every, collapse=True))
    assert (together.total, together.groups) == (alone.total, len(expected))
    assert {(hit.id, *hit.reprints) for hit in together.hits} == expected
    page = engine.search(replace(every, collapse=True, offset=3, limit=20))
    assert page.hits == tuple(together.hits)[3:23]
