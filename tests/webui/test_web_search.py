"""The search page and its JSON: status, contract, and what a reader sees."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from time import sleep
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.archive import Archive
from indexer.query.answer import Answer, Correction, Partial, Segment
from indexer.query.request import SearchRequest
from webui.context import EXTENSION

ANSWER_KEYS = {
    "query", "total", "total_is_exact", "groups", "page", "pages", "took_ms", "warnings", "aliases",
    "corrections", "hits", "partial", "mark", "new", "undated", "histogram", "facets",
}  # fmt: skip
HIT_KEYS = {
    "id", "kind", "title", "snippet", "published", "precision", "date_origin", "cities",
    "category", "author", "source", "appearances", "reprints", "url", "is_new", "corrections",
    "score",
}  # fmt: skip
FACETS = {"date", "city", "kind", "category", "source", "site"}


def page_of(client: FlaskClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.text


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def links(html: str) -> dict[str, str]:
    """The address of each link by its text, marks and boxes left out."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {text_of(inner): unescape(url) for url, inner in found}


def test_json_has_the_keys_of_the_contract(client: FlaskClient) -> None:
    answer = client.get("/search.json?q=深圳").json
    assert set(answer) == ANSWER_KEYS
    assert answer["total"] == 2
    assert answer["total_is_exact"] is True
    assert set(answer["facets"]) == FACETS
    assert all(set(hit) == HIT_KEYS for hit in answer["hits"])
    assert {(city["value"], city["count"]) for city in answer["facets"]["city"]} == {
        ("深圳", 2),
        ("北京", 1),
    }


def test_json_keeps_chinese_readable(client: FlaskClient) -> None:
    assert "深圳发布区块链扶持政策" in client.get("/search.json?q=扶持").text


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("", 37),
        ("q=深圳", 2),
        ("q=深圳&kind=newsflash", 1),
        ("q=深圳&city=北京", 1),
        ("city=上海&city=成都", 2),
        ("from=2020&to=2020", 3),
        ("from=2020-05&to=2020-05", 1),
        ("from=2020-05-06&to=2020-05-06", 1),
        ("from=2021-06-10&to=2021-06-10", 1),
        ("from=2020&to=2020&undated=1", 4),
        ("site=甲网", 4),
        ("author=陈晓", 1),
        ("tag=扶持", 1),
    ],
)
def test_filters_narrow_page_and_json_alike(client: FlaskClient, query: str, total: int) -> None:
    assert client.get(f"/search.json?{query}").json["total"] == total
    assert f"共 {total} 篇" in page_of(client, f"/search?{query}")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=2020-13", "“2020-13”不是有效的日期"),
        ("to=昨天", "“昨天”不是有效的日期"),
        ("from=2021&to=2020", "起始日期 2021 晚于结束日期 2020"),
        ("page=0", "页码“0”不对"),
        ("page=一", "页码“一”不对"),
        ("sort=random", "参数 sort 不能是“random”"),
        ("collapse=2", "参数 collapse 不能是“2”"),
    ],
)
def test_impossible_input_is_a_400_with_a_sentence_in_the_format_asked_for(
    client: FlaskClient, query: str, sentence: str
) -> None:
    html = client.get(f"/search?q=深圳&{query}&city=北京")
    assert html.status_code == 400
    assert sentence in text_of(html.text)
    assert 'value="深圳"' in html.text  # the form stays as typed
    assert '<input type="hidden" name="city" value="北京">' in html.text
    for name in ("json", "jsonl"):
        response = client.get(f"/search.{name}?q=深圳&{query}")
        assert response.status_code == 400
        assert list(response.json) == ["error"]
        assert sentence in response.json["error"]["message"]
    markdown = client.get(f"/search.md?q=深圳&{query}")
    assert markdown.status_code == 400
    assert markdown.mimetype == "text/plain"
    assert sentence in markdown.text


def test_a_date_as_typed_stays_in_its_field(client: FlaskClient) -> None:
    html = client.get("/search?from=2020-13").text
    assert re.search(r'name="from"[^>]*value="2020-13"', html)


def test_an_unknown_city_is_a_sentence_and_not_an_empty_page(client: FlaskClient) -> None:
    html = page_of(client, "/search?city=无此城")
    assert "无此城" in text_of(html)
    assert "没有符合全部条件的文档" in html
    assert links(html)["去掉“城市：无此城”"] == "/search"
    assert "地名表里没有城市“无此城”" in html


def test_a_page_past_the_end_says_so_and_leads_back(client: FlaskClient) -> None:
    html = page_of(client, "/search?page=99")
    assert "第 99 页超出了结果范围" in html
    assert links(html)["回到第一页"] == "/search"


