"""A catalog of any earlier schema is brought up to date, and answers as before."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

import indexer.catalog
from indexer.catalog import Catalog, page_row
from indexer.catalog._database import SCHEMA_VERSION
from indexer.documents import Document, Page
from indexer.pages import Reading

SCHEMA = Path(indexer.catalog.__file__).parent / "schema"
STORY = Document("article", "矿工的夏天", "丰水期到了。" * 200)
FLASH = Document("newsflash", "算力回升", "某矿池今日在成都表示算力已经回升。")
COPY = replace(FLASH, title="算力大幅回升")
CASES = {
    "each in a cluster of its own": {},
    "named by one of them": {FLASH: COPY, COPY: COPY},
    "named by a text that is gone": {FLASH: STORY, COPY: STORY, STORY: FLASH},
}


def third_schema(path, clusters):
    old = sqlite3.connect(path)
    for number in ("0001", "0002", "0003"):
        old.executescript((SCHEMA / f"{number}.sql").read_text(encoding="utf-8"))
    old.execute("PRAGMA user_version = 3")
    old.execute("INSERT INTO meta VALUES ('uuid', 'x'), ('generation', '1')")
    names = {}
    for number, document in enumerate((STORY, FLASH, COPY), 1):
        page = page_row(Page(f"{number}.txt", document.body + document.title), [document])
        (row,) = page.documents
        names[document] = row.id, row.text
        old.execute(
            "INSERT INTO pages VALUES (?, ?, ?, 'text', ?, '2020', '4')",
            (number, page.key, page.name, page.raw),
        )
        old.execute(
            "INSERT INTO documents (number, id, text, cluster, generation, kind, title, body,"
            " tags, cities) VALUES (?, ?, ?, ?, 1, ?, ?, ?, '[]', '[]')",
            (number, row.id, row.text, row.text, document.kind, document.title, document.body),
        )
        old.execute("INSERT INTO appearances VALUES (?, ?, 0, NULL, NULL, 1, 1)", (number, number))
    for document, named_by in clusters.items():
        cluster, text = names[named_by][1], names[document][1]
        old.execute("UPDATE documents SET cluster = ? WHERE text = ?", (cluster, text))
    of_cluster = {}
    for id_, cluster in old.execute("SELECT id, cluster FROM documents").fetchall():
        of_cluster.setdefault(cluster, set()).add(id_)
    old.commit()
    old.close()
    return {id_: ids - {id_} for ids in of_cluster.values() for id_ in ids}


@pytest.mark.parametrize("clusters", CASES.values(), ids=CASES.keys())
def test_it_has_the_same_documents_and_reprints(tmp_path, clusters):
    reprints = third_schema(tmp_path / "old.db", clusters)
    with Catalog.open(tmp_path / "old.db") as catalog:
        assert catalog.check() == []
        assert catalog.stats() == {
            "documents": 3,
            "articles": 1,
            "newsflashes": 2,
            "appearances": 3,
            "pages": 3,
            "hidden": 0,
            "generation": 1,
        }
        stored = {each.id: each for each in catalog.all_documents()}
        assert [each.document.title for each in stored.values()] == [
            each.title for each in (STORY, FLASH, COPY)
        ]
        assert {id_: {each.id for each in catalog.reprints(id_)} for id_ in stored} == reprints


def test_counts_follow_when_a_document_turns_out_to_be_an_article(tmp_path):
    third_schema(tmp_path / "old.db", {})
    with Catalog.open(tmp_path / "old.db") as catalog:
        catalog.reparse(lambda page, evidence: Reading([replace(FLASH, kind="article")]))
        counts = catalog.stats()
        assert (counts["documents"], counts["articles"], counts["newsflashes"]) == (1, 1, 0)


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_documents_of_every_earlier_schema_can_be_corrected_and_hidden(tmp_path, version):
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    for script in sorted(SCHEMA.iterdir())[:version]:
        old.executescript(script.read_text(encoding="utf-8"))
    old.execute(f"PRAGMA user_version = {version}")
    old.execute("INSERT INTO meta VALUES ('uuid', 'x'), ('generation', '1')")
    page = page_row(Page("1.txt", FLASH.body), [FLASH])
    (row,) = page.documents
    page_values = (1, page.key, page.name, page.raw)
    old.execute("INSERT INTO pages VALUES (?, ?, ?, 'text', ?, '2020', '4')", page_values)
    old.execute(
        "INSERT INTO documents (number, id, cluster, generation, kind, title, body, tags, cities)"
        " VALUES (1, ?, ?, 1, ?, ?, ?, '[]', '[]')",
        (row.id, row.text, FLASH.kind, FLASH.title, FLASH.body),
    )
    if version > 1:
        old.execute("UPDATE documents SET text = cluster")
    old.execute("INSERT INTO appearances VALUES (1, 1, 0, NULL, NULL, 1, 1)")
    old.commit()
    old.close()
    with Catalog.open(path) as catalog:
        assert (catalog.check(), catalog.document(row.id).corrections) == ([], ())
        catalog.curation.correct(row.id, {"author": "甲"})
        assert catalog.document(row.id).document.author == "甲"
        catalog.curation.hide(row.id)
        assert (catalog.document(row.id), catalog.check()) == (None, [])
