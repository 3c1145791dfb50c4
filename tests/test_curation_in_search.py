"""What curators say, as searches, suggestions and exports have it: the index follows."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import suggest
from indexer.archive import Archive
from indexer.corrections import typed
from indexer.documents import Document, Page, PublishedDate
from indexer.export.citations import cited
from indexer.export.streams import EXPORTS
from indexer.identity import document_id
from indexer.pages.record import read_record
from indexer.pipeline import catch_up, complete, rebuild
from indexer.query.request import SearchRequest

CITIES = ("深圳", "北京", "成都")


def day(text):
    return PublishedDate(text, "day", "stamp")


DOCUMENTS = [
    Document(
        kind=("newsflash", "article")[number % 2],
        title=f"第{number}号公告",
        body=f"编号{number}的公告全文。",
        published=day(f"20{18 + number % 3}-{number % 12 + 1:02}-15") if number % 5 else None,
        source=("新华社", None)[number % 2],
        cities=(CITIES[number % 3],),
    )
    for number in range(24)
]
TWICE = [
    Document("newsflash", "跨年公告", "交易平台发布跨年公告。", day(when), cities=("上海",))
    for when in ("2019-12-31", "2020-01-02")
]


@pytest.fixture
def archive(tmp_path):
    archive = made(tmp_path)
    yield archive
    archive.close()


def made(folder):
    archive = Archive.open(folder)
    archive.catalog.add([(Page(f"{at}", f"{at}"), [each]) for at, each in enumerate(DOCUMENTS)])
    archive.catalog.add([(Page("两次", "两次"), TWICE)])
    follow(archive)
    return archive


def follow(archive):
    catch_up(archive.catalog, archive.engine)


def ids(archive, q="", **filters):
    found = archive.every(SearchRequest(q=q, collapse=False, **filters))
    return [each.id for each in found]


def facet(archive, name):
    answer = archive.search(SearchRequest())
    return {each.value: each.count for each in answer.facets[name]}


# Every total and every facet, counted one document at a time.


@settings(deadline=None, max_examples=8)
@given(st.data())
def test_the_index_has_what_the_catalog_gives(tmp_path_factory, data):
    archive = made(tmp_path_factory.mktemp("data"))
    everything = sorted(each.id for each in archive.catalog.all_documents())
    for _ in range(data.draw(st.integers(1, 6))):
        for id_ in data.draw(st.lists(st.sampled_from(everything), max_size=4)):
            change(archive.catalog, id_, data.draw)
        follow(archive)
        shown = list(archive.catalog.all_documents())
        answer = archive.search(SearchRequest(collapse=False))
        assert answer.total == len(shown)
        for name, values in {
            "city": (city for each in shown for city in each.document.cities),
            "kind": (each.document.kind for each in shown),
            "source": (each.document.source for each in shown if each.document.source),
            "date": (
                each.document.published.value[:4] for each in shown if each.document.published
            ),
        }.items():
            assert facet(archive, name) == Counter(values)
        assert answer.undated == sum(not each.document.published for each in shown)
        for word in ("公告", "深圳", "更正", "第1号公告"):
            found = {
                each.id for each in shown if word in each.document.title + "\n" + each.document.body
            }
            assert set(ids(archive, f'"{word}"')) == found
        for city in CITIES:
            assert set(ids(archive, city=(city,))) == {
                each.id for each in shown if city in each.document.cities
            }
        assert set(ids(archive, first="2020", last="2020")) == {
            each.id
            for each in shown
            if each.document.published and each.document.published.value.startswith("2020")
        }
        assert archive.catalog.stats()["documents"] == archive.engine.document_count
    archive.close()


def change(catalog, id_, draw):
    curation = catalog.curation
    match draw(st.sampled_from(["correct", "correct", "correct", "undo", "hide", "unhide"])):
        case "hide":
            curation.hide(id_)
        case "unhide":
            if catalog.hidden(id_):
                curation.unhide(id_)
        case "undo":
            curation.correct(id_, {}, undo=draw(st.sets(st.sampled_from(["title", "cities"]))))
        case "correct":
            texts = {
                "title": draw(st.sampled_from(["更正的标题", "深圳的公告"])),
                "published": draw(st.sampled_from(["", "2020", "2020-05", "2021-06-07T08:09"])),
                "cities": draw(st.sampled_from(["", "深圳", "北京、上海"])),
                "source": draw(st.sampled_from(["", "甲社"])),
                "kind": draw(st.sampled_from(["article", "newsflash"])),
            }
            chosen = draw(st.sets(st.sampled_from(sorted(texts)), min_size=1))
            curation.correct(id_, {field: typed(field, texts[field]) for field in chosen})


def test_a_corrected_title_is_found_and_the_one_that_was_read_is_not(archive):
    id_ = document_id(DOCUMENTS[7])
    archive.catalog.curation.correct(id_, {"title": "某某币上线"})
    follow(archive)
    assert ids(archive, '"某某币上线"') == [id_]
    assert ids(archive, '"第7号公告"') == []
    (hit,) = archive.search(SearchRequest(q='"某某币上线"')).to_json()["hits"]
    assert hit["title"] == "某某币上线"
    assert hit["corrections"]["title"].items() >= {"was": "第7号公告", "is": "某某币上线"}.items()


def test_a_search_leaves_out_what_was_hidden_before_the_index_follows(archive):
    id_ = document_id(DOCUMENTS[7])
    archive.catalog.curation.hide(id_)
    assert id_ not in {hit.stored.id for hit in archive.search(SearchRequest(q="第7号公告")).hits}
    follow(archive)
    assert archive.search(SearchRequest(q='"第7号公告"')).total == 0


def test_a_hidden_document_is_no_reprint_of_a_hit(archive):
    complete(archive.catalog, archive.engine)
    first, second = map(document_id, TWICE)
    (hit,) = archive.search(SearchRequest(q="跨年公告")).hits
    assert {hit.stored.id, *(each.id for each in hit.reprints)} == {first, second}
    archive.catalog.curation.hide(first)
    follow(archive)
    (hit,) = archive.search(SearchRequest(q="跨年公告")).hits
    assert (hit.stored.id, hit.reprints, archive.reprints(second)) == (second, (), ())


def test_the_index_made_anew_is_the_same(archive):
    for at, document in enumerate(DOCUMENTS[:6]):
        archive.catalog.curation.correct(document_id(document), {"cities": ("上海",)})
        if at % 2:
            archive.catalog.curation.hide(document_id(document))
    follow(archive)
    before = [ids(archive, city=("上海",)), facet(archive, "city"), facet(archive, "date")]
    rebuild(archive.catalog, archive.engine)
    assert [ids(archive, city=("上海",)), facet(archive, "city"), facet(archive, "date")] == before


# Suggestions.


def suggested(archive, q):
    return [each.text for each in archive.suggestions(q)]


def test_suggestions_follow_a_corrected_title_and_city(archive):
    id_ = document_id(DOCUMENTS[7])
    assert "第7号公告" in suggested(archive, "第7")
    archive.catalog.curation.correct(id_, {"title": "比特币上线", "cities": ("雅安",)})
    follow(archive)
    assert not {"第7号公告", "比特币上线"} & {*suggested(archive, "第7")}
    assert "比特币上线" in suggested(archive, "比特")
    assert "雅安" in suggested(archive, "城市:雅")
    archive.catalog.curation.correct(id_, {}, undo=["title", "cities"])
    follow(archive)
    assert "第7号公告" in suggested(archive, "第7")
    assert not {"第7号公告", "比特币上线"} & {*suggested(archive, "比特")}


def test_what_is_corrected_otherwise_is_not_counted_again(archive):
    before = archive.suggestions("公")
    assert [each.count for each in before if each.text == "公告"] == [len(DOCUMENTS + TWICE)]
    for document in DOCUMENTS:
        archive.catalog.curation.correct(document_id(document), {"author": "陈晓"})
    follow(archive)
    assert archive.suggestions("公") == before


def test_a_title_that_was_corrected_before_it_was_counted_can_be_undone(archive):
    id_ = document_id(DOCUMENTS[7])
    archive.catalog.curation.correct(id_, {"title": "比特币上线"})
    suggest.rebuild(archive.catalog)
    archive.catalog.curation.correct(id_, {}, undo=["title"])
    follow(archive)
    assert "第7号公告" in suggested(archive, "第7")


def test_nothing_is_suggested_that_only_hidden_documents_have(archive):
    secret = Document(
        "newsflash", "瑞波币 tokenxyz 上线", "瑞波币 tokenxyz 在雅安。", cities=("雅安",)
    )
    archive.catalog.add([(Page("密", "密"), [secret])])
    follow(archive)
    asked = ("token", "瑞波", "xrp", "城市:雅")
    assert all(suggested(archive, q) for q in asked)
    assert archive.search(SearchRequest(q="tokenxyx")).corrections
    archive.catalog.curation.hide(document_id(secret))
    follow(archive)
    assert [suggested(archive, q) for q in asked] == [[], [], [], []]
    assert archive.search(SearchRequest(q="tokenxyx")).corrections == ()
    archive.catalog.curation.unhide(document_id(secret))
    follow(archive)
    assert all(suggested(archive, q) for q in asked)


# What leaves the program.


def test_a_citation_has_the_corrected_values(archive):
    id_ = document_id(DOCUMENTS[7])
    values = {
        "title": "某某币上线",
        "published": typed("published", "2021-06-07"),
        "author": "陈晓",
    }
    archive.catalog.curation.correct(id_, values)
    facts = cited(archive.document(id_), "https://biwen.example/", date(2026, 1, 2))
    assert (facts.title, facts.published, facts.authors) == ("某某币上线", "2021-06-07", ("陈晓",))
    assert facts.permalink == f"https://biwen.example/d/{id_}"


@pytest.mark.parametrize("read", [DOCUMENTS[7], replace(TWICE[0], published=None), "inferred"])
def test_an_exported_line_is_the_same_document_when_it_is_added_again(archive, read):
    if read == "inferred":
        guessed = PublishedDate("2021-06", "month", "text")
        read = replace(DOCUMENTS[8], title="推断的日期", published=guessed)
    archive.catalog.add([(Page("又", "又"), [read])])
    id_ = document_id(read)
    values = {
        field: typed(field, text)
        for field, text in {
            "title": "某某币上线",
            "published": "2021-06-07T08:09",
            "cities": "雅安",
            "author": "陈晓",
            "kind": "article",
        }.items()
    }
    archive.catalog.curation.correct(id_, values)
    (line,) = EXPORTS["jsonl"].pieces([archive.document(id_)], "", date(2026, 1, 2))
    assert json.loads(line)["title"] == "某某币上线"
    again = read_record(Page("再", line, "record"))
    assert document_id(again) == id_ == json.loads(line)["id"]
    assert (again.title, again.kind, again.author) == (read.title, read.kind, read.author)
    archive.catalog.add([(Page("再", line, "record"), [again])])
    assert archive.document(id_).document.title == "某某币上线"


@pytest.mark.parametrize("corrections", [None, 1, [], {"title": 5}, {"title": {}}, {"body": {}}])
def test_other_corrections_of_a_record_mean_nothing(corrections):
    line = json.dumps({"title": "甲", "body": "正文。", "corrections": corrections})
    assert read_record(Page("a", line, "record")).title == "甲"
