"""Records: one JSON object is one document."""

import json

import pytest

from indexer.documents import Page, PublishedDate
from indexer.errors import Refused
from indexer.pages.record import read_record


def read(**fields):
    return read_record(Page("a.jsonl:3", json.dumps(fields), "record"))


TEXT = "某交易所今日在新加坡宣布上线新币。"
LONG = "某交易所今日宣布上线新币,用户可以充值。" * 40

DATES = [
    # as written, as read, precision
    ("2021", "2021", "year"),
    (2021, "2021", "year"),
    ("2021-11", "2021-11", "month"),
    ("2021-11-30", "2021-11-30", "day"),
    ("20211130", "2021-11-30", "day"),
    ("2021/11/30 12:41:29", "2021-11-30T12:41:29", "second"),
    ("2021-11-30T12:41", "2021-11-30T12:41", "minute"),
    ("2021-11-30T20:41:29Z", "2021-12-01T04:41:29", "second"),
    ("2021-11-30T12:41:29+08:00", "2021-11-30T12:41:29", "second"),
    (1638247289, "2021-11-30T12:41:29", "second"),
    (1638247289000, "2021-11-30T12:41:29", "second"),
    (1638247289.75, "2021-11-30T12:41:29", "second"),
    ("1638247289", "2021-11-30T12:41:29", "second"),
    ("1638247289000", "2021-11-30T12:41:29", "second"),
]


@pytest.mark.parametrize(("written", "value", "precision"), DATES)
@pytest.mark.parametrize("field", ["published", "date", "time", "datetime", "pub_time"])
def test_dates(field, written, value, precision):
    document = read(body=TEXT, **{field: written})
    assert document.published == PublishedDate(value, precision, "record")


@pytest.mark.parametrize("nothing", [None, "", " ", 0])
def test_no_date(nothing):
    assert read(body=TEXT, published=nothing).published is None


def test_precision_and_origin_are_kept_when_given():
    document = read(
        body=TEXT, published="2021-11-30T00:00:00", precision="day", date_origin="stamp"
    )
    assert document.published == PublishedDate("2021-11-30", "day", "stamp")
    finer = read(body=TEXT, published="2021-11", precision="second")
    assert finer.published == PublishedDate("2021-11", "month", "record")


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"url": "https://example.org/2021/04/05/a.html"}, "2021-04-05"),
        ({"link": "https://example.org/news/20210405-a.html"}, "2021-04-05"),
        ({"url": "https://example.org/2021/13/05/a.html"}, None),
        ({"url": "https://example.org/news/120210405.html"}, None),
        # the record says that it has no date
        ({"url": "https://example.org/2021/04/05/a.html", "published": None}, None),
    ],
)
def test_without_a_date_of_its_own_the_address_gives_one(fields, value):
    published = read(body=TEXT, **fields).published
    assert published == (value and PublishedDate(value, "day", "url"))


@pytest.mark.parametrize("field", ["body", "text", "content"])
def test_body_by_any_of_its_names_in_paragraphs(field):
    document = read(title=" 标题\n", **{field: " 第一段\r\n第二段\n\n\n第三段 "})
    assert document.title == "标题"
    assert document.paragraphs == ("第一段", "第二段", "第三段")


def test_html_in_a_body_is_read_as_paragraphs():
    document = read(body="<p>矿工&nbsp;搬了家。</p><p>山里的<b>电</b>便宜。</p>")
    assert document.paragraphs == ("矿工\u00a0搬了家。", "山里的电便宜。")


TITLES = [
    ("早间消息。随后上涨。", "早间消息"),
    ("真的吗?是的。", "真的吗?"),
    ("第一段没有句号\n第二段", "第一段没有句号"),
    ("长" * 60, "长" * 40),
    ("？\n\n！", "？"),
]


@pytest.mark.parametrize(("body", "title"), TITLES)
def test_a_record_without_title_is_called_by_its_first_sentence(body, title):
    document = read(body=body)
    assert document.title == title
    assert document.body.startswith(body[:5])


