"""A page of another origin asks for data: the browser lets it read where it was named."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from webui import create_app
from webui.server import serve

FETCH = """([url, options]) => fetch(url, options).then(
    answer => answer.text().then(text => [answer.status, text.length > 0]),
    error => error.name,
)"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of an empty site."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text("<!doctype html><title>Notes</title>")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def served(app: Flask) -> str:
    ready: Queue[str] = Queue()
    threading.Thread(target=serve, args=(app, "127.0.0.1", 0, ready.put), daemon=True).start()
    return ready.get(timeout=30)


@pytest.fixture(scope="module")
def elsewhere(chromium: Browser, site: str) -> Iterator[Page]:
    """A page of the other site."""
    page = chromium.new_page()
    page.goto(site)
    yield page
    page.close()


@pytest.fixture(scope="module")
def shared(data: Path, site: str) -> str:
    return served(create_app(data, origins=("https://notes.example", site)))


PLAIN: dict[str, object] = {}
WITH_PREFLIGHT = {"headers": {"X-Requested-With": "notes"}}


@pytest.mark.parametrize("options", [PLAIN, WITH_PREFLIGHT], ids=["plain", "preflight"])
@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("search.json?q=深圳", 200),
        ("search.md?q=深圳", 200),
        ("search.atom", 200),
        ("search.json?page=0", 400),
        ("d/aaaaaaaaaaaaa.json", 404),
    ],
)
def test_a_named_site_reads_data_and_errors(
    elsewhere: Page, shared: str, url: str, status: int, options: dict[str, object]
) -> None:
    assert elsewhere.evaluate(FETCH, [f"{shared}{url}", options]) == [status, True]


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("search?q=深圳", PLAIN),
        ("help", PLAIN),
        ("search.json", {"method": "DELETE"}),
        ("search.json", {"credentials": "include"}),
    ],
    ids=["page", "help", "delete", "credentials"],
)
def test_a_named_site_gets_nothing_else(
    elsewhere: Page, shared: str, url: str, options: dict[str, object]
) -> None:
    assert elsewhere.evaluate(FETCH, [f"{shared}{url}", options]) == "TypeError"


def test_no_site_reads_anything_by_default(elsewhere: Page, address: str) -> None:
    for url in ("search.json", "search.md", "search"):
        assert elsewhere.evaluate(FETCH, [f"{address}{url}", PLAIN]) == "TypeError"


def test_a_site_that_was_not_named_reads_nothing(elsewhere: Page, address: str, data: Path) -> None:
    other = served(create_app(data, origins=("https://notes.example",)))
    assert elsewhere.evaluate(FETCH, [f"{other}search.json", PLAIN]) == "TypeError"


def test_any_site_reads_where_all_were_named(elsewhere: Page, data: Path) -> None:
    other = served(create_app(data, origins=("*",)))
    assert elsewhere.evaluate(FETCH, [f"{other}search.json", WITH_PREFLIGHT]) == [200, True]
