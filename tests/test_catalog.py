"""The catalog: what is added is there, merged, counted and found again."""

import pickle
import sqlite3
import threading
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.catalog import AddCounts, Catalog, page_row
from indexer.documents import Appearance, Document, Page, PublishedDate
from indexer.errors import Unsound, UserError
from indexer.identity import document_id, page_key

FLASH = Document(
    "newsflash",
    "某矿池算力回升",
    "某矿池今日在成都表示算力已经回升。",
    PublishedDate("2020-07-13", "day", "stamp"),
    site="甲网",
    cities=("成都",),
    page="a.txt",
    position=1,
    lines=(9, 11),
)
STORY = Document("article", "矿工的夏天", "丰水期到了。\n\n矿工在路上。", site="甲网", page="a.txt")
PAGE = Page("a.txt", "第一页的原文")


@pytest.fixture
def catalog(tmp_path):
    with Catalog.open(tmp_path / "data" / "catalog.db") as catalog:
        yield catalog


def on(page, document, **changes):
    """``document`` as it stands on another page."""
    return page, [replace(document, page=page.name, **changes)]


def test_what_is_added_is_there(catalog):
    assert catalog.add([(PAGE, [STORY, FLASH])]) == AddCounts(added=2)
    story, flash = catalog.all_documents()
    assert (story.document, flash.document) == (STORY, FLASH)
    assert (flash.sites, flash.appearances) == (("甲网",), 1)
    assert flash.id == document_id(FLASH)
    assert catalog.document(flash.id) == flash
    assert catalog.documents(["nothing", flash.id, story.id, flash.id]) == {
        flash.id: flash,
        story.id: story,
    }
    key = page_key(PAGE.content)
    seen = Appearance("a.txt", 1, "甲网", None, (9, 11), key)
    assert catalog.appearances(flash.id) == (seen,)
    assert [(each.stored.id, each.seen) for each in catalog.on_page(key)][1] == (flash.id, seen)
    stored = catalog.page(key)
    assert (stored.id, stored.page) == (key, PAGE)
    assert datetime.fromisoformat(stored.added) <= datetime.now()
    assert list(catalog.pages()) == [PAGE]
    assert catalog.check() == []
    assert catalog.stats() == {
        "documents": 2,
        "articles": 1,
        "newsflashes": 1,
        "appearances": 2,
        "pages": 1,
        "hidden": 0,
        "generation": 1,
    }


def test_unknown_ids(catalog):
    assert catalog.document("nothing") is None
    assert catalog.current_id("nothing") is None
    assert catalog.appearances("nothing") == ()
    assert catalog.page("nothing") is None
    assert catalog.on_page("nothing") == ()
    assert catalog.ever_known(["nothing"]) == set()
    assert catalog.documents([]) == {}


def test_the_same_content_under_another_name_changes_nothing(catalog):
    catalog.add([(PAGE, [FLASH])])
    counts = catalog.add([on(Page("copy.txt", PAGE.content), FLASH)])
    assert (counts, catalog.generation) == (AddCounts(unchanged=1), 1)


def test_a_newsflash_on_another_page_is_one_document_with_two_appearances(catalog):
    catalog.add([(PAGE, [FLASH])])
    finer = PublishedDate("2020-07-13T09:30", "minute", "record")
    counts = catalog.add(
        [on(Page("b.txt", "第二页的原文"), FLASH, site="乙网", published=finer, tags=("矿池",))]
    )
    assert counts == AddCounts(reprints=1)
    (stored,) = catalog.all_documents()
    assert stored.document.published == finer
    assert stored.document.tags == ("矿池",)
    assert stored.sites == ("乙网", "甲网")
    assert [seen.page for seen in catalog.appearances(stored.id)] == ["a.txt", "b.txt"]


@pytest.mark.parametrize("titles", [("BTC上涨", "btc上涨"), ("btc上涨", "BTC上涨")])
def test_of_two_spellings_as_long_the_same_is_kept_in_either_order(catalog, titles):
    for number, title in enumerate(titles):
        catalog.add([on(Page(f"{number}.txt", f"原文 {number}"), FLASH, title=title)])
    assert [stored.document.title for stored in catalog.all_documents()] == ["BTC上涨"]


def test_the_same_text_of_another_day_is_another_document_of_the_cluster(catalog):
    later = PublishedDate("2021-01-01", "day", "stamp")
    catalog.add([(PAGE, [FLASH, replace(FLASH, published=later, position=2)])])
    first, second = catalog.all_documents()
    assert first.id != second.id
    assert first.cluster == second.cluster


