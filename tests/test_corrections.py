"""What a curator may type, and what is made of it."""

import pytest

from indexer.corrections import typed, unknown_cities
from indexer.documents import PublishedDate
from indexer.errors import WrongUsage


def on(value, precision):
    return PublishedDate(value, precision, "correction")


TYPED = [
    ("title", "  矿工的 夏天\n", "矿工的 夏天"),
    ("title", "矿工\x00的\x1b夏天", "矿工 的 夏天"),
    ("title", "半个\ud83d字", "半个 字"),
    ("title", "一家人👨‍👩‍👧去挖矿", "一家人👨‍👩‍👧去挖矿"),
    ("published", "2020", on("2020", "year")),
    ("published", "2020-05", on("2020-05", "month")),
    ("published", "2020-05-06", on("2020-05-06", "day")),
    ("published", "2020-05-06T09:30", on("2020-05-06T09:30", "minute")),
    ("published", "2020-05-06 09:30:01", on("2020-05-06T09:30:01", "second")),
    ("published", "2020年5月6日", on("2020-05-06", "day")),
    ("published", "２０２０/５/６", on("2020-05-06", "day")),
    ("published", " ", None),
    ("cities", "深圳", ("深圳",)),
    ("cities", "深圳市、Shanghai，北京", ("深圳", "上海", "北京")),
    ("cities", "深圳, 深圳市;", ("深圳",)),
    ("cities", "某某屯", ("某某屯",)),
    ("cities", "", ()),
    ("author", " 陈晓 ", "陈晓"),
    ("author", "", None),
    ("source", "新华社", "新华社"),
    ("source", "\t", None),
    ("kind", "article", "article"),
    ("kind", "newsflash", "newsflash"),
]
REFUSED = [
    ("title", "", "标题不能是空的"),
    ("title", " \n\x00", "标题不能是空的"),
    ("published", "昨天", "“昨天”不是"),
    ("published", "2020-02-30", "不是 2008 年以来的日期"),
    ("published", "2020-13", "不是 2008 年以来的日期"),
    ("published", "1999-05-06", "不是 2008 年以来的日期"),
    ("published", "9999", "不是 2008 年以来的日期"),
    ("published", "2020-05..2020-06", "不是 2008 年以来的日期"),
    ("kind", "poem", "article 或 newsflash"),
    ("kind", "", "article 或 newsflash"),
    ("author", "长" * 1001, "最多 1,?000 个字"),
    ("title", "长" * 1001, "最多 1,?000 个字"),
]


@pytest.mark.parametrize(("field", "text", "value"), TYPED)
def test_typed(field, text, value):
    assert typed(field, text) == value


@pytest.mark.parametrize(("field", "text", "words"), REFUSED)
def test_refused_with_a_sentence(field, text, words):
    with pytest.raises(WrongUsage, match=words):
        typed(field, text)


def test_cities_that_no_gazetteer_has():
    assert unknown_cities(("深圳", "某某屯", "Shanghai", "火星城")) == ["某某屯", "火星城"]
