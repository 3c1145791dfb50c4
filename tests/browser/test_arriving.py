"""How much a page takes to come, and that nothing of it moves when it has."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import serving
from webui import create_app

pytestmark = pytest.mark.browser

MOST = 54_000  # bytes; 60,000 are promised
SHIFTS = """window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(each => window.shift += each.value))
  .observe({ type: 'layout-shift', buffered: true });"""


def transferred(page: Page, url: str) -> dict[str, int]:
    """What came over the wire for a page, heads of answers included, by address."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def begin(event: dict[str, Any]) -> None:
        urls[event["requestId"]] = event["response"]["url"]

    def end(event: dict[str, Any]) -> None:
        sizes[urls[event["requestId"]]] = int(event["encodedDataLength"])

    session.on("Network.responseReceived", begin)
    session.on("Network.loadingFinished", end)
    page.goto(url, wait_until="networkidle")
    session.detach()
    return sizes


@pytest.mark.parametrize(
    "url", ["/", "/search?q=比特币", "/search?q=", "/trends?q=比特币&q=以太坊", "/help"]
)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_first_page_is_small_and_a_second_one_smaller(
    opened: Callable[..., Page], url: str, language: str
) -> None:
    page = opened("about:blank", locale=language)
    first = transferred(page, url)
    assert sum(".js" in each for each in first) >= 5
    assert 10_000 < sum(first.values()) < MOST, first
    page.wait_for_load_state()
    second = transferred(page, "/search?q=以太坊")
    assert all(not size for each, size in second.items() if "/static/" in each), second


@pytest.fixture
def watched(chromium: Browser, address: str) -> Iterator[Page]:
    """A page that adds up how far its parts move."""
    context = chromium.new_context(base_url=address, locale="zh-CN")
    context.add_init_script(SHIFTS)
    yield context.new_page()
    context.close()


def shift(page: Page) -> float:
    page.wait_for_timeout(100)
    return float(page.evaluate("window.shift"))


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_moves_when_a_page_arrives(watched: Page, width: int) -> None:
    watched.set_viewport_size({"width": width, "height": 740})
    for url in ("/", "/search?q=比特币", "/search?q=比特弊", "/trends?q=比特币&q=以太坊", "/help"):
        watched.goto(url, wait_until="networkidle")
        assert shift(watched) == 0, url
    watched.goto("/search?q=比特币")
    watched.locator(".hit h2 a").first.click()
    expect(watched.locator(".document h1")).to_be_visible()
    watched.wait_for_load_state("networkidle")
    assert shift(watched) == 0


def test_half_of_a_header_is_not_seen(chromium: Browser, data: Path) -> None:
    app = create_app(data)
    answer = app.wsgi_app

    def haltingly(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        first, nav, rest = b"".join(answer(environ, start_response)).partition(b"<nav")
        yield first
        time.sleep(0.5 if nav else 0)
        yield nav + rest

    app.wsgi_app = haltingly  # type: ignore[method-assign]
    context = chromium.new_context(base_url=serving(app), locale="zh-CN")
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/help", wait_until="networkidle")
    assert shift(page) == 0
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_moves_when_results_take_the_place_of_others(watched: Page, width: int) -> None:
    watched.set_viewport_size({"width": width, "height": 740})
    watched.goto("/search?q=比特币", wait_until="networkidle")
    # By script, so that no shift is forgiven as what a reader has just asked for.
    for act in (
        "document.querySelector('.sorts a:last-child').click()",
        "document.querySelectorAll('.facet ul:not(.periods) .value')[2].click()",
        "document.querySelector('#q').value = '稳定币条例'",
        "document.querySelector('[data-ask]').requestSubmit()",
        "document.querySelector('.chips .clear')?.click()",
        "history.go(-2)",
    ):
        watched.evaluate(act)
        expect(watched.locator("#main[aria-busy]")).to_have_count(0)
        assert shift(watched) == 0, act
