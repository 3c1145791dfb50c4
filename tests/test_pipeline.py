"""Adding: batches, refusals written down, and an index that follows."""

import json
from dataclasses import replace

import pytest

from indexer import pipeline, reading
from indexer.archive import Archive
from indexer.catalog import AddCounts, Catalog
from indexer.documents import Page
from indexer.i18n import Message
from indexer.pages import Reading, read_page
from indexer.pages import read as read_alone
from indexer.query.request import SearchRequest
from indexer.sources import Refusal


def record(number, **fields):
    fields = {"title": f"第 {number} 号公告", "body": f"某交易所发布第 {number} 号公告。", **fields}
    return Page(f"a.jsonl:{number}", json.dumps(fields, ensure_ascii=False), "record")


@pytest.fixture
def archive(tmp_path):
    archive = Archive.open(tmp_path)
    yield archive
    archive.close()


def add(archive, inputs, progress=lambda count: None, refused=lambda refusal: None):
    file = archive.catalog.path.with_name("refused.jsonl")
    return pipeline.add(inputs, archive.catalog, archive.engine, file, progress, refused)


def found(archive, query="交易所"):
    return archive.search(SearchRequest(q=query)).total


def test_what_is_added_is_found(archive):
    report = add(archive, [record(number) for number in range(3)])
    assert report == pipeline.Report(AddCounts(added=3))
    assert found(archive) == 3
    assert not pipeline.is_behind(archive.catalog, archive.engine)


def test_refusals_are_told_and_written_down_and_the_rest_goes_on(archive, tmp_path):
    told = []
    inputs = [
        record(1),
        record(2, date="2021-13-01"),
        Page("empty.txt", "\n[2020/7/13]\n"),
        replace(record(3), name="b.jsonl:1"),
    ]
    report = add(archive, inputs, refused=told.append)
    assert (report.counts.added, report.refused) == (2, 2)
    lines = (tmp_path / "refused.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["a.jsonl:2", "empty.txt"]
    assert [each.name for each in told] == ["a.jsonl:2", "empty.txt"]
    assert "2021-13-01" in json.loads(lines[0])["reason"]


def test_every_batch_is_safe_before_the_next_is_read(archive):
    seen = []

    def inputs():
        for number in range(1201):
            seen.append(archive.catalog.stats()["documents"])
            yield record(number)

    acknowledged = []
    add(archive, inputs(), acknowledged.append)
    assert acknowledged == [500, 500, 201]
    assert (seen[499], seen[500], seen[1000]) == (0, 500, 1000)
    assert found(archive) == 1201


def test_large_pages_make_small_batches(archive, monkeypatch):
    monkeypatch.setattr(pipeline, "_BATCH_BYTES", 1)
    acknowledged = []
    add(archive, [record(1), record(2)], acknowledged.append)
    assert acknowledged == [1, 1]


def test_adding_again_writes_nothing(archive, tmp_path):
    add(archive, [record(1), record(2)])
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "whoosh").rglob("*")}
    generation = archive.catalog.generation
    assert add(archive, [record(1), record(2)]).counts == AddCounts(unchanged=2)
    assert archive.catalog.generation == generation
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "whoosh").rglob("*")} == before


def test_what_is_there_is_not_read_again(archive, monkeypatch):
    pages = [record(number) for number in range(120)]
    add(archive, pages[:70])
    read = []
    monkeypatch.setattr(reading, "read", lambda page: read.append(page) or read_alone(page))
    acknowledged = []
    assert add(archive, pages, acknowledged.append).counts == AddCounts(added=50, unchanged=70)
    assert read == pages[70:]
    assert sum(acknowledged) == 120


def test_a_page_that_comes_twice_is_added_once(archive):
    acknowledged = []
    twice = [record(1), record(2), replace(record(1), name="b.jsonl:1")]
    assert add(archive, twice, acknowledged.append).counts == AddCounts(added=2, unchanged=1)
    assert acknowledged == [3]
    assert archive.catalog.stats()["pages"] == 2


def test_batches_grow_with_the_catalog(archive, monkeypatch):
    monkeypatch.setattr(pipeline, "_BATCH_PAGES", 10)
    monkeypatch.setattr(pipeline, "_MOST_PAGES", 20)
    monkeypatch.setattr(pipeline, "_PART", 4)
    acknowledged = []
    add(archive, [record(number) for number in range(120)], acknowledged.append)
    assert acknowledged == [10, 10, 10, 10, 10, 12, 15, 19, 20, 4]


def test_suggestions_do_not_hold_up_what_is_added(archive):
    add(archive, [record(1, title="比特币上涨")])
    assert found(archive, "比特币") == 1
    assert archive.suggester.suggestions("btb") == []
    pipeline.complete(archive.catalog, archive.engine)
    assert [each.text for each in archive.suggester.suggestions("btb")] == ["比特币", "比特币上涨"]


def test_the_report_says_how_long_each_stage_took(archive):
    seconds = add(archive, [record(1)]).seconds
    assert seconds.catalog > 0
    assert seconds.settle > 0
    assert seconds.index > 0


