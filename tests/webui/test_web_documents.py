"""The page of one document, its JSON and its address."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.catalog import Catalog
from indexer.documents import Document, Page, PublishedDate
from indexer.engine.whoosh import WhooshEngine
from indexer.errors import WrongUsage
from indexer.pipeline import catch_up
from webui import create_app
from webui.links import at_text

KEYS = {
    "id", "kind", "title", "body", "published", "precision", "date_origin", "category",
    "author", "source", "site", "url", "tags", "cities", "page", "position", "permalink",
    "appearances", "reprints", "related", "corrections",
}  # fmt: skip


def id_of(client: FlaskClient, query: str) -> str:
    hits = client.get("/search.json", query_string={"q": query}).json["hits"]
    return str(hits[0]["id"])


def citation_of(html: str) -> str:
    return citations_of(html)["Markdown 链接"]


def citations_of(html: str) -> dict[str, str]:
    """The citation in every form, by what the page calls it."""
    found = re.findall(
        r"<summary>([^<]*)</summary>\s*<textarea[^>]*>([^<]*)</textarea>", html, re.DOTALL
    )
    return {label: unescape(text) for label, text in found}


def test_the_whole_text_stands_in_numbered_paragraphs(client: FlaskClient) -> None:
    document_id = id_of(client, "扶持政策")
    html = client.get(f"/d/{document_id}?q=深圳x").text
    for number, words in enumerate(["深圳市今天", "北京的专家", "政策即日"], 1):
        assert re.search(
            rf'<p id="p{number}"><a class="anchor" href="https://biwen.example/d/{document_id}'
            rf'#p{number}"[^>]*>¶</a>{words}',
            html,
        )
    assert "<mark>" not in html


def test_the_words_searched_for_are_marked(client: FlaskClient) -> None:
    html = client.get(f"/d/{id_of(client, '扶持政策')}?q=北京").text
    assert "<mark>北京</mark>的专家" in html


def test_the_pages_on_which_it_appeared_are_listed(client: FlaskClient) -> None:
    html = client.get(f"/d/{id_of(client, '数字钱包')}").text
    assert "出现在 2 处" in html
    assert "one.txt" in html
    assert "two.txt" in html
    assert "第 4 行" in html


@pytest.mark.parametrize(
    ("query", "linked"), [("扶持政策", "https://example.org/a?b=1&c=2"), ("方括号", None)]
)
def test_only_a_web_address_becomes_a_link(
    client: FlaskClient, query: str, linked: str | None
) -> None:
    html = client.get(f"/d/{id_of(client, query)}").text
    external = re.findall(r'<a href="([^"]*)" rel="external', html)
    addresses = [unescape(url).partition("#:~:text=")[0] for url in external]
    assert addresses == ([linked] if linked else [])
    assert 'href="javascript' not in html


@pytest.mark.parametrize(
    ("query", "citation"),
    [
        (
            "扶持政策",
            "[深圳发布区块链扶持政策](https://biwen.example/d/{id})"
            " · 2020-05-06 09:30 · 甲网 · {id}",
        ),
        (
            "数字钱包",
            "[深圳试点数字钱包](https://biwen.example/d/{id}) · 2020-07-13 · 乙社 · {id}",
        ),
        (
            "矿场",
            "[回顾矿场搬迁](https://biwen.example/d/{id}) · 2021-06（由正文推断） · 甲网 · {id}",
        ),
        (
            "方括号",
            r"[\<script\>alert(1)\</script\> \& \[方括号\](http\://x) \*星\* "
            '"引号"](https://biwen.example/d/{id}) · 日期不详 · {id}',
        ),
    ],
)
def test_the_link_to_copy_is_absolute_and_says_what_it_leads_to(
    client: FlaskClient, query: str, citation: str
) -> None:
    document_id = id_of(client, query)
    html = client.get(f"/d/{document_id}?q=深圳").text
    assert citation_of(html) == citation.format(id=document_id)
    assert f'<link rel="canonical" href="https://biwen.example/d/{document_id}">' in html


@pytest.mark.parametrize(
    ("url", "text", "expected"),
    [
        (
            "https://a.cn/x",
            "深圳试点",
            "https://a.cn/x#:~:text=%E6%B7%B1%E5%9C%B3%E8%AF%95%E7%82%B9",
        ),
        ("https://a.cn/x?b=1#c", "试", "https://a.cn/x?b=1#c:~:text=%E8%AF%95"),
        (
            "https://a.cn/x",
            "BTC-USD, 5% & up",
            "https://a.cn/x#:~:text=BTC%2DUSD%2C%205%25%20%26%20up",
        ),
        ("https://a.cn/x", "第一行\n第二行", "https://a.cn/x#:~:text=%E7%AC%AC%E4%B8%80%E8%A1%8C"),
        ("https://a.cn/x#:~:text=a", "b", "https://a.cn/x#:~:text=a"),
        ("https://a.cn/x", " ", "https://a.cn/x"),
    ],
)
def test_a_link_to_the_original_leads_to_the_text(url: str, text: str, expected: str) -> None:
    assert at_text(url, text) == expected


def test_the_page_offers_every_form_of_citation_and_says_what_is_missing(
    client: FlaskClient,
) -> None:
    html = client.get(f"/d/{id_of(client, '矿场')}").text
    assert list(citations_of(html)) == [
        "Markdown 链接", "双链", "纯文本", "GB/T 7714—2025", "GB/T 7714—2015",
        "APA", "BibTeX", "RIS", "CSL-JSON",
    ]  # fmt: skip
    missing = re.search(r'<ul class="missing">(.*?)</ul>', html, re.DOTALL)
    assert missing
    assert "日期是由正文推断的，没有写进引文" in missing[1]
    assert "2021" not in citations_of(html)["GB/T 7714—2025"].split("[EB/OL]")[1].split("]")[0]


@pytest.mark.parametrize(
    ("form", "mimetype", "beginning"),
    [
        ("bib", "application/x-bibtex", "@online{biwen-"),
        ("ris", "application/x-research-info-systems", "TY  - ELEC"),
        ("csl", "application/vnd.citationstyles.csl+json", "["),
    ],
)
def test_a_document_can_be_saved_for_a_reference_manager(
    client: FlaskClient, form: str, mimetype: str, beginning: str
) -> None:
    document_id = id_of(client, "扶持政策")
    response = client.get(f"/d/{document_id}.{form}")
    assert response.mimetype == mimetype
    assert response.text.startswith(beginning)
    assert f"biwen-{document_id}." in response.headers["Content-Disposition"]
    assert client.get(f"/d/nonesuch00000.{form}").status_code == 404


def test_the_page_tells_machines_what_it_is(client: FlaskClient) -> None:
    document_id = id_of(client, "扶持政策")
    html = client.get(f"/d/{document_id}").text
    named = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', html))
    assert named["DC.title"] == named["og:title"] == "深圳发布区块链扶持政策"
    assert named["DC.date"] == named["article:published_time"] == "2020-05-06"
    assert named["DC.language"] == named["citation_language"] == "zh-CN"
    assert named["og:type"] == "article"
    assert named["og:url"] == f"https://biwen.example/d/{document_id}"
    assert "citation_title" not in named  # Zotero would take the page for a journal article
    linked = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert linked
    data = json.loads(linked[1])
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == "深圳发布区块链扶持政策"
    assert data["datePublished"] == "2020-05-06"
    assert data["url"] == f"https://biwen.example/d/{document_id}"


def test_no_text_ends_the_linked_data(client: FlaskClient) -> None:
    html = client.get(f"/d/{id_of(client, '方括号')}").text
    linked = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert linked
    assert json.loads(linked[1])["headline"].startswith("<script>alert(1)</script>")


def test_links_start_with_the_address_served_unless_another_is_given(
    archive_folder: Path,
) -> None:
    client = create_app(archive_folder).test_client()
    document_id = id_of(client, "扶持政策")
    html = client.get(f"/d/{document_id}", base_url="http://127.0.0.1:8123").text
    assert f"](http://127.0.0.1:8123/d/{document_id})" in citation_of(html)


@pytest.mark.parametrize(
    "base_url",
    [
        "biwen.example",
        "ftp://biwen.example",
        "javascript:x",
        "",
        "https://a.cn/?b",
        "https://[a",
        "https://a.cn/币",
    ],
)
def test_a_public_address_must_be_a_web_address(archive_folder: Path, base_url: str) -> None:
    with pytest.raises(WrongUsage, match="https://"):
        create_app(archive_folder, base_url)


def test_the_way_back_keeps_the_search(client: FlaskClient) -> None:
    url = "/search?q=深圳&from=2020&to=2020&city=深圳&sort=oldest"
    hit = re.search(r'<h2><a href="([^"]*)"', client.get(url).text)
    assert hit
    html = client.get(unescape(hit[1])).text
    back = re.search(r'<p class="back">\s*<a href="([^"]*)"', html)
    assert back
    kept = client.get(unescape(back[1])).request.args.to_dict()
    assert kept == {"q": "深圳", "from": "2020", "to": "2020", "city": "深圳", "sort": "oldest"}


def test_an_impossible_search_in_the_address_does_not_hide_the_text(client: FlaskClient) -> None:
    response = client.get(f"/d/{id_of(client, '扶持政策')}?q=深圳&page=x&from=32")
    assert response.status_code == 200
    assert "即日生效" in response.text


def test_reprints_are_listed_with_date_and_site(client: FlaskClient) -> None:
    shown, reprint = client.get("/search.json?q=跨年&sort=oldest&collapse=0").json["hits"]
    html = client.get(f"/d/{shown['id']}").text
    assert "1 篇转载" in html
    assert f'<a href="/d/{reprint["id"]}"' in html
    assert client.get(f"/d/{shown['id']}.json").json["reprints"] == [reprint["id"]]
    found = client.get("/search?q=跨年").text
    assert "共 2 篇，合并为 1 条" in found
    assert "1 篇转载" in found


def reprint_list(html: str) -> list[tuple[str, str]]:
    """Every reprint listed: the text, parts joined by bars, and the address of its original."""
    items = re.findall(r"<li>(.*?)</li>", html.partition('class="reprints"')[2], re.DOTALL)
    original = re.compile(r'class="original" href="([^"]*)"')
    return [
        ("|".join(re.sub(r"<[^>]*>", "\n", each).split()), "".join(original.findall(each)))
        for each in items
    ]


@pytest.mark.parametrize("view", ["document", "results"])
def test_each_reprint_has_its_site_its_date_and_its_original(tmp_path: Path, view: str) -> None:
    told = {"kind": "newsflash", "title": "跨年公告", "body": "交易平台发布跨年公告。"}
    shown = Document(**told, published=PublishedDate("2019-12-31", "day", "stamp"), site="甲网")  # type: ignore[arg-type]
    others = [
        replace(shown, published=PublishedDate(f"2020-01-0{day}", "day", "stamp"), **more)  # type: ignore[arg-type]
        for day, more in enumerate(
            (
                {"site": "乙网", "url": "https://example.org/a"},
                {"site": None, "source": "丙社", "url": "javascript:alert(1)"},
                {"site": None},
            ),
            1,
        )
    ]
    with Catalog.open(tmp_path / "catalog.db") as catalog:
        engine = WhooshEngine(tmp_path / "whoosh", catalog.uuid)
        pages = {"a": [shown], "b": others, "c": [replace(others[0], site="丁网")]}
        catalog.add([(Page(name, name), documents) for name, documents in pages.items()])
        catch_up(catalog, engine)
        engine.close()
    client = create_app(tmp_path).test_client()
    url = "/search?q=跨年&sort=oldest"
    if view == "document":
        first = client.get("/search.json?q=跨年&sort=oldest").json["hits"][0]
        url = f"/d/{first['id']}"
    assert sorted(reprint_list(client.get(url).text)) == [
        (
            "跨年公告|2020-01-01|文末时间戳|丁网|乙网|原文",
            "https://example.org/a#:~:text=%E8%B7%A8%E5%B9%B4%E5%85%AC%E5%91%8A",
        ),
        ("跨年公告|2020-01-02|文末时间戳|丙社", ""),
        ("跨年公告|2020-01-03|文末时间戳", ""),
    ]


def test_related_documents_are_linked_with_kind_date_and_cities(tmp_path: Path) -> None:
    day = PublishedDate("2020-01-02", "day", "stamp")
    documents = [
        Document("newsflash", "获任", "郑皓升任命苗景岚。", day),
        Document("article", "专访<苗>", "苗景岚谈郑皓升。", day, cities=("深圳", "香港")),
        *(Document("newsflash", f"公告{n}", f"平台公告，编号{n}。", day) for n in range(70)),
    ]
    with Catalog.open(tmp_path / "catalog.db") as catalog:
        engine = WhooshEngine(tmp_path / "whoosh", catalog.uuid)
        catalog.add([(Page("a.txt", "a"), documents)])
        catch_up(catalog, engine)
        engine.close()
    client = create_app(tmp_path).test_client()
    shown, other, notice = (id_of(client, q) for q in ("获任", "专访", "公告7"))
    assert client.get(f"/d/{shown}.json").json["related"] == [other]
    html = client.get(f"/d/{shown}?lang=en&q=郑").text
    section = re.search(r'<section class="related".*?</section>', html, re.DOTALL)
    assert section
    assert f'<a href="/d/{other}?lang=en" lang="zh">专访&lt;苗&gt;</a>' in section[0]
    text = re.sub(r"<[^>]*>", " ", section[0]).split()
    assert text[:2] == ["Related", "documents"]
    assert {"Article", "2020-01-02", "深圳", "香港"} <= set(text)
    assert client.get(f"/d/{notice}.json").json["related"] == []
    assert 'class="related"' not in client.get(f"/d/{notice}").text


def test_json_has_the_keys_of_the_contract(client: FlaskClient) -> None:
    document_id = id_of(client, "数字钱包")
    document = client.get(f"/d/{document_id}.json").json
    assert set(document) == KEYS
    assert document["permalink"] == f"https://biwen.example/d/{document_id}"
    assert [(seen["page"], seen["lines"]) for seen in document["appearances"]] == [
        ("one.txt", [4, 4]),
        ("two.txt", [4, 4]),
    ]


@pytest.mark.parametrize("suffix", ["", ".json", ".bib", ".ris", ".csl"])
def test_a_superseded_id_leads_to_the_current_one(
    client: FlaskClient, archive_folder: Path, suffix: str
) -> None:
    new = id_of(client, "论坛闭幕")
    with Catalog.open(archive_folder / "catalog.db") as catalog:
        (old,) = catalog.removed_since(0)
    response = client.get(f"/d/{old}{suffix}?q=上海")
    assert response.status_code == 301
    assert response.location == f"/d/{new}{suffix}?q=%E4%B8%8A%E6%B5%B7"
    assert client.get(response.location).status_code == 200


def test_an_unknown_id_is_a_404_with_a_sentence(client: FlaskClient) -> None:
    html = client.get("/d/aaaaaaaaaaaaa")
    assert html.status_code == 404
    assert "没有编号为“aaaaaaaaaaaaa”的文档" in html.text
    answer = client.get("/d/aaaaaaaaaaaaa.json")
    assert answer.status_code == 404
    assert "aaaaaaaaaaaaa" in answer.json["error"]["message"]


def test_a_mistyped_id_is_answered_with_the_one_that_was_meant(client: FlaskClient) -> None:
    document_id = id_of(client, "扶持政策")
    for typed in (document_id.upper(), f"{document_id}x", document_id[:-1]):
        response = client.get(f"/d/{typed}?lang=en")
        assert response.status_code == 404
        assert f'<a href="/d/{document_id}?lang=en" lang="zh">深圳发布区块链' in response.text
    error = client.get(f"/d/{document_id.upper()}.json").json["error"]
    assert document_id in error["message"]
    assert error["near"] == {
        "id": document_id,
        "permalink": f"https://biwen.example/d/{document_id}",
    }
    assert document_id in client.get(f"/d/{document_id.upper()}.bib").text


def test_a_mistyped_id_that_was_superseded_leads_to_the_current_one(
    client: FlaskClient, archive_folder: Path
) -> None:
    with Catalog.open(archive_folder / "catalog.db") as catalog:
        (old,) = catalog.removed_since(0)
    assert f'href="/d/{id_of(client, "论坛闭幕")}"' in client.get(f"/d/{old.upper()}").text


def test_an_id_that_is_near_to_none_is_answered_with_what_an_id_is(client: FlaskClient) -> None:
    html = client.get("/d/比特币").text
    assert "编号由 13 个小写字母和数字 2 至 7 组成" in html
    assert 'role="search"' in html
    assert "near" not in client.get("/d/aaaaaaaaaaaaa.json").json["error"]


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("/", "search"),
        ("/search?q=深圳&page=1&lang=en&from=", "search?q=%E6%B7%B1%E5%9C%B3"),
        ("/search?page=2&city=深圳&q=x", "search?q=x&amp;city=%E6%B7%B1%E5%9C%B3&amp;page=2"),
        ("/trends?q=a&q=b&lang=en&unit=share", "trends?q=a&amp;q=b&amp;unit=share"),
        ("/help?lang=en", "help"),
    ],
)
def test_every_view_has_one_public_address(client: FlaskClient, url: str, canonical: str) -> None:
    html = client.get(url).text
    assert re.findall(r'<link rel="canonical" href="([^"]*)"', html) == [
        f"https://biwen.example/{canonical}"
    ]


def test_hostile_text_is_shown_and_not_run(client: FlaskClient) -> None:
    html = client.get(f"/d/{id_of(client, '方括号')}?q=星").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_health_answers_once_searches_can_be_served(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json == {
        "status": "ok",
        "documents": 37,
        "generation": 2,
        "catalog_generation": 2,
    }


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [("GET", "/nowhere", 404), ("POST", "/search", 405), ("DELETE", "/search.json", 405)],
)
def test_errors_are_sentences(client: FlaskClient, method: str, url: str, status: int) -> None:
    response = client.open(url, method=method)
    assert response.status_code == status
    shown = response.json["error"]["message"] if url.endswith("json") else response.text
    assert re.search(r"[\u4e00-\u9fff]{4}", shown)
    assert "werkzeug" not in shown.lower()


@pytest.mark.parametrize("url", ["/search", "/search.json"])
def test_what_goes_wrong_inside_is_logged_and_not_shown(
    archive_folder: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken: Flask = create_app(archive_folder)
    broken.before_request(lambda: 1 / 0)
    response = broken.test_client().get(url)
    assert response.status_code == 500
    assert "服务器出了错" in response.text
    assert "ZeroDivision" not in response.text
    assert "ZeroDivisionError" in caplog.text
