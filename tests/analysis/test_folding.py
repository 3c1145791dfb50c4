from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import fold, fold_with_offsets
from indexer.analysis.folding import TRADITIONAL

# Letters that grow, shrink, vanish or change, among all others.
texts = st.text(
    st.one_of(
        st.sampled_from(
            "ＢＴＣ㍿ﷺİßΣ㎏½…，\u200b\u202e\ufeff\u00ad\ufe0f❤幣後臺ﬁÅ \u3000☀比特币a1"
        ),
        st.characters(),
    )
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＢＴＣ", "btc"),
        ("Ethereum 2.0", "ethereum 2.0"),
        ("漲幅９９．９％，創新高", "涨幅99.9%,创新高"),
        ("比特幣與區塊鏈", "比特币与区块链"),
        ("以後、皇后、後來", "以后、皇后、后来"),
        ("乾燥的發展與頭髮", "干燥的发展与头发"),
        ("臺灣／台灣", "台湾/台湾"),
        ("于是、於是", "于是、于是"),
        ("比\u200b特\u200d币\ufeff", "比特币"),
        ("\u202e反向\u202c与\u2067双向\u2069", "反向与双向"),
        ("软\u00ad连字", "软连字"),
        ("爱\u2764\ufe0f币", "爱\u2764币"),
        ("葛\U000e0100城", "葛城"),
        ("空 格　与,逗号。", "空 格 与,逗号。"),
        ("🚀涨了…", "🚀涨了..."),
        ("㍿与㎏与½", "株式会社与kg与1\u20442"),
        ("\u212a线", "k线"),
        ("\uf90a融", "金融"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_every_pair_of_the_table_folds_alike() -> None:
    pairs = [line.split("\t") for line in TRADITIONAL.read_text(encoding="utf-8").splitlines()]
    assert len(pairs) > 4000
    assert [pair for pair in pairs if not fold(pair[0]) == fold(pair[1]) == pair[1]] == []


def test_folding_again_changes_no_character_there_is() -> None:
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x20000), *range(0x2F800, 0x2FA20)]))
    assert fold(fold(every)) == fold(every)


def test_every_character_folds_in_a_long_text_as_it_does_alone() -> None:
    every = [*map(chr, [*range(0xD800), *range(0xE000, 0x20000), *range(0x2F800, 0x2FA20)])]
    assert list(map(fold, every)) == [fold("中" + each + "文")[1:-1] for each in every]
    assert "".join(map(fold, every)) == fold("".join(every))


@given(texts)
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts, texts)
def test_fold_is_context_free(a: str, b: str) -> None:
    assert fold(a + b) == fold(a) + fold(b)


@given(st.text(st.characters(max_codepoint=0x24F, exclude_characters="\u00ad")))
def test_latin_folds_as_nfkc_and_lower_case(text: str) -> None:
    by_character = "".join(normalize("NFKC", normalize("NFKC", c).lower()) for c in text)
    assert fold(text) == by_character


@pytest.mark.parametrize(
    ("text", "found", "original"),
    [
        ("買比特幣吧", "比特币", "比特幣"),
        ("買比\u200b特\u200b幣\u200b吧", "比特币", "比\u200b特\u200b幣"),
        ("在㍿東京", "会社", "㍿"),
        ("在㍿東京", "社东", "㍿東"),
        ("涨…了", "...", "…"),
        ("涨…了", "了", "了"),
        ("🚀ＢＴＣ", "btc", "ＢＴＣ"),
    ],
)
def test_a_match_leads_back_to_the_original(text: str, found: str, original: str) -> None:
    folded = fold_with_offsets(text)
    start = folded.text.index(found)
    first, last = folded.original(start, start + len(found))
    assert text[first:last] == original


@given(texts, st.data())
def test_offsets_cover_the_folded_span(text: str, data: st.DataObject) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    first, last = folded.original(start, end)
    assert 0 <= first <= last <= len(text)
    if start == end:
        assert first == last
        return
    # What stands before, inside and behind the original span, folded by itself,
    # takes exactly the room around and of the folded span.
    before, inside = len(fold(text[:first])), len(fold(text[first:last]))
    assert before <= start < end <= before + inside
    # And the span is the least: without its first or last character it covers less.
    assert before + len(fold(text[first])) > start
    assert before + len(fold(text[first : last - 1])) < end


def test_a_match_leads_back_from_behind_every_traditional_character() -> None:
    lines = TRADITIONAL.read_text(encoding="utf-8").splitlines()
    many = "".join(line.split("\t")[0] + "…\u200b" for line in lines)
    folded = fold_with_offsets(many + "幣")
    end = len(folded.text)
    assert folded.text[end - 5 :] == fold(many[-3]) + "...币"
    assert folded.original(end - 1, end) == (len(many), len(many) + 1)
    assert folded.original(end - 2, end - 1) == (len(many) - 2, len(many) - 1)


@given(texts)
def test_offsets_keep_the_order(text: str) -> None:
    folded = fold_with_offsets(text)
    spans = [folded.original(at, at + 1) for at in range(len(folded.text))]
    assert spans == sorted(spans)
