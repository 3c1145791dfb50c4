"""Correcting and hiding on the document's page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.archive import Archive
from indexer.locking import data_lock
from webui import create_app, curating
from webui.access import Access

OURS = {"Origin": "http://localhost"}


@pytest.fixture
def folder(archive_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(archive_folder, tmp_path / "data"))


@pytest.fixture
def editor(folder: Path) -> FlaskClient:
    return create_app(folder, allowed=Access(edit=True)).test_client()


@pytest.fixture
def reader(folder: Path) -> FlaskClient:
    return create_app(folder).test_client()


def id_of(client: FlaskClient, q: str) -> str:
    return str(client.get("/search.json", query_string={"q": q}).json["hits"][0]["id"])


def html(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.text


def form_of(page: str) -> dict[str, str]:
    """What the form of corrections would send when nothing is touched."""
    form = re.search(r'<form method="post" action="[^"]*/correct\?">(.*?)</form>', page, re.DOTALL)
    assert form
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form[1]):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        sent[name[1]] = value[1]
    sent["kind"] = re.search(r'value="(\w+)" selected', form[1])[1]
    return sent


def post(client: FlaskClient, url: str, **form: object):
    return client.post(url, data=form, headers=OURS)


def test_a_page_shows_forms_only_where_it_may_be_edited(
    editor: FlaskClient, reader: FlaskClient
) -> None:
    url = f"/d/{id_of(editor, '深圳发布区块链扶持政策')}"
    assert "/correct?" in html(editor, url)
    assert '<form method="post"' not in html(reader, url)
    assert reader.post(f"{url}/correct", headers=OURS).status_code in (404, 405)
    assert reader.post(f"{url}/hide", headers=OURS).status_code in (404, 405)


def test_what_is_corrected_is_shown_as_corrected(editor: FlaskClient, reader: FlaskClient) -> None:
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    form = form_of(html(editor, f"/d/{id_}"))
    assert form == {
        "title": "深圳发布区块链扶持政策",
        "published": "2020-05-06T09:30",
        "cities": "深圳、北京",
        "author": "陈晓",
        "source": "",
        "kind": "article",
        **{f"was-{name}": value for name, value in form.items() if not name.startswith("was-")},
    }
    form |= {"published": "2020-05-07", "cities": "深圳", "source": "丙社"}
    answer = post(editor, f"/d/{id_}/correct?q=深圳&lang=zh", **form)
    assert answer.status_code == 303
    assert answer.location == f"/d/{id_}?q=%E6%B7%B1%E5%9C%B3&lang=zh"

    page = html(reader, f"/d/{id_}")
    assert "日期已更正：原读作 2020-05-06 09:30（署名处）" in page
    assert "城市已更正：原读作 深圳、北京" in page
    assert "来源已更正：原读作 （无）" in page
    assert "标题已更正" not in page
    assert '<time datetime="2020-05-07">2020-05-07</time> <small>已更正</small>' in page
    assert '<meta name="DC.date" content="2020-05-07">' in page
    assert "Date corrected; was read as 2020-05-06 09:30" in html(reader, f"/d/{id_}?lang=en")

    found = reader.get(f"/d/{id_}.json").json
    assert (found["published"], found["date_origin"]) == ("2020-05-07", "correction")
    assert found["corrections"]["published"].pop("at").startswith("20")
    assert found["corrections"]["published"] == {
        "was": "2020-05-06T09:30",
        "was_date_origin": "byline",
        "is": "2020-05-07",
    }
    assert found["corrections"]["cities"]["was"] == ["深圳", "北京"]
    assert json.dumps(found["corrections"]).count("by") == 1  # nobody is named
    assert reader.get("/search.json?city=北京").json["total"] == 0
    (hit,) = reader.get("/search.json?source=丙社").json["hits"]
    assert set(hit["corrections"]) == {"published", "cities", "source"}
    atom = reader.get("/search.atom?source=丙社").text
    assert "<published>2020-05-07T00:00:00+08:00</published>" in atom


def test_what_was_not_touched_is_left_to_who_changed_it_meanwhile(editor: FlaskClient) -> None:
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    form = form_of(html(editor, f"/d/{id_}"))
    post(editor, f"/d/{id_}/correct", **form | {"author": "王五"})
    post(editor, f"/d/{id_}/correct", **form | {"source": "丙社"})
    found = editor.get(f"/d/{id_}.json").json
    assert (found["author"], found["source"]) == ("王五", "丙社")


def test_undo(editor: FlaskClient) -> None:
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    form = form_of(html(editor, f"/d/{id_}"))
    post(editor, f"/d/{id_}/correct", **form | {"author": "王五", "title": "另一个标题"})
    assert 'name="undo" value="author"' in html(editor, f"/d/{id_}")
    post(editor, f"/d/{id_}/correct", undo="author")
    found = editor.get(f"/d/{id_}.json").json
    assert (found["author"], found["title"]) == ("陈晓", "另一个标题")


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("published", "昨天", "“昨天”不是 2008 年以来的日期"),
        ("title", " ", "标题不能是空的"),
        ("kind", "poem", "应为 article 或 newsflash"),
    ],
)
def test_an_impossible_value_is_a_sentence(
    editor: FlaskClient, field: str, text: str, words: str
) -> None:
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    answer = post(editor, f"/d/{id_}/correct", **{field: text})
    assert answer.status_code == 400
    assert words in answer.text
    assert editor.get(f"/d/{id_}.json").json["corrections"] == {}


def test_what_is_typed_is_text(editor: FlaskClient) -> None:
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    post(editor, f"/d/{id_}/correct", title="<script>alert(1)</script>\x00", author='"><b>')
    page = html(editor, f"/d/{id_}")
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_a_hidden_document_says_so_in_the_format_asked_for(
    editor: FlaskClient, reader: FlaskClient
) -> None:
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    assert post(editor, f"/d/{id_}/hide", reason="与另一篇重复").status_code == 303
    page = html(reader, f"/d/{id_}", 410)
    assert f"文档 {id_} 不再显示（" in page
    assert "隐藏：与另一篇重复）。" in page
    assert "深圳市今天发布" not in page
    assert '<form method="post"' not in page
    assert "is not shown any more" in html(reader, f"/d/{id_}?lang=en", 410)
    answer = reader.get(f"/d/{id_}.json")
    assert answer.status_code == 410
    assert "与另一篇重复" in answer.json["error"]["message"]
    assert reader.get(f"/d/{id_}.bib").status_code == 410
    assert reader.get("/search.json?q=扶持政策").json["total"] == 0
    assert id_ not in reader.get("/search.jsonl?q=").text
    assert id_ not in reader.get("/search.atom?q=").text

    assert f"/d/{id_}/unhide" in html(editor, f"/d/{id_}", 410)
    assert post(editor, f"/d/{id_}/unhide").status_code == 303
    assert post(editor, f"/d/{id_}/unhide").status_code == 303  # pressed twice
    assert "深圳市今天发布" in html(reader, f"/d/{id_}")


def test_a_city_that_no_gazetteer_has_is_told_to_who_edits(
    editor: FlaskClient, reader: FlaskClient
) -> None:
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    post(editor, f"/d/{id_}/correct", cities="深圳、某某屯")
    assert "地名表里没有城市“某某屯”。" in html(editor, f"/d/{id_}")
    assert "地名表里没有" not in html(reader, f"/d/{id_}")


def test_unknown_and_superseded_ids(editor: FlaskClient) -> None:
    for act in ("correct", "hide", "unhide"):
        assert post(editor, f"/d/nothing/{act}", title="甲").status_code == 404


def test_another_site_cannot(editor: FlaskClient) -> None:
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    answer = editor.post(f"/d/{id_}/hide", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert editor.get(f"/d/{id_}").status_code == 200


def test_while_another_command_writes_it_says_so(
    editor: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curating, "_WAIT_SECONDS", 0.1)
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    with data_lock(folder, "rebuild", 0, print):
        answer = post(editor, f"/d/{id_}/hide")
    assert answer.status_code == 503
    assert "别的命令正在写入" in answer.text


def test_who_gave_a_password_is_remembered(folder: Path, editor: FlaskClient) -> None:
    id_ = id_of(editor, "深圳发布区块链扶持政策")
    editor.post(f"/d/{id_}/hide", headers=OURS, auth=("林间", "whatever"))
    archive = Archive.open(folder)
    assert archive.catalog.hidden(id_).by == "林间"
    archive.close()
