"""Searches to follow: the Atom feed, and the description for a browser's search box."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
from flask.testing import FlaskClient

from indexer.catalog import Catalog
from indexer.documents import Document
from indexer.documents import Page as RawPage
from indexer.engine.whoosh import WhooshEngine
from indexer.pipeline import catch_up
from webui import create_app

SEARCH = "https://biwen.example/search?q={searchTerms}"
FEED = "https://biwen.example/search.atom?q={searchTerms}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def ids(client: FlaskClient, query: str) -> list[str]:
    found = json.loads(client.get(f"/search.json?{query}&sort=newest").text)["hits"]
    return [hit["id"] for hit in found]


@pytest.mark.parametrize(
    "query",
    [
        "q=",
        "q=深圳",
        "q=区块链&from=2020&to=2021",
        "q=深圳&city=深圳&sort=oldest",
        "q=没有这样的词",
    ],
)
def test_a_feed_has_the_newest_hits_of_its_search(client: FlaskClient, query: str) -> None:
    response = client.get(f"/search.atom?{query}")
    assert response.mimetype == "application/atom+xml"
    feed = feedparser.parse(response.data)
    assert not feed.bozo
    assert feed.version == "atom10"
    newest = ids(client, query.replace("&sort=oldest", ""))
    assert [entry.id for entry in feed.entries] == [
        f"https://biwen.example/d/{id_}" for id_ in newest
    ]
    assert [entry.link for entry in feed.entries] == [entry.id for entry in feed.entries]
    moments = [entry.updated_parsed for entry in feed.entries]
    assert moments == sorted(moments, reverse=True)
    assert all(entry.title and entry.updated.endswith("+08:00") for entry in feed.entries)


def test_a_feed_is_sound_whatever_is_asked(client: FlaskClient) -> None:
    for q in ("a%0Bb", "%EF%BF%BF", "<b>&", "%00"):
        assert not feedparser.parse(client.get(f"/search.atom?q={q}").data).bozo, q


def test_the_links_of_a_feed_are_absolute(client: FlaskClient) -> None:
    feed = feedparser.parse(client.get("/search.atom?q=深圳").data).feed
    links = {link.rel: link.href for link in feed.links}
    assert links["self"].startswith("https://biwen.example/search.atom?q=")
    assert links["alternate"].startswith("https://biwen.example/search?q=")


def test_an_impossible_search_is_refused(client: FlaskClient) -> None:
    assert client.get("/search.atom?from=32").status_code == 400


@pytest.mark.parametrize(("language", "name"), [("zh", "币闻检索"), ("en", "Biwen")])
def test_a_browser_can_add_the_search(client: FlaskClient, language: str, name: str) -> None:
    page = client.get(f"/?lang={language}").text
    assert f'href="/opensearch.xml?lang={language}"' in page
    response = client.get(f"/opensearch.xml?lang={language}")
    assert response.mimetype == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(response.data)
    assert root.findtext(f"{OPENSEARCH}ShortName") == name
    templates = {url.get("type"): url.get("template") for url in root.iter(f"{OPENSEARCH}Url")}
    assert templates["text/html"] == f"{SEARCH}&lang={language}"
    assert templates["application/atom+xml"] == f"{FEED}&lang={language}"


def test_suggestions_for_the_browsers_own_box(client: FlaskClient) -> None:
    asked, offered = json.loads(client.get("/suggestions.json?q=区块链 深").text)
    assert asked == "区块链 深"
    shown = json.loads(client.get("/suggest.json?q=区块链 深").text)["suggestions"]
    assert offered == [each["q"] for each in shown]
    assert all(each.startswith("区块链 ") for each in offered)


def test_who_has_the_feed_is_told_so_until_the_archive_changes(
    client: FlaskClient, tmp_path: Path
) -> None:
    def put(number: int) -> None:
        document = Document("newsflash", f"第{number}条", f"第{number}条说的是减半。")
        with Catalog.open(tmp_path / "catalog.db") as catalog:
            engine = WhooshEngine(tmp_path / "whoosh", catalog.uuid)
            catalog.add([(RawPage(f"{number}.txt", str(number)), [document])])
            catch_up(catalog, engine)
            engine.close()

    put(1)
    # as two worker processes are: nothing is shared but the data folder
    one, other = (create_app(tmp_path).test_client() for _ in range(2))
    url = "/search.atom?q=减半"
    first = one.get(url)
    etag = first.headers["ETag"]
    known = {"If-None-Match": etag}
    for worker in (one, other):
        again = worker.get(url, headers={**known, "Accept-Encoding": "gzip"})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
        assert again.headers["Vary"] == first.headers["Vary"]
    for different in (f"{url}&city=深圳", f"{url}&lang=en", "/search.atom?q=减"):
        assert one.get(different, headers=known).status_code == 200, different
    assert one.get(url, headers=known, base_url="https://elsewhere.example").status_code == 200
    assert client.get(url, headers=known).status_code == 200  # another archive

    put(2)
    for worker in (one, other):
        fresh = worker.get(url, headers=known)
        assert fresh.status_code == 200
        assert len(feedparser.parse(fresh.data).entries) == 2
        assert fresh.headers["ETag"] != etag
