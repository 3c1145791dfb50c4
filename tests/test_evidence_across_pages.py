"""Pages that share newsflashes: the same set of pages gives the same documents, in every order."""

from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import pipeline
from indexer.archive import Archive
from indexer.catalog import AddCounts, Catalog
from indexer.catalog import _settle as settling
from indexer.documents import Page
from indexer.identity import document_id
from indexer.pages import read
from indexer.query.request import SearchRequest
from indexer.together import read_together

FLASHES = [
    "甲公司获得新牌照:3月5日消息,甲公司获得当地第三张新牌照,为期两年。[2021/3/5]",
    "乙链升级推迟:据官方公告,乙链升级推迟一周,开发者需要更多时间。[2021/3/6]",
    "丁桥恢复存取款:跨链桥丁桥今日恢复存取款,此前因维护暂停了六小时。[2021/3/7]",
    # Retyped elsewhere: it differs in white space, in its head, in its category.
    "快讯!乙链 升级推迟:据官方公告,乙链升级推迟一周,开发者需要 更多时间。[2021/3/6 12:00]",
    "动态 | 丁桥恢复存取款:跨链桥丁桥今日恢复存取款,此前因维护暂停了六小时。[2021/3/7]",
    # Read alone, its second paragraph passes for the whole.
    "老赵谈监管\n\n声音 | 老赵:沙盒值得推广:老赵近日在论坛上表示,沙盒值得推广,可以参考。[2021/3/8]",
]
# A newsflash is glued to what stands before it, or begins a line.
CONTEXTS = [
    "矿工们在雨季到来之前搬到了山里",
    "专家把原因分成两类:一类是电价,一类是气候",
    "机房里的温度常年保持在三十度上下。",
    "运输并不便宜,一台机器要换三次车\n\n",
    "他问:明年电价上涨,谁来承担这笔费用?\n\n",
    "老王说,山里的电便宜。\n\n换句话说:便宜的电不会一直便宜。\n\n",
]
PARTS = st.lists(
    st.tuples(st.sampled_from(CONTEXTS), st.sampled_from(FLASHES)), min_size=1, max_size=3
)
SETS = st.lists(PARTS, min_size=2, max_size=6, unique_by=str)


def pages_of(parts_of_pages):
    return [
        Page(f"{number}.txt", "\n\n".join(["山里的电价_比特币", *map("".join, parts)]))
        for number, parts in enumerate(parts_of_pages)
    ]


def add(catalog, pages):
    readings = {page: read(page) for page in pages}
    return catalog.add(
        [(page, reading.documents) for page, reading in readings.items()],
        tails={page: reading.tails for page, reading in readings.items()},
    )


def seen(catalog):
    """All that a researcher can see of the documents."""
    return {
        stored.id: (stored, set(catalog.appearances(stored.id)))
        for stored in catalog.all_documents()
    }


@contextmanager
def empty_catalog():
    with TemporaryDirectory() as folder, Catalog.open(Path(folder) / "catalog.db") as catalog:
        yield catalog


def added_at_once(pages):
    with empty_catalog() as catalog:
        add(catalog, pages)
        catalog.settle(read)
        return seen(catalog)


@settings(max_examples=40, deadline=None)
@given(SETS, st.randoms(use_true_random=False))
def test_any_order_and_any_parts_give_the_same_documents(parts_of_pages, chance):
    pages = pages_of(parts_of_pages)
    expected = added_at_once(pages)
    chance.shuffle(pages)
    given_out, counts = set(), AddCounts()
    with empty_catalog() as catalog:
        while pages:
            size = chance.randint(1, len(pages))
            batch, pages = pages[:size], pages[size:]
            counts += add(catalog, batch)
            given_out |= seen(catalog).keys()
            if not pages or chance.random() < 0.6:
                counts += catalog.settle(read)
                given_out |= seen(catalog).keys()
                assert catalog.settled
        assert seen(catalog) == expected
        assert {catalog.current_id(id_) for id_ in given_out} == expected.keys()
        assert counts.added + counts.reprints == catalog.stats()["appearances"]
        assert catalog.check() == []
        assert catalog.settle(read) == AddCounts()
        generation = catalog.generation
        catalog.reparse(read)
        assert (seen(catalog), catalog.generation) == (expected, generation)


class Follower:
    """Has what the catalog gives to whoever asks it for changes again and again."""

    def __init__(self):
        self.seen = {}
        self.generation = self.pages = 0

    def follow(self, catalog):
        reached = self.generation, self.pages
        self.generation, self.pages = catalog.generation, catalog.page_count
        for id_ in catalog.removed_since(reached[0]):
            self.seen.pop(id_, None)
        changed = list(catalog.changed_since(reached[0]))
        again = list(catalog.seen_again(reached[1], reached[0]))
        assert not {each.id for each in changed} & {each.id for each in again}
        for each in changed + again:
            self.seen[each.id] = each, set(catalog.appearances(each.id))