KINDS = [
    ({"body": TEXT, "published": "2021-11-30"}, "newsflash"),
    ({"body": TEXT}, "article"),
    ({"body": TEXT + "[2021/11/30 12:41:29]"}, "newsflash"),
    ({"body": LONG, "published": "2021-11-30"}, "article"),
    ({"body": TEXT, "published": "2021", "date_origin": "text"}, "article"),
    ({"body": LONG, "kind": "newsflash"}, "newsflash"),
    ({"body": TEXT, "published": "2021-11-30", "kind": "article"}, "article"),
]


@pytest.mark.parametrize(("fields", "kind"), KINDS)
def test_kind(fields, kind):
    assert read(**fields).kind == kind


def test_a_stamp_at_the_end_is_the_date_and_no_text():
    document = read(body=TEXT + "[2021/11/30 12:41:29]")
    assert document.body == TEXT
    assert document.published == PublishedDate("2021-11-30T12:41:29", "second", "stamp")
    assert read(body=TEXT + "[2021/11/30]", date="2021-11-30").body == TEXT
    other = read(body=TEXT + "[2021/11/30]", date="2020-01-01")
    assert other.body == TEXT + "[2021/11/30]"
    assert other.published.value == "2020-01-01"


def test_cities_of_the_text_are_added_to_those_given():
    document = read(body="新加坡与北京的两家机构签约。", cities=["深圳", "新加坡"])
    assert set(document.cities) == {"深圳", "新加坡", "北京"}
    assert document.cities[0] == "深圳"


def test_lists_may_be_written_as_text():
    assert read(body=TEXT, tags="DeFi、挖矿, 监管,DeFi").tags == ("DeFi", "挖矿", "监管")
    assert read(body=TEXT, tags=["DeFi", " ", "DeFi"]).tags == ("DeFi",)


ADDRESSES = [
    ("https://example.org/1", "https://example.org/1"),
    ("http://example.org", "http://example.org"),
    ("javascript:alert(1)", None),
    ("ftp://example.org/1", None),
    ("https://", None),
    ("http://[", None),
    ("/relative", None),
]


@pytest.mark.parametrize(("given", "kept"), ADDRESSES)
@pytest.mark.parametrize("field", ["url", "link"])
def test_only_web_addresses_are_kept(field, given, kept):
    assert read(body=TEXT, **{field: given}).url == kept


def test_cut_emoji_and_control_characters_do_no_harm():
    document = read_record(Page("a", r'{"body": "涨了\ud83d\u0000\u0007!", "x": 1}', "record"))
    assert document.body == "涨了\ufffd!"


REFUSED = [
    ({}, "没有正文"),
    ({"body": "  "}, "没有正文"),
    ({"body": "[2021/11/30]"}, "没有正文"),
    ({"body": 5}, "body 是 5，应为：文本"),
    ({"body": ["一", "二"]}, "body 是"),
    ({"body": TEXT, "title": {"zh": "x"}}, "title 是"),
    ({"body": TEXT, "tags": {"a": 1}}, "tags 是"),
    ({"body": TEXT, "cities": [1]}, "cities 是 [1]"),
    ({"body": TEXT, "kind": "news"}, "article | newsflash"),
    ({"body": TEXT, "date": "2021-02-30"}, '"2021-02-30"'),
    ({"body": TEXT, "date": "昨天"}, '"昨天"'),
    ({"body": TEXT, "date": True}, "date 是 true"),
    ({"body": TEXT, "date": 10**30}, "date 是"),
    ({"body": TEXT, "date": float("nan")}, "date 是 NaN"),
    ({"body": TEXT, "date": "2021", "date_origin": "oracle"}, "date_origin 是"),
    ({"body": TEXT, "precision": "week"}, "precision 是"),
]


@pytest.mark.parametrize(("fields", "words"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_a_sentence(fields, words):
    with pytest.raises(Refused) as refused:
        read(**fields)
    assert "a.jsonl:3" in str(refused.value)
    assert words in str(refused.value)
