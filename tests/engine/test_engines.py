"""What every engine answers: held against a counter that looks at one document at a time."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from engines import Engines
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import matches
from stored import CITIES, FRAGMENTS, WORDS, corpora, newsflash

from indexer.analysis import fold
from indexer.days import days_of
from indexer.documents import StoredDocument
from indexer.engine import FACETS, Digits, Engine, Filters, Ranking, Search, Sort
from indexer.engine.facts import moment_of
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

pieces = st.builds(
    lambda text, start, length: fold(text)[start : start + length],
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map("".join),
    st.integers(0, 3),
    st.integers(1, 8),
).filter(bool)
LATEST = 1 << 60
SORTS: tuple[Sort, ...] = ("newest", "oldest", "relevance")
fields = st.sampled_from((None, None, "title", "body"))
days = st.none() | st.dates(date(2018, 12, 30), date(2021, 1, 2))
leaves = st.one_of(
    st.builds(Word, st.sampled_from(WORDS), fields),
    st.builds(Characters, pieces, fields, st.booleans()),
    st.builds(Prefix, pieces, fields),
    st.builds(Near, st.lists(pieces, min_size=2, max_size=3).map(tuple), st.integers(0, 6), fields),
    st.builds(Value, st.just("city"), st.sampled_from(CITIES)),
    st.builds(Value, st.just("source"), st.just("coindesk")),
    st.builds(Dates, days, days),
    st.just(Everything()),
)
trees: st.SearchStrategy[Node] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
filters = st.builds(
    Filters,
    st.none() | st.builds(Dates, days, days),
    st.booleans(),
    st.dictionaries(
        st.sampled_from(FACETS),
        st.lists(
            st.sampled_from((*CITIES, "newsflash", "声音", "新华社", "甲站")),
            min_size=1,
            max_size=3,
        ).map(tuple),
        max_size=3,
    ),
    st.none() | st.integers(0, 3),
)


def filled(engine: Engine, corpus: list[StoredDocument]) -> list[StoredDocument]:
    """Index the corpus in several segments with deletions; what must then be found."""
    third = len(corpus) // 3 + 1
    engine.rebuild(corpus[:third], 1)
    engine.update(corpus[third : 2 * third], [], 2)
    again = corpus[:1]
    engine.update([*corpus[2 * third :], *again], [corpus[-1].id], 3)
    # what is written in the same step as it is removed stays: it is the newer text
    return corpus if len(corpus) > 2 * third or len(corpus) == 1 else corpus[:-1]


def passes(stored: StoredDocument, narrowed: Filters, but: str = "") -> bool:
    """Whether the document passes all filters but the one named."""
    document = stored.document
    given = {
        "city": document.cities,
        "kind": (document.kind,),
        "category": (document.category,),
        "source": (document.source,),
        "site": stored.sites,
    }
    if any(
        not set(selected) & set(given[field])
        for field, selected in narrowed.values.items()
        if field != but
    ):
        return False
    if narrowed.added_after is not None and stored.added <= narrowed.added_after:
        return False
    if narrowed.dates is None or but == "date":
        return True
    if document.published is None:
        return narrowed.undated
    first, last = days_of(document.published.value) or (date.max, date.min)
    return (narrowed.dates.first or date.min) <= last and first <= (narrowed.dates.last or date.max)


def test_documents_totals_and_facets_are_those_of_a_brute_force_count(engines: Engines) -> None:
    engine = engines("catalog")
    run = settings(
        max_examples=engines.examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        # an example writes three segments; to shrink one takes minutes
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )
    questions = st.lists(st.tuples(trees, filters), min_size=8, max_size=8)
    run(given(st.just(engine), corpora(), questions, st.sampled_from((4, 7, 10)))(check))()


def check(
    engine: Engine,
    corpus: list[StoredDocument],
    questions: list[tuple[Node, Filters]],
    digits: Digits,
) -> None:
    corpus = filled(engine, corpus)
    for query, narrowed in questions:
        matching = [stored for stored in corpus if matches(query, stored)]
        expected = [stored for stored in matching if passes(stored, narrowed)]
        search = Search(query, narrowed, collapse=False, limit=None, date_digits=digits)
        outcome = engine.search(search)
        assert {hit.id for hit in outcome.hits} == {stored.id for stored in expected}
        assert outcome.total == outcome.groups == len(expected)
        dated = Counter(
            stored.document.published.value[:digits]
            for stored in expected
            if stored.document.published
        )
        assert {each.value: each.count for each in outcome.facets["date"]} == dated
        assert outcome.undated == sum(
            stored.document.published is None and passes(stored, narrowed, but="date")
            for stored in matching
        )
        for field in FACETS:
            rest = [stored for stored in matching if passes(stored, narrowed, but=field)]
            counted = Counter(value for stored in rest for value in values_of(stored, field))
            assert {each.value: each.count for each in outcome.facets[field]} == counted
        collapsed = engine.search(Search(query, narrowed, limit=None))
        assert collapsed.total == len(expected)
        assert collapsed.groups == len({stored.cluster for stored in expected})
        members = [{hit.id, *hit.reprints} for hit in collapsed.hits]
        by_cluster: dict[str, list[StoredDocument]] = defaultdict(list)
        for stored in expected:
            by_cluster[stored.cluster].append(stored)
        clusters = [[stored.id for stored in each] for each in by_cluster.values()]
        assert sorted(map(sorted, members)) == sorted(map(sorted, clusters))
        asked = Search(query, narrowed, facets=())
        for sort in SORTS:
            lists_in_order(engine, replace(asked, sort=sort), by_cluster.values())


def lists_in_order(
    engine: Engine, asked: Search, clusters: Iterable[Sequence[StoredDocument]]
) -> None:
    """The earliest of each cluster, by date, the undated last; alike on pages and as a whole."""
    every = [*engine.search(replace(asked, limit=None)).hits]
    paged = [
        hit
        for start in range(0, len(every) + 4, 4)
        for hit in engine.search(replace(asked, offset=start, limit=4)).hits
    ]
    assert paged == every
    shown = [min(members, key=earliest) for members in clusters]
    assert {hit.id for hit in every} == {stored.id for stored in shown}
    moments = {stored.id: moment_of(stored) for stored in shown}
    in_order = [moments[hit.id] for hit in every]
    newest_first = sorted(in_order, reverse=True)
    oldest_first = sorted(in_order, key=lambda moment: moment or LATEST)
    assert in_order == (oldest_first if asked.sort == "oldest" else newest_first)


def earliest(stored: StoredDocument) -> tuple[int, str]:
    return moment_of(stored) or LATEST, stored.id


def values_of(stored: StoredDocument, field: str) -> tuple[str, ...]:
    document = stored.document
    if field in ("city", "site"):
        return document.cities if field == "city" else stored.sites
    value = getattr(document, field)
    return (value,) if value else ()


def ids(engine: Engine, query: Node, **options: object) -> str:
    if isinstance(query, Word):
        options = {"ranking": Ranking(((query,),)), **options}
    found = engine.search(Search(query, **options)).hits  # type: ignore[arg-type]
    return " ".join("+".join((hit.id, *hit.reprints)) for hit in found)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Word("中国"), "a"),  # not inside 发展中国家
        (Characters("中国"), "a b"),
        (Word("以太"), "c"),  # a piece of 以太坊
        (Characters("忌寒"), "d"),
        (Characters("寒"), "d"),  # one character, the last of the text
        (Characters("哈哈哈哈"), "e"),  # a run of one and the same character
        (Characters("哈哈哈哈哈"), ""),
        (Characters(", "), "b"),  # punctuation and spaces count
        (Prefix("以"), "c"),
        (Near(("发展", "会议"), 5), "b"),
        (Near(("会议", "发展"), 5), "b"),
        (Near(("发展", "会议"), 4), ""),
        (Characters("国家发展"), ""),  # never from the title into the body
    ],
)
def test_what_matches(engine: Engine, query: Node, expected: str) -> None:
    corpus = [
        newsflash("a", "中国表态"),
        newsflash("b", "发展中国家， 会议", title="国家"),
        newsflash("c", "以太坊升级"),
        newsflash("d", "吴忌寒"),
        newsflash("e", "哈哈哈哈"),
    ]
    engine.rebuild(corpus, 1)
    found = engine.search(Search(query, limit=None)).hits
    assert " ".join(sorted(hit.id for hit in found)) == expected


def test_all_hits_are_made_as_they_are_looked_at_and_are_those_of_the_pages(
    engine: Engine,
) -> None:
    names = [f"{number:04}" for number in range(2500)]  # more than are made at a time
    engine.rebuild([newsflash(name, f"减半{name}") for name in names], 1)
    every = engine.search(Search(Characters("减半"), limit=None)).hits
    paged = [
        hit
        for start in range(0, 2500, 500)
        for hit in engine.search(Search(Characters("减半"), offset=start, limit=500)).hits
    ]
    assert len(every) == 2500
    assert list(every) == paged
    assert (every[0], every[-1], every[1200]) == (paged[0], paged[-1], paged[1200])
    assert list(every[990:1010]) == paged[990:1010]
    with pytest.raises(IndexError):
        every[2500]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", "second day month year none"),
        ("oldest", "year month day second none"),
        ("relevance", "second day month year none"),  # all score alike
    ],
)
def test_order_by_date_with_undated_documents_last(
    engine: Engine, sort: str, expected: str
) -> None:
    days = {"none": None, "month": "2020-05", "year": "2020", "day": "2020-05-06"}
    corpus = [newsflash(name, "减半", value) for name, value in days.items()]
    corpus.append(newsflash("second", "减半", "2020-05-06T10:20:30"))
    engine.rebuild(corpus, 1)
    assert ids(engine, Everything(), sort=sort) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("relevance", "best+early+late other"),
        ("newest", "other early+best+late"),
        ("oldest", "early+best+late other"),
    ],
)
def test_reprints_stand_behind_one_hit(engine: Engine, sort: str, expected: str) -> None:
    corpus = [
        newsflash("late", "减半之后，矿工的收入少了一半。", "2021-01-01", cluster="one"),
        newsflash("early", "减半之后，矿工的收入少了一半。", "2019-01-01", cluster="one"),
        newsflash("best", "减半，减半", "2020-01-01", title="减半", cluster="one"),
        newsflash("other", "区块奖励在今年春天又一次减半，市场反应平平。", "2020-06-01"),
    ]
    engine.rebuild(corpus, 1)
    assert ids(engine, Word("减半"), sort=sort) == expected


def test_an_empty_index_answers_with_nothing(engine: Engine) -> None:
    engine.rebuild([], 1)
    for query in (Everything(), Not(Word("减半")), Characters("半"), Dates(None, None)):
        outcome = engine.search(Search(query))
        assert (outcome.total, outcome.hits) == (0, ())
    assert engine.generation == 1


def test_pages_are_the_slices_of_one_list(engine: Engine) -> None:
    engine.rebuild([newsflash(f"n{number:02}", "减半") for number in range(45)], 1)
    paged = [ids(engine, Word("减半"), offset=offset, limit=20) for offset in (0, 20, 40, 60)]
    assert " ".join(paged).split() == ids(engine, Word("减半"), limit=None).split()


def test_ids_of_other_lengths_in_other_segments(engine: Engine) -> None:
    engine.rebuild([newsflash("a", "减半"), newsflash("b", "减半")], 1)
    engine.update([newsflash(each, "减半") for each in ("ab", "aa", "abc")], [], 2)
    assert ids(engine, Everything()) == "a aa ab abc b"


def test_the_title_counts_beside_the_body(engine: Engine) -> None:
    filler = "市场反应平平，成交清淡。"
    body = f"减半之后，{filler}"
    engine.rebuild(
        [newsflash("untitled", body, title=filler), newsflash("titled", body, title="减半")], 1
    )
    assert ids(engine, Word("减半")) == "titled untitled"


def test_a_document_given_again_takes_the_place_of_the_earlier(engine: Engine) -> None:
    engine.rebuild([newsflash("a", "减半"), newsflash("b", "减半")], 1)
    engine.update([newsflash("a", "空投")], ["b"], 2)
    assert (ids(engine, Word("减半")), ids(engine, Word("空投"))) == ("", "a")
    assert (engine.generation, engine.document_count) == (2, 1)


def test_a_failing_update_leaves_the_index_as_it_was(engine: Engine) -> None:
    engine.rebuild([newsflash("a", "减半")], 1)

    def broken() -> Iterator[StoredDocument]:
        yield newsflash("b", "减半")
        raise sqlite3.OperationalError

    with pytest.raises(sqlite3.OperationalError):
        engine.update(broken(), ["a"], 2)
    assert (engine.generation, ids(engine, Word("减半"))) == (1, "a")
    engine.update([newsflash("c", "减半")], [], 2)
    assert ids(engine, Word("减半")) == "a c"


def test_a_document_that_changes_again_and_again(engine: Engine) -> None:
    engine.rebuild([newsflash("a", "减半"), newsflash("b", "减半")], 1)
    for generation in (2, 3, 4):
        engine.update([newsflash("a", f"减半第{generation}次")], [], generation)
        assert ids(engine, Everything()) == "a b"
    for generation in (5, 6):
        engine.update([], ["a"], generation)
        assert ids(engine, Everything()) == "b"


def test_one_id_twice_in_a_batch_is_one_document(engine: Engine) -> None:
    engine.rebuild([newsflash("a", "减半"), newsflash("a", "减产")], 1)
    assert engine.document_count == 1
    assert ids(engine, Word("减产")) == "a"


@pytest.mark.parametrize("distance", [0, 3, 10**10])
def test_single_characters_near_one_another_at_the_very_beginning(
    engine: Engine, distance: int
) -> None:
    engine.rebuild([newsflash("a", "甲乙丙"), newsflash("b", "甲没有乙"), newsflash("c", "甲")], 1)
    near = "a" if distance == 0 else "a b"
    assert ids(engine, Near(("甲", "乙"), distance)) == near
    assert ids(engine, Near(("甲\x03", "乙"), distance)) == ""


def test_searches_within_a_block_are_of_one_generation(engines: Engines) -> None:
    reader, writer = engines("catalog"), engines("catalog")
    writer.rebuild([newsflash("a", "比特币")], 1)
    with reader.steady():
        before = reader.search(Search(Word("比特币"))).total
        writer.update([newsflash("b", "比特币")], [], 2)
        assert reader.search(Search(Word("比特币"))).total == before == 1
    assert reader.search(Search(Word("比特币"))).total == 2
