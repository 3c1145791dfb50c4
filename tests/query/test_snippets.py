from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import fold, words
from indexer.engine.tree import And, Characters, Everything, Node, Or, Prefix, Word
from indexer.query.answer import Marked, Segment
from indexer.query.parser import parse
from indexer.query.snippets import LEFT_OUT, mark, snippet
from tests.oracle import is_word_at, places
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


@pytest.mark.parametrize(
    ("body", "q", "size", "shown"),
    [
        # More different words of the query come before more marks, and these before the earlier.
        (
            "矿工离开，矿工又回来，矿工很多。天气转冷。港口恢复运行，货轮陆续靠岸。矿工抱怨电价。",
            "矿工 电价",
            20,
            "…[矿工]抱怨[电价]。",
        ),
        (
            "矿工来了。天气转冷。港口恢复运行，货轮陆续靠岸。矿工说，别的矿工也走了。",
            "矿工",
            20,
            "…[矿工]说，别的[矿工]也走了。",
        ),
        ("矿工来了。天气转冷。货轮陆续靠岸。矿工走了。", "矿工", 12, "[矿工]来了。天气转冷。…"),
        # A place that only looks like the word does not count.
        (
            "发展中国家、发展中国家、发展中国家开会。会后各方散去，没有声明。中国没有出席。",
            "中国",
            16,
            "…[中国]没有出席。",
        ),
        # The closing quote and bracket belong to the sentence.
        ("他说：“电价太高！”众人点头。之后散会，各自回家。", "散会", 14, "…之后[散会]，各自回家。"),
        ("他说：“电价太高！”众人点头。之后散会，各自回家。", "电价", 14, "他说：“[电价]太高！”…"),
        # A sentence that does not fit begins and ends at a comma.
        (
            "去年春天以来，一批矿场先后搬到了水电便宜的地方，新的机器也陆续运到，工人忙着接线，没有人谈论价格",
            "新的机器",
            30,
            "…一批矿场先后搬到了水电便宜的地方，[新的机器]也陆续运到…",
        ),
        (
            "去年春天以来搬到水电便宜的地方的一批矿场，新的机器也陆续运到，工人忙着接线，没有人谈论价格",
            "新的机器",
            24,
            "…[新的机器]也陆续运到，工人忙着接线，没有人谈论价格",
        ),
        (
            "工人忙着接线，机房里很热，没有人谈论行情，门外停着几辆运送机器的货车而司机们正在树下乘凉",
            "接线",
            26,
            "工人忙着[接线]，机房里很热，没有人谈论行情…",
        ),
        # Nothing is cut in two: a number, a name, an accent, a colour of skin.
        ("均价升至12,000,500美元附近然后回落", "均价", 8, "[均价]升至…"),
        ("报告由Coindesk.com网站率先发布", "网站", 5, "…[网站]率先…"),
        ("咖啡馆Cafe\u0301位于街角的二层小楼", "咖啡馆", 7, "[咖啡馆]…"),
        ("鼓掌👍🏽👍🏽👍🏽👍🏽", "鼓掌", 5, "[鼓掌]👍🏽…"),
        # Punctuation that lost its sentence is not shown.
        ("价格涨了；成交放大、换手率上升、市场回暖", "换手率", 6, "…[换手率]上升…"),
        # A mark longer than the passage stays whole.
        ("前文。" + "啊" * 30 + "。后文", '"啊啊"', 10, "…[" + "啊" * 30 + "]…"),
        # A field that is not the body; a name that no lexicon knows; near one another; a prefix.
        ("电价上涨。矿工离开。", "title:矿工", 6, "电价上涨。…"),
        ("电价上涨。穆拉图访问矿场。", "穆拉图", 8, "…[穆拉图]访问矿场。"),
        ("电价上涨。矿场的电价下跌。", '"矿场 下跌"~5', 8, "…[矿场]的电价[下跌]。"),
        ("电价上涨。以太坊升级。", "以太*", 6, "…[以太坊]升级。"),
        # Written in the other script, or wide.
        ("電價上漲。ＢＴＣ與礦工無關。", "btc 矿工", 10, "…[ＢＴＣ]與[礦工]無關。"),
    ],
)
def test_the_passage_with_most_of_the_query(body: str, q: str, size: int, shown: str) -> None:
    assert show_marked(snippet(body, parse(q, aliases=False).node, size)) == shown


def test_other_names_of_a_word_count_as_that_word() -> None:
    names = Or((Word("btc"), Word("比特币"), Word("bitcoin")))
    body = "BTC又称比特币或Bitcoin，人人知道。天气转冷，行人稀少，街灯亮起。深圳的比特币展会开幕。"
    shown = "…[深圳]的[比特币]展会开幕。"
    assert show_marked(snippet(body, And((names, Word("深圳"))), 24)) == shown


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


plain_bodies = bodies.map(lambda body: fold(body).replace("\n", "").replace("...", ""))
leaves = st.one_of(
    st.sampled_from(["深圳", "以太", "台湾", "12,000", "美联储", "中国", "erc"]).map(Word),
    st.sampled_from(["中国", "币以", "f", "社", "。深", " ", "坊。"]).map(Characters),
    st.sampled_from(["以", "erc", "12", "中国"]).map(Prefix),
)


def spans_by_hand(leaf: Word | Characters | Prefix, folded: str) -> set[tuple[int, int]]:
    if isinstance(leaf, Prefix):
        found = [token for token in words(folded) if token.text.startswith(leaf.text)]
        return {(token.start, token.end) for token in found}
    everywhere = places(leaf.text, folded)
    if isinstance(leaf, Characters):
        return set(everywhere)
    return {(start, end) for start, end in everywhere if is_word_at(start, end, folded)}


@settings(deadline=None)
@given(plain_bodies, st.lists(leaves, min_size=1, max_size=4, unique=True), st.integers(8, 60))
def test_a_snippet_has_what_the_oracle_finds(
    body: str, wanted: list[Word | Characters | Prefix], size: int
) -> None:
    segments = [part for part in snippet(body, And(tuple(wanted)), size) if part.text != LEFT_OUT]
    passage = "".join(part.text for part in segments)
    spans = [spans_by_hand(leaf, body) for leaf in wanted]
    covered = {at for found in spans for span in found for at in range(*span)}
    shown, at = set(), 0
    for part in segments:
        shown |= set(range(at, at + len(part.text))) if part.marked else set()
        at += len(part.text)
    # A quarter of the passage is left for what follows the last of the query in it.
    best = max(
        sum(any(start <= a < start + size * 3 // 4 for a, _ in found) for found in spans)
        for start in range(len(body) + 1)
    )
    for start, end in places(passage, body):
        inside = [[a for a, b in found if start <= a and b <= end] for found in spans]
        if {each - start for each in covered if start <= each < end} == shown:
            assert sum(map(bool, inside)) >= best
            return
    assert not passage


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
