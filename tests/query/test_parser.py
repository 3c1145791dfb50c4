from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.engine.tree import And, Everything, Node, Not, Or
from indexer.query.leaves import MAX_NEAR, MAX_TERMS
from indexer.query.lexer import MAX_LENGTH
from indexer.query.parser import MAX_DEPTH, parse
from tests.query.notation import show

SENTENCE = "AND(比特币 突破 新高 深圳 区块链 政策 北京)"


@pytest.mark.parametrize(
    ("q", "tree"),
    [
        ("", "ALL"),
        ("  \u3000 ", "ALL"),
        # Bare words.
        ("深圳", "深圳"),
        ("深圳 北京", "AND(深圳 北京)"),
        ("深圳　北京", "AND(深圳 北京)"),
        ("深圳 深圳", "深圳"),
        ("臺灣", "台湾"),
        ("深圳区块链政策", "AND(深圳 区块链 政策)"),
        ("深圳,北京", "AND(深圳 北京)"),
        # A name that the lexicon does not know stands in a row.
        ("闵舜禾", '"闵舜禾"'),
        ("闵舜禾在北京", 'AND("闵舜禾" 北京)'),
        ("深圳与闵舜禾", 'AND(深圳 "闵舜禾")'),
        # A lone character goes with what stands behind it, else before it.
        ("区块链新政策法规", 'AND(区块链 "新政策法规")'),
        ("北京区块链圈", 'AND(北京 "区块链圈")'),
        # Function words are left out of a longer chunk, not of a short one.
        ("深圳的区块链", "AND(深圳 区块链)"),
        ("区块链是什么", "区块链"),
        ("深圳的", "深圳"),
        ("在深圳", "深圳"),
        ("比特币吗", "比特币"),
        ("王和平", '"王和平"'),
        ("李在明", '"李在明"'),
        ("的的", '"的的"'),
        ("挖矿 的 四川", "AND(挖矿 四川)"),
        ("了 减半", "减半"),
        ("挖矿 OR 的", "OR(挖矿 的)"),
        ("的", "的"),
        ("的了在和是与", '"的了在和是与"'),
        # Latin, digits and mixed scripts.
        ("ERC-20", "erc-20"),
        ("ＥＲＣ－20", "erc-20"),
        ("12,000 99.9%", "AND(12,000 99.9%)"),
        ("5G手机", "AND(5g 手机)"),
        ("A股 B轮", 'AND("a股" "b轮")'),
        ("ABC涨", "AND(abc 涨)"),
        ("K线图", '"k线图"'),
        ("ABC是什么", "abc"),
        ("ABC的价格", "AND(abc 价格)"),
        ("www.example.com/news?id=7", "AND(www.example.com news id 7)"),
        ("声音丨央行", "AND(声音 央行)"),
        ("ビットコイン", '"ビットコイン"'),
        ("🚀", '"🚀"'),
        # Quotes: nothing in them is interpreted.
        ('"证监会"', '"证监会"'),
        ("“证监会”", '"证监会"'),
        ("「证监会」『北京』", 'AND("证监会" "北京")'),
        ("＂證監會＂", '"证监会"'),
        ("”证监会”", '"证监会"'),
        ('"A OR -b*, (c)"', '"a or -b*, (c)"'),
        ('"他说“好”了"', '"他说“好”了"'),
        ('"北京" "北京 深圳"', 'AND("北京" "北京 深圳")'),
        ("央行“数字货币”试点", 'AND(央行 "数字货币" 试点)'),
        ('"深圳 区块链"~20', "NEAR20(深圳 区块链)"),
        ("“深圳　区块链”～5", "NEAR5(深圳 区块链)"),
        ('"深圳"~20', '"深圳"'),
        ('"深圳 深圳"~20', '"深圳 深圳"'),
        # Operators.
        ("深圳 -北京", "AND(深圳 NOT(北京))"),
        ("深圳 －北京", "AND(深圳 NOT(北京))"),
        ("深圳 --北京", "AND(深圳 NOT(北京))"),
        ("深圳 NOT 北京", "AND(深圳 NOT(北京))"),
        ("深圳 ＮＯＴ 北京", "AND(深圳 NOT(北京))"),
        ("深圳 ＯＲ 北京 ＡＮＤ 上海", "OR(深圳 AND(北京 上海))"),
        ("深圳 −北京", "AND(深圳 NOT(北京))"),
        ("深圳 ﹣北京", "AND(深圳 NOT(北京))"),
        ("〝证监会〞", '"证监会"'),
        ("ｔｉｔｌｅ：监管", "title:监管"),
        ("標籤:监管", "tag=监管"),
        ("NOT NOT 深圳", "深圳"),
        ("深圳 AND NOT 北京", "AND(深圳 NOT(北京))"),
        ("深圳 -(北京 OR 上海)", "AND(深圳 NOT(OR(北京 上海)))"),
        ("深圳 -(北京 上海)", "AND(深圳 NOT(AND(北京 上海)))"),
        ('深圳 -"北京市"', 'AND(深圳 NOT("北京市"))'),
        ("-深圳", "AND(ALL NOT(深圳))"),
        ("-深圳 -北京", "AND(ALL NOT(深圳) NOT(北京))"),
        ("深圳 OR -北京", "OR(深圳 AND(ALL NOT(北京)))"),
        ("深圳 北京 OR 上海 广州", "OR(AND(深圳 北京) AND(上海 广州))"),
        ("深圳 (北京 OR 上海) 广州", "AND(深圳 OR(北京 上海) 广州)"),
        ("深圳（北京 OR 上海）", "AND(深圳 OR(北京 上海))"),
        ("深圳（北京）", "AND(深圳 北京)"),
        ("((深圳) 北京) AND 上海", "AND(深圳 北京 上海)"),
        ("深圳 OR 北京 OR 深圳", "OR(深圳 北京)"),
        ("or not", "AND(or not)"),
        ("深圳-北京", "AND(深圳 北京)"),
        # Bars join what stands beside them, with spaces or without.
        ("比特币|以太坊", "OR(比特币 以太坊)"),
        ("比特币｜以太坊", "OR(比特币 以太坊)"),
        ("比特币 | 以太坊 ｜ 莱特币", "OR(比特币 以太坊 莱特币)"),
        ("比特币 || 以太坊", "OR(比特币 以太坊)"),
        ("深圳|苏州 数字人民币", "AND(OR(深圳 苏州) 数字人民币)"),
        ("数字人民币 深圳 | 苏州", "AND(数字人民币 OR(深圳 苏州))"),
        ("深圳区块链|苏州", "OR(AND(深圳 区块链) 苏州)"),
        ("北京 OR 深圳|苏州 区块链", "OR(北京 AND(OR(深圳 苏州) 区块链))"),
        ('"证监会"|“银保监会”', 'OR("证监会" "银保监会")'),
        ('"证监会|央行"', '"证监会|央行"'),
        ("(深圳 区块链)|苏州", "OR(AND(深圳 区块链) 苏州)"),
        ("区块链 -深圳|苏州", "AND(区块链 NOT(OR(深圳 苏州)))"),
        ("title:深圳|苏州", "OR(title:深圳 title:苏州)"),
        ("title:深圳 | 苏州", "OR(title:深圳 title:苏州)"),
        ("title:深圳 | body:苏州", "OR(title:深圳 body:苏州)"),
        ("title:(深圳 | body:苏州)", "OR(title:深圳 body:苏州)"),
        ("城市:深圳|苏州", "OR(city=深圳 city=苏州)"),
        ("日期:2020|2022", "OR([2020-01-01..2020-12-31] [2022-01-01..2022-12-31])"),
        ("比特*|以太*", "OR(比特* 以太*)"),
        # The bar of a headline, which stands before a sentence.
        ("声音|央行:区块链", "AND(声音 央行 区块链)"),
        ("比特币突破新高|深圳区块链政策北京区块链政策", SENTENCE),
        ("深圳|", "深圳"),
        ("|深圳", "深圳"),
        # Fields.
        ("title:监管 正文：政策", "AND(title:监管 body:政策)"),
        ("標題：“监管”", 'title:"监管"'),
        ("TITLE:深圳区块链", "AND(title:深圳 title:区块链)"),
        ("title:(深圳 OR -“北京”) 上海", 'AND(OR(title:深圳 AND(ALL NOT(title:"北京"))) 上海)'),
        ('title:"深圳 北京"~9 body:比特*', "AND(title:NEAR9(深圳 北京) body:比特*)"),
        ("title: 监管", "title:监管"),
        ("-title:监管 深圳", "AND(NOT(title:监管) 深圳)"),
        ("city:深圳 城市：北京", "AND(city=深圳 city=北京)"),
        ("城市:(深圳 OR 北京)", "OR(city=深圳 city=北京)"),
        ("kind:newsflash 类型:文章", "AND(kind=newsflash kind=article)"),
        ('栏目:"深度 报道" author:Satoshi', "AND(category=深度 报道 author=satoshi)"),
        ("来源：Example 标签:挖矿", "AND(source=example tag=挖矿)"),
        ("标题:上链:起步", "AND(title:上链 title:起步)"),
        # Dates.
        ("date:2020", "[2020-01-01..2020-12-31]"),
        ("日期：2020-02", "[2020-02-01..2020-02-29]"),
        ("日期:2020年5月6日", "[2020-05-06..2020-05-06]"),
        ("date:2020-05-01..2020-06-30", "[2020-05-01..2020-06-30]"),
        ("date:2020..2021-03", "[2020-01-01..2021-03-31]"),
        ("date:..2020", "[..2020-12-31]"),
        ("date:2020..", "[2020-01-01..]"),
        ("date:>=2021", "[2021-01-01..]"),
        ("date:>2021", "[2022-01-01..]"),
        ("日期：＜2019-06", "[..2019-05-31]"),
        ("日期：＞＝２０２１", "[2021-01-01..]"),
        ("日期:≥2021", "[2021-01-01..]"),
        ("日期:≤2019-06", "[..2019-06-30]"),
        ("日期：２０２０－０５", "[2020-05-01..2020-05-31]"),
        ("日期:2020/5/6", "[2020-05-06..2020-05-06]"),
        ("日期：２０２０．．２０２１", "[2020-01-01..2021-12-31]"),
        ("日期:2020…2021", "[2020-01-01..2021-12-31]"),
        ("日期:2020-05-01 .. 2020-06-30", "[2020-05-01..2020-06-30]"),
        ("date:>= 2021", "[2021-01-01..]"),
        ('date:"2020-05"', "[2020-05-01..2020-05-31]"),
        ("date:<=2019-06", "[..2019-06-30]"),
        ("date:(2019 OR 2021)", "OR([2019-01-01..2019-12-31] [2021-01-01..2021-12-31])"),
        # Prefixes; Han text that is no word may be the beginning of an unknown name.
        ("比特*", "比特*"),
        ("比特＊", "比特*"),
        ("block*", "block*"),
        ("闵舜*", 'OR(闵舜* "闵舜")'),
        ("btc/us*", "AND(btc us*)"),
    ],
)
def test_tree(q: str, tree: str) -> None:
    parsed = parse(q, aliases=False)
    assert show(parsed.node) == tree
    if not any(word in q for word in ("的", "什么", "在", "与", "吗", "了")):
        assert parsed.notices == ()


