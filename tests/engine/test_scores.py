"""The scores against the formula, computed document by document in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scored import expected_scores

from indexer.documents import Document, PublishedDate, StoredDocument
from indexer.engine import Engine, Ranking, Search
from indexer.engine.tree import Characters, Everything, Word
from indexer.engine.whoosh import WhooshEngine

NAMES = ("比特币", "以太坊", "减半", "矿工", "区块链", "行情", "吴忌寒", "btc", "上涨", "，", "。")
FILLER = "市场反应平平，成交清淡。"
ALTERNATIVES = (
    (Word("比特币"), Word("btc")),
    (Word("减半"),),
    (Word("矿工"),),
    (Word("行情", "title"),),
    (Word("行情", "body"),),
    (Characters("忌寒"), Word("上涨")),
    (Characters("寒"),),
    (Word("以太"),),
)
PAIRS = ("币减", "忌寒", "半上", "没有")

texts = st.lists(st.sampled_from((*NAMES, FILLER)), max_size=25).map("".join)
rankings = st.builds(
    Ranking,
    st.lists(st.sampled_from(ALTERNATIVES), unique=True, max_size=4).map(tuple),
    st.lists(st.sampled_from(PAIRS), unique=True, max_size=3).map(tuple),
    st.booleans(),
)


def stored(id_: str, body: str, title: str = "", published: str | None = None) -> StoredDocument:
    stated = PublishedDate(published, "day", "stamp") if published else None
    return StoredDocument(id_, Document("newsflash", title, body, stated), id_, (), 1)


def scores(engine: Engine, ranking: Ranking) -> dict[str, float]:
    found = engine.search(Search(Everything(), ranking=ranking, collapse=False, limit=None)).hits
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    return {hit.id: hit.score for hit in found}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # an example writes three segments; to shrink one takes minutes
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    given_texts=st.lists(st.tuples(texts, texts), min_size=3, max_size=12),
    asked=st.lists(rankings, min_size=6, max_size=6),
)
def test_scores_follow_the_formula_over_segments_and_deletions(
    given_texts: list[tuple[str, str]],
    asked: list[Ranking],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    corpus = [
        stored(f"d{number:02}", body, title) for number, (body, title) in enumerate(given_texts)
    ]
    gone = [stored("gone", "比特币减半" * 20, "行情"), stored("d00", "矿工上涨", "行情")]
    engine = WhooshEngine(tmp_path_factory.mktemp("index"), "catalog")
    third = len(corpus) // 3
    engine.rebuild([*gone, *corpus[1:third]], 1)
    engine.update(corpus[third : 2 * third], [], 2)
    engine.update([corpus[0], *corpus[2 * third :]], ["gone"], 3)
    corpus = [*corpus[1:third], *corpus[max(third, 1) : 2 * third], corpus[0], *corpus[2 * third :]]
    corpus = list({each.id: each for each in corpus}.values())
    for ranking in asked:
        assert scores(engine, ranking) == pytest.approx(expected_scores(corpus, ranking), rel=1e-6)
    engine.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    engine = WhooshEngine(tmp_path / "whoosh", "catalog")
    yield engine
    engine.close()


def order(engine: Engine, ranking: Ranking, **options: object) -> str:
    search = Search(Everything(), ranking=ranking, **options)  # type: ignore[arg-type]
    return " ".join(hit.id for hit in engine.search(search).hits)


@pytest.mark.parametrize(
    ("better", "worse", "ranking"),
    [
        # the word oftener
        ("减半，减半。" + FILLER * 3, "减半，上涨。" + FILLER * 3, Ranking(((Word("减半"),),))),
        # in a shorter text
        ("减半。" + FILLER, "减半。" + FILLER * 9, Ranking(((Word("减半"),),))),
        # in the lead
        ("减半。" + FILLER * 9, FILLER * 9 + "减半。", Ranking(((Word("减半"),),))),
        # both words in one passage
        (
            FILLER * 9 + "矿工减半。" + FILLER * 9,
            FILLER * 9 + "矿工。" + FILLER * 9 + "减半",
            Ranking(((Word("矿工"),), (Word("减半"),))),
        ),
        # the pair beside the words
        ("矿工上涨", "上涨矿工", Ranking(((Word("矿工"),), (Word("上涨"),)), ("工上",))),
    ],
)
def test_what_makes_a_match_better(
    engine: WhooshEngine, better: str, worse: str, ranking: Ranking
) -> None:
    engine.rebuild([stored("worse", worse, published="2021-01-01"), stored("better", better)], 1)
    assert order(engine, ranking) == "better worse"


def test_one_name_is_as_good_as_another(engine: WhooshEngine) -> None:
    frequent = [stored(f"n{number}", f"比特币{FILLER}") for number in range(9)]
    engine.rebuild([*frequent, stored("ticker", f"btc{FILLER}")], 1)
    found = scores(engine, Ranking(((Word("btc"), Word("比特币")),)))
    assert found["ticker"] == pytest.approx(found["n1"], rel=0.05)


def test_the_date_does_not_enter(engine: WhooshEngine) -> None:
    days = ("2015", "2021-11-30", None)
    engine.rebuild([stored(str(day), f"减半{FILLER}", published=day) for day in days], 1)
    assert len(set(scores(engine, Ranking(((Word("减半"),),))).values())) == 1


def test_pages_are_the_slices_of_one_list_beyond_the_best_hundred(engine: WhooshEngine) -> None:
    ranking = Ranking(((Word("矿工"),), (Word("减半"),)))
    bodies = [
        FILLER * (number % 7) + "矿工" + FILLER * (number % 3) + "减半" for number in range(130)
    ]
    engine.rebuild([stored(f"n{number:03}", body) for number, body in enumerate(bodies)], 1)
    paged = [order(engine, ranking, offset=offset) for offset in range(0, 140, 20)]
    assert " ".join(paged).split() == order(engine, ranking, limit=None).split()


def test_nothing_is_scored_without_a_ranking_or_under_a_date_sort(engine: WhooshEngine) -> None:
    engine.rebuild([stored("a", "减半")], 1)
    ranking = Ranking(((Word("减半"),),))
    for search in (Search(Word("减半")), Search(Word("减半"), ranking=ranking, sort="newest")):
        assert [hit.score for hit in engine.search(search).hits] == [0.0]


@pytest.mark.parametrize("collapse", [True, False])
def test_a_search_for_no_hit_counts_all(engine: WhooshEngine, collapse: bool) -> None:
    engine.rebuild([stored(f"n{number}", "减半") for number in range(3)], 1)
    ranking = Ranking(((Word("减半"),),))
    for search in (
        Search(Word("减半"), limit=0, collapse=collapse),
        Search(Word("减半"), limit=0, collapse=collapse, ranking=ranking),
    ):
        outcome = engine.search(search)
        assert (outcome.total, outcome.groups, outcome.hits) == (3, 3, ())
