"""The executor against stock Whoosh, which reads the same segments through our codec.

Only what Whoosh 2.7.4 gets right is asked of it: its AndNot loses its place
when it is skipped ahead, and its Not finds deleted documents, so no tree here
has a negation; those of ``test_whoosh_engine``, against brute force, do.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from whoosh import query as wq
from whoosh.scoring import Frequency

from indexer.analysis.bulk import Vocabulary
from indexer.documents import Document, StoredDocument
from indexer.engine.whoosh.codec import searcher
from indexer.engine.whoosh.executor import matching
from indexer.engine.whoosh.segment import Segment, write
from indexer.engine.whoosh.snapshot import Snapshot

WORDS = (
    "以太坊",
    "比特币",
    "证监会",
    "区块链",
    "深圳",
    "人民银行",
    "中国人民银行",
    "价格",
    "BTC",
    "上涨",
)
TERMS = ("以太坊", "以太", "比特币", "人民", "银行", "btc", "深圳", "无此词", "价格", "链", "区块")
TREES = 1500


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Three segments, two of them with deleted documents."""
    folder: Path = tmp_path_factory.mktemp("index")
    chance = random.Random(5)
    segments = []
    for number in range(3):
        documents = [
            StoredDocument(
                id=f"{number}-{each:03}",
                document=Document(
                    "newsflash",
                    "".join(chance.choices(WORDS, k=3)),
                    "，".join(chance.choices(WORDS, k=chance.randint(1, 9))),
                ),
                cluster=f"{number}-{each}",
                sites=(),
                appearances=1,
            )
            for each in range(80)
        ]
        write(folder / str(number), documents, Vocabulary())
        deleted = sorted(chance.sample(range(80), number * 9))
        segments.append((Segment(folder / str(number)), np.array(deleted, np.int64)))
    return Snapshot(segments)


def tree(chance: random.Random, depth: int) -> wq.Query:
    kind = chance.random() if depth else 0.0
    if kind < 0.3:
        field = chance.choice(("title_words", "body_words"))
        return wq.Term(field, chance.choice(TERMS))
    if kind < 0.35:
        return wq.Prefix("body_words", chance.choice(TERMS)[:1])
    join = wq.And if kind < 0.65 else wq.Or
    return join([tree(chance, depth - 1) for _ in range(chance.randint(1, 3))])


def test_the_same_documents_match(snapshot: Snapshot) -> None:
    chance = random.Random(7)
    deleted = [
        np.flatnonzero(~alive) if alive is not None else np.zeros(0, np.int64)
        for alive in snapshot.alive
    ]
    stock = searcher(list(zip(snapshot.segments, deleted, strict=True)), Frequency())
    found = 0
    for _ in range(TREES):
        query = tree(chance, 3)
        context = stock.context()
        expected = []
        for leaf, _ in stock.leaf_searchers():
            matcher = query.matcher(leaf, context)
            expected.append(list(matcher.all_ids()))
        assert [each.tolist() for each in matching(snapshot, query)] == expected, query
        found += sum(map(len, expected))
    assert found > TREES