@settings(max_examples=40, deadline=None)
@given(SETS, st.randoms(use_true_random=False))
def test_who_follows_knows_every_appearance(parts_of_pages, chance):
    pages = pages_of(parts_of_pages)
    chance.shuffle(pages)
    follower = Follower()
    with empty_catalog() as catalog:
        while pages:
            size = chance.randint(1, len(pages))
            batch, pages = pages[:size], pages[size:]
            add(catalog, batch)
            if chance.random() < 0.5:
                catalog.settle(read)
            follower.follow(catalog)
            assert follower.seen == seen(catalog)
        catalog.settle(read)
        follower.follow(catalog)
        assert follower.seen == seen(catalog)


@settings(max_examples=20, deadline=None)
@given(SETS)
def test_parse_reads_its_arguments_as_add_does(parts_of_pages):
    pages = pages_of(parts_of_pages)
    together = [
        (document_id(document), page.name)
        for page, documents in read_together(pages)
        for document in documents
    ]
    added = added_at_once(pages)
    assert sorted(together) == sorted(
        (id_, each.page) for id_, (_, appearances) in added.items() for each in appearances
    )
    assert [name for _, name in together] == sorted(name for _, name in together)


GLUED, CLEAR, OTHER = pages_of(
    [[(CONTEXTS[0], FLASHES[0])], [(CONTEXTS[3], FLASHES[0])], [(CONTEXTS[2], FLASHES[1])]]
)


@pytest.fixture
def catalog():
    with empty_catalog() as catalog:
        yield catalog


def titles(catalog):
    return {stored.document.title for stored in catalog.all_documents()}


def test_a_later_page_corrects_an_earlier_one_and_says_so(catalog):
    add(catalog, [GLUED])
    assert catalog.settle(read) == AddCounts()
    (wrong,) = (stored for stored in catalog.all_documents() if "牌照" in stored.document.title)
    assert wrong.document.title != "甲公司获得新牌照"
    reached = catalog.generation
    counts = add(catalog, [CLEAR])
    assert counts == AddCounts(added=2)
    assert catalog.settle(read).corrected == 1
    (right,) = (stored for stored in catalog.all_documents() if "牌照" in stored.document.title)
    assert (right.document.title, right.appearances) == ("甲公司获得新牌照", 2)
    assert catalog.current_id(wrong.id) == right.id
    assert catalog.removed_since(reached) == {wrong.id: right.id}
    assert right.id in {stored.id for stored in catalog.changed_since(reached)}
    assert CONTEXTS[0] in {stored.document.body for stored in catalog.all_documents()}


def test_a_correction_within_one_addition_is_no_correction_of_an_earlier_page(catalog):
    counts = add(catalog, [GLUED, CLEAR])
    counts += catalog.settle(read)
    stats = catalog.stats()
    assert counts == AddCounts(
        added=stats["documents"], reprints=stats["appearances"] - stats["documents"]
    )


def test_what_was_cut_off_is_settled_by_the_next_command(catalog, monkeypatch):
    monkeypatch.setattr(settling, "_MOST_PAGES", 1)
    pages = [page for flash in FLASHES for page in pages_of([[(each, flash)] for each in CONTEXTS])]
    pages = [replace(page, name=f"{number}.txt") for number, page in enumerate(pages)]
    expected = added_at_once(pages)
    add(catalog, pages)
    reads = []

    def interrupted(page, evidence):
        reads.append(page)
        if len(reads) in (2, 3, 7):
            raise KeyboardInterrupt
        return read(page, evidence)

    interruptions = 0
    while not catalog.settled:
        try:
            catalog.settle(interrupted)
        except KeyboardInterrupt:
            interruptions += 1
            assert catalog.check() == []
    assert interruptions == 3
    assert seen(catalog) == expected


def test_the_index_follows_and_the_next_command_goes_on_where_one_was_cut_off(tmp_path):
    with closing(Archive.open(tmp_path)) as archive:
        catalog, engine = archive.catalog, archive.engine
        for page in (GLUED, CLEAR):
            add(catalog, [page])  # cut off before it settled
        assert pipeline.is_behind(catalog, engine)
        pipeline.catch_up(catalog, engine)
        assert not pipeline.is_behind(catalog, engine)
        (hit,) = archive.search(SearchRequest(q="标题:牌照")).hits
        assert (hit.stored.document.title, hit.stored.appearances) == ("甲公司获得新牌照", 2)


def test_pages_that_tell_nothing_new_are_not_read_again(catalog):
    reads = []

    def counted(page, evidence):
        reads.append(page.name)
        return read(page, evidence)

    add(catalog, [OTHER])
    catalog.settle(counted)
    assert reads == []
    add(catalog, [GLUED, CLEAR])
    catalog.settle(counted)
    assert sorted(reads) == sorted([GLUED.name, CLEAR.name])
    add(catalog, pages_of([[("又一页。\n\n", FLASHES[-1])]]))
    catalog.settle(counted)
    assert len(reads) == 2
