from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import fold, words
from indexer.engine.tree import And, Characters, Everything, Node, Or, Word
from indexer.query.answer import Marked, Segment
from indexer.query.parser import parse
from indexer.query.snippets import mark, snippet
from tests.query.notation import show_marked


@pytest.mark.parametrize(
    ("q", "marked"),
    [
        ("深圳", "今日[深圳]发布新政"),
        ("臺灣", "[台灣]与[臺灣]都是原文的字"),
        ("btc", "[ＢＴＣ]、[Btc]上涨"),
        ('"美联储"', "[美联\u200b储]主席"),
        ('"ff"', "o[ﬀ]er与o[ff]er"),
        ('"株式"', "[㍿]的一部分也标整个字"),
        ("深圳 北京", "[深圳北京]两地"),
        ('"。\n\n第二"', "第一段[。\n\n第二]段"),
        ("-深圳", "深圳"),
        ("body:深圳", "深圳是标题里的"),
        ("没有", "[没有]"),
        ("", "空的检索"),
    ],
)
def test_mark(q: str, marked: str) -> None:
    text = marked.replace("[", "").replace("]", "")
    assert show_marked(mark(text, parse(q, aliases=False).node, "title")) == marked


BODY = (
    "深圳市今日公布新规。各区随后跟进，企业反应不一。\n\n"
    "交易所表示支持。吴先生说，发展中国家的央行也在观望！市场人士认为，比特币价格仍将波动，投资者应当谨慎。\n\n"
    "北京方面没有回应。“深圳与北京的做法不同。”一位研究员说。"
)


@pytest.mark.parametrize(
    ("q", "size", "shown"),
    [
        # No match: the beginning, in whole sentences.
        ("上海", 30, "深圳市今日公布新规。各区随后跟进，企业反应不一。…"),
        ("", 30, "深圳市今日公布新规。各区随后跟进，企业反应不一。…"),
        ("title:央行", 30, "深圳市今日公布新规。各区随后跟进，企业反应不一。…"),
        # The sentence of the match.
        ("交易所", 30, "…[交易所]表示支持。吴先生说，发展中国家的央行也在观望！…"),
        ("央行", 20, "…吴先生说，发展中国家的[央行]也在观望！…"),
        # The sentences that have most of the query.
        ("深圳 北京", 30, "…[北京]方面没有回应。“[深圳]与[北京]的做法不同。”一位研究员说。"),
        # A paragraph break is a space.
        ("企业", 40, "…各区随后跟进，[企业]反应不一。 交易所表示支持。…"),
        # A sentence that does not fit is cut between words.
        ("价格", 12, "…比特币[价格]仍将波动…"),
        # Short texts are shown whole.
        ("企业", 500, BODY.replace("\n\n", " ").replace("企业", "[企业]")),
    ],
)
def test_snippet(q: str, size: int, shown: str) -> None:
    assert show_marked(snippet(BODY, parse(q, aliases=False).node, size)) == shown


WORDS = "深圳 比特币 以太坊 中国人民银行 发展中国家 erc-20 12,000 美联储 臺灣 的 ﬀ \u200b ㍿"
MARKS = [*"。，！”…「 \n", ". ", "\n\n"]
parts = st.sampled_from([*WORDS.split(" "), *MARKS])
bodies = st.lists(parts, max_size=60).map("".join)
nodes = st.lists(
    st.one_of(
        st.sampled_from(["深圳", "以太", "台湾", "12,000", "美联储", "中国"]).map(Word),
        st.sampled_from(["中国", "币以", "f", "社", "。深", " ", "坊。"]).map(Characters),
    ),
    min_size=1,
    max_size=4,
).map(lambda leaves: Or(tuple(leaves)))


def joined(segments: Marked) -> str:
    return "".join(segment.text for segment in segments)


@settings(deadline=None)
@given(bodies, nodes)
def test_marked_segments_make_up_the_text_and_hold_a_match(text: str, node: Or) -> None:
    segments = mark(text, node, "body")
    assert joined(segments) == text
    texts = [leaf.text for leaf in node.nodes if isinstance(leaf, Word | Characters)]
    for segment in segments:
        if segment.marked:
            assert any(wanted in fold(segment.text) for wanted in texts)
        else:
            for leaf in node.nodes:
                assert not (isinstance(leaf, Characters) and leaf.text in fold(segment.text))
    assert all(segment.text for segment in segments)


@settings(deadline=None)
@given(bodies, nodes, st.integers(5, 60))
def test_a_snippet_is_a_passage_cut_between_words(body: str, node: Or, size: int) -> None:
    segments = snippet(body, node, size)
    shown = fold(joined(segments))
    flat = fold(body)
    assert any(part.marked for part in segments) == any(
        part.marked for part in mark(body, node, "body")
    )
    # A passage as short as asked for, but for the words and matches at its ends.
    assert len(shown) <= size + 30
    # The words of the snippet are words of the body.
    whole = {token.text for token in words(flat)}
    assert {token.text for token in words(shown)} <= whole


@pytest.mark.parametrize("node", [Everything(), And((Everything(), Word("北京")))])
def test_what_does_not_match_is_shown_unmarked(node: Node) -> None:
    assert snippet("深圳", node) == mark("深圳", node, "body") == (Segment("深圳"),)
    assert snippet("", node) == mark("", node, "body") == ()
