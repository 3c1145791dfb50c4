"""What must hold when the present program is given a data folder of an earlier version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.reliability.trial import Result, content, ended, leftovers
from benchmarks.upgrades.kept import FURTHER, PAGES
from indexer.opening import CATALOG
from webui import create_app
from webui.context import EXTENSION

Documents = dict[str, tuple[str, str]]
Corrections = list[tuple[str, str, str]]


def broken(data: Path, fresh: Path) -> list[str]:
    """What is wrong once ``data``, which holds the kept pages, is used; nothing at best.

    It is searched, checked, shown by its permalinks, read again and added to.
    ``fresh`` is what the present program makes of the same pages and the further one.
    """
    before, corrected, found = documents(data), _corrections(data), []

    def demand(what: str, is_so: bool, result: Result | object = "") -> None:
        if not is_so:
            found.append(f"{what}: {result}")

    def run(*command: object) -> Result:
        done = ended(*command, "--data", data)
        demand(f"run.py {command[0]}", done.code == 0 and "Traceback" not in done.err, done)
        return done

    run("search", "")
    demand("documents are as before", documents(data) == before)
    found += _unfound(data, before)
    run("check")
    added = run("add", *PAGES)
    demand("nothing is new of the same pages", "新增文档\t0\n" in added.out, added)
    demand("pages that are there change nothing", documents(data) == before)
    run("rebuild", "--reparse")
    demand("corrections are as before", _corrections(data) == corrected)
    found += _lost_links(data, before)
    run("add", FURTHER)
    run("check")
    demand("content is that of an archive of today", content(data) == content(fresh))
    demand("no file of the earlier version is left", not leftovers(data), leftovers(data))
    return found


def documents(data: Path) -> Documents:
    """Title and text by id, without the present program's help."""
    with closing(sqlite3.connect(data / CATALOG)) as catalog:
        rows = catalog.execute("SELECT id, title, body FROM documents")
        return {id_: (title, body) for id_, title, body in rows}


@contextmanager
def _reader(data: Path) -> Iterator[FlaskClient]:
    """Somebody who asks the web page of the present program."""
    app = create_app(data)
    yield app.test_client()
    app.extensions[EXTENSION].archive.close()


def _corrections(data: Path) -> Corrections:
    """What a curator said, where the folder can hold that: document, field and value."""
    with closing(sqlite3.connect(data / CATALOG)) as catalog:
        try:
            return catalog.execute("SELECT document, field, value FROM corrections").fetchall()
        except sqlite3.OperationalError:
            return []


def _unfound(data: Path, documents: Documents) -> list[str]:
    """Those that are not found by their title, or not shown by their link, as they were."""
    found = []
    with _reader(data) as client:
        for id_, told in documents.items():
            shown = client.get(f"/d/{id_}.json")
            if shown.status_code != 200 or (shown.json["title"], shown.json["body"]) != told:
                found.append(f"/d/{id_}.json: {shown.status_code}")
            search = {"q": f'"{told[0]}"', "collapse": "0"}
            hits = client.get("/search.json", query_string=search).json["hits"]
            if id_ not in {hit["id"] for hit in hits}:
                found.append(f"“{told[0]}” does not find {id_}")
    return found


def _lost_links(data: Path, documents: Documents) -> list[str]:
    """Links of before which lead nowhere now."""
    with _reader(data) as client:
        answers = {id_: client.get(f"/d/{id_}", follow_redirects=True) for id_ in documents}
    return [f"/d/{id_}: {each.status}" for id_, each in answers.items() if each.status_code != 200]
