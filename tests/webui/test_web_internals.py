"""Errors of every kind, provoked in real data folders: nothing of the inside is told."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.errors import UserError
from webui import create_app
from webui.access import Access

INSIDE = re.compile(
    r"Traceback|\w(Error|Exception)\b|sqlite|SELECT|no such|malformed|<class|0x[0-9a-f]{6}"
    r"|site-packages|waitress|werkzeug|whoosh|\.py\b(?<!run\.py)",
    re.IGNORECASE,
)


def every_file(folder: Path, pattern: str, change: Callable[[bytes], bytes]) -> None:
    files = [each for each in folder.rglob(pattern) if each.is_file()]
    assert files
    for each in files:
        each.write_bytes(change(each.read_bytes()))


def statement(sql: str) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        with sqlite3.connect(folder / "catalog.db") as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(sql)

    return run


def zeros(content: bytes) -> bytes:
    return content[:64] + bytes(max(len(content) - 64, 0))


BROKEN: dict[str, Callable[[Path], None]] = {
    "the index is gone": lambda folder: shutil.rmtree(folder / "whoosh"),
    "the index is damaged": lambda folder: every_file(folder / "whoosh", "*.*", zeros),
    "the index is cut": lambda folder: every_file(folder / "whoosh", "*.*", lambda b: b[:100]),
    "the catalog is garbage": lambda folder: every_file(
        folder, "catalog.db", lambda b: b"x" * 9999
    ),
    "the catalog is cut": lambda folder: every_file(folder, "catalog.db", lambda b: b[:8192]),
    "the catalog is empty": lambda folder: every_file(folder, "catalog.db", lambda b: b""),
    "a table is gone": statement("DROP TABLE appearances"),
    "all tables of documents are gone": statement("ALTER TABLE documents RENAME TO other"),
    "texts are damaged": statement("UPDATE documents SET body = x'ff00ff'"),
    "titles are damaged": statement("UPDATE documents SET title = x'ff00ff'"),
    "dates are none": statement(
        "UPDATE documents SET published = 'no date' WHERE published IS NOT NULL"
    ),
    "pages are damaged": statement("UPDATE pages SET raw = x'00ff'"),
}
PLACES = (
    "/",
    "/search?q=深圳",
    "/search.json?q=深圳",
    "/search.csv?q=深圳",
    "/search.bib?q=深圳",
    "/search.atom?q=深圳",
    "/new.json?q=深圳",
    "/trends?q=深圳",
    "/trends.json?q=深圳",
    "/trends.svg?q=深圳",
    "/suggest.json?q=深圳",
    "/d/{document}",
    "/d/{document}.json",
    "/d/{document}.ris",
    "/d/2222222222222",
    "/p/{page}",
    "/p/{page}.json",
    "/help",
    "/basket",
    "/add",
    "/healthz",
    "/openapi.json",
)


def looked_at(client: FlaskClient, url: str, folder: Path) -> int:
    """The status of an answer in which nothing of the inside is."""
    answer = client.get(url)
    text = answer.get_data(as_text=True)
    if answer.status_code >= 400:
        assert str(folder) not in text
        assert not (found := INSIDE.search(text)), (url, found)
        assert any("\u4e00" <= each <= "\u9fff" for each in text)
    return answer.status_code


@pytest.mark.parametrize("is_open", [True, False], ids=["while it serves", "before it starts"])
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_told_without_the_inside(
    archive_folder: Path,
    tmp_path: Path,
    name: str,
    is_open: bool,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = tmp_path / "secret-folder"
    shutil.copytree(archive_folder, folder)

    def started() -> Flask:
        return create_app(folder, allowed=Access(edit=True))

    whole = started().test_client()
    document = whole.get("/search.json?q=深圳").get_json()["hits"][0]["id"]
    page = whole.get(f"/d/{document}.json").get_json()["appearances"][0]["page_id"]
    app = started() if is_open else None
    BROKEN[name](folder)
    try:
        client = (app or started()).test_client()
    except UserError:
        return  # run.py says why, on the terminal
    found = {
        url: looked_at(client, url.format(document=document, page=page), folder) for url in PLACES
    }
    if any(status >= 500 for status in found.values()):
        log = capsys.readouterr().err + caplog.text
        assert str(folder) in log or "run.py" in log or "Traceback" in log
    else:
        assert set(found.values()) <= {200, 404}