@pytest.mark.parametrize(
    ("q", "tree", "position", "told"),
    [
        ('深圳 "北京 上海', 'AND(深圳 "北京 上海")', 3, "引号没有配对"),
        ('深圳 ""', "深圳", 3, "引号里是空的"),
        ("深圳 “\u200b”", "深圳", 3, "引号里是空的"),
        ('"深圳 北京"~', '"深圳 北京"', 7, "要写字数"),
        ("AND 深圳", "深圳", 0, "“AND”的前面或后面没有词"),
        ("深圳 OR", "深圳", 3, "“OR”的前面或后面没有词"),
        ("深圳 OR OR 北京", "OR(深圳 北京)", 3, "“OR”"),
        ("深圳 AND AND 北京", "AND(深圳 北京)", 7, "“AND”"),
        ("深圳 NOT", "深圳", 3, "“NOT”"),
        ("深圳 NOT OR 北京", "OR(深圳 北京)", 3, "“NOT”"),
        ("深圳 | | 北京", "OR(深圳 北京)", 3, "“|”的前面或后面没有词"),
        ("深圳 | -北京", "AND(深圳 NOT(北京))", 3, "“|”的前面或后面没有词"),
        ("深圳|-北京", "AND(深圳 NOT(北京))", 2, "“|”的前面或后面没有词"),
        ("深圳 | OR 北京", "OR(深圳 北京)", 3, "“|”的前面或后面没有词"),
        ("深圳 (| 北京)", "AND(深圳 北京)", 4, "“|”的前面或后面没有词"),
        ("深圳 |", "深圳", 3, "“|”是标点"),
        ("声音 | 央行：区块链", "AND(声音 央行 区块链)", 3, "“|”是标点"),
        ("深圳 and 北京", "AND(深圳 北京)", 3, "“and”太常见"),
        ("深圳AND北京", "AND(深圳 北京)", 2, "“and”太常见"),
        ("“深圳”-北京", 'AND("深圳" 北京)', 4, "“-”的前面没有空格"),
        ("(深圳)－北京", "AND(深圳 北京)", 4, "“-”的前面没有空格"),
        ("深圳 - 北京", "AND(深圳 北京)", 3, "“-”是标点"),
        ("深圳 ——", "深圳", 3, "“——”是标点"),
        ("深圳 ()", "深圳", 3, "括号里是空的"),
        ("深圳 (北京", "AND(深圳 北京)", 3, "左括号没有配对"),
        ("深圳) 北京", "AND(深圳 北京)", 2, "右括号没有配对"),
        ("深圳 city:", "深圳", 3, "“city:”后面没有内容"),
        ("深圳 城市: OR 北京", "OR(深圳 北京)", 3, "“城市:”后面没有内容"),
        ("深圳 date:昨天", "深圳", 8, "“昨天”不是有效的日期"),
        ("date:2020-13", "ALL", 5, "“2020-13”不是有效的日期"),
        ("date:2021..2020", "ALL", 5, "不是有效的日期"),
        ("date:>9999", "ALL", 5, "不是有效的日期"),
        ("-date:昨天", "ALL", 6, "不是有效的日期"),
        ("深圳 类型:帖子", "深圳", 6, "没有“帖子”这种类型"),
        ("深圳 *币圈", "AND(深圳 币圈)", 3, "只能放在词尾"),
        ("深圳 *", "深圳", 3, "只能放在词尾"),
        ("比*特*", "AND(比 特*)", 0, "只能放在词尾"),
        ("深圳-*", "深圳", 0, "前面要有词"),
        ("北京 深圳的区块链和政策", "AND(北京 深圳 区块链 政策)", 5, "“的”“和”太常见"),
    ],
)
def test_what_was_ignored_is_told_with_its_place(
    q: str, tree: str, position: int, told: str
) -> None:
    parsed = parse(q, aliases=False)
    assert show(parsed.node) == tree
    (notice,) = parsed.notices
    assert notice.position == position
    assert told in str(notice.message)


