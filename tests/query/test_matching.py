from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.analysis import fold, is_word, words
from indexer.engine.tree import And, Characters, Near, Node, Not, Or, Prefix, Value, Word
from indexer.query.matching import TextWords, spans
from tests.oracle import is_word_at, matches_text, places


def bracketed(node: Node, text: str) -> str:
    shown = text
    for start, end in reversed(spans(node, text, "body")):
        shown = f"{shown[:start]}[{shown[start:end]}]{shown[end:]}"
    return shown


@pytest.mark.parametrize(
    ("node", "marked"),
    [
        # A word, where no longer word of the cut crosses its border.
        (Word("中国"), "[中国]的央行"),
        (Word("中国"), "发展中国家的央行"),
        (Word("国人"), "中国人民银行"),
        (Word("中山"), "其中山寨币跌得多"),
        (Word("山寨币"), "其中[山寨币]跌得多"),
        # A piece of a longer word's own best cut.
        (Word("以太"), "[以太]坊升级"),
        (Word("人民银行"), "中国[人民银行]"),
        # A word that stands on whole words of the cut.
        (Word("台中"), "在[台中]开会"),
        (Word("eth"), "[eth]与ethereum、something"),
        (Word("erc"), "发行[erc]-20代币"),
        (Word("12,000"), "涨至[12,000]美元"),
        (Word("99.9%"), "涨了[99.9%]"),
        # Characters in a row, whatever the words.
        (Characters("中国"), "发展[中国]家的[中国]人"),
        (Characters(","), "涨至12[,]000美元[,]"),
        (Characters("啊啊"), "[啊啊啊]"),
        # A prefix: the words that start with it.
        (Prefix("比特"), "[比特币]和[比特大陆]"),
        (Prefix("block"), "[blockchain]不是unblock"),
        (Prefix("中"), "发展[中]国家"),
        # Near one another, in any order.
        (Near(("深圳", "政策"), 5), "[深圳]发布[政策]，此前政府提出过其他的政策"),
        (Near(("深圳", "政策"), 1), "深圳发布政策"),
        (Near(("政策", "深圳"), 2), "[深圳]发布[政策]"),
        # Leaves of a tree; what touches is one mark; what is negated gives none.
        (And((Word("深圳"), Or((Word("北京"), Word("上海"))))), "[深圳北京]与[上海]"),
        (And((Word("深圳"), Not(Word("北京")))), "[深圳]与北京"),
        (And((Word("深圳", "body"), Word("北京", "title"))), "[深圳]与北京"),
        (And((Characters("美联"), Characters("联储"))), "[美联储]主席"),
        (Value("city", "深圳"), "深圳"),
    ],
)
def test_spans(node: Node, marked: str) -> None:
    assert bracketed(node, marked.replace("[", "").replace("]", "")) == marked


HAN = "比特币 以太坊 中国 人民 银行 发展 国家 台 中 山寨 区块链 其 的 在 深圳 吴忌寒 国人 々"
OTHER = "erc-20 5g 12,000 99.9% web3.0 s&p btc/usdt 10%-20% a,b 1,2 _x_ . , - % ' & 。 ， ビ 🚀"
sentences = st.lists(
    st.one_of(
        st.sampled_from([*HAN.split(), *OTHER.split(), " ", "\n\n"]),
        st.text(max_size=3),
    )
).map(lambda parts: fold("".join(parts)))


@settings(deadline=None)
@given(sentences)
@example("5%-10%,20%abc")
@example("1,234,a,5")
@example("\U0003134b")
def test_words_cut_on_demand_are_those_of_the_whole_text(text: str) -> None:
    on_demand = TextWords(text)
    expected = {token[1:] for token in words(text)}
    everywhere = [(a, b) for a in range(len(text)) for b in range(a + 1, len(text) + 1)]
    assert {span for span in everywhere if on_demand.holds(*span)} == expected
    for at in range(len(text)):
        ends = [end for start, end in expected if start == at]
        assert on_demand.longest(at) == max(ends, default=None)
        over = [span for span in expected if span[0] < at < span[1]]
        reach = (min(over)[0], max(end for _, end in over)) if over else None
        assert on_demand.across(at) == reach


def covered(spans: list[tuple[int, int]]) -> set[int]:
    return {at for span in spans for at in range(*span)}


@settings(deadline=None)
@given(sentences, st.data())
def test_spans_are_where_the_oracle_matches(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, max(len(text) - 1, 0)))
    part = text[start : start + data.draw(st.integers(1, 4))] or "币"
    other = data.draw(st.sampled_from(["比特币", "中国", "的", "20"]))
    leaves = [Characters(part), Prefix(part), Near((part, other), 3)] + (
        [Word(part)] if is_word(part) else []
    )
    for leaf in leaves:
        if isinstance(leaf, Prefix) and not any(map(str.isalnum, part)):
            continue
        found = spans(leaf, text, "body")
        assert bool(found) == matches_text(leaf, text), leaf
        for before, after in pairwise(found):
            assert before[1] < after[0]
        marked = {at for span in found for at in range(*span)}
        if isinstance(leaf, Near):
            assert marked <= {at for each in leaf.texts for at in covered(places(each, text))}
        elif isinstance(leaf, Prefix):
            assert marked == covered(
                [token[1:] for token in words(text) if token.text.startswith(part)]
            )
        else:
            assert marked == covered(
                [
                    span
                    for span in places(part, text)
                    if isinstance(leaf, Characters) or is_word_at(*span, text)
                ]
            )