def test_paging_walks_through_every_hit_once(client: FlaskClient) -> None:
    ids: list[str] = []
    url = "/search?lang=zh"
    while url:
        html = page_of(client, url)
        ids += re.findall(r'<h2><a href="/d/(\w+)', html)
        url = links(html).get("下一页", "")
    assert len(ids) == len(set(ids)) == 36


def test_the_date_facet_drills_down_to_the_day_and_leads_up_again(client: FlaskClient) -> None:
    html = page_of(client, "/search?q=深圳")
    for period in ("2020 2", "2020-05 1", "2020-05-06 1"):
        html = page_of(client, links(html)[period])
    assert "共 1 篇" in html
    up = links(html)
    assert up["2020-05"].endswith("from=2020-05&to=2020-05")
    assert up["2020"].endswith("from=2020&to=2020")
    assert "from" not in up["全部日期"]


def test_facet_values_switch_on_and_off_and_an_active_one_stays_listed(
    client: FlaskClient,
) -> None:
    article = page_of(client, "/search?q=深圳&kind=article")
    beijing = page_of(client, links(article)["北京 1"])
    assert re.search(r'aria-current="true">[^\n]*北京.*?class="count">1<', beijing)
    newsflash = page_of(client, "/search?q=深圳&kind=newsflash&city=北京")
    assert re.search(r'aria-current="true">[^\n]*北京.*?class="count">0<', newsflash)
    assert links(newsflash)["北京 0"] == links(newsflash)["去掉 城市：北京 ×"]
    assert "city" not in links(newsflash)["北京 0"]


def test_more_than_twelve_values_stand_behind_more(client: FlaskClient) -> None:
    html = page_of(client, "/search")
    shown, _, folded = html.partition('<details class="more">')
    assert len(re.findall(r"栏目\d+</span>", shown)) <= 12
    assert "更多（19）" in folded


def test_every_filter_is_a_chip_that_can_be_taken_off(client: FlaskClient) -> None:
    html = page_of(client, "/search?q=深圳&from=2020&to=2020&city=深圳&kind=article&author=陈晓")
    chips = {text: url for text, url in links(html).items() if text.endswith("×")}
    assert set(chips) == {
        "去掉 2020 ×",
        "去掉 城市：深圳 ×",
        "去掉 类型：文章 ×",
        "去掉 作者：陈晓 ×",
    }
    assert "author" not in chips["去掉 作者：陈晓 ×"]
    assert client.get(links(html)["清除全部"]).request.args.to_dict() == {"q": "深圳"}


def test_undated_documents_are_counted_and_switched_beside_a_date_filter(
    client: FlaskClient,
) -> None:
    html = page_of(client, "/search?from=2020")
    with_undated = links(html)["另有 1 篇没有日期"]
    assert "undated=1" in with_undated
    assert "已含 1 篇没有日期的" in page_of(client, with_undated)


def test_how_a_date_is_known_is_shown_and_an_inferred_one_looks_different(
    client: FlaskClient,
) -> None:
    html = page_of(client, "/search?q=矿场")
    assert re.search(r'class="date inferred"><time[^>]*>2021-06</time> <small>由正文推断', html)
    html = page_of(client, "/search?q=深圳")
    assert re.search(r'class="date"><time[^>]*>2020-05-06 09:30</time> <small>署名处', html)
    assert "文末时间戳" in html
    assert "出现 2 次" in html
    assert "日期不详" in page_of(client, "/search?q=方括号")


def test_titles_and_snippets_are_marked_and_escaped(client: FlaskClient) -> None:
    assert "<mark>深圳</mark>" in page_of(client, "/search?q=深圳")
    html = page_of(client, "/search?q=方括号")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("hostile", ['"><script>alert(1)</script>', "'onload=x", "%00"])
@pytest.mark.parametrize("name", ["q", "from", "city", "sort", "lang"])
def test_nothing_typed_comes_back_as_markup(client: FlaskClient, name: str, hostile: str) -> None:
    response = client.get("/search", query_string={name: hostile})
    assert response.status_code in (200, 400)
    assert "<script>alert" not in response.text
    assert not re.search(r"<[^>]*\sonload=", response.text)


def test_words_that_the_query_language_passed_over_are_told_with_their_place(
    client: FlaskClient,
) -> None:
    html = page_of(client, "/search?q=*深圳")
    warning = client.get("/search.json?q=*深圳").json["warnings"][0]
    assert f"第 {warning['position'] + 1} 字" in html
    assert warning["message"] in unescape(html)


