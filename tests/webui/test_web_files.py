"""Style sheet and scripts: small on their way, kept for good, and new when they change."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import webui
from webui import files

FOLDER = Path(webui.__file__).parent / "static"


def addresses(client: FlaskClient) -> list[str]:
    return re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/").text)


def test_what_a_page_names_lasts_and_is_compressed(client: FlaskClient) -> None:
    names = {
        "page.css",
        "parts.css",
        "page.js",
        "basket.js",
        "stored_list.js",
        "telling.js",
        "icon.svg",
    }
    assert {url.rpartition("/")[2] for url in addresses(client)} == names
    for url in addresses(client):
        plain = client.get(url)
        content = (FOLDER / url.rpartition("/")[2]).read_bytes()
        assert plain.data == content
        cached = plain.cache_control
        assert (cached.public, cached.immutable, cached.max_age) == (True, True, 31_536_000)
        small = client.get(url, headers={"Accept-Encoding": "gzip"})
        assert small.cache_control.immutable
        if len(content) > 1000:
            assert len(small.data) < len(content) / 2
            assert gzip.decompress(small.data) == content
            assert small.get_etag() == (plain.get_etag()[0], True)  # weak: not the same bytes
        assert small.headers["Content-Security-Policy"]
        again = client.get(url, headers={"If-None-Match": small.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        part = client.get(url, headers={"Range": "bytes=0-9", "Accept-Encoding": "gzip"})
        assert (part.status_code, part.data) == (206, content[:10])


def test_modules_name_each_other_within_the_same_address(client: FlaskClient) -> None:
    script = next(url for url in addresses(client) if url.endswith("/page.js"))
    todo, seen = [script], set()
    while todo:
        url = todo.pop()
        seen.add(url)
        found = re.findall(r'(?:from |import\()"\./(\w+\.js)"', client.get(url).text)
        todo += [new for name in found if (new := f"{url.rpartition('/')[0]}/{name}") not in seen]
    assert {url.rpartition("/")[2] for url in seen} == {each.name for each in FOLDER.glob("*.js")}


def test_what_is_not_there_is_not_kept(client: FlaskClient) -> None:
    for url in (f"{files.address()}/nothing.js", "/static/000000000000/page.css"):
        answer = client.get(url)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("change", ["content", "name", "new"])
def test_the_address_changes_with_any_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(files, "_FOLDER", tmp_path)
    (tmp_path / "a.js").write_text("1")
    before = files.address()
    assert before == files.address()
    if change == "name":
        (tmp_path / "a.js").rename(tmp_path / "b.js")
    else:
        (tmp_path / ("a.js" if change == "content" else "b.js")).write_text("2")
    assert files.address() != before


def test_the_application_serves_at_that_address(app: Flask) -> None:
    assert app.static_url_path == files.address()
