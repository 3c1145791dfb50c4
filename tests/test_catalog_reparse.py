"""Reading again with a better reader: ids move on, and no link breaks."""

from dataclasses import replace

import pytest

from indexer.catalog import Catalog, ReparseCounts
from indexer.documents import Document, Page, PublishedDate
from indexer.errors import Refused
from indexer.pages import Reading

DAY = PublishedDate("2020-07-13", "day", "stamp")
RAW = "某矿池算力回升:今日算力已经回升。某交易所下架三个币种:下架于明日生效。"
FIRST = Document("newsflash", "某矿池算力回升", "今日算力已经回升。", DAY, site="甲网")
SECOND = Document("newsflash", "某交易所下架三个币种", "下架于明日生效。", DAY, position=1)


class Reader:
    """Reads every page as it is told at the time."""

    def __init__(self, *documents):
        self.documents = documents

    def __call__(self, page, evidence=None):
        if not self.documents:
            raise Refused("%(name)s", name=page.name)
        return Reading([replace(document, page=page.name) for document in self.documents])


@pytest.fixture
def catalog(tmp_path):
    with Catalog.open(tmp_path / "catalog.db") as catalog:
        page = Page("a.txt", RAW)
        catalog.add([(page, Reader(FIRST, SECOND)(page).documents)])
        yield catalog


def ids(catalog):
    return {stored.document.title: stored.id for stored in catalog.all_documents()}


def test_the_same_reader_changes_nothing(catalog):
    before = list(catalog.all_documents())
    assert catalog.reparse(Reader(FIRST, SECOND)) == ReparseCounts(2, 0, 0, 0)
    assert list(catalog.all_documents()) == before
    assert (catalog.generation, list(catalog.changed_since(1))) == (1, [])


def test_a_corrected_title_supersedes_the_old_id(catalog):
    old = ids(catalog)
    better = replace(SECOND, title="某交易所将下架三个币种")
    assert catalog.reparse(Reader(FIRST, better)) == ReparseCounts(2, 1, 1, 0)
    new = ids(catalog)
    assert new[FIRST.title] == old[FIRST.title]
    assert catalog.current_id(old[SECOND.title]) == new[better.title]
    assert catalog.document(old[SECOND.title]) is None
    assert catalog.removed_since(1) == {old[SECOND.title]: new[better.title]}
    assert catalog.removed_since(2) == {}
    assert [stored.id for stored in catalog.changed_since(1)] == [new[better.title]]
    assert catalog.check() == []


def test_the_heir_is_the_most_alike_wherever_it_stands_now(catalog):
    old = ids(catalog)
    moved = replace(SECOND, body="下架将于明日生效。", position=0)
    other = replace(FIRST, body="今日算力已经回升一成。", position=1)
    catalog.reparse(Reader(moved, other))
    new = ids(catalog)
    assert catalog.current_id(old[SECOND.title]) == new[SECOND.title]
    assert catalog.current_id(old[FIRST.title]) == new[FIRST.title]


def test_a_corrected_date_supersedes_too(catalog):
    old = ids(catalog)[FIRST.title]
    catalog.reparse(Reader(replace(FIRST, published=None), SECOND))
    assert catalog.current_id(old) == ids(catalog)[FIRST.title] != old


def test_links_follow_through_every_correction_and_back(catalog):
    old = ids(catalog)[FIRST.title]
    versions = [replace(FIRST, title=f"某矿池算力回升（{n}）") for n in range(3)]
    seen = [old]
    for version in [*versions, FIRST]:
        catalog.reparse(Reader(version, SECOND))
        seen.append(ids(catalog)[version.title])
        assert {catalog.current_id(id_) for id_ in seen} == {seen[-1]}
    assert seen[-1] == old
    assert old not in catalog.removed_since(0)
    assert set(catalog.removed_since(0)) == set(seen[1:-1])