@pytest.mark.parametrize(
    "q",
    [
        "foo:bar",
        "-foo:bar",
        "(foo:bar)",
        "published_at:2020",
        # What other tools, or this page's filters, call such a thing, behind any colon.
        "site:example.com",
        "网站：金色财经",
        "時間:2020",
        "intitle：减半",
        "Site: example.com",
    ],
)
def test_a_field_that_there_is_not_is_told(q: str) -> None:
    (notice,) = parse(f"深圳 {q}").notices
    assert notice.position == 3 + len(q) - len(q.lstrip("-("))
    told = str(notice.message)
    assert "这一项" in told
    assert all(name in told for name in ("标题", "正文", "栏目", "日期"))


@pytest.mark.parametrize("q", ["2018-09-04", "2018/9/4", "2018.9", "2018年9月4日", "2018年9月"])
def test_a_date_without_the_field_of_dates_is_told(q: str) -> None:
    (notice,) = parse(f"深圳 {q}").notices
    assert notice.position == 3
    assert f"请写 日期:{q}" in str(notice.message)
    assert parse(f"深圳 日期:{q}").notices == ()


@pytest.mark.parametrize("q", ["2018", "2.0", "2018年减半", "9月4日", '"2018-09-04"', "-2018年9月"])
def test_other_numbers_are_not_told_to_be_dates(q: str) -> None:
    assert parse(f"深圳 {q}").notices == ()


