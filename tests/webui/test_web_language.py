"""Chinese or English: who gets which, and that all of the page follows."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("accepted", "query", "html_lang"),
    [
        (None, "", "zh-Hans"),
        ("*", "", "zh-Hans"),
        ("fr", "", "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "zh-Hans"),
        ("zh-CN,en;q=0.8", "", "zh-Hans"),
        ("zh-TW", "", "zh-Hans"),
        ("en-US,en;q=0.9", "", "en"),
        ("en-US,zh;q=0.5", "", "en"),
        ("de,en;q=0.7,zh;q=0.3", "", "en"),
        ("en", "?lang=zh", "zh-Hans"),
        ("zh-CN", "?lang=en", "en"),
        ("zh-CN", "?lang=xx", "zh-Hans"),
    ],
)
def test_the_language_is_that_of_the_url_then_of_the_browser(
    client: FlaskClient, accepted: str | None, query: str, html_lang: str
) -> None:
    headers = {"Accept-Language": accepted} if accepted else {}
    response = client.get(f"/search{query}", headers=headers)
    assert f'<html lang="{html_lang}">' in response.text
    assert "Accept-Language" in response.vary


def test_the_switch_keeps_the_search(client: FlaskClient) -> None:
    html = client.get("/search?q=深圳&from=2020&city=深圳").text
    switch = re.search(r'<a href="([^"]*)" lang="en"', html)
    assert switch
    english = client.get(switch[1].replace("&amp;", "&"))
    assert english.request.args.to_dict() == {
        "q": "深圳",
        "from": "2020",
        "city": "深圳",
        "lang": "en",
    }
    assert "documents" in english.text
    assert "lang=en" in re.findall(r'<h2><a href="([^"]*)"', english.text)[0]


def test_numbers_and_plurals_are_english_in_english(client: FlaskClient) -> None:
    assert "1 document\n" in client.get("/search?q=矿场&lang=en").text
    assert "2 documents\n" in client.get("/search?q=深圳&lang=en").text
    assert "seen 2 times" in client.get("/search?q=数字钱包&lang=en").text


def test_a_request_leaves_its_language_behind_it(client: FlaskClient) -> None:
    client.get("/search?lang=en")
    assert "不是有效的日期" in client.get("/search.json?from=x").json["error"]["message"]


def test_kinds_dates_and_the_reasons_of_dates_are_english_in_english(client: FlaskClient) -> None:
    html = client.get("/search?q=深圳&lang=en").text
    assert '<span class="kind article">Article</span>' in html
    assert '<span class="kind newsflash">Newsflash</span>' in html
    assert "<small>byline</small>" in html
    assert "<small>closing stamp</small>" in html
    assert '<span class="label">Newsflash</span>' in html


def test_an_english_page_says_what_is_chinese(client: FlaskClient) -> None:
    url = "/search?q=XRP&city=深圳&city=无此城&tag=<i>声音"
    html = client.get(f"{url}&lang=en").text
    for marked in (
        'Also searched for: <span lang="zh">瑞波币</span>',
        '</span> City: <span lang="zh">深圳</span> <span',
        'Tag: &lt;i&gt;<span lang="zh">声音</span>',
        'no city called &#34;<span lang="zh">无此城</span>&#34;',
        '<span class="label" lang="zh">深圳</span>',
    ):
        assert marked in html
    assert '<span lang="zh">' not in client.get(f"{url}&lang=zh").text


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ('q=foo) "bar', 200, "A closing parenthesis without its opening one was ignored."),
        ('q=foo) "bar', 200, "A quotation mark without its partner was taken to quote to the end."),
        ("q=深圳 date:昨天", 200, '"昨天" is not a valid date and was ignored.'),
        ("city=无此城", 200, 'The gazetteer has no city called "无此城".'),
        ("page=99", 200, "Page 99 is past the end of the results"),
        ("from=2020-13", 400, '"2020-13" is not a valid date; write 2020, 2020-05 or 2020-05-06.'),
        ("from=2021&to=2020", 400, "The first date 2021 is after the last date 2020; swap them."),
        ("sort=random", 400, 'The parameter sort cannot be "random"'),
    ],
)
def test_notices_and_refusals_are_english_in_english(
    client: FlaskClient, query: str, status: int, sentence: str
) -> None:
    response = client.get(f"/search?lang=en&{query}")
    assert response.status_code == status
    page = re.sub('<span lang="zh">(.*?)</span>', r"\1", response.text)
    assert sentence in unescape(page)
    answer = client.get(f"/search.json?lang=en&{query}")
    assert answer.status_code == status
    said = [warning["message"] for warning in answer.json.get("warnings", [])]
    said += [answer.json["error"]["message"]] if "error" in answer.json else []
    assert any(sentence in each for each in said)
