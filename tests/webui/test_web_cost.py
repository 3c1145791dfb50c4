"""What a request may take to search: what would take more is refused, in every format."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from clocks import Ticking
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.cost import Form, costs, forms, related
from benchmarks.newsflashes import vocabulary
from indexer.archive import Archive
from indexer.engine import Budget
from indexer.errors import TooCostly
from indexer.query.request import SearchRequest
from webui import create_app

BEGINNING = {"zh": "这个检索太费时间", "en": "This search takes too long"}


@pytest.fixture(scope="module")
def app(archive_folder: Path) -> Flask:
    """An application that may not search at all."""
    return create_app(archive_folder, "https://biwen.example/", seconds=0)


@pytest.fixture
def archive(archive_folder: Path) -> Iterator[Archive]:
    """The archive as the command line opens it."""
    archive = Archive.open(archive_folder)
    yield archive
    archive.close()


@pytest.mark.parametrize("lang", BEGINNING)
@pytest.mark.parametrize(
    ("path", "mimetype"),
    [
        ("/search", "text/html"),
        ("/search.json", "application/json"),
        ("/search.atom", "text/plain"),
        ("/search.jsonl", "application/json"),
        ("/search.csl", "application/json"),
        ("/search.md", "text/plain"),
        ("/search.csv", "text/plain"),
        ("/search.bib", "text/plain"),
        ("/new.json", "application/json"),
        ("/trends", "text/html"),
        ("/trends.json", "application/json"),
        ("/trends.csv", "text/plain"),
        ("/trends.svg", "text/plain"),
    ],
)
def test_what_would_cost_too_much_is_refused_by_a_sentence(
    client: FlaskClient, path: str, mimetype: str, lang: str
) -> None:
    response = client.get(f"{path}?q=深圳&lang={lang}")
    assert (response.status_code, response.mimetype) == (422, mimetype)
    if mimetype == "application/json":
        assert set(response.json) == {"error"}
        assert response.json["error"]["message"].startswith(BEGINNING[lang])
    else:
        assert BEGINNING[lang] in response.text
    assert "Retry-After" not in response.headers  # it would be of no use


def test_the_page_keeps_what_was_typed(client: FlaskClient) -> None:
    html = client.get("/search?q=深圳&from=2020&city=北京").text
    assert 'value="深圳"' in html
    assert 'value="2020"' in html
    assert '<input type="hidden" name="city" value="北京">' in html


@pytest.mark.parametrize(
    "path", ["/help", "/kept", "/basket", "/healthz", "/openapi.json", "/suggest.json?q=深"]
)
def test_what_does_not_search_is_answered(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_a_document_is_shown_without_related_ones(client: FlaskClient, archive: Archive) -> None:
    document_id = archive.indexed_ids()[0]
    response = client.get(f"/d/{document_id}.json")
    assert response.status_code == 200
    assert response.json["related"] == []


def test_each_request_has_its_own_time(archive_folder: Path) -> None:
    client = create_app(archive_folder, seconds=3600).test_client()
    assert [client.get("/search.json?q=深圳").status_code for _ in "123"] == [200] * 3


def test_an_archive_is_limited_where_it_is_asked_to_be(archive: Archive) -> None:
    request = SearchRequest(q="深圳")
    whole = archive.search(request)
    with pytest.raises(TooCostly):
        archive.limited(Budget(0)).search(request)
    assert archive.search(request).hits == whole.hits


def test_all_that_one_request_asks_for_shares_its_time(archive: Archive) -> None:
    request, clock = SearchRequest(q="深圳"), Ticking()
    archive.limited(Budget(1000, clock)).timeline(request)
    limited = archive.limited(Budget(clock.looks, Ticking()))
    limited.timeline(request)
    with pytest.raises(TooCostly):
        limited.timeline(request)


def test_wherever_the_time_ends_a_page_is_whole_or_refused(archive: Archive) -> None:
    request, clock = SearchRequest(q="深圳 试点 矿场"), Ticking()
    archive.limited(Budget(1000, clock)).search(request)
    for seconds in range(clock.looks):
        with pytest.raises(TooCostly):
            archive.limited(Budget(seconds, Ticking())).search(request)
    whole = archive.limited(Budget(clock.looks, Ticking())).search(request)
    assert whole.hits == archive.search(request).hits


def test_an_export_that_has_begun_goes_on_to_its_end(archive: Archive) -> None:
    request, clock = SearchRequest(), Ticking()
    limited = archive.limited(Budget(1000, clock))
    documents = list(limited.every(request))
    looks = clock.looks
    exported = archive.limited(Budget(looks, Ticking())).every(request)
    assert list(exported) == documents


DEAREST = [*forms(vocabulary()[:200])]


@pytest.mark.parametrize("form", DEAREST, ids=lambda form: form.name)
def test_the_dearest_requests_are_answered_where_there_is_time(
    archive_folder: Path, form: Form
) -> None:
    """The benchmark of what requests cost, over next to nothing; it ends where one fails."""
    client = create_app(archive_folder, seconds=math.inf).test_client()
    assert costs(client, form, 1).refused == 0
    assert related(client, 1).asked == 1


@pytest.mark.parametrize("form", DEAREST, ids=lambda form: form.name)
def test_the_dearest_requests_are_refused_where_there_is_none(
    client: FlaskClient, form: Form
) -> None:
    searches = not form.path.startswith("/suggest")
    assert costs(client, form, 1).refused == searches
