"""A quote finds exactly the documents that hold its characters, however these are spelled.

The long form, over a tenth of the corpora: ``python -m benchmarks.exact``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks import corpora, exact
from indexer.analysis import fold
from indexer.documents import Document, StoredDocument
from indexer.engine import Search
from indexer.engine.tree import Characters, Everything
from indexer.engine.whoosh import WhooshEngine
from indexer.query.parser import parse
from indexer.query.snippets import LEFT_OUT, mark, snippet

SUBSTRINGS = 250


def sample() -> dict[str, list[Document]]:
    """The shorter documents of the sample; it goes to every checkout."""
    by_length = sorted(corpora.sample(), key=lambda document: len(document.body))
    short, long = by_length[:264], by_length[264:]
    return {"sample": [*short, *(each for each in long if "\n\n" in each.body)][:288]}


def mixture() -> dict[str, list[Document]]:
    """A few of the long texts beside the checkout, and many of its headlines."""
    counts = dict(zip(corpora.NAMES, (4, 16, 8, 264), strict=True))
    chance = Random(3)
    try:
        return {name: chance.sample(corpora.corpus(name), n) for name, n in counts.items()}
    except ValueError:
        pytest.skip("the corpora are not beside the checkout")


@pytest.mark.parametrize("texts", [sample, mixture])
def test_a_quote_finds_what_substring_search_finds(
    texts: Callable[[], dict[str, list[Document]]], tmp_path: Path
) -> None:
    chance = Random(4)
    engine = WhooshEngine(tmp_path, "texts")
    shelf = exact.fill(engine, texts(), chance)
    assert exact.segments(tmp_path) >= 6
    gone, present = (sum(map(len, part.values())) for part in (shelf.gone, shelf.present))
    assert gone > present / 10
    folded = exact.folded(shelf)
    asked = list(exact.questions(shelf, SUBSTRINGS, chance))
    assert len({question.kind for question in asked}) == 8
    assert {1, 30} <= {len(question.text) for question in asked}
    results = []
    for question in asked:
        q = exact.quoted(question.text, chance)
        assert q is not None
        results.append(exact.ask(question, q, engine, folded))
        assert results[-1].is_exact, question
    assert 0 < sum(result.expected == 0 for result in results) < len(results) / 2
    assert sum(result.marks for result in results) > SUBSTRINGS
    engine.close()


# Pairs that OpenCC, width and case make alike, and pairs that stay apart.
ALIKE = """
乾燥 干燥 | 以後 以后 | 這裏 这里 | 這裡 这里 | 頭髮 头发 | 發展 发展 | 臺北 台北 | 颱風 台风
開採 开采 | 鬱悶 郁闷 | 於是 于是 | 製造 制造 | 區塊鏈 区块链 | 幣圈 币圈 | 網路 网路
ＢＴＣ btc | Ｅth ETH | ５Ｇ 5g | １２，０００ 12,000 | ﾋｯﾄ ヒット | ㎏ KG | ½ 1⁄2 | ﬁl fil
比\u200b特 比特 | ㍿ 株式会社 | 𠀀 𠀀 | ❤\ufe0f ❤ | … ... | 《著》 《著》
"""
# Each character is folded by itself, so marks that combine with the one before stay apart.
APART = "著名 着名 | 里程 理程 | 制造 治造 | 1/2 1⁄2 | ﾋﾞｯﾄ ビット | cafe\u0301 café | 台中 胎中"


def pairs(table: str) -> list[list[str]]:
    return [pair.split() for pair in " | ".join(table.strip().splitlines()).split(" | ")]


@pytest.fixture(scope="module")
def spellings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    """One document for every spelling, named by it."""
    engine = WhooshEngine(tmp_path_factory.mktemp("spellings"), "spellings")
    every = {each for pair in pairs(ALIKE) + pairs(APART) for each in pair}
    engine.rebuild(
        [
            StoredDocument(each, Document("newsflash", "", f"他说{each}。"), each, (), 1)
            for each in sorted(every)
        ],
        1,
    )
    yield engine
    engine.close()


def found(engine: WhooshEngine, q: str) -> set[str]:
    node = parse(q, aliases=False).node
    return {hit.id for hit in engine.search(Search(node, limit=None, collapse=False)).hits}


@pytest.mark.parametrize(("one", "other"), pairs(ALIKE), ids="=".join)
def test_either_spelling_finds_both_bare_and_quoted(
    spellings: WhooshEngine, one: str, other: str
) -> None:
    for q in (one, other, f'"{one}"', f'"{other}"', f"“他说{one}”", f"「{other}。」"):
        assert found(spellings, q) >= {one, other}, q


@pytest.mark.parametrize(("one", "other"), pairs(APART), ids="≠".join)
def test_what_folds_otherwise_is_not_found(spellings: WhooshEngine, one: str, other: str) -> None:
    assert found(spellings, f'"他说{one}。"') & {one, other} == {one}
    assert found(spellings, f'"他说{other}。"') & {one, other} == {other}


@pytest.mark.parametrize(
    ("text", "q"),
    [
        ('he said "no"', '“he said "no"”'),
        ("他说“不”", '"他说“不”"'),
        ('“"』', '「“"』」'),
        # Half-width and vertical marks are the same marks.
        ("｢甲｣", '"｢甲｣"'),
        ("＂甲", "「＂甲」"),
        # Nothing closes it: no quote can hold it.
        ('"”」』〞', None),
        ("＂”｣﹄〞", None),
    ],
)
def test_a_text_with_quotes_stands_between_other_quotes(text: str, q: str | None) -> None:
    if q is None:
        assert exact.quoted(text, Random(1)) is None
    else:
        assert parse(q).node == Characters(fold(text))
        again = exact.quoted(text, Random(1))
        assert again is not None
        assert parse(again).node == Characters(fold(text))


@pytest.mark.parametrize("blank", ["", " ", "\u3000\n", "\u200b"])
def test_a_blank_quote_is_told_and_asks_for_nothing(blank: str) -> None:
    parsed = parse(f'"{blank}"')
    assert (parsed.node, len(parsed.notices)) == (Everything(), 1)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30), st.randoms())
@example("~20", Random(1))
@example(" 两边的空格 ", Random(1))
@example("*-(NOT) title:a\\", Random(1))
def test_any_text_between_quotes_asks_for_its_characters(text: str, chance: Random) -> None:
    q = exact.quoted(text, chance)
    if q is not None and fold(text).strip():
        parsed = parse(q)
        assert parsed.node == Characters(fold(text))
        assert parsed.notices == ()


ODD = "ﬁ ㎏ ½ ㍿ ﷺ … \u200b \u2060 \ufe0f İ ß 𠀀 👨\u200d👩 Ｂ 幣 \n\n"


@pytest.fixture(scope="module")
def bodies() -> list[str]:
    """Texts of the sample, and of the corpora where these are, with odd characters strewn in."""
    chance = Random(5)
    documents = corpora.sample()
    for name in corpora.NAMES:
        documents += corpora.corpus(name)[:200]
    texts = [document.body or document.title for document in chance.sample(documents, 60)]
    strewn = []
    for text in texts:
        characters = list(text[:1500])
        for _ in range(len(characters) // 12):
            characters.insert(chance.randint(0, len(characters)), chance.choice(ODD.split(" ")))
        strewn.append("".join(characters))
    return strewn


def test_the_marks_cover_exactly_the_characters_of_every_occurrence(bodies: list[str]) -> None:
    chance = Random(6)
    for text in bodies:
        flat = fold(text)
        for _ in range(8):
            start = chance.randrange(len(flat))
            wanted = flat[start : start + chance.choice((1, 1, 2, 3, 8))]
            node = Characters(wanted)
            segments = mark(text, node, "body")
            assert "".join(segment.text for segment in segments) == text
            assert exact.marked(segments) == exact.marked_by_hand(text, wanted)
            for segment in segments:
                assert (wanted in fold(segment.text)) == segment.marked
            for segment in segments:
                # No mark begins or ends with what cannot be seen.
                assert not segment.marked or (fold(segment.text[0]) and fold(segment.text[-1]))
            assert all(a.marked != b.marked for a, b in pairwise(segments))


def test_a_snippet_shows_a_passage_of_the_text_with_its_marks(bodies: list[str]) -> None:
    chance = Random(7)
    for text in bodies:
        flat = fold(text)
        start = chance.randrange(len(flat))
        wanted = flat[start : start + chance.choice((1, 2, 4))]
        # Paragraph breaks are shown as spaces: a text without them is shown as it is.
        line, wanted = text.replace("\n", "/"), wanted.replace("\n", "/")
        segments = snippet(line, Characters(wanted))
        shown = [segment for segment in segments if segment.text != LEFT_OUT or segment.marked]
        passage = "".join(segment.text for segment in shown)
        assert passage in line
        marks = exact.marked(tuple(shown))
        offsets = [at for at in range(len(line)) if line.startswith(passage, at)]
        everywhere = exact.marked_by_hand(line, wanted)
        assert any(
            marks == {at - offset for at in everywhere if offset <= at < offset + len(passage)}
            for offset in offsets
        )
        assert marks
