"""Corrections and hidden documents: beside what was read, and never lost."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.catalog import Catalog
from indexer.documents import Correction, Document, Page, PublishedDate
from indexer.errors import UserError
from indexer.identity import document_id
from indexer.pages import Reading

DAY = PublishedDate("2020-07-13", "day", "stamp")
MINUTE = PublishedDate("2020-07-13T08:05", "minute", "stamp")
GUESSED = PublishedDate("2021-06", "month", "text")
FLASH = Document(
    "newsflash", "算力回升", "某矿池今日表示算力已经回升。", DAY, author="甲", cities=("成都",)
)
STORY = Document("article", "回顾矿场搬迁", "多家矿场在雨季之前离开。", GUESSED)
PAGE = Page("a.txt", "甲")


def corrected(value: str) -> PublishedDate:
    precision = {4: "year", 7: "month", 10: "day", 16: "minute"}[len(value)]
    return PublishedDate(value, precision, "correction")


@pytest.fixture
def catalog(tmp_path):
    with Catalog.open(tmp_path / "catalog.db") as catalog:
        catalog.add([(PAGE, [STORY, replace(FLASH, position=1)])])
        yield catalog


VALUES = {
    "title": "算力大幅回升",
    "published": corrected("2020-07-14"),
    "cities": ("雅安", "成都"),
    "author": None,
    "source": "新华社",
    "kind": "article",
}


def test_every_field_is_shown_as_corrected_and_as_it_was_read(catalog):
    id_, before = document_id(FLASH), catalog.document(document_id(FLASH))
    catalog.curation.correct(id_, VALUES, by="丁")
    stored = catalog.document(id_)
    assert stored.document == replace(before.document, **VALUES)
    assert stored.document.published.is_stated
    assert {each.field: (each.was, each.now, each.by) for each in stored.corrections} == {
        field: (getattr(FLASH, field), value, "丁") for field, value in VALUES.items()
    }
    assert (stored.id, stored.cluster, stored.appearances) == (id_, before.cluster, 1)
    assert catalog.documents([id_]) == {id_: stored}
    assert stored in list(catalog.all_documents())
    assert list(catalog.changed_since(1)) == [stored]
    assert catalog.stats().items() >= {"articles": 2, "newsflashes": 0}.items()
    assert catalog.check() == []

    catalog.curation.correct(id_, {}, undo=VALUES)
    assert catalog.document(id_) == before
    assert catalog.stats().items() >= {"articles": 1, "newsflashes": 1}.items()
    assert catalog.curation.all() == []


def test_what_was_read_is_no_correction(catalog):
    id_ = document_id(FLASH)
    same = {
        "title": FLASH.title,
        "published": replace(DAY, origin="correction"),
        "kind": FLASH.kind,
    }
    catalog.curation.correct(id_, same)
    assert catalog.document(id_).corrections == ()
    assert catalog.document(id_).document.published == DAY
    # It holds nevertheless when something else is read.
    catalog.add([(Page("b.txt", "乙"), [replace(FLASH, published=MINUTE)])])
    (correction,) = catalog.document(id_).corrections
    assert (correction.was, correction.now) == (MINUTE, corrected("2020-07-13"))
    (curated,) = catalog.curation.all()
    assert [each.field for each in curated.corrections] == ["title", "published", "kind"]


def test_an_inferred_date_can_be_confirmed(catalog):
    id_ = document_id(STORY)
    catalog.curation.correct(id_, {"published": corrected("2021-06")})
    (correction,) = catalog.document(id_).corrections
    assert (correction.was, correction.now) == (GUESSED, corrected("2021-06"))
    assert catalog.document(id_).document.published.is_stated


def test_a_correction_to_json():
    at = "2026-01-02T03:04:05"
    assert Correction("title", "甲", "乙", at, "丁").to_json() == {
        "was": "甲",
        "is": "乙",
        "at": at,
    }
    assert Correction("cities", (), ("成都",), at).to_json() == {
        "was": (),
        "is": ("成都",),
        "at": at,
    }
    assert Correction("published", GUESSED, None, at).to_json() == {
        "was": "2021-06",
        "was_date_origin": "text",
        "is": None,
        "at": at,
    }


def test_a_hidden_document_is_nowhere_and_comes_back(catalog):
    id_, other = document_id(FLASH), document_id(STORY)
    catalog.curation.hide(id_, "重复", by="丁")
    assert catalog.document(id_) is None
    assert catalog.documents([id_, other]).keys() == {other}
    assert [each.id for each in catalog.all_documents()] == [other]
    assert list(catalog.changed_since(1)) == []
    assert catalog.removed_since(1) == {id_: catalog.hidden(id_)}
    assert catalog.removed_since(2) == {}
    assert catalog.current_id(id_) == id_
    hidden = catalog.hidden(id_)
    assert (hidden.reason, hidden.by) == ("重复", "丁")
    counts = {"documents": 1, "articles": 1, "newsflashes": 0, "hidden": 1, "appearances": 2}
    assert catalog.stats().items() >= counts.items()
    assert catalog.check() == []

    catalog.curation.unhide(id_)
    assert catalog.hidden(id_) is None
    assert [each.id for each in catalog.changed_since(2)] == [id_]
    assert catalog.removed_since(1) == {}
    assert catalog.stats()["documents"] == 2


def test_a_hidden_document_is_no_reprint(catalog):
    later = replace(FLASH, published=PublishedDate("2020-07-15", "day", "stamp"))
    catalog.add([(Page("b.txt", "乙"), [later])])
    id_, other = document_id(FLASH), document_id(later)
    assert [each.id for each in catalog.reprints(id_)] == [other]
    catalog.curation.hide(other)
    assert catalog.reprints(id_) == ()


def test_reprints_stand_in_the_order_of_their_corrected_dates(catalog):
    days = [PublishedDate(f"2020-07-{day}", "day", "stamp") for day in (15, 16)]
    first, second = (replace(FLASH, published=day) for day in days)
    catalog.add([(Page("b.txt", "乙"), [first, second])])
    catalog.curation.correct(document_id(first), {"published": corrected("2020-08")})
    found = [each.id for each in catalog.reprints(document_id(FLASH))]
    assert found == [document_id(second), document_id(first)]


def test_unknown_documents(catalog):
    curation, before = catalog.curation, catalog.generation
    for change in (
        lambda: curation.correct("nothing", {"title": "甲"}),
        lambda: curation.hide("nothing"),
        lambda: curation.of("nothing"),
        lambda: curation.unhide(document_id(FLASH)),
    ):
        with pytest.raises(UserError, match=r"nothing|没有被隐藏"):
            change()
    assert catalog.generation == before


def test_a_finer_date_and_other_facts_do_not_undo_a_correction(catalog):
    id_ = document_id(FLASH)
    catalog.curation.correct(id_, {"published": corrected("2020-07-14"), "author": "丙"})
    catalog.add([(Page("b.txt", "乙"), [replace(FLASH, published=MINUTE, author="乙")])])
    document = catalog.document(id_)
    assert (document.document.published, document.document.author) == (
        corrected("2020-07-14"),
        "丙",
    )
    assert {each.was for each in document.corrections} == {MINUTE, "乙"}
    catalog.add([(PAGE, [STORY, FLASH])])
    assert catalog.document(id_) == document
    assert catalog.stats()["documents"] == 2


# Reading again.


def reading(*documents):
    return lambda page, evidence=None: Reading(
        [replace(each, page=page.name, position=at) for at, each in enumerate(documents)]
    )


BETTER = replace(FLASH, title="算力大幅回升")


def test_a_correction_and_hiding_go_on_to_the_id_that_supersedes(catalog):
    old, new = document_id(FLASH), document_id(BETTER)
    catalog.curation.correct(old, {"author": "丙"})
    catalog.curation.hide(old, "重复")
    catalog.reparse(reading(STORY, BETTER))
    assert catalog.current_id(old) == new
    assert catalog.hidden(new).reason == "重复"
    assert catalog.removed_since(3) == {old: new, new: catalog.hidden(new)}
    catalog.curation.unhide(new)
    assert catalog.document(new).document.author == "丙"
    assert catalog.check() == []
    catalog.reparse(reading(STORY, FLASH))  # and back again, without a circle
    assert catalog.current_id(new) == old
    assert catalog.document(old).document.author == "丙"
    assert [each.id for each in catalog.curation.all()] == [old]
    assert catalog.check() == []


def test_a_correction_that_the_reader_now_reads_itself_is_harmless(catalog):
    old, new = document_id(FLASH), document_id(BETTER)
    catalog.curation.correct(old, {"title": BETTER.title})
    catalog.reparse(reading(STORY, BETTER))
    stored = catalog.document(new)
    assert (stored.document.title, stored.corrections) == (BETTER.title, ())
    catalog.reparse(reading(STORY, FLASH))
    assert catalog.document(old).document.title == BETTER.title


@pytest.mark.parametrize("last", ["into", "from"])
def test_where_two_become_one_the_later_correction_holds(catalog, last):
    into, gone = document_id(STORY), document_id(FLASH)
    order = [(gone, "早"), (into, "晚")] if last == "into" else [(into, "早"), (gone, "晚")]
    for id_, author in order:
        catalog.curation.correct(id_, {"author": author})
    catalog.curation.correct(gone, {"source": "新华社"})
    catalog.reparse(reading(STORY))
    document = catalog.document(into).document
    assert (document.author, document.source) == ("晚", "新华社")
    assert catalog.curation.of(into).corrections == catalog.document(into).corrections != ()
    assert catalog.check() == []


def test_the_index_is_told_of_an_heir_that_was_there_before(catalog):
    catalog.curation.correct(document_id(FLASH), {"author": "晚"})
    generation = catalog.generation
    catalog.reparse(reading(STORY))
    assert [each.id for each in catalog.changed_since(generation)] == [document_id(STORY)]
    catalog.reparse(reading(STORY, FLASH))
    catalog.curation.hide(document_id(FLASH))
    generation = catalog.generation
    catalog.reparse(reading(STORY))
    assert document_id(STORY) in catalog.removed_since(generation)
    assert list(catalog.changed_since(generation)) == []


DAMAGE = {
    "INSERT INTO corrections VALUES ('x', 'title', '甲', '2026', NULL, 1)": "没有文档 x",
    "INSERT INTO hidden VALUES ('x', NULL, '2026', NULL, 1)": "没有文档 x",
    "UPDATE hidden SET generation = 99": "世代",
    "UPDATE corrections SET generation = 99": "世代",
    "UPDATE corrections SET value = '2020-02-30' WHERE field = 'published'": "（published）",
    "UPDATE corrections SET value = '20' WHERE field = 'published'": "（published）",
    "UPDATE corrections SET value = '{}' WHERE field = 'cities'": "（cities）",
    "UPDATE corrections SET value = '[1]' WHERE field = 'cities'": "（cities）",
    "UPDATE corrections SET value = NULL WHERE field = 'title'": "（title）",
    "UPDATE corrections SET value = 'poem' WHERE field = 'kind'": "（kind）",
}


@pytest.mark.parametrize(("statement", "words"), DAMAGE.items())
def test_check_finds_damage(catalog, statement, words):
    catalog.curation.correct(document_id(FLASH), VALUES)
    catalog.curation.hide(document_id(STORY))
    assert catalog.check() == []
    with sqlite3.connect(catalog.path) as other:
        other.execute(statement)
    other.close()
    assert any(words in str(finding) for finding in catalog.check())


# Whatever is done in whatever order, against a model in plain Python.  A slot is one news item;
# what the reader gives for it depends on the version of the reader.

X = Document("newsflash", "交易所下架三个币种", "下架将于明日上午生效。", DAY, author="甲")
Y = Document("article", "矿工的夏天", "丰水期到了，矿场搬进了山里，电价便宜。", cities=("成都",))
Z = Document(
    "newsflash", "央行开会讨论支付", "会议在上海举行，讨论了零售支付。", MINUTE, source="乙社"
)
W = replace(Z, body=f"{Z.body}与会的人很多。")
LATER = replace(X, title="交易所将下架三个币种")
VERSIONS = [
    {"x": X, "y": Y, "z": Z, "w": W},
    {"x": LATER, "y": Y, "z": replace(Z, author="丙"), "w": W},
    {"x": LATER, "y": replace(Y, published=DAY), "z": W, "w": W},  # two become one
]
PAGES = {"一": "xz", "二": "zyw", "三": "xy", "四": "w"}


def read_as(version):
    def read(page, evidence=None):
        documents = [VERSIONS[version][slot] for slot in PAGES[page.name]]
        if page.name == "一":  # coarser, and of another author
            documents = [
                replace(each, published=DAY) if each.published == MINUTE else each
                for each in documents
            ]
        return Reading([replace(each, position=at) for at, each in enumerate(documents)])

    return read


class Model:
    """Which page was added, the reader's version, and what curators said, by id."""

    def __init__(self):
        self.pages, self.version, self.now = set(), 0, 0
        self.said = {}  # id -> field -> (when, value)
        self.hidden = {}

    def read(self):
        """What was read, by id: of two dates the finer."""
        found = {}
        for name in self.pages:
            for document in read_as(self.version)(Page(name, name)).documents:
                known = found.setdefault(document_id(document), document)
                if known.published == DAY:
                    found[document_id(document)] = document
        return found

    def slots(self):
        """The id of every slot of every page."""
        return {
            (name, slot): document_id(VERSIONS[self.version][slot])
            for name in self.pages
            for slot in PAGES[name]
        }

    def shown(self):
        return {
            id_: replace(
                document,
                **{
                    field: value
                    for field, (_, value) in self.said.get(id_, {}).items()
                    if not says(document, field, value)
                },
            )
            for id_, document in self.read().items()
            if id_ not in self.hidden
        }

    def correct(self, id_, values):
        self.now += 1
        for field, value in values.items():
            self.said.setdefault(id_, {})[field] = (self.now, value)

    def undo(self, id_, field):
        self.said.get(id_, {}).pop(field, None)

    def reparse(self, version):
        before, self.version = self.slots(), version
        after, gone = self.slots(), {}
        for place, id_ in before.items():
            if id_ not in after.values():
                gone[id_] = after[place]
        for old, new in gone.items():
            for field, said in self.said.pop(old, {}).items():
                mine = self.said.setdefault(new, {})
                mine[field] = max(mine.get(field, said), said, key=lambda each: each[0])
            if old in self.hidden:
                del self.hidden[old]
                self.hidden[new] = True