def test_an_index_is_told_what_changed_and_no_more(catalog):
    catalog.add([(PAGE, [STORY, FLASH])])
    story, flash = (stored.id for stored in catalog.all_documents())
    changes = {
        "nothing new but a place": {},
        "a site": {"site": "申网"},
        "a city": {"cities": ("成都", "重庆")},
    }
    changed = []
    for number, change in enumerate(changes.values()):
        before = catalog.generation
        catalog.add([on(Page(f"{number}.txt", f"第 {number} 份转载"), FLASH, **change)])
        assert catalog.generation == before + 1
        changed.append([stored.id for stored in catalog.changed_since(before)])
    assert changed == [[], [flash], [flash]]
    assert [stored.id for stored in catalog.changed_since(0)] == [story, flash]
    assert list(catalog.changed_since(catalog.generation)) == []


def test_what_changes_while_an_index_reads_is_left_to_the_next_time(catalog):
    numbered = [replace(FLASH, title=f"第 {n} 号快讯", position=n) for n in range(700)]
    catalog.add([(PAGE, numbered)])
    reading = catalog.changed_since(0)
    seen = [next(reading).id]
    last = replace(numbered[-1], site="乙网")
    catalog.add([on(Page("b.txt", "乙"), last), on(Page("c.txt", "丙"), STORY)])
    seen += [stored.id for stored in reading]
    changed = [document_id(last), document_id(STORY)]
    assert seen == [document_id(each) for each in numbered[:-1]]
    assert [stored.id for stored in catalog.changed_since(1)] == changed


def test_rows_made_elsewhere_are_what_their_pages_are(catalog, tmp_path):
    pages = [(Page("short.txt", "短"), [STORY]), (Page("long.txt", "很长的一页。" * 900), [FLASH])]
    rows = pickle.loads(pickle.dumps([page_row(*page) for page in pages]))
    assert len(rows[1].raw) < 1000, "a long page is compressed"
    with Catalog.open(tmp_path / "other.db") as other:
        assert other.add_rows(rows) == catalog.add(pages) == AddCounts(added=2)
        assert list(other.all_documents()) == list(catalog.all_documents())
        assert list(other.pages()) == list(catalog.pages()) == [page for page, _ in pages]
        assert other.check() == []
        assert other.page_count == 2


def test_a_failed_addition_leaves_no_trace(catalog):
    catalog.add([(PAGE, [FLASH])])
    before = catalog.stats(), list(catalog.all_documents())
    broken = replace(FLASH, title="坏的", kind="poem")
    with pytest.raises(sqlite3.IntegrityError):
        catalog.add([on(Page("b.txt", "甲"), STORY), on(Page("c.txt", "乙"), broken)])
    assert (catalog.stats(), list(catalog.all_documents())) == before


def test_many_documents_are_streamed_in_order(catalog):
    numbered = [replace(FLASH, title=f"第 {n} 号快讯", position=n) for n in range(1203)]
    catalog.add([(PAGE, numbered)])
    stored = list(catalog.all_documents())
    assert [each.document.title for each in stored] == [each.title for each in numbered]
    assert list(catalog.documents(each.id for each in stored).values()) == stored


def test_readers_and_the_writer_do_not_wait_for_each_other(catalog):
    catalog.add([(PAGE, [FLASH])])
    reading = catalog.all_documents()
    next(reading)
    seen = []

    def write_and_read():
        catalog.add([on(Page("b.txt", "乙"), STORY)])
        seen.append(catalog.stats()["documents"])

    thread = threading.Thread(target=write_and_read)
    thread.start()
    thread.join(10)
    assert seen == [2]
    assert catalog.generation == 2


def test_reopening_keeps_everything(tmp_path):
    path = tmp_path / "catalog.db"
    with Catalog.open(path) as catalog:
        catalog.add([(PAGE, [FLASH])])
        before = catalog.uuid, catalog.stats(), list(catalog.all_documents())
    with Catalog.open(path, create=False) as catalog:
        assert (catalog.uuid, catalog.stats(), list(catalog.all_documents())) == before


def test_opening_what_is_no_catalog(tmp_path):
    with pytest.raises(UserError, match="没有目录库"):
        Catalog.open(tmp_path / "none.db", create=False)
    (tmp_path / "text.db").write_text("这不是数据库。" * 100, encoding="utf-8")
    with pytest.raises(Unsound, match="已损坏"):
        Catalog.open(tmp_path / "text.db")
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(UserError, match="更新的版本"):
        Catalog.open(tmp_path / "newer.db")