@pytest.mark.parametrize(
    "reader", [Reader(), lambda page, evidence: Reading([])], ids=["refused", "nothing found"]
)
def test_a_page_that_cannot_be_read_any_more_keeps_its_documents(catalog, reader):
    before = list(catalog.all_documents())
    assert catalog.reparse(reader) == ReparseCounts(2, 0, 0, 1)
    assert list(catalog.all_documents()) == before
    assert catalog.check() == []


def test_a_new_fact_changes_the_document_and_not_its_id(catalog):
    old = ids(catalog)
    catalog.reparse(Reader(replace(FIRST, cities=("成都",)), SECOND))
    assert ids(catalog) == old
    (changed,) = catalog.changed_since(1)
    assert changed.document.cities == ("成都",)


def test_another_site_of_one_appearance_changes_the_document(catalog):
    sites = {"a.txt": "甲网", "b.txt": "申网"}

    def read(page, evidence=None):
        return Reading([replace(FIRST, page=page.name, site=sites[page.name])])

    page = Page("b.txt", "转载的页面")
    catalog.add([(page, read(page).documents)])
    catalog.reparse(read)
    reached = catalog.generation
    sites["b.txt"] = "电网"
    assert catalog.reparse(read) == ReparseCounts(1, 1, 0, 0)
    (changed,) = catalog.changed_since(reached)
    assert changed.sites == ("甲网", "电网")


def test_another_place_on_a_page_is_told_to_who_follows(catalog):
    old = ids(catalog)
    catalog.add([(Page("b.txt", "转载的页面"), [replace(FIRST, lines=(3, 4))])])
    reached, pages = catalog.generation, catalog.page_count
    assert [each.id for each in catalog.seen_again(1, 1)] == [old[FIRST.title]]
    assert list(catalog.seen_again(pages, reached)) == []

    def read(page, evidence=None):
        moved = replace(FIRST, lines=(5, 6)) if page.name == "b.txt" else FIRST
        return Reading([replace(each, page=page.name) for each in (moved, SECOND)])

    assert catalog.reparse(read) == ReparseCounts(2, 0, 0, 0)
    assert {each.id: each.appearances for each in catalog.changed_since(reached)} == {
        old[FIRST.title]: 2,  # stands elsewhere
        old[SECOND.title]: 2,  # stands on the other page, too
    }


def test_a_reader_that_breaks_leaves_everything_as_it_was(catalog):
    before = list(catalog.all_documents()), catalog.stats()

    def broken(page, evidence):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        catalog.reparse(broken)
    assert (list(catalog.all_documents()), catalog.stats()) == before
    assert catalog.reparse(Reader(FIRST, SECOND)).documents == 2


def test_what_is_read_anew_is_not_newly_added(catalog):
    better = replace(SECOND, title="某交易所将下架三个币种")
    third = Document("newsflash", "第三条", "刚刚看出来的一条。", DAY, position=2)
    catalog.add([(Page("b.txt", "别的"), [Document("article", "别的", "一篇文章。")])])
    catalog.reparse(Reader(FIRST, better, third))
    added = {stored.document.title: stored.added for stored in catalog.all_documents()}
    # the page b.txt is read so, too
    assert added == {FIRST.title: 1, better.title: 1, third.title: 3}
    catalog.add([(Page("c.txt", "又一页"), [replace(FIRST, page="c.txt", site="乙网")])])
    assert {stored.added for stored in catalog.all_documents()} == {1, 3}


def test_an_heir_that_was_there_keeps_the_time_at_which_it_came(catalog):
    page = Page("b.txt", "别的")
    catalog.add([(page, [replace(SECOND, title="后来的一条", page="b.txt")])])
    (late,) = catalog.changed_since(1)
    catalog.reparse(
        lambda page, evidence: Reading(
            [replace(SECOND, title="后来的一条", page=page.name)]
            if page.name == "b.txt"
            else [
                replace(FIRST, page=page.name),
                replace(SECOND, title="后来的一条", page=page.name),
            ]
        )
    )
    assert catalog.document(late.id).added == 2
