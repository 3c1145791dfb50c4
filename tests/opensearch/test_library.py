"""A server that has nothing but the index shows what one shows that has the catalog."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import Transport
from places import Place

from indexer import pipeline
from indexer.archive import Archive
from indexer.documents import Page
from indexer.engine import Search
from indexer.engine.tree import Everything, Not, Word
from indexer.errors import WrongUsage
from indexer.export.streams import EXPORTS
from indexer.pages import Evidence, Reading, read
from indexer.query.request import SearchRequest
from indexer.sources import read_paths
from webui import create_app
from webui.access import Access

SAMPLE = Path(__file__).parents[2] / "index_data" / "sample"


@pytest.fixture(scope="module")
def sample(nodes: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The bundled sample; some of it hidden, corrected, and read anew under another id."""
    folder = tmp_path_factory.mktemp("sample")
    with Place(nodes, f"t-{secrets.token_hex(4)}", folder) as place:
        catalog, engine = place.catalog.catalog, place.catalog.engine
        inputs = read_paths([str(SAMPLE)])
        pipeline.add(inputs, catalog, engine, folder / "refused.jsonl", ignored, ignored)
        pipeline.complete(catalog, engine)
        first, second, third, *_ = catalog.ids()
        catalog.curation.hide(first, "重复", by="林间")
        catalog.curation.correct(second, {"title": "更正的标题", "cities": ("拉萨",)}, by="林间")
        misread = catalog.document(third)
        assert misread

        def otherwise(page: Page, evidence: Evidence | None) -> Reading:
            reading = read(page, evidence)
            documents = [
                replace(each, title=f"{each.title}（续）")
                if each.title == misread.document.title
                else each
                for each in reading.documents
            ]
            return replace(reading, documents=documents)

        catalog.reparse(otherwise)
        place.follow()
        yield place


def ignored(_: object) -> None:
    """Nobody looks at how far it is."""


def ids_of(place: Place) -> list[str]:
    return place.catalog.catalog.ids()


def test_the_index_tells_of_every_document_what_the_catalog_tells(sample: Place) -> None:
    catalog, library = sample.catalog.library, sample.index.library
    ids = ids_of(sample)
    assert library.documents(ids) == catalog.documents(ids)
    assert library.stats() == catalog.stats()
    assert [*library.stats()] == [*catalog.stats()]
    assert (library.uuid, library.generation) == (catalog.uuid, catalog.generation)
    assert library.current_ids(ids) == dict(zip(ids, ids, strict=True))
    for id_ in ids:
        assert library.appearances(id_) == catalog.appearances(id_)
        assert library.reprints(id_) == catalog.reprints(id_)


def test_the_page_of_a_document_its_json_and_its_files_are_the_same(sample: Place) -> None:
    catalog = sample.catalog.catalog
    ids = ids_of(sample)
    several = [each for each in ids if len(catalog.appearances(each)) > 1 or catalog.reprints(each)]
    for id_ in [*ids[:5], *ids[::40], *several[:8]]:
        page = sample.assert_same(f"/d/{id_}?q=比特币&lang=en")
        assert "/p/" not in page
        told = sample.assert_same(f"/d/{id_}.json")
        assert '"view":null' in told
        for form in ("bib", "ris", "csl"):
            sample.assert_same(f"/d/{id_}.{form}")


@pytest.mark.parametrize(
    "path",
    [
        "/search",
        "/search?q=比特币&sort=newest&page=2",
        "/search?q=比特币+交易所&city=北京&lang=en",
        "/search?q=矿&from=2018&to=2019&undated=1&sort=oldest",
        "/search?q=-比特币",
        "/search?collapse=0&page=3",
        "/search.json?q=以太坊&kind=newsflash",
        "/search.atom?q=以太坊",
        "/trends?q=比特币&q=以太坊",
        "/trends.csv?q=比特币",
        "/healthz",
        "/d/aaaaaaaaaaaaa.json",
    ],
)
def test_so_are_searches_and_what_is_made_of_them(sample: Place, path: str) -> None:
    sample.assert_same(path, 404 if path.startswith("/d/") else 200)


