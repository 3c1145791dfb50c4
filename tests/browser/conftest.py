"""The bundled sample, served to a real Chromium."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, sync_playwright

from indexer.catalog import Catalog
from indexer.engine.whoosh import WhooshEngine
from indexer.pipeline import add, complete
from indexer.sources import read_paths
from webui import create_app
from webui.access import Access
from webui.server import serve

SAMPLE = Path(__file__).parents[2] / "index_data" / "sample"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# Nothing of Chromium's own may reach for the network, or its requests would be taken for ours.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample."""
    data = tmp_path_factory.mktemp("data")
    with Catalog.open(data / "catalog.db") as catalog:
        engine = WhooshEngine(data / "whoosh", catalog.uuid)
        refused = data / "refused.jsonl"
        add(read_paths([str(SAMPLE)]), catalog, engine, refused, lambda _: None, lambda _: None)
        complete(catalog, engine)
        engine.close()
    return data


@pytest.fixture(scope="session")
def address(data: Path) -> str:
    """Where the sample is served."""
    return serving(create_app(data))


@pytest.fixture(scope="session")
def whole(data: Path) -> Flask:
    """The application with all that it can have, changing documents included."""
    return create_app(data, allowed=Access(edit=True))


@pytest.fixture(scope="session")
def whole_address(whole: Flask) -> str:
    """Where that is served."""
    return serving(whole)


def serving(app: Flask) -> str:
    """Serves until the tests end, and says where."""
    ready: Queue[str] = Queue()
    threading.Thread(target=serve, args=(app, "127.0.0.1", 0, ready.put), daemon=True).start()
    return ready.get(timeout=30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A reader of Chinese; at the end nothing may have failed or left for another host."""
    context = chromium.new_context(locale="zh-CN", base_url=address)
    context.set_default_timeout(10_000)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address.rstrip("/"))
    troubles: list[str] = []
    context.on("console", lambda message: troubles.append(f"console: {message.text}"))
    context.on("weberror", lambda error: troubles.append(f"error: {error.error}"))
    context.on(
        "request",
        lambda request: (
            None if request.url.startswith(address) else troubles.append(f"request: {request.url}")
        ),
    )
    context.on(
        "response",
        lambda response: (
            None if response.ok else troubles.append(f"{response.status}: {response.url}")
        ),
    )
    yield context
    context.close()
    assert troubles == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def started(chromium: Browser, address: str, tmp_path: Path) -> Callable[[], BrowserContext]:
    """Starts a browser with what it kept when it was closed the last time."""
    return lambda: chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, args=OPTIONS, base_url=address, locale="zh-CN"
    )


@pytest.fixture(scope="session")
def names(chromium: Browser, whole_address: str) -> dict[str, str]:
    """What stands for the parts of an address: a document that has reprints, cities and a date,
    its page, and files that were sent and refused.
    """
    context = chromium.new_context(base_url=whole_address)
    hits = context.request.get("/search.json?q=比特币").json()["hits"]
    document = max(hits, key=lambda hit: len(hit["reprints"]))["id"]
    seen = context.request.get(f"/d/{document}.json").json()["appearances"]
    file = FilePayload(name="程序.exe", mimeType="application/octet-stream", buffer=b"MZ")
    origin = {"Origin": whole_address.rstrip("/")}
    sent = context.request.post("/add", multipart={"files": file}, headers=origin)
    context.close()
    return {
        "document_id": document,
        "page_id": seen[0]["page_id"],
        "upload_id": sent.url.rpartition("/")[2],
        "form": "bib",
        "filename": "page.js",
    }


@pytest.fixture(scope="session")
def document(names: dict[str, str]) -> str:
    """The id of a document that has reprints, cities and a date."""
    return names["document_id"]


@pytest.fixture
def opened(
    chromium: Browser, whole_address: str, names: dict[str, str]
) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own; what stands in braces is one of the ``names``."""
    contexts: list[BrowserContext] = []

    def open_page(url: str, **options: Any) -> Page:
        contexts.append(chromium.new_context(base_url=whole_address, **options))
        page = contexts[-1].new_page()
        # what a page alone needs comes after it has loaded
        page.goto(url.format(**names), wait_until="networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