DAMAGE = {
    "UPDATE documents SET body = '改过的正文'": "编号与内容不符",
    "UPDATE documents SET text = 'x'": "文本编号与内容不符",
    "DELETE FROM appearances": "没有任何出处",
    "UPDATE documents SET generation = 9": "世代",
    "UPDATE pages SET raw = x'00'": "原文已损坏",
    "UPDATE appearances SET page = 99": "指向 pages",
}


@pytest.mark.parametrize(("statement", "words"), DAMAGE.items())
def test_check_finds_damage(catalog, statement, words):
    catalog.add([(PAGE, [FLASH])])
    assert catalog.check() == []
    other = sqlite3.connect(catalog.path)  # foreign keys are off
    with other:
        other.execute(statement)
    other.close()
    assert any(words in str(finding) for finding in catalog.check())


# Readings of few texts in many spellings, with all kinds of dates and facts.
DATES = [
    None,
    PublishedDate("2020", "year", "text"),
    PublishedDate("2020-07-14", "day", "text"),
    PublishedDate("2020-07", "month", "record"),
    PublishedDate("2020-07-13", "day", "stamp"),
    PublishedDate("2020-07-13", "day", "url"),
    PublishedDate("2020-07-13T08:05", "minute", "record"),
    PublishedDate("2020-07-13T08:05:30", "second", "stamp"),
    PublishedDate("2020-07-13T08:04:59", "second", "record"),
]
FINENESS = ["year", "month", "day", "minute", "second"]
some = st.sampled_from
maybe = st.sampled_from([None, "甲", "乙", "丙"])
lists = st.lists(some(["北京", "上海", "深圳"]), max_size=2, unique=True).map(tuple)
readings = st.builds(
    Document,
    kind=some(["article", "newsflash"]),
    title=some(["BTC上涨", "Btc上涨", "btc 上涨", "BTC下跌"]),
    body=some(["市场平静", "市场 平静", "市场\n\n平静"]),
    published=some(DATES),
    category=maybe,
    author=maybe,
    source=maybe,
    site=maybe,
    url=maybe,
    tags=lists,
    cities=lists,
)


@st.composite
def page_sets(draw):
    """Some pages, and another order and cut of the same pages."""
    contents = draw(st.lists(st.lists(readings, min_size=1, max_size=3), min_size=1, max_size=5))
    pages = [
        (
            Page(f"{number}.txt", f"原文 {number}"),
            [
                replace(document, page=f"{number}.txt", position=position)
                for position, document in enumerate(documents)
            ],
        )
        for number, documents in enumerate(contents)
    ]
    shuffled = draw(st.permutations(pages))
    cut = draw(st.integers(0, len(shuffled)))
    return pages, [shuffled[:cut], shuffled[cut:], shuffled[:1]]


def content(catalog):
    return {stored.id: stored for stored in catalog.all_documents()}


@settings(max_examples=40, deadline=None)
@given(page_sets())
def test_the_order_of_adding_does_not_matter(tmp_path_factory, sets):
    pages, batches = sets
    folder = tmp_path_factory.mktemp("catalogs")
    with (
        Catalog.open(folder / "one.db") as one,
        Catalog.open(folder / "many.db") as many,
    ):
        counts = one.add(pages)
        for batch in batches:
            many.add(batch)
        assert content(one) == content(many)
        assert one.check() == many.check() == []
        expected = by_text_and_day(pages)
        assert counts.added == len(expected) == len(content(one))
        for stored in content(one).values():
            document = stored.document
            group = expected[key_of(document)]
            assert stored.appearances == len(group)
            assert set(stored.sites) == {each.site for each in group} - {None}
            assert set(document.cities) == {city for each in group for city in each.cities}
            assert document.published == finest([each.published for each in group])


def key_of(document):
    published = document.published
    stated = published.value[:10] if published and published.origin != "text" else ""
    return "".join(document.title.lower().split()), "".join(document.body.split()), stated


def by_text_and_day(pages):
    groups = {}
    for _, documents in pages:
        for document in documents:
            groups.setdefault(key_of(document), []).append(document)
    return groups


def finest(dates):
    """The date that the specification wants: stated, finest, earliest; then the surest origin."""
    stated = [each for each in dates if each and each.origin != "text"]
    known = stated or [each for each in dates if each]
    if not known:
        return None
    finest = max(FINENESS.index(each.precision) for each in known)
    fine = [each for each in known if FINENESS.index(each.precision) == finest]
    earliest = min(each.value for each in fine)
    origins = [each.origin for each in fine if each.value == earliest]
    order = ["stamp", "byline", "url", "meta", "record", "text"]
    return PublishedDate(earliest, FINENESS[finest], min(origins, key=order.index))