@pytest.mark.parametrize(
    "q",
    [
        # Headlines.
        "PA日报:比特币突破新高",
        "央行：数字货币研究取得进展",
        "Uniswap：以太坊合并后只支持一条链",
        "Bitcoin: A Peer-to-Peer Electronic Cash System",
        "外媒:某交易所申请破产",
        "centric：或能成为新创新",
        # Pairs of known names, and what is plainly no field.
        "btc:usdt",
        "http://example.com/news",
        "12:30",
        "1:1",
        "::",
        "foo:",
        ":bar",
        # Where a value stands, and in quotes.
        "标题:foo:bar",
        '"foo:bar"',
    ],
)
def test_a_colon_in_other_text_is_not_told(q: str) -> None:
    assert not any("这一项" in str(notice.message) for notice in parse(f"深圳 {q}").notices)


@pytest.mark.parametrize(
    ("q", "loosened"),
    [
        ("深圳|苏州 区块链 政策", "AND(OR(区块链 政策) OR(深圳 苏州))"),
        ("深圳|苏州 区块链", None),
        ("深圳 北京", "OR(深圳 北京)"),
        ("深圳区块链", "OR(深圳 区块链)"),
        ("深圳 (北京 上海)", "OR(深圳 北京 上海)"),
        ('深圳 北京 "上海" -广州', 'AND(OR(深圳 北京) "上海" NOT(广州))'),
        ("深圳 北京 title:(上海 广州)", "AND(OR(深圳 北京) AND(title:上海 title:广州))"),
        ("深圳 北京 city:上海 date:2020", "AND(OR(深圳 北京) city=上海 [2020-01-01..2020-12-31])"),
        ("深圳 北京 -(上海 广州)", "AND(OR(深圳 北京) NOT(AND(上海 广州)))"),
        ("深圳 北京 OR 上海", "OR(OR(深圳 北京) 上海)"),
        ("深圳 AND 北京 上海 广州", "AND(OR(上海 广州) 深圳 北京)"),
        # Nothing to loosen.
        ("", None),
        ("深圳", None),
        ('深圳 "北京"', None),
        ('"深圳" "北京"', None),
        ("深圳 -北京", None),
        ("深圳 AND 北京", None),
        ("深圳 OR 北京", None),
        ("title:深圳区块链", None),
        ("-(深圳 北京)", None),
    ],
)
def test_loosened(q: str, loosened: str | None) -> None:
    parsed = parse(q, aliases=False)
    assert (show(parsed.loosened) if parsed.loosened else None) == loosened
    assert parse(q, aliases=False, match="any").node == (parsed.loosened or parsed.node)


