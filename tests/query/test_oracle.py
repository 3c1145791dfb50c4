from __future__ import annotations

from datetime import date

import pytest

from indexer.documents import Document, PublishedDate, StoredDocument
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
from tests.oracle import matches

DATED = StoredDocument(
    id="a",
    document=Document(
        "newsflash",
        "深圳發布新规",
        "发展中国家的央行在台中开会。",
        PublishedDate("2020-05", "month", "stamp"),
        author="Satoshi",
        cities=("深圳", "台中"),
        tags=("监管",),
    ),
    cluster="a",
    sites=("example.com",),
    appearances=1,
)
UNDATED = StoredDocument("b", Document("article", "", "无题"), "b", (), 1)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Everything(), True),
        (Word("深圳"), True),
        (Word("深圳", "body"), False),
        (Word("发布"), True),
        (Word("中国"), False),
        (Word("国家"), True),
        (Word("发展中国家"), True),
        (Word("台中"), True),
        (Word("央行", "title"), False),
        (Characters("中国"), True),
        (Characters("规发"), False),
        (Prefix("发展"), True),
        (Prefix("展"), False),
        (Near(("央行", "开会"), 3), True),
        (Near(("开会", "央行"), 3), True),
        (Near(("央行", "开会"), 2), False),
        (Near(("深圳", "央行"), 1000), False),
        (Near(("中国", "国家"), 10), False),
        (Value("city", "台中"), True),
        (Value("city", "北京"), False),
        (Value("kind", "newsflash"), True),
        (Value("author", "satoshi"), True),
        (Value("source", "x"), False),
        (Value("site", "example.com"), True),
        (Value("tag", "监管"), True),
        (Dates(date(2020, 5, 31), None), True),
        (Dates(date(2020, 6, 1), None), False),
        (Dates(None, date(2020, 5, 1)), True),
        (Dates(None, date(2020, 4, 30)), False),
        (And((Word("深圳"), Word("央行"))), True),
        (And((Word("深圳"), Word("北京"))), False),
        (And((Word("深圳"), Not(Word("北京")))), True),
        (Or((Word("北京"), Word("央行"))), True),
        (Not(Everything()), False),
    ],
)
def test_oracle(node: Node, expected: bool) -> None:
    assert matches(node, DATED) == expected


def test_a_document_without_a_date_lies_in_no_range() -> None:
    assert not matches(Dates(None, None), UNDATED)
    assert not matches(Dates(date.min, date.max), UNDATED)
