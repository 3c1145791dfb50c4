"""Clusters in a catalog: the same in every order, and the index hears of them."""

import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import indexer.catalog
from benchmarks.reprint_set import reprint_set
from benchmarks.reprints import quality
from indexer.catalog import Catalog
from indexer.documents import Document, Page, PublishedDate
from indexer.errors import Refused
from indexer.identity import document_id, text_id
from indexer.pages import Reading
from indexer.reprints import Found, update
from indexer.reprints.signature import signatures
from indexer.reprints.updating import _Update

STORY = Document(
    "newsflash",
    "币安推出托管服务",
    "币安今日宣布，将于7月13日推出面向企业用户的托管服务，首批支持3种代币。创始人表示，目前已有120家客户报名。",
    PublishedDate("2020-07-10", "day", "stamp"),
)
RETOLD = replace(STORY, body=STORY.body.replace("宣布", "公布").replace("，", ", "))
LATER = replace(RETOLD, published=PublishedDate("2020-07-11", "day", "stamp"))
OTHER = replace(STORY, body=STORY.body.replace("120", "130"))
# Fits both, for it ends before the number that tells them apart.
SHORT = replace(STORY, body=STORY.body[: STORY.body.index("，目前")])


@pytest.fixture
def catalog(tmp_path):
    with Catalog.open(tmp_path / "catalog.db") as catalog:
        yield catalog


def add(catalog, *documents):
    for document in documents:
        name = f"{document.body} {document.published}"
        catalog.add([(Page(name, name), [document])])


def members(catalog):
    """The clusters as sets of texts with dates."""
    found = {}
    for stored in catalog.all_documents():
        document = stored.document
        found.setdefault(stored.cluster, set()).add((document.title, document.body, stored.id))
    return {name: frozenset(each) for name, each in found.items()}


def test_a_retold_text_joins_the_cluster_and_keeps_its_id(catalog):
    add(catalog, STORY, OTHER)
    update(catalog)
    ids = {stored.id for stored in catalog.all_documents()}
    add(catalog, RETOLD, LATER)
    assert update(catalog).texts == 1
    first, other, retold, later = catalog.all_documents()
    assert first.cluster == retold.cluster == later.cluster != other.cluster
    assert ids == {first.id, other.id}
    assert {each.id for each in catalog.reprints(first.id)} == {retold.id, later.id}
    assert catalog.check() == []


def test_the_index_is_told_of_the_documents_that_moved_and_no_others(catalog):
    add(catalog, STORY, OTHER)
    update(catalog)
    add(catalog, RETOLD)
    before = catalog.generation
    clusters = {stored.id: stored.cluster for stored in catalog.all_documents()}
    assert update(catalog).moved == 1
    assert catalog.generation == before + 1
    (moved,) = catalog.changed_since(before)
    assert moved.cluster != clusters[moved.id]


def test_an_update_with_nothing_to_do_changes_nothing(catalog):
    add(catalog, STORY, RETOLD)
    update(catalog)
    before = catalog.generation
    assert update(catalog) == Found()
    assert catalog.generation == before


def test_the_same_text_of_another_day_needs_no_update(catalog):
    add(catalog, STORY, RETOLD)
    update(catalog)
    add(catalog, LATER)
    assert len(members(catalog)) == 1
    assert update(catalog) == Found()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_text_that_fits_two_stories_does_not_make_them_one(catalog, order):
    documents = [STORY, SHORT, OTHER]
    for number in order:
        add(catalog, documents[number])
        update(catalog)
    assert sorted(len(each) for each in members(catalog).values()) == [1, 2]


def test_reading_again_leaves_the_clusters_of_the_texts_that_are_left(catalog):
    add(catalog, STORY, RETOLD, LATER, OTHER)
    update(catalog)
    documents = {f"{each.body} {each.published}": each for each in (STORY, LATER, OTHER)}
    documents[f"{RETOLD.body} {RETOLD.published}"] = replace(
        RETOLD, body="此页作废，换成别的内容。"
    )

    def read(page, evidence):
        return Reading([replace(documents[page.name], page=page.name)])

    before = members(catalog)
    assert catalog.reparse(refuse).changed == 0
    assert members(catalog) == before
    catalog.reparse(read)
    update(catalog)
    after = members(catalog)
    assert sorted(len(each) for each in after.values()) == [1, 1, 2]


def refuse(page, evidence):
    raise Refused("%(name)s", name=page.name)


