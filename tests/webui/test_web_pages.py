"""The view in which a quotation is checked against the page that it is from."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from indexer.analysis import fold
from indexer.catalog import Catalog
from indexer.documents import Page
from indexer.engine.whoosh import WhooshEngine
from indexer.pages import Reading, read
from indexer.pipeline import add, catch_up
from indexer.sources import read_paths
from webui import create_app

SAMPLE = Path(__file__).parents[2] / "index_data" / "sample"
SCRIPT = "<script>alert(1)</script>"
HOSTILE = f"""山里的电{SCRIPT}

雨季之前{SCRIPT}搬进了山里。" onmouseover="alert(1)

丁桥恢复<img src=x onerror=alert(1)>:跨链桥丁桥恢复,见javascript:alert(1)。[2020/7/13]

免责声明:{SCRIPT}"""
RECORD = {
    "title": f"丁桥{SCRIPT}",
    "body": "跨链桥丁桥恢复。\n六小时后。",
    "published": "2020-07-13",
    "url": "https://example.org/a-b?c=1",
    f"x{SCRIPT}": "javascript:alert(1)",
}
FLASH = "丁桥恢复存取款:跨链桥丁桥恢复存取款,用时六小时。[2020/7/13]"
TWICE = f"山里的电\n\n{FLASH}\n\n雨季之前,机器搬进了山里。\n\n{FLASH}"
LONG = "\n".join(["山里的电", *(f"第{n}段说到第{n}台机器搬进了山里。" for n in range(1000)), FLASH])
BROKEN = "<br>".join(["山里的电", *(f"第{n}段说到第{n}台机器搬进了山里。" for n in range(900))])
ONE_LINE = "山里的电" + "".join(f"第{n}段说到第{n}台机器搬进了山里。" for n in range(3000))
PAGES = {
    "hostile.txt": Page("hostile.txt", HOSTILE),
    "record.jsonl:1": Page("record.jsonl:1", json.dumps(RECORD), "record"),
    "twice.txt": Page("twice.txt", TWICE),
    "long.txt": Page("long.txt", LONG),
    "line.txt": Page("line.txt", ONE_LINE),
    "broken.txt": Page("broken.txt", BROKEN),
    "crawl.warc#https://example.org/1": Page("crawl.warc#https://example.org/1", "电价\n\n很低。"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("pages")
    with Catalog.open(data / "catalog.db") as catalog:
        engine = WhooshEngine(data / "whoosh", catalog.uuid)
        catalog.add([(page, read(page).documents) for page in PAGES.values()])
        catch_up(catalog, engine)
        engine.close()
    return data


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    return create_app(folder, "https://biwen.example/").test_client()


def documents(client: FlaskClient) -> list[dict[str, Any]]:
    """All documents, with where they appeared."""
    found = client.get("/search.jsonl?collapse=0").text.splitlines()
    return [client.get(f"/d/{json.loads(line)['id']}.json").json for line in found]


def ids(client: FlaskClient, name: str) -> tuple[str, list[str]]:
    """The id of the page, and those of its documents in the order of the page."""
    found = [
        (seen["position"], seen["page_id"], each["id"])
        for each in documents(client)
        for seen in each["appearances"]
        if seen["page"] == name
    ]
    return found[0][1], [each for _, _, each in sorted(found)]


def lines(html: str) -> dict[int, str]:
    """The text of the lines, as a browser would show it."""
    found: dict[int, str] = {}
    for number, inner in re.findall(r'data-line="(\d+)">(.*?)</span></div>', html, re.DOTALL):
        text = unescape(re.sub(r"</?span[^>]*>", "", inner))
        found[int(number)] = found.get(int(number), "") + text
    return found


def marked(html: str) -> str:
    """The text of the stretches of the document that is asked for, as it was read."""
    stretches = re.findall(
        r'<section class="stretch \w+ asked"[^>]*>.*?</section>', html, re.DOTALL
    )
    inner = re.findall(r'data-line="\d+">(.*?)</span></div>', "".join(stretches), re.DOTALL)
    return unescape(re.sub(r'<span class="unread">.*?</span>', "", "".join(inner)))


def same(text: str) -> str:
    return "".join(fold(text).split())


def test_every_appearance_of_the_sample_can_be_checked(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "catalog.db") as catalog:
        engine = WhooshEngine(tmp_path / "whoosh", catalog.uuid)
        pages = list(read_paths([str(SAMPLE)]))
        add(pages, catalog, engine, tmp_path / "refused", lambda _: None, lambda _: None)
        engine.close()
    client = create_app(tmp_path).test_client()
    contents = {page.name: page.content for page in pages if isinstance(page, Page)}
    count = 0
    for document in documents(client):
        listed = client.get(f"/d/{document['id']}").text
        for seen in document["appearances"]:
            link = urlsplit(seen["view"])
            assert link.fragment == "here"
            path = f"{link.path}?{link.query}"
            assert f'href="{path.replace("&", "&amp;")}#here"' in listed
            html = client.get(path).text
            assert html.count(' id="here"') == 1
            assert same(document["body"]) in same(marked(html))
            shown = lines(html)
            assert [shown[n + 1] for n in range(len(shown))] == contents[seen["page"]].split("\n")
            count += 1
    assert count == 461


def test_the_page_says_what_it_is(client: FlaskClient) -> None:
    page_id, (document,) = ids(client, "record.jsonl:1")
    html = client.get(f"/p/{page_id}?d={document}").text
    assert "record.jsonl:1" in html
    assert 'href="https://example.org/a-b?c=1#:~:text=%E4%B8%81%E6%A1%A5%3Cscript' in html
    assert re.search(r"加入于 \d{4}-\d\d-\d\d \d\d:\d\d", html)
    assert "这是一条记录" in html
    assert f'<link rel="canonical" href="https://biwen.example/p/{page_id}">' in html
    other, _ = ids(client, "crawl.warc#https://example.org/1")
    assert (
        'href="https://example.org/1#:~:text=%E7%94%B5%E4%BB%B7"' in client.get(f"/p/{other}").text
    )


@pytest.mark.parametrize("name", ["hostile.txt", "record.jsonl:1"])
def test_hostile_text_is_shown_and_not_run(client: FlaskClient, name: str) -> None:
    page_id, (*_, document) = ids(client, name)
    html = client.get(f"/p/{page_id}?d={document}").text
    assert "alert(1)" in html
    assert not re.search(r"<script>|<img src=x|<[^>]*onmouseover|href=\"javascript:", html)
    if name == "hostile.txt":
        assert list(lines(html).values()) == HOSTILE.split("\n")


def test_json_says_the_same(client: FlaskClient) -> None:
    page_id, (article, flash) = ids(client, "hostile.txt")
    answer = client.get(f"/p/{page_id}.json?d={flash}").json
    assert answer["permalink"] == f"https://biwen.example/p/{page_id}"
    assert answer["asked"] == flash
    assert [each["id"] for each in answer["documents"]] == [article, flash]
    assert answer["documents"][1]["permalink"] == f"https://biwen.example/d/{flash}"
    assert answer["documents"][1]["view"].startswith(
        f"https://biwen.example/p/{page_id}?d={flash}&"
    )
    texts = ["".join(piece["text"] for piece in row["pieces"]) for row in answer["rows"]]
    assert texts == HOSTILE.split("\n")
    assert [row["document"] for row in answer["rows"] if row["line"] in (1, 3, 5, 7)] == [
        article, article, flash, None,
    ]  # fmt: skip
    assert (answer["lines"], answer["parts"], answer["next"]) == (7, 1, None)


def test_a_long_page_is_shown_in_parts_that_make_up_the_whole(client: FlaskClient) -> None:
    page_id, (article, flash) = ids(client, "long.txt")
    shown: dict[int, str] = {}
    url: str | None = f"/p/{page_id}"
    parts = 0
    while url:
        html = client.get(url).text
        assert len(html) < 300_000
        shown |= lines(html)
        following = re.search(r'<a rel="next" href="([^"]+)"', html)
        url, parts = unescape(following[1]) if following else None, parts + 1
    assert [shown[n + 1] for n in range(len(shown))] == LONG.split("\n")
    assert parts == 4
    # A link to the newsflash shows the last part, and one to a line that of the line.
    html = client.get(f"/p/{page_id}?d={flash}").text
    assert "跨链桥丁桥恢复存取款" in marked(html)
    assert "第 4 部分，共 4 部分" in html
    assert f'<link rel="canonical" href="https://biwen.example/p/{page_id}?part=4">' in html
    assert 'id="l500"' in client.get(f"/p/{page_id}?line=500").text
    # In another part, a link leads back.
    html = client.get(f"/p/{page_id}?d={flash}&part=2").text
    assert f'href="/p/{page_id}?d={flash}#here"' in html
    assert 'id="here"' not in html
    answer = client.get(f"/p/{page_id}.json?part=2").json
    assert answer["next"] == f"https://biwen.example/p/{page_id}.json?part=3"
    assert article in {row["document"] for row in answer["rows"]}


@pytest.mark.parametrize(("name", "content"), [("line.txt", ONE_LINE), ("broken.txt", BROKEN)])
def test_a_long_line_is_cut_without_loss(client: FlaskClient, name: str, content: str) -> None:
    page_id, _ = ids(client, name)
    parts = client.get(f"/p/{page_id}.json").json["parts"]
    rows = [
        row
        for part in range(1, parts + 1)
        for row in client.get(f"/p/{page_id}.json?part={part}").json["rows"]
    ]
    assert "".join(piece["text"] for row in rows for piece in row["pieces"]) == content
    assert {row["line"] for row in rows} == {1}
    assert len(rows) <= len(content) // 8000 + 1


@pytest.mark.parametrize(
    "query", ["part=0", "part=99", "part=x", "line=-5", "line=9999", "line=x", "d="]
)
def test_an_odd_address_shows_some_part(client: FlaskClient, query: str) -> None:
    page_id, _ = ids(client, "long.txt")
    assert client.get(f"/p/{page_id}?{query}").status_code == 200
    assert client.get(f"/p/{page_id}.json?{query}").status_code == 200


def test_of_two_appearances_on_a_page_the_line_says_which(client: FlaskClient) -> None:
    page_id, found = ids(client, "twice.txt")
    flash = client.get(f"/d/{found[1]}.json").json
    links = [urlsplit(seen["view"]) for seen in flash["appearances"] if seen["page_id"] == page_id]
    assert [parse_qs(link.query)["line"] for link in links] == [["3"], ["7"]]
    for link in links:
        html = client.get(f"{link.path}?{link.query}").text
        here = re.search(r'id="here">.*?id="l(\d+)"', html, re.DOTALL)
        assert here
        assert here[1] == parse_qs(link.query)["line"][0]
        assert len(re.findall(r'class="stretch newsflash asked"', html)) == 2


def test_a_document_of_another_page_is_told(client: FlaskClient) -> None:
    page_id, _ = ids(client, "long.txt")
    _, (other,) = ids(client, "record.jsonl:1")
    for asked in (other, "nonesuch00000"):
        html = client.get(f"/p/{page_id}?d={asked}").text
        assert "要核对的文档不在这一页的文字里" in html
        assert 'id="here"' not in html
    assert "要核对的文档不在" not in client.get(f"/p/{page_id}").text


def test_a_page_is_found_by_superseded_ids_of_its_documents(tmp_path: Path) -> None:
    page = PAGES["twice.txt"]
    with Catalog.open(tmp_path / "catalog.db") as catalog:
        engine = WhooshEngine(tmp_path / "whoosh", catalog.uuid)
        catalog.add([(page, read(page).documents)])
        old = [each.id for each in catalog.all_documents() if each.document.kind == "newsflash"]

        def better(page: Page, _: object) -> Reading:
            article, *flashes = read(page).documents
            whole = (replace(each, title="", body=f"{each.title}:{each.body}") for each in flashes)
            return Reading([article, *whole])

        catalog.reparse(better)
        catch_up(catalog, engine)
        engine.close()
        (key,) = {seen.page_id for seen in catalog.appearances(catalog.current_id(old[0]) or "")}
    html = create_app(tmp_path).test_client().get(f"/p/{key}?d={old[0]}").text
    assert html.count(' id="here"') == 1
    assert "丁桥恢复存取款:跨链桥丁桥恢复存取款" in marked(html)


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_an_unknown_page_is_a_404_with_a_sentence(client: FlaskClient, suffix: str) -> None:
    for unknown in ("aaaaaaaaaaaaa", "..%2F..%2Fetc%2Fpasswd", "x" * 300):
        response = client.get(f"/p/{unknown}{suffix}")
        assert response.status_code == 404
    assert "没有编号为“aaaaaaaaaaaaa”的页面" in client.get("/p/aaaaaaaaaaaaa").text