def test_other_names_of_bare_words_are_searched_too_and_told() -> None:
    parsed = parse('深圳 title:BTC "ETH" 以太*')
    either = parsed.node.nodes[1]  # type: ignore[union-attr]
    assert isinstance(either, Or)
    assert show(either.nodes[0]) == "title:btc"
    assert "title:比特币" in map(show, either.nodes)
    assert [show(node) for node in parsed.node.nodes[2:]] == ['"eth"', "以太*"]  # type: ignore[union-attr]
    (use,) = parsed.aliases
    assert (use.word, use.position) == ("BTC", 9)
    assert "比特币" in use.names


def test_a_name_of_mixed_scripts_is_found_inside_a_chunk() -> None:
    node = parse("V神在北京").node
    assert isinstance(node, And)
    either, city = map(show, node.nodes)
    assert either.startswith('OR("v神" ')
    assert '"vitalik buterin"' in either
    assert city == "北京"


@pytest.mark.parametrize(
    ("q", "word", "position", "tree"),
    [
        # Chunks that name a thing together: all of them, or another name.
        ("Bitcoin SV", "Bitcoin SV", 0, 'OR(AND(bitcoin sv) bsv "比特币sv")'),
        ("监管 ＦＬＡＳＨ　Loan", "Flash Loan", 3, "AND(监管 OR(AND(flash loan) 闪电贷))"),
        ("Mt.Gox", "Mt.Gox", 0, 'OR(mt.gox mtgox "mt. gox" "mt gox")'),
        ("Mt Gox", "Mt Gox", 0, 'OR(AND(mt gox) mt.gox mtgox "mt. gox")'),
        ("量子 链 风险", "量子链", 0, "AND(OR(AND(量子 链) 量子链 qtum) 风险)"),
        ("title:(Jack Ma)", "Jack Ma", 7, "OR(AND(title:jack title:ma) title:马云)"),
        ("深圳 OR Jack Ma", "Jack Ma", 6, "OR(深圳 OR(AND(jack ma) 马云))"),
        ("深圳 AND Jack Ma", "Jack Ma", 7, "AND(深圳 OR(AND(jack ma) 马云))"),
        # One name inside a chunk.
        ("QTUM价格", "QTUM", 0, "AND(OR(qtum 量子链) 价格)"),
        ("量子链升级", "量子链", 0, "AND(OR(量子链 qtum) 升级)"),
        # In a field of text; a double negation is none.
        ("标题：马云", "马云", 3, 'OR(title:马云 title:"jack ma")'),
        ("NOT NOT QTUM", "QTUM", 8, "OR(qtum 量子链)"),
    ],
)
def test_names_that_are_searched_for(q: str, word: str, position: int, tree: str) -> None:
    parsed = parse(q)
    assert show(parsed.node) == tree
    assert [(use.word, use.position) for use in parsed.aliases] == [(word, position)]