@pytest.mark.parametrize("form", EXPORTS)
def test_so_is_every_document_as_a_file(sample: Place, form: str) -> None:
    text = sample.assert_same(f"/search.{form}?collapse=0")
    if form == "jsonl":
        assert len(text.splitlines()) == len(ids_of(sample))


def test_what_was_taken_along_is_known_under_the_ids_of_then(sample: Place) -> None:
    catalog = sample.catalog.catalog
    gone = catalog.removed_since(0)
    asked = [*ids_of(sample)[:3], *gone, "aaaaaaaaaaaaa"]
    basket = "[" + ",".join(f'{{"id": "{each}"}}' for each in asked) + "]"
    sample.assert_same("/basket.json", data={"basket": basket})
    sample.assert_same("/basket.md", data={"basket": basket})


def test_a_superseded_id_leads_on_and_a_hidden_one_says_why(sample: Place) -> None:
    gone = sample.catalog.catalog.removed_since(0)
    (old,) = (id_ for id_, instead in gone.items() if isinstance(instead, str))
    (hidden,) = gone.keys() - {old}
    for end in ("", ".json", ".bib"):
        sample.assert_same(f"/d/{old}{end}?q=1", 301)
        sample.assert_same(f"/d/{hidden}{end}", 410)
    assert "重复" in sample.assert_same(f"/d/{hidden}.json", 410)
    mistyped = old[:4] + old[5] + old[4] + old[6:]
    assert "permalink" in sample.assert_same(f"/d/{mistyped}.json", 404)


def test_what_is_not_there_any_more_is_found_and_counted_by_nothing(sample: Place) -> None:
    catalog, engine = sample.catalog.catalog, sample.index.engine
    ids, gone = ids_of(sample), catalog.removed_since(0)
    assert len(gone) == 2
    assert engine.document_count == len(ids)
    for query in (Everything(), Not(Word("没有这个词"))):
        found = engine.search(Search(query, collapse=False, limit=None))
        assert sorted(hit.id for hit in found.hits) == ids
        kinds = {each.value: each.count for each in found.facets["kind"]}
        assert (found.total, sum(kinds.values())) == (len(ids), len(ids))
        undated = [each for each in catalog.all_documents() if not each.document.published]
        assert found.undated == len(undated)


def test_pages_as_they_were_read_are_with_the_catalog_alone(sample: Place) -> None:
    (seen, *_) = sample.catalog.appearances(ids_of(sample)[5])
    for end in ("", ".json"):
        here, there = sample.both(f"/p/{seen.page_id}{end}")
        assert (here.status_code, there.status_code) == (200, 404)
        assert "只在目录库里" in there.text
    with pytest.raises(WrongUsage, match="没有目录库"):
        sample.index.original(seen.page_id)


def test_without_a_catalog_nothing_is_suggested(sample: Place) -> None:
    here, there = sample.both("/suggest.json?q=比特")
    assert here.json["suggestions"]
    assert there.json == {"query": "比特", "suggestions": []}
    here, there = sample.both("/search.json?q=以太房")
    assert here.json["corrections"]
    assert there.json["corrections"] == []
    assert there.json["total"] == here.json["total"]


def test_without_a_catalog_nothing_is_changed(sample: Place) -> None:
    with pytest.raises(WrongUsage, match="不能加入、更正"):
        create_app(sample.empty, engine=sample.url, allowed=Access(edit=True))
    with pytest.raises(WrongUsage, match="没有目录库"):
        _ = sample.index.catalog
    with pytest.raises(ValueError, match="without a catalog"):
        sample.index.engine.rebuild([], 1)
    assert not sample.empty.exists()


def test_a_page_of_results_takes_one_request_more_for_its_documents(
    sample: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    perform = Transport.perform_request

    def noted(transport: Transport, method: str, url: str, *args: Any, **more: Any) -> Any:
        asked.append(url)
        return perform(transport, method, url, *args, **more)

    monkeypatch.setattr(Transport, "perform_request", noted)

    def requests(archive: Archive) -> int:
        asked.clear()
        assert len(archive.search(SearchRequest(q="比特币")).hits) == 20
        return len(asked)

    assert requests(sample.index) == requests(sample.catalog) + 1
