"""What stands behind the border: documents with some of the words, below those with all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.documents import Document, Page
from indexer.pipeline import catch_up
from indexer.query.answer import Answer, Hit
from indexer.query.request import PAGE_SIZE, SearchRequest

FULL, SOME = 23, 5


def _document(name: str, body: str, city: str) -> tuple[Page, list[Document]]:
    return Page(name, body), [Document("newsflash", name, body, cities=(city,))]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    data = tmp_path_factory.mktemp("data")
    archive = Archive.open(data)
    pages = [_document(f"全{n}", f"矿工收入下降，这是第{n}次。", "深圳") for n in range(FULL)]
    pages += [_document(f"缺{n}", f"矿工离开，这是第{n}次。", "深圳") for n in range(SOME)]
    pages += [_document("近", "收入，矿场，收入。", "北京"), _document("无", "空投延期。", "北京")]
    archive.catalog.add(pages)
    catch_up(archive.catalog, archive.engine)
    yield archive
    archive.close()


def asked(archive: Archive, q: str, **options: object) -> Answer:
    return archive.search(SearchRequest(q=q, **options))  # type: ignore[arg-type]


def titles(hits: tuple[Hit, ...]) -> set[str]:
    return {hit.stored.document.title[0] for hit in hits}


def behind_the_border(answer: Answer) -> tuple[int, int]:
    return (answer.partial.total, len(answer.partial.hits)) if answer.partial else (0, 0)


@pytest.mark.parametrize(
    ("q", "options", "expected"),
    [
        ("矿工 收入", {}, (0, 0)),  # the first page is full
        ("矿工 收入", {"page": 2}, (SOME + 1, SOME + 1)),
        ("矿工 收入", {"page": 3}, (0, 0)),  # past the end
        ("矿工 收入", {"page": 2, "city": ("深圳",)}, (SOME, SOME)),  # the same filters
        ("矿工 收入 下降", {"page": 2}, (SOME + 1, SOME + 1)),
        ("收入 矿场", {}, (FULL, PAGE_SIZE - 1)),  # one page, never more
        ("矿工 收入", {"page": 2, "sort": "newest"}, (0, 0)),
        ("矿工 收入", {"page": 2, "match": "any"}, (0, 0)),
        ("矿工 AND 收入", {"page": 2}, (0, 0)),
        ('矿场 "收入"', {}, (0, 0)),  # only bare words may lack
        ("矿场", {}, (0, 0)),
        ("矿工 空投", {}, (0, 0)),  # nothing has all: any word, and a notice says so
    ],
)
def test_the_page_on_which_full_matches_end_is_filled(
    archive: Archive, q: str, options: dict[str, object], expected: tuple[int, int]
) -> None:
    assert behind_the_border(asked(archive, q, **options)) == expected


def test_hits_total_and_facets_are_those_of_the_full_matches(archive: Archive) -> None:
    answer = asked(archive, "矿工 收入", page=2)
    assert (answer.total, answer.groups, len(answer.hits)) == (FULL, FULL, FULL - PAGE_SIZE)
    assert titles(answer.hits) == {"全"}
    assert [(each.value, each.count) for each in answer.facets["city"]] == [("深圳", FULL)]
    assert answer.partial
    assert titles(answer.partial.hits) == {"缺", "近"}
    assert answer.to_json()["partial"]["total"] == SOME + 1


def test_an_export_holds_full_matches_only(archive: Archive) -> None:
    request = SearchRequest(q="矿工 收入", page=2)
    assert {stored.document.title[0] for stored in archive.every(request)} == {"全"}


def test_the_rest_stands_in_the_order_of_any_word(archive: Archive) -> None:
    behind = asked(archive, "矿工 收入", page=2).partial
    loose = asked(archive, "矿工 收入", match="any", page=2).hits
    assert behind
    assert [hit.stored.id for hit in behind.hits] == [
        hit.stored.id for hit in loose if hit.stored.document.title[0] != "全"
    ]
    scores = [hit.score for hit in behind.hits]
    assert scores == sorted(scores, reverse=True)


def test_the_border_is_told_of_where_the_page_is_just_full(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    pages = [_document(f"全{n}", f"矿工收入下降，这是第{n}次。", "深圳") for n in range(PAGE_SIZE)]
    archive.catalog.add([*pages, _document("缺", "矿工离开。", "深圳")])
    catch_up(archive.catalog, archive.engine)
    answer = asked(archive, "矿工 收入")
    assert len(answer.hits) == PAGE_SIZE
    assert behind_the_border(answer) == (1, 0)
    archive.close()


@pytest.mark.parametrize(
    ("q", "options", "times"),
    [
        ("", {}, 1),
        ("矿工 收入", {}, 1),
        ("矿工 收入", {"page": 2}, 2),  # what follows behind the border
        ("矿工 收入", {"page": 3}, 1),
        ("矿工 收入", {"page": 2, "sort": "newest"}, 1),
        ("矿工 AND 收入", {"page": 2}, 1),
        ("矿工 空投", {}, 2),  # nothing has both
    ],
)
def test_the_engine_is_asked_again_only_where_its_answer_is_shown(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    q: str,
    options: dict[str, object],
    times: int,
) -> None:
    found = []
    search = archive.engine.search
    monkeypatch.setattr(archive.engine, "search", lambda each: found.append(each) or search(each))
    asked(archive, q, **options)
    assert len(found) == times


def test_the_parts_of_an_amount_are_marked_where_they_stand_apart(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    archive.catalog.add([_document("甲", "共12家，收到 3 万美元。", "深圳")])
    catch_up(archive.catalog, archive.engine)
    (hit,) = asked(archive, "12万美元").hits
    assert [part.text for part in hit.snippet if part.marked] == ["12", "万美元"]
    archive.close()