@pytest.mark.parametrize(
    ("q", "tree"),
    [
        ('"Jack Ma"', '"jack ma"'),
        ('"QTUM" 深圳', 'AND("qtum" 深圳)'),
        ("QTUM*", "qtum*"),
        ("author:QTUM", "author=qtum"),
        ("Jack AND Ma", "AND(jack ma)"),
        ("Jack (Ma)", "AND(jack ma)"),
        ("Jack -Ma", "AND(jack NOT(ma))"),
        ("Ma Jack", "AND(ma jack)"),
        # What is excluded is excluded under any name, and not told as searched for.
        ("深圳 -QTUM", "AND(深圳 NOT(OR(qtum 量子链)))"),
        ("深圳 NOT 量子链", "AND(深圳 NOT(OR(量子链 qtum)))"),
        ('深圳 -"QTUM"', 'AND(深圳 NOT("qtum"))'),
        ("深圳 -(Jack Ma)", "AND(深圳 NOT(OR(AND(jack ma) 马云)))"),
        ("深圳 -Jack Ma", "AND(深圳 NOT(jack) ma)"),
    ],
)
def test_no_other_name_is_told(q: str, tree: str) -> None:
    parsed = parse(q)
    assert (show(parsed.node), parsed.aliases) == (tree, ())


def test_a_name_of_several_chunks_is_loosened_to_any_of_them() -> None:
    loosened = parse("Jack Ma 深圳").loosened
    assert loosened is not None
    assert show(loosened) == "OR(OR(OR(jack ma) 马云) 深圳)"


