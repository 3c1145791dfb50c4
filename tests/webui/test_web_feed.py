"""Searches to follow: the Atom feed, and the description for a browser's search box."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import feedparser
import pytest
from flask.testing import FlaskClient

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
