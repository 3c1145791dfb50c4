"""Which scripts of other sites may read what: ``--cors ORIGIN``."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.errors import WrongUsage
from webui import create_app

NOTES = "https://notes.example"
LOCAL = "http://localhost:3000"
FILES = [
    "/search.json", "/search.json?page=0", "/search.md", "/search.jsonl", "/search.atom",
    "/trends.json", "/trends.csv", "/trends.svg", "/suggest.json?q=深", "/suggestions.json",
    "/help.json", "/openapi.json", "/opensearch.xml", "/new.json", "/p/aaaaaaaaaaaaa.json",
    "/d/aaaaaaaaaaaaa.json", "/d/aaaaaaaaaaaaa.bib",
]  # fmt: skip
PAGES = [
    "/", "/search", "/trends", "/help", "/d/aaaaaaaaaaaaa", "/p/aaaaaaaaaaaaa", "/basket", "/kept",
    "/static/page.js", "/nowhere.json",
]  # fmt: skip


@pytest.fixture(scope="module")
def open_to_two(archive_folder: Path) -> FlaskClient:
    return create_app(archive_folder, origins=(NOTES, LOCAL)).test_client()


@pytest.fixture(scope="module")
def open_to_all(archive_folder: Path) -> FlaskClient:
    return create_app(archive_folder, origins=("*",)).test_client()


def shared(client: FlaskClient, url: str, origin: str | None, **more: str) -> dict[str, str]:
    """What the answer says to browsers about scripts of others, and to caches."""
    headers = {**({"Origin": origin} if origin else {}), **more}
    found = client.get(url, headers=headers).headers
    allowed = {name: value for name, value in found.items() if name.startswith("Access-Control-")}
    return {**allowed, "Vary": found.get("Vary", "")}


@pytest.mark.parametrize("url", [*FILES, *PAGES])
def test_nothing_is_shared_unless_it_was_asked_for(client: FlaskClient, url: str) -> None:
    found = shared(client, url, NOTES)
    assert list(found) == ["Vary"]
    assert "Origin" not in found["Vary"]


@pytest.mark.parametrize("url", FILES)
@pytest.mark.parametrize("origin", [NOTES, LOCAL])
def test_a_named_origin_reads_files(open_to_two: FlaskClient, url: str, origin: str) -> None:
    found = shared(open_to_two, url, origin)
    assert found.pop("Access-Control-Allow-Origin") == origin
    assert {"Origin", "Accept-Language"} <= {*found.pop("Vary").split(", ")}
    assert found == {}


@pytest.mark.parametrize("url", FILES)
@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://notes.example.evil", "http://notes.example", NOTES + ":8443", "*"],
)
def test_no_other_reads_them_and_caches_are_told_why(
    open_to_two: FlaskClient, url: str, origin: str | None
) -> None:
    found = shared(open_to_two, url, origin)
    assert "Origin" in found.pop("Vary").split(", ")
    assert found == {}


@pytest.mark.parametrize("url", PAGES)
def test_pages_are_not_shared(open_to_two: FlaskClient, open_to_all: FlaskClient, url: str) -> None:
    for client in (open_to_two, open_to_all):
        found = shared(client, url, NOTES)
        assert list(found) == ["Vary"]


def test_any_origin_needs_no_list(open_to_all: FlaskClient) -> None:
    found = shared(open_to_all, "/search.json", "https://anyone.example")
    assert found["Access-Control-Allow-Origin"] == "*"
    assert "Origin" not in found["Vary"]


def test_what_is_compressed_varies_by_all_of_it(open_to_two: FlaskClient) -> None:
    found = shared(open_to_two, "/search.json", NOTES, **{"Accept-Encoding": "gzip"})
    assert {*found["Vary"].split(", ")} == {"Accept-Language", "Origin", "Accept-Encoding"}
    assert found["Access-Control-Allow-Origin"] == NOTES


def preflight(client: FlaskClient, url: str, origin: str, method: str) -> dict[str, str]:
    response = client.options(
        url,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "x-requested-with",
        },
    )
    assert response.status_code == 200
    return {
        name.removeprefix("Access-Control-Allow-"): value
        for name, value in response.headers.items()
        if name.startswith("Access-Control-")
    }


def test_a_preflight_allows_reading_and_nothing_else(open_to_two: FlaskClient) -> None:
    allowed = {"Origin": NOTES, "Methods": "GET, HEAD", "Headers": "*"}
    assert preflight(open_to_two, "/search.json", NOTES, "GET") == allowed
    for url, origin, method in [
        ("/search.json", NOTES, "POST"),
        ("/search.json", NOTES, "DELETE"),
        ("/search.json", "https://evil.example", "GET"),
        ("/search", NOTES, "GET"),
        ("/basket.json", NOTES, "POST"),
    ]:
        assert preflight(open_to_two, url, origin, method) == {}


@pytest.mark.parametrize(
    "origin",
    [
        "", "notes.example", "null", "https://", "https://notes.example/", "HTTPS://notes.example",
        "https://Notes.example", "https://notes.example/page", "https://notes.example?x",
        "https://notes.example:443", "http://localhost:80", "https://a:b@notes.example",
        "https://notes.example:port", "https://*.notes.example", "https://a.example,https://b.cn",
        "https://币闻.example", " https://notes.example", "https://notes.example\n",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(archive_folder: Path, origin: str) -> None:
    with pytest.raises(WrongUsage, match="照浏览器的写法"):
        create_app(archive_folder, origins=(NOTES, origin))


@pytest.mark.parametrize(
    "origin",
    [
        "https://notes.example", "http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080",
        "https://xn--fiqs8s.example", "app://obsidian.md", "http://notes.example:443",
        "https://notes.example:8000", "*",
    ],
)  # fmt: skip
def test_an_origin_is_taken_as_browsers_write_it(archive_folder: Path, origin: str) -> None:
    client = create_app(archive_folder, origins=(origin,)).test_client()
    assert shared(client, "/search.json", origin)["Access-Control-Allow-Origin"] == origin
