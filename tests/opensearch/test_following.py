"""The index follows the catalog in all that is shown, whatever happens to it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import Pages, Place

from indexer.archive import Archive
from indexer.documents import Document, PublishedDate
from indexer.engine import Search
from indexer.engine.tree import Everything
from indexer.errors import UserError
from indexer.query.request import SearchRequest

FLASH = Document(
    "newsflash",
    "算力回升",
    "某矿池今日表示算力已经回升。",
    PublishedDate("2020-07-13", "day", "stamp"),
    site="甲网",
    url="https://example.org/1",
    lines=(3, 4),
)
OTHERS = [
    replace(FLASH, published=PublishedDate("2020-07-14", "day", "stamp")),  # a reprint
    replace(FLASH, title="算力创新高", body="矿池的算力创下新高。", cities=("成都",)),
    Document("article", "回顾矿场搬迁", "多家矿场在雨季之前离开。", tags=("矿业",)),
    Document("newsflash", "平台下架三个币种", "下架于明日生效。", source="乙社"),
]


@pytest.fixture
def place(nodes: list[str], index_name: str, tmp_path: Path) -> Any:
    with Place(nodes, index_name, tmp_path) as place:
        yield place


def assert_alike(place: Place, once_known: set[str]) -> None:
    """What the index tells is what the catalog tells, of every id that ever was, and of none."""
    catalog, library, engine = place.catalog.catalog, place.index.library, place.index.engine
    ids = catalog.ids()
    once_known |= {*ids, *catalog.removed_since(0)}
    asked = [*sorted(once_known), "aaaaaaaaaaaaa", "", "不是编号"]
    assert (library.generation, library.stats()) == (catalog.generation, catalog.stats())
    assert library.documents(asked) == catalog.documents(asked)
    assert library.current_ids(asked) == catalog.current_ids(asked)
    assert library.ever_known(asked) == catalog.ever_known(asked) == once_known
    for id_ in asked:
        assert library.hidden(id_) == catalog.hidden(id_)
        if id_ in ids or not catalog.hidden(id_):
            assert library.appearances(id_) == catalog.appearances(id_)
            assert library.reprints(id_) == catalog.reprints(id_)
    assert place.index.indexed_ids() == ids
    assert engine.document_count == len(ids)


TITLES = ("算力大幅回升", "算力回升", "旧事")


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_happens_the_index_tells_what_the_catalog_tells(
    nodes: list[str], index_name: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("place")
    with Place(nodes, f"{index_name}-{folder.name}", folder) as place:
        once_known: set[str] = set()
        for _ in range(data.draw(st.integers(2, 5))):
            for _ in range(data.draw(st.integers(1, 3))):
                change(place.pages, data.draw)
            place.follow()
            assert_alike(place, once_known)


def change(pages: Pages, draw: Any) -> None:
    catalog = pages.catalog
    everything = sorted({*catalog.ids(), *catalog.removed_since(0)})
    known = [each for each in everything if catalog.current_id(each) == each]
    action = draw(st.sampled_from(["add", "add", "read", "hide", "unhide", "correct", "undo"]))
    if action == "add" or not known:
        documents = draw(st.lists(st.sampled_from([FLASH, *OTHERS]), min_size=1, max_size=3))
        site = draw(st.sampled_from(["甲网", "乙网", None]))
        pages.add(
            f"{draw(st.integers(0, 20))}.txt", *(replace(each, site=site) for each in documents)
        )
        return
    id_ = draw(st.sampled_from(known))
    match action:
        case "read":
            was, now = draw(st.sampled_from(TITLES)), draw(st.sampled_from(TITLES))
            lines = draw(st.sampled_from([None, (3, 4), (5, 9)]))
            pages.read_anew(
                lambda each: replace(
                    each, title=now if each.title == was else each.title, lines=lines
                )
            )
        case "hide":
            catalog.curation.hide(id_, draw(st.sampled_from([None, "重复"])), by="林间")
        case "unhide":
            if catalog.hidden(id_):
                catalog.curation.unhide(id_)
        case "correct":
            date = PublishedDate("2021-02-03", "day", "correction")
            catalog.curation.correct(
                id_, {"published": date, "cities": ("成都", "雅安")}, by="林间"
            )
        case "undo":
            catalog.curation.correct(id_, {}, undo=["published"])


def test_a_document_that_is_seen_again_is_shown_with_every_appearance(place: Place) -> None:
    pages = place.pages
    pages.add("b.txt", OTHERS[2], FLASH)
    place.follow()
    (id_,) = (hit.stored.id for hit in place.index.search(SearchRequest(q="算力")).hits)
    for name, times in (("c.txt", 2), ("a.txt", 3)):
        pages.add(name, FLASH)
        place.follow()
        page = place.assert_same(f"/d/{id_}")
        assert f"出现在 {times} 处" in page
        (hit,) = place.index.search(SearchRequest(q="算力")).hits
        assert hit.stored.appearances == times
    # of all its pages the first by name
    assert (hit.stored.document.page, hit.stored.document.position) == ("a.txt", 0)


def test_an_index_that_was_cut_off_knows_all_after_the_next_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, once_known = place.pages, set[str]()
    pages.add("a.txt", FLASH, *OTHERS)
    place.follow()
    assert_alike(place, once_known)
    hidden, *_ = pages.catalog.ids()
    pages.add("b.txt", FLASH)
    pages.catalog.curation.hide(hidden)
    for step in ("renew", "remove", "reached"):
        with monkeypatch.context() as patched:
            patched.setattr(f"indexer.engine.opensearch.writing.Writer.{step}", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                place.follow()
    place.follow()
    assert_alike(place, once_known)


def test_one_answer_is_of_one_generation(place: Place) -> None:
    pages = place.pages
    pages.add("a.txt", FLASH)
    place.follow()
    library, engine = place.index.library, place.index.engine
    (id_,) = pages.catalog.ids()
    everything = Search(Everything(), facets=())
    with engine.steady():
        assert engine.search(everything).total == 1
        pages.catalog.curation.correct(id_, {"title": "更正的标题"})
        pages.add("b.txt", *OTHERS)
        place.follow()
        assert library.documents([id_])[id_].document.title == FLASH.title
        assert (library.generation, engine.search(everything).total) == (1, 1)
    assert library.documents([id_])[id_].document.title == "更正的标题"
    assert (library.generation, engine.search(everything).total) == (3, 5)


def test_an_answer_is_whole_while_the_index_is_replaced(place: Place) -> None:
    """Time and again, with one document more: a search that began with the former begins anew."""
    pages, engine = place.pages, place.catalog.engine
    seen: set[tuple[int, int]] = set()
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            answer = place.index.search(SearchRequest(q="算力"))
            seen.add((answer.total, len(answer.hits)))

    with ThreadPoolExecutor() as executor:
        searching = executor.submit(search)
        try:
            for number in range(1, 5):
                pages.add(f"{number}.txt", replace(FLASH, title=f"算力回升{number}"))
                engine.rebuild(pages.catalog.all_documents(), pages.catalog.generation)
        finally:
            done.set()
        searching.result()
    assert all(total == shown for total, shown in seen)
    assert len(seen) > 1


def test_where_there_is_nothing_only_who_writes_begins_a_catalog(
    place: Place, tmp_path: Path
) -> None:
    """A server that is started first would else lay claim to the index of the catalog to come."""
    engine = f"{place.url}-other"
    with pytest.raises(UserError, match="没有索引"):
        Archive.open(tmp_path / "new", engine=engine)
    assert not (tmp_path / "new").exists()
    with closing(Archive.open(tmp_path / "new", engine=engine, create=True)) as archive:
        assert archive.has_catalog


def test_an_index_that_went_away_is_told_until_it_is_back(place: Place) -> None:
    pages = place.pages
    pages.add("a.txt", FLASH)
    place.follow()
    (id_,) = pages.catalog.ids()
    place.nodes.indices.delete(index=f"{place.name}-*")
    client = place.clients[1]
    for path in ("/search?q=算力", "/search.json?q=算力", "/healthz", "/search.atom"):
        assert client.get(path).status_code == 503, path
    with pytest.raises(UserError, match="没有索引"):
        place.index.stats()
    assert client.get(f"/d/{id_}").status_code == 404
    place.follow()
    assert client.get(f"/d/{id_}").status_code == 200
