"""Any text gives an answer, and is told what of it was ignored and where that stands.

The long form: ``python -m benchmarks.fuzz_queries``.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from benchmarks import corpora
from benchmarks.fuzz_queries import (
    SIGNS,
    archive_of,
    ask,
    faults,
    interpret,
    queries,
    stands_there,
)
from indexer.archive import Archive
from indexer.documents import Document
from indexer.i18n import Message
from indexer.query.answer import Notice


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return corpora.sample()[:60]


@pytest.fixture(scope="module")
def archive(
    documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Archive]:
    archive = archive_of(documents, tmp_path_factory.mktemp("fuzz") / "data")
    yield archive
    archive.close()


def test_a_fuzzed_query_gets_a_tree_and_every_notice_points_at_what_it_is_about(
    documents: list[Document],
) -> None:
    told: set[str] = set()
    for q in queries(documents, 1000, seed=1):
        wrong, sentences = interpret(q)
        assert wrong == []
        told.update(sentences)
    # The queries are broken in every way that there is a sentence for.
    assert told >= SIGNS.keys()


def test_a_fuzzed_query_gets_an_answer(documents: list[Document], archive: Archive) -> None:
    chance = Random(2)
    for q in queries(documents, 300, seed=2):
        assert ask(q, archive, chance) == []


# What fuzzing found: half a surrogate pair, marks that cannot be seen, the index's own end mark.
@pytest.mark.parametrize("q", ["区\ud800块链", "--\ufeff", '"〞\x03" OR 作', "－AND 币"])
def test_what_once_broke(q: str, archive: Archive) -> None:
    assert interpret(q)[0] == ask(q, archive, Random(1)) == []


@pytest.mark.parametrize(
    ("q", "position", "facts"),
    [
        ("深圳 --", 3, {"operator": "--"}),
        ('date:" 昨天"', 5, {"text": " 昨天"}),
        ("以太坊的价格", 3, {"words": "的"}),
    ],
)
def test_the_check_of_positions_knows_right_from_wrong(
    q: str, position: int, facts: dict[str, str]
) -> None:
    message = Message("一句", facts)
    assert stands_there(Notice(message, position), q)
    for wrong in {None, -1, len(q), *range(len(q))} - {position}:
        if "words" in facts and wrong in range(4):
            continue  # from there on the word stands in the chunk, too
        assert not stands_there(Notice(message, wrong), q), wrong
    assert faults(q, [Notice(message, position)], asks_for_all=True) == []
    assert faults(q, [], asks_for_all=True)
