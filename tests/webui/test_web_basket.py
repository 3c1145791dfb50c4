"""The basket's files: what the form asks for, in its order, and sentences for what is no basket."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import bibtexparser
import pytest
import rispy
from flask import Flask
from flask.testing import FlaskClient

from indexer.archive import Archive
from webui.basket import LONGEST, MOST
from webui.context import EXTENSION

NOTE = "第一条 {批注} | # 100% =1+1"


def ids(client: FlaskClient, query: str) -> list[str]:
    return [hit["id"] for hit in client.get(f"/search.json?{query}").json["hits"]]


def sent(client: FlaskClient, form: str, items: object, url: str = "") -> Any:
    return client.post(f"/basket.{form}{url}", data={"basket": json.dumps(items)})


@pytest.fixture
def two(client: FlaskClient) -> list[str]:
    return ids(client, "q=深圳&sort=oldest")


@pytest.fixture
def superseded(app: Flask) -> tuple[str, str]:
    """An id that is known no more, and the one that it went to."""
    archive: Archive = app.extensions[EXTENSION].archive
    (old,) = archive.catalog.removed_since(0)
    return old, str(archive.current_id(old))


@pytest.mark.parametrize("form", ["bib", "ris", "csl", "csv", "gbt7714"])
@pytest.mark.parametrize("query", ["q=深圳&sort=oldest", "kind=article&sort=newest"])
def test_a_basket_and_a_search_of_the_same_documents_are_the_same_file(
    client: FlaskClient, form: str, query: str
) -> None:
    items = [{"id": each} for each in ids(client, query)]
    basket, search = sent(client, form, items), client.get(f"/search.{form}?{query}")
    assert basket.status_code == 200
    assert basket.data == search.data
    assert basket.content_type == search.content_type
    assert "attachment" in basket.headers["Content-Disposition"]


@pytest.mark.parametrize("form", ["bib", "ris", "csl", "csv", "md"])
def test_notes_and_order_are_those_of_the_basket(
    client: FlaskClient, form: str, two: list[str]
) -> None:
    first, second = reversed(two)
    text = sent(client, form, [{"id": first, "note": NOTE}, {"id": second}]).text
    found: list[tuple[str, str]]
    match form:
        case "bib":
            entries = bibtexparser.parse_string(text).entries
            found = [
                (
                    each.key,
                    each.fields_dict["annotation"].value
                    if "annotation" in each.fields_dict
                    else "",
                )
                for each in entries
            ]
            note = r"第一条 \textbraceleft{}批注\textbraceright{} | \# 100\% =1+1"
        case "ris":
            found = [(each["id"], "".join(each["notes"][1:])) for each in rispy.loads(text)]
            note = NOTE
        case "csl":
            found = [(each["id"], each.get("annote", "")) for each in json.loads(text)]
            note = NOTE
        case "csv":
            rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
            found = [("biwen-" + each["id"], each["note"]) for each in rows]
            note = NOTE
        case _:
            links = re.findall(
                r"^## \[.*\]\(https://biwen\.example/d/(\w+)\)\n\n.*\n\n(.*)", text, re.M
            )
            found = [
                ("biwen-" + id_, "" if after.startswith(">") else after) for id_, after in links
            ]
            note = r"第一条 {批注} \| \# 100% \=1+1"
    assert found == [(f"biwen-{first}", note), (f"biwen-{second}", "")]


def test_a_superseded_id_is_followed_and_met_twice_is_one_document(
    client: FlaskClient, superseded: tuple[str, str]
) -> None:
    old, now = superseded
    items = [{"id": old, "note": "旧"}, {"id": now, "note": "新"}, {"id": old, "note": "旧"}]
    (record,) = rispy.loads(sent(client, "ris", items).text)
    assert record["id"] == f"biwen-{now}"
    assert record["notes"][1:] == ["旧 / 新"]
    assert sent(client, "json", items).json == {"current": [now, now, now]}


def test_what_is_not_there_is_named(client: FlaskClient, two: list[str]) -> None:
    items = [{"id": "nothing", "title": "没有 [的]", "note": "记得找"}, {"id": two[0]}]
    assert sent(client, "json", items).json == {"current": [None, two[0]]}
    text = sent(client, "md", items).text
    assert "count: 1\n" in text
    assert "## 不在资料库里的\n\n- [没有 \\[的\\]](https://biwen.example/d/nothing)" in text
    assert len(rispy.loads(sent(client, "ris", items).text)) == 1
    assert "## Not in the archive" in sent(client, "md", items, "?lang=en").text


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}", '""', "7",
     "null", '"ids"', '{"id": "a"}', "[1]", '[{"note": "a"}]', '[{"id": ""}]',
     '[{"id": 3}]', '[{"id": "a", "note": 1}]', "[" * 100_000, '["a"]'],
)  # fmt: skip
def test_what_is_no_basket_is_refused_with_a_sentence(client: FlaskClient, text: str) -> None:
    for form in ("md", "json"):
        response = client.post(f"/basket.{form}", data={"basket": text})
        assert response.status_code == 400
        told = response.json["error"]["message"] if form == "json" else response.text
        assert "看不懂表单里的 basket" in told


def test_a_basket_has_its_bounds(client: FlaskClient, two: list[str]) -> None:
    longest = "字" * LONGEST
    most = [{"id": f"{number:013}", "note": longest, "title": "题" * 40} for number in range(MOST)]
    for form in ("application/x-www-form-urlencoded", "multipart/form-data"):
        data = {"basket": json.dumps(most)}
        assert client.post("/basket.md", data=data, content_type=form).status_code == 200, form
    for items in ([*most, {"id": "a"}], [{"id": two[0], "note": longest + "字"}]):
        response = sent(client, "md", items)
        assert response.status_code == 400
        assert f"最多 {MOST} 篇" in response.text
    response = client.post("/basket.md", data={"basket": "x" * (17 << 20)})
    assert (response.status_code, f"最多 {MOST} 篇" in response.text) == (400, True)


def test_ids_of_any_kind_are_only_unknown(client: FlaskClient) -> None:
    odd = ["../x", "a' OR 1=1", "\x00", "字", "\ud800"]
    assert sent(client, "json", [{"id": each} for each in odd]).json == {
        "current": [None] * len(odd)
    }
    assert sent(client, "md", [{"id": each} for each in odd]).status_code == 200


def test_a_basket_is_sent_not_asked_for(client: FlaskClient) -> None:
    response = client.get("/basket.md")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert "POST" in response.text


@pytest.mark.parametrize("url", ["/search?q=深圳", "/"])
def test_each_hit_has_a_box_with_what_the_basket_keeps(client: FlaskClient, url: str) -> None:
    html = client.get(url).text
    boxes = re.findall(
        r'<input type="checkbox" class="tick" data-tick="(\w+)" data-item="([^"]*)"', html
    )
    assert boxes
    assert [id_ for id_, _ in boxes] == re.findall(r'<h2><a href="/d/(\w+)', html)


@pytest.mark.parametrize("name", ["basket", "kept"])
def test_without_javascript_the_page_says_what_it_needs(client: FlaskClient, name: str) -> None:
    html = client.get(f"/{name}").text
    assert re.search(r"<noscript><p>.*JavaScript.*</p></noscript>", html)
    assert f'href="/{name}" aria-current="page"' in html
