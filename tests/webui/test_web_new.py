"""What is new since a mark: counted exactly, marked, narrowed to, and never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.catalog import Catalog
from indexer.documents import Document, Page, PublishedDate
from indexer.engine.whoosh import WhooshEngine
from indexer.pages import Reading
from indexer.pipeline import catch_up, complete
from webui import create_app

OLD = PublishedDate("2009-01-03", "day", "stamp")
INCOMPARABLE = "看不出哪些文档是新加入的"


def flash(text: str, **facts: object) -> Document:
    return replace(Document("newsflash", text, f"{text}的全文。", OLD), **facts)  # type: ignore[arg-type]


class Shelf:
    """A data folder that a server is over while documents are added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.put(flash("矿池甲扩容"), flash("矿池乙停电", cities=("成都",)), flash("别的消息"))
        self.client: FlaskClient = create_app(folder).test_client()

    def put(self, *documents: Document) -> None:
        def add(catalog: Catalog) -> None:
            name = "".join(document.title for document in documents)
            catalog.add([(Page(name, name), documents)])

        self.change(add)

    def change(self, what: Callable[[Catalog], object]) -> None:
        with Catalog.open(self.folder / "catalog.db") as catalog:
            engine = WhooshEngine(self.folder / "whoosh", catalog.uuid)
            what(catalog)
            catch_up(catalog, engine)
            complete(catalog, engine)
            engine.close()

    def mark(self) -> str:
        return str(self.client.get("/search.json").json["mark"])

    def new(self, query: str) -> int | None:
        """As all that can be asked say it."""
        counted = self.client.get(f"/new.json?{query}").json
        answer = self.client.get(f"/search.json?{query}&collapse=0").json
        assert (counted["new"], counted["total"]) == (answer["new"], answer["total"])
        if counted["new"] is not None:
            narrowed = self.client.get(f"/search.json?{query}&new=1&collapse=0").json
            assert narrowed["total"] == narrowed["new"] == counted["new"]
            assert sum(hit["is_new"] for hit in answer["hits"]) == counted["new"]
            exported = self.client.get(f"/search.jsonl?{query}&new=1").text
            assert exported.count("\n") == counted["new"]
        return counted["new"]  # type: ignore[no-any-return]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_new_is_what_was_added_and_not_what_was_published_since(shelf: Shelf) -> None:
    mark = shelf.mark()
    assert shelf.new("q=矿池") is None
    assert shelf.new(f"q=矿池&since={mark}") == 0
    shelf.put(flash("矿池丙开业", cities=("成都",)), flash("无关的一条"))
    shelf.put(flash("矿池丁"))
    for query, new in {
        "": 3,
        "q=矿池": 2,
        "q=矿池&city=成都": 1,
        "q=矿池&from=2010&to=2020": 0,
        "q=矿池 没有这个词": 2,  # no document has both: those with one are listed
        "q=矿池&sort=newest": 2,
    }.items():
        assert shelf.new(f"{query}&since={mark}") == new, query
    assert shelf.new(f"since={shelf.mark()}") == 0


def test_another_appearance_a_better_reading_and_a_cluster_are_not_new(shelf: Shelf) -> None:
    mark = shelf.mark()
    shelf.change(
        lambda catalog: catalog.add([(Page("copy", "copy"), [flash("矿池甲扩容", site="乙网")])])
    )
    shelf.change(
        lambda catalog: catalog.reparse(
            lambda page, _: Reading(
                [flash("矿池甲扩容一倍"), flash("矿池乙停电", cities=("成都",)), flash("别的消息")]
                if page.name != "copy"
                else [flash("矿池甲扩容", site="乙网")]
            )
        )
    )
    titles = {hit["title"] for hit in shelf.client.get("/search.json?collapse=0").json["hits"]}
    assert "矿池甲扩容一倍" in titles
    # its heir is the copy, which was there: the longer title is a document that was not
    assert shelf.new(f"since={mark}") == 1


