"""The embedded engine against a counter that looks at one document at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import matches
from stored import CITIES, FRAGMENTS, WORDS, corpora, newsflash

from indexer.analysis import fold
from indexer.arrays import Arrays
from indexer.days import days_of
from indexer.documents import StoredDocument
from indexer.durable import Damaged
from indexer.engine import FACETS, Filters, Ranking, Search
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
from indexer.engine.whoosh import engine as engine_module
from indexer.errors import UserError

pieces = st.builds(
    lambda text, start, length: fold(text)[start : start + length],
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map("".join),
    st.integers(0, 3),
    st.integers(1, 8),
).filter(bool)
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


def filled(engine: WhooshEngine, corpus: list[StoredDocument]) -> list[StoredDocument]:
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


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # an example writes three segments; to shrink one takes minutes
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    corpus=corpora(),
    questions=st.lists(st.tuples(trees, filters), min_size=8, max_size=8),
    digits=st.sampled_from((4, 7, 10)),
)
def test_documents_totals_and_facets_are_those_of_a_brute_force_count(
    corpus: list[StoredDocument],
    questions: list[tuple[Node, Filters]],
    digits: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine = WhooshEngine(tmp_path_factory.mktemp("index"), "catalog")
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
        by_cluster: dict[str, set[str]] = {}
        for stored in expected:
            by_cluster.setdefault(stored.cluster, set()).add(stored.id)
        assert sorted(map(sorted, members)) == sorted(map(sorted, by_cluster.values()))
    engine.close()


def values_of(stored: StoredDocument, field: str) -> tuple[str, ...]:
    document = stored.document
    if field in ("city", "site"):
        return document.cities if field == "city" else stored.sites
    value = getattr(document, field)
    return (value,) if value else ()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    engine = WhooshEngine(tmp_path / "whoosh", "catalog")
    yield engine
    engine.close()


def ids(engine: WhooshEngine, query: Node, **options: object) -> str:
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
def test_what_matches(engine: WhooshEngine, query: Node, expected: str) -> None:
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
    engine: WhooshEngine,
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
    engine: WhooshEngine, sort: str, expected: str
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
def test_reprints_stand_behind_one_hit(engine: WhooshEngine, sort: str, expected: str) -> None:
    corpus = [
        newsflash("late", "减半之后，矿工的收入少了一半。", "2021-01-01", cluster="one"),
        newsflash("early", "减半之后，矿工的收入少了一半。", "2019-01-01", cluster="one"),
        newsflash("best", "减半，减半", "2020-01-01", title="减半", cluster="one"),
        newsflash("other", "区块奖励在今年春天又一次减半，市场反应平平。", "2020-06-01"),
    ]
    engine.rebuild(corpus, 1)
    assert ids(engine, Word("减半"), sort=sort) == expected


def test_an_empty_index_answers_with_nothing(engine: WhooshEngine) -> None:
    engine.rebuild([], 1)
    for query in (Everything(), Not(Word("减半")), Characters("半"), Dates(None, None)):
        outcome = engine.search(Search(query))
        assert (outcome.total, outcome.hits) == (0, ())
    assert engine.generation == 1


def test_pages_are_the_slices_of_one_list(engine: WhooshEngine) -> None:
    engine.rebuild([newsflash(f"n{number:02}", "减半") for number in range(45)], 1)
    paged = [ids(engine, Word("减半"), offset=offset, limit=20) for offset in (0, 20, 40, 60)]
    assert " ".join(paged).split() == ids(engine, Word("减半"), limit=None).split()


def test_ids_of_other_lengths_in_other_segments(engine: WhooshEngine) -> None:
    engine.rebuild([newsflash("a", "减半"), newsflash("b", "减半")], 1)
    engine.update([newsflash(each, "减半") for each in ("ab", "aa", "abc")], [], 2)
    assert ids(engine, Everything()) == "a aa ab abc b"


def test_the_title_counts_beside_the_body(engine: WhooshEngine) -> None:
    filler = "市场反应平平，成交清淡。"
    body = f"减半之后，{filler}"
    engine.rebuild(
        [newsflash("untitled", body, title=filler), newsflash("titled", body, title="减半")], 1
    )
    assert ids(engine, Word("减半")) == "titled untitled"


def test_a_document_given_again_takes_the_place_of_the_earlier(engine: WhooshEngine) -> None:
    engine.rebuild([newsflash("a", "减半"), newsflash("b", "减半")], 1)
    engine.update([newsflash("a", "空投")], ["b"], 2)
    assert (ids(engine, Word("减半")), ids(engine, Word("空投"))) == ("", "a")
    assert (engine.generation, engine.document_count) == (2, 1)


def test_a_failing_update_leaves_the_index_as_it_was(engine: WhooshEngine) -> None:
    engine.rebuild([newsflash("a", "减半")], 1)

    def broken() -> Iterator[StoredDocument]:
        yield newsflash("b", "减半")
        raise sqlite3.OperationalError

    with pytest.raises(sqlite3.OperationalError):
        engine.update(broken(), ["a"], 2)
    assert (engine.generation, ids(engine, Word("减半"))) == (1, "a")
    engine.update([newsflash("c", "减半")], [], 2)
    assert ids(engine, Word("减半")) == "a c"


def damage_nothing(folder: Path) -> None:
    del folder


def remove_state(folder: Path) -> None:
    (folder / "current.json").unlink()


def garble_state(folder: Path) -> None:
    (folder / "current.json").write_text('{"folder": "..')


def another_fold(folder: Path) -> None:
    state = folder / "current.json"
    state.write_text(state.read_text().replace('"fold": "', '"fold": "x'))


def another_layout(folder: Path) -> None:
    state = folder / "current.json"
    state.write_text(state.read_text().replace('"layout": ', '"layout": 9'))


def empty_files(folder: Path) -> None:
    for file in folder.glob("*.segment"):
        file.write_bytes(b"")


@pytest.mark.parametrize(
    ("damage", "catalog", "generation"),
    [
        (damage_nothing, "catalog", 7),
        (damage_nothing, "another", -1),
        (remove_state, "catalog", -1),
        (garble_state, "catalog", -1),
        (another_fold, "catalog", -1),
        (another_layout, "catalog", -1),
        (empty_files, "catalog", -1),
    ],
)
def test_an_index_that_does_not_fit_is_as_good_as_none(
    tmp_path: Path, damage: object, catalog: str, generation: int
) -> None:
    before = WhooshEngine(tmp_path, "catalog")
    before.rebuild([newsflash("a", "减半")], 7)
    before.close()
    assert callable(damage)
    damage(tmp_path)
    after = WhooshEngine(tmp_path, catalog)
    assert after.generation == generation
    assert ids(after, Word("减半")) == ("a" if generation == 7 else "")
    after.rebuild([newsflash("b", "减半")], 8)
    assert (after.generation, ids(after, Word("减半"))) == (8, "b")
    after.close()


def test_an_index_that_did_not_open_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    WhooshEngine(tmp_path, "catalog").rebuild([newsflash("a", "减半")], 7)
    engine = WhooshEngine(tmp_path, "catalog")

    def too_many_open_files(path: Path) -> None:
        raise OSError(24, "Too many open files", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(engine_module, "Segment", too_many_open_files)
        assert engine.generation == -1
    assert (engine.generation, ids(engine, Everything())) == (7, "a")
    engine.close()


def test_readers_see_one_generation_or_the_next_while_another_engine_writes(
    tmp_path: Path,
) -> None:
    """Every update moves all documents from one word to the other."""
    terms = ("减半", "空投")
    writer, reader = (WhooshEngine(tmp_path, "catalog") for _ in range(2))
    writer.rebuild([newsflash(f"n{number}", terms[0]) for number in range(5)], 0)
    seen: set[tuple[int, int]] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            either = Or((Word(terms[0]), Word(terms[1])))
            outcome = reader.search(Search(either, facets=()))
            first = sum(hit.id in {h.id for h in outcome.hits} for hit in outcome.hits)
            seen.add((outcome.total, first))

    thread = threading.Thread(target=read)
    thread.start()
    for generation in range(1, 15):
        text = terms[generation % 2]
        writer.update([newsflash(f"n{number}", text) for number in range(5)], [], generation)
    done.set()
    thread.join()
    assert seen == {(5, 5)}
    reader.close()
    writer.close()


def test_a_document_that_changes_again_and_again(engine: WhooshEngine) -> None:
    engine.rebuild([newsflash("a", "减半"), newsflash("b", "减半")], 1)
    for generation in (2, 3, 4):
        engine.update([newsflash("a", f"减半第{generation}次")], [], generation)
        assert ids(engine, Everything()) == "a b"
    for generation in (5, 6):
        engine.update([], ["a"], generation)
        assert ids(engine, Everything()) == "b"


def test_one_id_twice_in_a_batch_is_one_document(engine: WhooshEngine) -> None:
    engine.rebuild([newsflash("a", "减半"), newsflash("a", "减产")], 1)
    assert engine.document_count == 1
    assert ids(engine, Word("减产")) == "a"


@pytest.mark.parametrize("distance", [0, 3, 10**10])
def test_single_characters_near_one_another_at_the_very_beginning(
    engine: WhooshEngine, distance: int
) -> None:
    engine.rebuild([newsflash("a", "甲乙丙"), newsflash("b", "甲没有乙"), newsflash("c", "甲")], 1)
    near = "a" if distance == 0 else "a b"
    assert ids(engine, Near(("甲", "乙"), distance)) == near
    assert ids(engine, Near(("甲\x03", "乙"), distance)) == ""


def test_damaged_deletions_are_no_index(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path, "catalog")
    engine.rebuild([newsflash("a", "减半"), newsflash("b", "减半")], 1)
    engine.update([], ["a"], 2)
    (file,) = tmp_path.glob("*.deleted")
    data = bytearray(file.read_bytes())
    data[64] ^= 0xFF
    file.write_bytes(data)
    assert WhooshEngine(tmp_path, "catalog").generation == -1


def test_searches_within_a_block_are_of_one_generation(tmp_path: Path) -> None:
    reader, writer = WhooshEngine(tmp_path, "catalog"), WhooshEngine(tmp_path, "catalog")
    writer.rebuild([newsflash("a", "比特币")], 1)
    with reader.steady():
        before = reader.search(Search(Word("比特币"))).total
        writer.update([newsflash("b", "比特币")], [], 2)
        assert reader.search(Search(Word("比特币"))).total == before == 1
    assert reader.search(Search(Word("比特币"))).total == 2


def test_arrays_that_cannot_be_searched_are_told_of_by_file(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path, "catalog")
    engine.rebuild([newsflash(f"d{number}", "比特币减半") for number in range(50)], 1)
    (segment,) = tmp_path.glob("*.segment")
    file = Arrays(segment)
    kind, count, offset, _ = file._places["body_words.documents"]
    content = bytearray(segment.read_bytes())
    size = count * np.dtype(kind).itemsize
    content[offset : offset + size] = b"\xff" * size
    segment.write_bytes(content)
    damaged = WhooshEngine(tmp_path, "catalog")
    assert damaged.damaged() == [segment]
    with pytest.raises(UserError, match=segment.name):
        damaged.search(Search(Word("比特币")))
    damaged.rebuild([newsflash("a", "比特币")], 2)
    assert damaged.damaged() == []


def test_what_is_damaged_is_not_merged(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path, "catalog")
    engine.rebuild([newsflash("d0", "比特币")], 1)
    for number in range(1, 8):
        engine.update([newsflash(f"d{number}", "比特币")], [], number + 1)
    segment = min(tmp_path.glob("*.segment"))
    file = Arrays(segment)
    _, _, offset, _ = file._places["body_words.documents"]
    content = bytearray(segment.read_bytes())
    content[offset] ^= 1
    segment.write_bytes(content)
    with pytest.raises(Damaged):
        engine.merge()