@pytest.mark.parametrize("q", ["QTUM", "Jack Ma", "量子 链", "QTUM价格"])
def test_without_aliases_none_is_searched_or_told(q: str) -> None:
    parsed = parse(q, aliases=False)
    assert "OR" not in show(parsed.node)
    assert parsed.aliases == ()


def test_a_city_is_called_by_its_canonical_name() -> None:
    names = {"鹏城": "深圳"}
    parsed = parse("城市:鵬城 city:北京", city_of=names.get)
    assert show(parsed.node) == "AND(city=深圳 city=北京)"


def test_limits_are_told() -> None:
    long = parse("币 " * MAX_LENGTH)
    assert long.notices[-1].position == MAX_LENGTH
    deep = parse("(" * (MAX_DEPTH + 5) + "深圳" + ")" * (MAX_DEPTH + 5), aliases=False)
    assert show(deep.node) == "深圳"
    assert {notice.position for notice in deep.notices} == set(range(MAX_DEPTH, MAX_DEPTH + 5))
    many = parse(" ".join(f"w{number}" for number in range(MAX_TERMS + 50)))
    assert isinstance(many.node, And)
    assert len(many.node.nodes) == MAX_TERMS
    assert [str(notice.message) for notice in many.notices] == [
        f"检索词太多：只用了前 {MAX_TERMS} 个。"
    ]
    near = parse('"a b c d e f g h i j"~5')
    assert len(near.node.texts) == MAX_NEAR  # type: ignore[union-attr]
    assert len(near.notices) == 1


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        ")",
        "-",
        '"',
        "“",
        "NOT ",
        "OR ",
        "title:",
        "币的",
        "a*(",
        "|",
        "a|",
        "a | ",
        "1月",
        "a:b ",
    ],
)
def test_a_huge_query_is_parsed_at_once(piece: str) -> None:
    start = perf_counter()
    parse(piece * (100_000 // len(piece)))
    assert perf_counter() - start < 1


typed = st.lists(
    st.one_of(
        st.sampled_from(
            [*'深圳的币() -*（“”「"', "吴忌寒", "V神", "BTC", "NOT", "AND", "OR", "~20", " OR "]
        ),
        st.sampled_from(["title:", "城市：", "date:", "2020-05", "..", ">=", "|", "｜", "foo:"]),
        st.sampled_from(["12", "1.2", "万美元", "月", "第", " "]),
        st.text(max_size=5),
    )
).map("".join)


@settings(deadline=None)
@given(typed)
@example("-(-(-a))")
@example("\ud800")
@example("㍿ﬀ ﷺ*")
@example("--\ufeff")
@example("a|\ufeff")
@example("1㎡2")
@example("区\ud800块链")
def test_any_text_gives_a_tree(q: str) -> None:
    parsed = parse(q)
    for notice in parsed.notices:
        assert notice.position is not None
        assert 0 <= notice.position <= len(q)
        assert str(notice.message)
    _check(parsed.node)
    assert parse(q, match="any").node == (parsed.loosened or parsed.node)


def _check(node: Node) -> None:
    """A negation stands beside something to take from; joins are of two nodes or more."""
    if isinstance(node, And | Or):
        assert len(set(node.nodes)) == len(node.nodes) >= 2
        assert not isinstance(node, Or) or not any(isinstance(each, Not) for each in node.nodes)
        assert not all(isinstance(each, Not) for each in node.nodes)
        for each in node.nodes:
            _check(each.node if isinstance(each, Not) else each)
    elif not isinstance(node, Everything):
        assert not isinstance(node, Not)
        assert getattr(node, "text", "x"), "an empty text matches nothing of use"


@pytest.mark.parametrize(
    ("q", "place"), [("*深圳的区块链", 3), ("*的 区块链", 1), ("**and “深圳”", 2)]
)
def test_a_function_word_is_told_with_its_place_behind_a_star(q: str, place: int) -> None:
    parsed = parse(q, aliases=False)
    assert [notice.position for notice in parsed.notices] == [0, place]