def test_a_corrected_title_is_the_same_document(shelf: Shelf) -> None:
    mark = shelf.mark()
    shelf.change(
        lambda catalog: catalog.reparse(
            lambda page, _: Reading(
                [flash("矿池甲扩容一倍"), flash("矿池乙停电"), flash("别的消息")]
            )
        )
    )
    assert shelf.new(f"since={mark}") == 0


def test_a_hit_is_new_when_one_of_its_reprints_is(shelf: Shelf) -> None:
    text = "某交易所今日宣布完成一轮融资，资金用于在新加坡和香港两地扩充合规团队，并升级撮合系统。"
    story = Document("newsflash", "某交易所完成融资", text, OLD)
    shelf.put(story)
    mark = shelf.mark()
    shelf.put(replace(story, title="某交易所完成融资！", published=None))
    (hit,) = shelf.client.get(f"/search.json?q=融资&since={mark}").json["hits"]
    assert hit["is_new"]
    assert len(hit["reprints"]) == 1


def test_the_page_marks_what_is_new_and_leads_to_it(shelf: Shelf) -> None:
    mark = shelf.mark()
    assert 'class="new"' not in shelf.client.get("/search?q=矿池").text
    assert "上次查看以后没有新加入的" in shelf.client.get(f"/search?q=矿池&since={mark}").text
    shelf.put(flash("矿池丙"))
    html = shelf.client.get(f"/search?q=矿池&since={mark}").text
    assert html.count('<span class="new">新</span>') == 1
    assert "其中 1 篇是上次查看以后加入的" in html
    assert f"since={mark}&amp;new=1" in html
    html = shelf.client.get(f"/search?q=矿池&since={mark}&new=1").text
    assert "共 1 篇" in html
    assert "去掉</span> 新加入的" in html
    # what is kept and followed is the search, whatever was seen of it
    assert 'data-keep="q=%E7%9F%BF%E6%B1%A0"' in html
    assert 'search.atom?q=%E7%9F%BF%E6%B1%A0"' in html


@pytest.mark.parametrize("other", ["0123abcd-1", "{archive}-999"])
def test_a_mark_that_says_nothing_is_told(shelf: Shelf, other: str) -> None:
    other = other.format(archive=shelf.mark().partition("-")[0])
    counted = shelf.client.get(f"/new.json?q=矿池&since={other}").json
    assert (counted["total"], counted["new"]) == (2, None)
    assert INCOMPARABLE in counted["warnings"][0]
    html = shelf.client.get(f"/search?q=矿池&since={other}").text
    assert INCOMPARABLE in html
    assert other not in re.sub("<footer.*?</footer>", "", html, flags=re.DOTALL)
    for name in ("search", "search.json", "search.md", "search.atom", "new.json"):
        answer = shelf.client.get(f"/{name}?since={other}&new=1")
        assert answer.status_code == 400
        assert (
            INCOMPARABLE
            in (answer.get_json(silent=True) or {"error": {"message": answer.text}})["error"][
                "message"
            ]
        )


def test_an_index_made_anew_compares_as_before(shelf: Shelf) -> None:
    mark = shelf.mark()
    shelf.put(flash("矿池丙"))
    with Catalog.open(shelf.folder / "catalog.db") as catalog:
        engine = WhooshEngine(shelf.folder / "whoosh", catalog.uuid)
        engine.rebuild(catalog.all_documents(), catalog.generation)
        engine.close()
    client = create_app(shelf.folder).test_client()  # the server started again
    assert client.get(f"/new.json?q=矿池&since={mark}").json["new"] == 1


def test_filters_are_told_in_words(shelf: Shelf) -> None:
    found = shelf.client.get("/new.json?q=矿池&city=成都&from=2009&to=2009&page=2").json
    assert found["filters"] == ["2009", "城市：成都"]
