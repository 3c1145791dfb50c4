"""Numbers with their units: what a query means by them, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.documents import Document, Page
from indexer.pipeline import catch_up
from indexer.query.parser import parse
from indexer.query.request import SearchRequest
from indexer.query.snippets import mark
from tests.query.notation import show, show_marked


@pytest.mark.parametrize(
    ("q", "marked"),
    [
        # The amount as it was typed, with spaces at its borders or without.
        ("12万美元", "融资[12万美元]，其中定金2万美元"),
        ("12万美元", "融资[12 万美元]"),
        ("12萬美元", "融資[12萬美元]"),
        ("１２万美元", "[１２万美元]"),
        ("12万", "[12万]美元、[12万]枚"),
        # A digit before it, a decimal point or a thousands comma make another number.
        ("12万美元", "融资112万美元、1.12万美元、3,012万美元"),
        ("2亿", "1.2亿与[2亿]"),
        ("1.2亿", "11.2亿与[1.2亿]美元"),
        ("000万元", "1,000万元"),
        # Behind anything else it is the same number.
        ("12万美元", "约[12万美元]、$[12万美元]、10-[12万美元]、USDT[12万美元]"),
        # Dates.
        ("2月8日", "[2月8日]，不是12月8日，也不是2月18日"),
        ("2月8日", "[2 月 8 日]"),
        ("2020年5月", "[2020年5月]12日"),
        ("5月12日", "2020年[5月12日]"),
        # What stands behind the unit is a word of its own.
        ("100亿美元融资", "[融资][100亿美元]，不是1100亿美元"),
        ("2020年减半", "[2020年]的[减半]"),
        # An ordinal is no other number's end.
        ("第100期", "[第100期]与[第 100 期]，不是第1100期"),
        # In a field of text, and with a star, it is the same.
        ("body:12万", "[12万]美元、112万美元"),
        ("12万*", "[12万]美元、112万美元"),
        # Quotes are characters.
        ('"12万美元"', "1[12万美元]与12 万美元"),
    ],
)
def test_where_an_amount_stands(q: str, marked: str) -> None:
    text = marked.replace("[", "").replace("]", "")
    assert show_marked(mark(text, parse(q, aliases=False).node, "body")) == _touching(marked)


def _touching(marked: str) -> str:
    return marked.replace("][", "")


@pytest.mark.parametrize(
    ("q", "tree"),
    [
        # What hedges it is no part of it.
        ("约12万美元", 'OR(#"12万美元" #"12 万美元")'),
        ("融资超1亿", 'AND(融资 OR(#"1亿" #"1 亿"))'),
        ("近12万*", 'OR(#"12万" #"12 万")'),
        ("合约12万", 'AND(合约 OR(#"12万" #"12 万"))'),
        ("降至25枚", 'AND(降至 OR(#"25枚" #"25 枚"))'),
        ("12万枚比特币", 'AND(OR(#"12万枚" #"12 万枚") 比特币)'),
        ("5月12日比特币减半", 'AND(OR(#"5月12日" #"5 月 12 日") 比特币 减半)'),
        ("3个月内", 'OR(#"3个月内" #"3 个月内")'),
        ("1万2千", 'OR(#"1万2千" #"1 万 2 千")'),
        ("2020年的价格", 'AND(OR(#"2020年" #"2020 年") 价格)'),
        # Any lone character is a measure, a name is none.
        ("3链", 'OR(#"3链" #"3 链")'),
        ("58同城", "AND(58 同城)"),
        ("360公司", "AND(360 公司)"),
        ("12万-13万", 'AND(OR(#"12万" #"12 万") OR(#"13万" #"13 万"))'),
        ("5G手机", "AND(5g 手机)"),
        ("50%以上", "AND(50% 以上)"),
        ("12 万美元", "AND(12 万美元)"),
    ],
)
def test_where_an_amount_ends_in_a_chunk(q: str, tree: str) -> None:
    assert show(parse(q, aliases=False).node) == tree


@pytest.mark.parametrize(
    ("q", "loosened"),
    [
        ("12万美元", "OR(12 万美元)"),
        ("1.2亿", "1.2"),
        ("第100期", "100"),
        ("2月8日", 'OR(OR(#"2月" #"2 月") OR(#"8日" #"8 日"))'),
        ("12万美元 融资", "OR(12 万美元 融资)"),
        ("title:12万美元", None),
        ("-12万美元", None),
    ],
)
def test_what_is_left_where_nothing_has_the_amount(q: str, loosened: str | None) -> None:
    tree = parse(q, aliases=False).loosened
    assert (show(tree) if tree else None) == loosened


BODIES = {
    "甲": "公司融资12万美元。",
    "乙": "公司融资 12 万美元。",
    "丙": "公司融资112万美元。",
    "丁": "公司有12人，管理2万美元。",
    "戊": "新华社2月8日电，总额1.2亿。",
    "己": "12月8日消息，总额11.2亿。",
    "庚": "3月8日是第13季度。",
    "辛": "77家机构持有177万枚。",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    archive = Archive.open(tmp_path_factory.mktemp("data"))
    archive.catalog.add(
        [(Page(name, body), [Document("newsflash", name, body)]) for name, body in BODIES.items()]
    )
    catch_up(archive.catalog, archive.engine)
    yield archive
    archive.close()


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("12万美元", "甲乙"),
        ("融资12万美元", "甲乙"),
        ("112万美元", "丙"),
        ("12万", "甲乙"),
        ('"12万美元"', "甲丙"),
        ("公司 -12万美元", "丙丁"),
        ("1.2亿", "戊"),
        ("2月8日", "戊"),
        ("12月8日", "己"),
        ("第3季度", "庚"),  # 3 is all that is left of it
        ("99万美元", "甲乙丙丁"),  # and of this the unit
        # it has 177万枚, and a 77 elsewhere
        ("机构 -77万枚", "辛"),
        ("机构 -177万枚", ""),
    ],
)
def test_which_documents_an_amount_finds(archive: Archive, q: str, found: str) -> None:
    answer = archive.search(SearchRequest(q))
    assert {hit.stored.document.title for hit in answer.hits} == set(found)