def test_the_indexer_has_the_memory_that_the_catalog_wrote_with(archive, monkeypatch):
    """SQLite's cache is small again while the index follows: negative sizes are KiB."""
    seen = []

    def rebuild(documents, generation):
        connection = archive.catalog._database.connection
        seen.append(connection.execute("PRAGMA cache_size").fetchone()[0])
        return type(archive.engine).rebuild(archive.engine, documents, generation)

    monkeypatch.setattr(archive.engine, "rebuild", rebuild)
    add(archive, [record(1)])
    assert seen
    assert all(-4000 <= size < 0 for size in seen)


def test_a_newsflash_appeared_at_the_address_of_its_web_page(archive):
    text = "<p>成都的一家矿场今天开机,电价又降了。</p><p>某公告:今日,某公告已发布。[2020/7/13]</p>"
    content = f"<html><head><title>矿场开机</title></head><body>{text}</body></html>"
    add(archive, [Page("a.warc#https://example.org/1", content, "html")])
    hits = archive.search(SearchRequest(q="")).hits
    found = {hit.stored.document.kind: hit.stored for hit in hits}
    assert found["article"].document.url == "https://example.org/1"
    assert found["newsflash"].document.url is None
    (appearance,) = archive.appearances(found["newsflash"].id)
    assert appearance.url == "https://example.org/1"


def test_the_report_counts_refusals_by_reason():
    first, *others = (Refusal(name, Message("%(name)s 坏了", {"name": name})) for name in "abc")
    report = pipeline.Report().after(AddCounts(added=1), [first]).after(AddCounts(), others)
    assert report.refused == 3
    assert report.reasons == {"%(name)s 坏了": (3, first)}


def test_the_index_catches_up_with_what_it_missed(archive):
    add(archive, [record(1)])
    archive.catalog.add([(page := record(2), read_page(page))])
    assert pipeline.is_behind(archive.catalog, archive.engine)
    assert found(archive) == 1
    pipeline.catch_up(archive.catalog, archive.engine)
    assert found(archive) == 2


def test_the_index_lets_go_of_superseded_documents(archive):
    add(archive, [record(1), record(2)])

    def otherwise(page, evidence):
        return Reading([replace(read_page(page)[0], title="更正")])

    archive.catalog.reparse(otherwise)
    pipeline.catch_up(archive.catalog, archive.engine)
    assert found(archive, "标题:更正") == 2
    assert archive.engine.document_count == 2


def test_an_index_of_another_catalog_is_written_anew(archive, tmp_path):
    add(archive, [record(1), record(2)])
    archive.close()
    Catalog.open(tmp_path / "other.db").close()
    (tmp_path / "other.db").replace(tmp_path / "catalog.db")
    other = Archive.open(tmp_path)
    add(other, [record(7), record(8)])
    assert [hit.stored.document.title for hit in other.search(SearchRequest(q="7 号")).hits] == [
        "第 7 号公告"
    ]
    assert found(other) == other.engine.document_count == 2
    other.close()


def test_an_index_ahead_of_a_restored_catalog_is_written_anew(archive, tmp_path):
    add(archive, [record(1)])
    backup = tmp_path / "backup"
    archive.close()
    backup.write_bytes((tmp_path / "catalog.db").read_bytes())
    later = Archive.open(tmp_path)
    add(later, [record(2)])
    later.close()
    backup.replace(tmp_path / "catalog.db")
    restored = Archive.open(tmp_path)
    assert pipeline.is_behind(restored.catalog, restored.engine)
    add(restored, [record(3)])
    assert found(restored) == restored.engine.document_count == 2
    assert [found(restored, f'"{number} 号公告"') for number in (1, 2, 3)] == [1, 0, 1]
    restored.close()


def test_refusals_of_the_sources_are_passed_on(archive):
    report = add(archive, [Refusal("x.bin", Message("坏的"))])
    assert (report.refused, archive.catalog.generation) == (1, 0)


def test_a_line_cut_off_by_a_crash_spoils_no_further_one(archive, tmp_path):
    file = tmp_path / "refused.jsonl"
    file.write_text('{"name": "a", "rea', "utf-8")
    add(archive, [Refusal("b", Message("没有正文"))])
    add(archive, [Refusal("c", Message("没有正文"))])
    torn, *lines = file.read_text("utf-8").splitlines()
    assert torn == '{"name": "a", "rea'
    assert [json.loads(line)["name"] for line in lines] == ["b", "c"]


def test_what_must_not_be_merged_is_made_anew(archive, tmp_path):
    for number in range(8):
        add(archive, [record(number)])
    segment = min((tmp_path / "whoosh").glob("*.segment"))
    content = bytearray(segment.read_bytes())
    content[100] ^= 1
    segment.write_bytes(content)
    pipeline.complete(archive.catalog, archive.engine)
    assert archive.engine.damaged() == []
    assert archive.indexed_ids() == archive.catalog.ids()