def test_other_names_that_were_searched_for_are_told_and_can_be_left_out(
    client: FlaskClient,
) -> None:
    html = page_of(client, "/search?q=XRP")
    assert "也搜索了：瑞波币 · 不用别名" in text_of(html)
    used = client.get("/search.json?q=xrp").json["aliases"]
    assert used == [{"word": "XRP", "names": ["瑞波币"]}]
    html = page_of(client, links(html)["不用别名"])
    assert "也搜索了" not in html
    assert client.get("/search.json?q=XRP&aliases=0").json["aliases"] == []
    assert links(html)["使用别名"] == "/search?q=XRP"
    english = text_of(page_of(client, "/search?q=XRP&lang=en"))
    assert "Also searched for: 瑞波币 · Search without aliases" in english


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("V神", "Vitalik Buterin、Vitalik、维塔利克、维塔利克·布特林、Buterin、布特林"),
        ("XRP 瑞波币", ""),
        ("XRP 币安币", "瑞波币、BNB、Binance Coin"),
        ("深圳", ""),
        ('"XRP"', ""),
    ],
)
def test_each_other_name_is_told_once_in_the_spelling_of_the_lexicon(
    client: FlaskClient, q: str, names: str
) -> None:
    told = re.search(r"也搜索了：(.*?) ·", text_of(page_of(client, f"/search?q={q}")))
    assert (told[1] if told else "") == names


def test_without_aliases_nothing_is_offered_where_there_is_none(client: FlaskClient) -> None:
    assert "使用别名" not in page_of(client, "/search?q=深圳&aliases=0")


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ("", "最新"),
        ("q=-深圳", "最新"),
        ("q=city:深圳", "最新"),
        ("q=深圳", "相关"),
        ("q=深圳&sort=oldest", "最早"),
        ("q=-深圳&sort=relevance", "相关"),
    ],
)
def test_the_order_in_use_is_marked(client: FlaskClient, query: str, sort: str) -> None:
    sorts = page_of(client, f"/search?{query}").partition('<nav class="sorts"')[2]
    assert re.findall(r'aria-current="true">(.*?)</a>', sorts.partition("</nav>")[0]) == [sort]


def test_exports_hold_every_hit(client: FlaskClient) -> None:
    lines = client.get("/search.jsonl").text.splitlines()
    assert len(lines) == 36
    assert len(client.get("/search.jsonl?collapse=0").text.splitlines()) == 37
    assert {json.loads(line)["kind"] for line in lines} == {"article", "newsflash"}
    markdown = client.get("/search.md?q=深圳").text
    assert markdown.count("](https://biwen.example/d/") == 2


@pytest.mark.parametrize("path", ["/search?q=深圳", "/search.json?q=深圳"])
def test_pages_of_results_are_worked_out_one_at_a_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    search, running, most = Archive.search, [0], [0]

    def slow(self: Archive, request: SearchRequest) -> Answer:
        running[0] += 1
        most[0] = max(most[0], running[0])
        sleep(0.05)
        running[0] -= 1
        return search(self, request)

    monkeypatch.setattr(Archive, "search", slow)
    assert app.test_client().get("/search.json?from=32").status_code == 400  # gives its turn back
    with ThreadPoolExecutor(4) as pool:
        statuses = pool.map(lambda _: app.test_client().get(path).status_code, range(4))
    assert list(statuses) == [200] * 4
    assert most == [1]