def says(document, field, value):
    was = getattr(document, field)
    if field == "published" and was and value:
        return was.is_stated and was.value == value.value
    return was == value


values = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["改正的标题", X.title, Y.title]),
        "published": st.sampled_from(
            [None, corrected("2020-07-13"), corrected("2021-05"), corrected("2020-07-13T08:05")]
        ),
        "cities": st.sampled_from([(), ("成都",), ("上海", "成都")]),
        "author": st.sampled_from([None, "甲", "戊"]),
        "source": st.sampled_from([None, "乙社"]),
        "kind": st.sampled_from(["article", "newsflash"]),
    },
)
numbers = st.integers(0, 9)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from([*PAGES])),
        st.tuples(st.just("reparse"), st.integers(0, 2)),
        st.tuples(st.just("correct"), numbers, values),
        st.tuples(st.just("undo"), numbers, st.sampled_from(["title", "published", "author"])),
        st.tuples(st.just("hide"), numbers),
        st.tuples(st.just("unhide"), numbers),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=150)
@given(steps)
def test_any_sequence_gives_what_the_model_gives(tmp_path_factory, steps):
    model, index, reached = Model(), {}, 0
    with Catalog.open(tmp_path_factory.mktemp("model") / "catalog.db") as catalog:
        for step, *facts in [("add", "一"), *steps]:
            ids = sorted(model.read())
            match step:
                case "add":
                    page = Page(facts[0], facts[0])
                    catalog.add([(page, read_as(model.version)(page).documents)])
                    model.pages.add(facts[0])
                case "reparse":
                    catalog.reparse(read_as(facts[0]))
                    model.reparse(facts[0])
                case "correct":
                    id_ = ids[facts[0] % len(ids)]
                    catalog.curation.correct(id_, facts[1])
                    model.correct(id_, facts[1])
                case "undo":
                    id_ = ids[facts[0] % len(ids)]
                    catalog.curation.correct(id_, {}, undo=[facts[1]])
                    model.undo(id_, facts[1])
                case "hide":
                    id_ = ids[facts[0] % len(ids)]
                    catalog.curation.hide(id_)
                    model.hidden[id_] = True
                case "unhide":
                    id_ = ids[facts[0] % len(ids)]
                    if model.hidden.pop(id_, None):
                        catalog.curation.unhide(id_)
            shown = model.shown()
            stored = {each.id: each for each in catalog.all_documents()}
            assert {id_: facts_of(each.document) for id_, each in stored.items()} == {
                id_: facts_of(document) for id_, document in shown.items()
            }
            # An index that follows has the same.
            for id_ in catalog.removed_since(reached):
                index.pop(id_, None)
            index.update((each.id, each) for each in catalog.changed_since(reached))
            reached = catalog.generation
            assert {id_: facts_of(each.document) for id_, each in index.items()} == {
                id_: facts_of(document) for id_, document in shown.items()
            }
            counts = catalog.stats()
            articles = sum(document.kind == "article" for document in shown.values())
            assert (counts["documents"], counts["articles"]) == (len(shown), articles)
            assert counts["hidden"] == len(model.hidden)
        assert catalog.check() == []


def facts_of(document):
    return [getattr(document, field) for field in ("body", *VALUES)]


@settings(deadline=None, max_examples=30)
@given(st.permutations([*PAGES]), values)
def test_the_order_of_adding_does_not_matter_to_a_correction(tmp_path_factory, order, said):
    found = []
    for names in ([*PAGES], order):
        path = tmp_path_factory.mktemp("order") / "catalog.db"
        with Catalog.open(path) as catalog:
            for at, name in enumerate(names):
                page = Page(name, name)
                catalog.add([(page, read_as(0)(page).documents)])
                if at == 0:  # said as soon as there is something to say it of
                    told = {each.id for each in catalog.all_documents()}
                for id_ in told if at == 0 else ():
                    catalog.curation.correct(id_, said)
            for id_ in {each.id for each in catalog.all_documents()} - told:
                catalog.curation.correct(id_, said)
            found.append(
                {
                    each.id: (facts_of(each.document), json.dumps(fields_of(each)))
                    for each in catalog.all_documents()
                }
            )
    assert found[0] == found[1]


def fields_of(stored):
    return sorted(each.field for each in stored.corrections)
