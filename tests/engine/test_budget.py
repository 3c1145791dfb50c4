"""What a search may take: it is answered in whole or not at all, wherever the time ends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from clocks import Ticking
from stored import newsflash

from indexer.engine import Budget, Filters, Ranking, Search
from indexer.engine.tree import (
    And,
    Characters,
    Dates,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Prefix,
    Value,
    Word,
)
from indexer.engine.whoosh import WhooshEngine
from indexer.engine.whoosh import places as places_module
from indexer.errors import TooCostly

TREES: dict[str, Node] = {
    "everything": Everything(),
    "word": Word("比特币", None),
    "characters": Characters("特币", None),
    "prefix": Prefix("比", None),
    "near": Near(("比特", "上涨"), 20, None),
    "several near": Near(("比特", "今天", "上涨"), 20, None),
    "value": Value("kind", "newsflash"),
    "dates": Dates(date(2020, 1, 1), None),
    "and": And((Word("比特币", None), Word("上涨", None))),
    "or": Or((Word("比特币", None), Word("以太坊", None))),
    "not": Not(Word("以太坊", None)),
}
RANKING = Ranking(((Word("比特币", None),), (Word("上涨", None),)), pairs=("比特",))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    """An engine with several segments."""
    engine = WhooshEngine(tmp_path_factory.mktemp("index"), "budget")
    engine.rebuild([], 1)
    for part in range(3):
        documents = [
            newsflash(
                f"{part}-{number}",
                title="比特币上涨" if number % 2 else "以太坊升级",
                body=f"比特币今天在北京上涨。编号{number}。",
                published=f"2020-0{part + 1}-1{number % 9}",
            )
            for number in range(12)
        ]
        engine.update(documents, [], part + 2)
    yield engine
    engine.close()


@pytest.mark.parametrize("name", TREES)
def test_no_search_begins_on_a_budget_of_nothing(engine: WhooshEngine, name: str) -> None:
    with pytest.raises(TooCostly):
        engine.search(Search(TREES[name], budget=Budget(0)))


@pytest.mark.parametrize("name", TREES)
def test_wherever_the_time_ends_there_is_no_answer_and_the_next_is_whole(
    engine: WhooshEngine, name: str
) -> None:
    filters = Filters(values={"kind": ("newsflash",)})
    search = Search(TREES[name], filters=filters, ranking=RANKING)
    whole = engine.search(search)
    assert whole.total
    clock = Ticking()
    assert engine.search(replace(search, budget=Budget(math.inf, clock))) == whole
    for seconds in range(clock.looks):
        with pytest.raises(TooCostly):
            engine.search(replace(search, budget=Budget(seconds, Ticking())))
        assert engine.search(search) == whole
    assert engine.search(replace(search, budget=Budget(clock.looks, Ticking()))) == whole


def test_the_time_counts_from_the_first_look() -> None:
    clock = Ticking()
    budget = Budget(2, clock)
    clock.looks = 1000
    budget.check()
    budget.check()
    with pytest.raises(TooCostly, match="2 秒"):
        budget.check()


def test_several_searches_share_a_budget(engine: WhooshEngine) -> None:
    clock = Ticking()
    search = Search(Word("比特币", None))
    engine.search(replace(search, budget=Budget(math.inf, clock)))
    shared = replace(search, budget=Budget(clock.looks, Ticking()))
    engine.search(shared)
    with pytest.raises(TooCostly):
        engine.search(shared)


def test_places_near_each_other_are_looked_at_document_by_document(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Search(Near(("比特", "今天", "上涨"), 20, "body"), facets=())
    few, many = Ticking(), Ticking()
    engine.search(replace(search, budget=Budget(math.inf, few)))
    monkeypatch.setattr(places_module, "_LOOKED_AT", 1)
    engine.search(replace(search, budget=Budget(math.inf, many)))
    assert many.looks == few.looks + 3 * 11


def test_frequencies_are_looked_up_within_a_budget(engine: WhooshEngine) -> None:
    leaves = [Word("比特币", None), Characters("特币", None)]
    assert len(engine.document_frequencies(leaves, 1000, Budget(3, Ticking()))) == 2
    with pytest.raises(TooCostly):
        engine.document_frequencies(leaves, 1000, Budget(1, Ticking()))


def test_a_refused_search_does_not_look_for_damage(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(_: WhooshEngine) -> list[Path]:
        raise AssertionError("it read all of the index")

    monkeypatch.setattr(WhooshEngine, "damaged", no)
    with pytest.raises(TooCostly):
        engine.search(Search(Everything(), budget=Budget(0)))