@pytest.mark.parametrize("query", ["", "q=深圳", "q=深圳&from=2020&to=2020", "q=没有这样的词"])
def test_every_export_holds_the_same_hits_in_the_same_order(
    client: FlaskClient, query: str
) -> None:
    def exported(form: str) -> str:
        return client.get(f"/search.{form}?{query}").text

    ids = [json.loads(line)["id"] for line in exported("jsonl").splitlines()]
    rows = list(csv.DictReader(io.StringIO(exported("csv").removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == ids
    assert re.findall(r"@online\{biwen-(\w+)", exported("bib")) == ids
    assert re.findall(r"^ID  - biwen-(\w+)$", exported("ris"), re.MULTILINE) == ids
    assert [item["id"] for item in json.loads(exported("csl"))] == [f"biwen-{id_}" for id_ in ids]
    assert len(exported("gbt7714").splitlines()) == len(ids)
    assert re.findall(r"example/d/(\w+)\)", exported("md")) == ids


@pytest.mark.parametrize("path", ["/search?q=深圳", "/search.json?q=", "/help"])
def test_answers_are_compressed_for_who_asks(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    small = client.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) / 2
    ignored = re.compile(rb'[\d.]+ \xe6\xaf\xab\xe7\xa7\x92|"took_ms":[\d.]+')
    assert ignored.sub(b"", gzip.decompress(small.data)) == ignored.sub(b"", plain.data)
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in small.vary
    assert int(small.headers["Content-Length"]) == len(small.data)
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_home_lists_all_documents(client: FlaskClient) -> None:
    assert "共 37 篇" in page_of(client, "/")


@pytest.mark.parametrize("url", ["/", "/search?q=深圳", "/search?from=x", "/nowhere"])
def test_pages_need_nothing_that_the_policy_forbids(client: FlaskClient, url: str) -> None:
    html = client.get(url).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    assert not re.search(
        r'(?:src|<link (?!rel="canonical")[^>]*href)="(?:https?:)?//', html
    )  # a canonical address is not fetched


@pytest.fixture
def enriched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives every answer a border or corrections, whatever the search finds by itself."""
    search = Archive.search

    def enrich(**changes: Any) -> None:
        monkeypatch.setattr(
            Archive, "search", lambda self, asked: replace(search(self, asked), **changes)
        )

    return enrich


def partial_of(app: Flask, q: str, total: int) -> Partial:
    archive: Archive = app.extensions[EXTENSION].archive
    return Partial(total, archive.search(SearchRequest(q=q)).hits)


@pytest.mark.parametrize(
    ("language", "heading", "everything"),
    [
        ("zh", "以下文档只含部分词（共 1,234 篇）", "全部列出"),
        ("en", "The documents below have only some of the words (1,234 in all)", "List them all"),
    ],
)
def test_partial_matches_stand_below_a_border_in_the_form_of_the_others(
    app: Flask, enriched: Callable[..., None], language: str, heading: str, everything: str
) -> None:
    enriched(partial=partial_of(app, "矿场", 1234))
    html = page_of(app.test_client(), f"/search?q=深圳&city=深圳&lang={language}")
    full, border, partial = html.partition('<section class="partial"')
    assert border
    assert len(re.findall(r"<h2><a [^>]*>", full)) == 2
    assert f'<h2 id="partial">{heading}</h2>' in partial
    assert re.search(r'<h3><a href="/d/\w+\?q=[^"]*" lang="zh">回顾<mark>矿场</mark>搬迁', partial)
    assert 'class="date inferred"' in partial  # dates, places and marks as above
    leads = links(partial)[everything]
    for part in ("match=any", "city=", f"lang={language}"):
        assert part in leads


def test_without_full_matches_the_partial_ones_take_the_place_of_advice(
    app: Flask, enriched: Callable[..., None]
) -> None:
    enriched(partial=partial_of(app, "矿场", 1), hits=(), total=0, groups=0)
    html = page_of(app.test_client(), "/search?q=深圳")
    assert "共 0 篇" in html
    assert "以下文档只含部分词（共 1 篇）" in html
    assert "没有符合全部条件的文档" not in html


def test_corrections_are_links_that_keep_the_filters_and_change_nothing_by_themselves(
    app: Flask, enriched: Callable[..., None]
) -> None:
    told = (Segment("深"), Segment("圳<b>", marked=True))
    enriched(corrections=(Correction("深圳", told),))
    html = page_of(app.test_client(), "/search?q=深川&kind=article")
    assert "您是不是要找： 深 圳<b>" in text_of(html)
    assert links(html)["深 圳<b>"] == "/search?q=%E6%B7%B1%E5%9C%B3&kind=article"
    assert "深<mark>圳&lt;b&gt;</mark>" in html
    assert 'value="深川"' in html
    assert "Did you mean:" in page_of(app.test_client(), "/search?q=深川&lang=en")


def test_an_answer_without_them_has_neither_border_nor_corrections(client: FlaskClient) -> None:
    html = page_of(client, "/search?q=深圳")
    assert 'class="partial"' not in html
    assert "您是不是要找" not in html


def test_the_search_box_tells_its_script_the_sentences_of_the_language(client: FlaskClient) -> None:
    for language, one, several in (
        ("zh", "有 # 条建议，用上下键选择", "有 # 条建议，用上下键选择"),
        ("en", "# suggestion; use the arrow keys", "# suggestions; use the arrow keys"),
    ):
        html = page_of(client, f"/?lang={language}")
        assert f'data-one="{one}" data-several="{several}"' in html
        assert 'data-suggest="/suggest.json"' in html
    assert 'role="combobox"' not in html  # without JavaScript it is a search field