def test_clusters_are_let_go_with_the_text_that_held_them_together(catalog, tmp_path):
    add(catalog, STORY, RETOLD, OTHER)
    update(catalog)
    gone = replace(
        STORY, title="换了", body="这一页如今是另一篇文章，与托管无关，讲的是丰水期的矿场。"
    )
    by_name = {f"{STORY.body} {STORY.published}": gone}
    by_name |= {f"{each.body} {each.published}": each for each in (RETOLD, OTHER)}
    catalog.reparse(lambda page, _: Reading([replace(by_name[page.name], page=page.name)]))
    update(catalog)
    assert catalog.check() == []
    with Catalog.open(tmp_path / "anew.db") as anew:
        add(anew, gone, RETOLD, OTHER)
        update(anew)
        assert members(catalog) == members(anew)


def test_an_update_that_was_cut_off_goes_on(catalog, tmp_path):
    documents = SET[:40]
    add(catalog, *documents)

    done = []

    def pull_the_plug(compared):
        done.append(compared)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(catalog, pull_the_plug, chunk=10)
    assert catalog.check() == []
    assert update(catalog, chunk=10).texts == len(set(map(text_id, documents))) - sum(done)
    with Catalog.open(tmp_path / "anew.db") as anew:
        add(anew, *documents)
        update(anew)
        assert members(catalog) == members(anew)


def test_another_version_of_the_comparison_compares_all_anew(catalog, monkeypatch):
    add(catalog, STORY, RETOLD, OTHER)
    update(catalog)
    before, generation = members(catalog), catalog.generation
    monkeypatch.setattr("indexer.reprints.updating.VERSION", "another")
    assert update(catalog) == Found(texts=3, moved=0)
    assert (members(catalog), catalog.generation) == (before, generation)


def test_a_catalog_of_the_first_schema_is_brought_up_to_date(tmp_path):
    schema = Path(indexer.catalog.__file__).parent / "schema" / "0001.sql"
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript(schema.read_text(encoding="utf-8"))
    old.execute("PRAGMA user_version = 1")
    old.execute("INSERT INTO meta VALUES ('uuid', 'x'), ('generation', '1')")
    old.execute("INSERT INTO pages VALUES (1, 'k', 'a', 'text', x'00', '2020', '')")
    for number, document in enumerate((STORY, RETOLD), 1):
        old.execute(
            "INSERT INTO documents VALUES (?, ?, 'newsflash', ?, ?, '2020-07-10', 'day', 'stamp',"
            " NULL, NULL, NULL, NULL, NULL, '[]', '[]', ?, 1)",
            (number, document_id(document), document.title, document.body, text_id(document)),
        )
        old.execute("INSERT INTO appearances VALUES (?, 1, ?, NULL, NULL, 1, 1)", (number, number))
    old.commit()
    old.close()
    with Catalog.open(tmp_path / "old.db") as catalog:
        assert update(catalog) == Found(texts=2, moved=1)
        assert len(members(catalog)) == 1
        assert [str(each) for each in catalog.check()] == ["页面 a 的原文已损坏。"]


def test_check_finds_a_document_outside_of_its_texts_cluster(catalog):
    add(catalog, STORY, RETOLD)
    update(catalog)
    with catalog._database.transaction() as connection:
        connection.execute("UPDATE documents SET cluster = 'x'")
    assert any("转载组" in str(finding) for finding in catalog.check())


SET = [
    Document("newsflash", each.title, each.body)
    for each in reprint_set("development", 8)
    if len(each.body) < 300
]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), batch=st.integers(1, 40), chunk=st.integers(3, 60))
def test_any_order_and_any_batches_give_the_same_clusters(tmp_path_factory, seed, batch, chunk):
    documents = SET[:]
    random.Random(seed).shuffle(documents)
    folder = tmp_path_factory.mktemp("order")
    with Catalog.open(folder / "batches.db") as catalog, Catalog.open(folder / "one.db") as once:
        for start in range(0, len(documents), batch):
            part = documents[start : start + batch]
            catalog.add([(Page(each.body, each.body + each.title), [each]) for each in part])
            if start % 3 == 0:
                update(catalog, chunk=chunk)
        update(catalog, chunk=chunk)
        once.add([(Page(each.body, each.body + each.title), [each]) for each in SET])
        update(once)
        assert members(catalog) == members(once)
        assert any(len(each) > 1 for each in members(once).values())


@pytest.mark.parametrize("half", ["development", "held out"])
def test_precision_and_recall_on_the_generated_set(tmp_path, half):
    found = quality(half, 60, tmp_path, seed=11)
    assert found.precision >= 0.97
    assert found.recall >= 0.97, found.by_edit


def test_several_processes_sign_as_one_does(catalog: Catalog) -> None:
    texts = [
        f"比特币第{number}次减半后，矿工收入下降，交易所公布{number}条新规。"
        for number in range(10_500)
    ]
    keys, long = _Update(catalog.clusters, 2)._signatures(texts)
    expected, expected_long = signatures(texts)
    assert keys.tolist() == expected.tolist()
    assert long.tolist() == expected_long.tolist()
