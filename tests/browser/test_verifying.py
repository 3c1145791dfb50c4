"""Checking a quotation in a real Chromium, and links that lead to the very words."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.catalog import Catalog
from indexer.documents import Page as StoredPage
from indexer.engine.whoosh import WhooshEngine
from indexer.pages import read
from indexer.pages.record import read_record
from indexer.pipeline import catch_up
from webui import create_app
from webui.server import serve

pytestmark = pytest.mark.browser

TITLES = [
    "深圳试点数字钱包",
    "BTC-USD 跌破 5%, 市场&监管:下一步?",
    "100% 准备金 - 丁桥、戊行，壬行",
    "“山里的电”——从码头到厂房的一笔账，我们算了三次，每一次都是搬走更划算，而道路在冬天封山，备件要提前运到",
]
HOSTILE = """山里的电<script>window.hacked = 1</script>

<img src="x" onerror="window.hacked = 1">雨季之前搬进了山里。

丁桥恢复</span></div></section><script>window.hacked = 1</script>:跨链桥恢复。[2020/7/13]"""


class Originals(BaseHTTPRequestHandler):
    """Pages far longer than a window, a title in the middle of each."""

    def do_GET(self) -> None:
        number = int(self.path.strip("/") or 0) if self.path.strip("/").isdigit() else 0
        filler = "<p>别的文字。</p>" * 200
        html = f"<!doctype html><title>x</title>{filler}<h2>{escape(TITLES[number])}</h2>{filler}"
        body = html.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture(scope="module")
def originals() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Originals)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def others(originals: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where hostile and linked documents are served."""
    data = tmp_path_factory.mktemp("others")
    with Catalog.open(data / "catalog.db") as catalog:
        engine = WhooshEngine(data / "whoosh", catalog.uuid)
        page = StoredPage("hostile.txt", HOSTILE)
        added = [(page, read(page).documents)]
        for number, title in enumerate(TITLES):
            record = {"title": title, "body": f"正文{number}。", "url": f"{originals}/{number}"}
            page = StoredPage(f"r.jsonl:{number}", json.dumps(record), "record")
            added.append((page, [read_record(page)]))
        catalog.add(added)
        catch_up(catalog, engine)
        engine.close()
    ready: Queue[str] = Queue()
    app = create_app(data)
    threading.Thread(target=serve, args=(app, "127.0.0.1", 0, ready.put), daemon=True).start()
    return ready.get(timeout=30)


def in_view(page: Page, selector: str) -> bool:
    """Whether the element's beginning is in the window."""
    box = page.locator(selector).bounding_box()
    size = page.viewport_size
    assert box
    assert size
    return bool(0 <= box["y"] < size["height"] - 20)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("javascript", [True, False])
def test_the_newsflash_is_marked_in_its_page_and_in_view(
    chromium: Browser, address: str, width: int, javascript: bool
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 500},
        locale="zh-CN",
        base_url=address,
        java_script_enabled=javascript,
    )
    page = context.new_page()
    for q in ("瑞士", "减半", "交易所 被盗"):
        page.goto(f"/search?kind=newsflash&q={q}")
        page.locator(".hit h2 a").first.click()
        title = page.locator("h1").inner_text()
        quotation = page.locator(".text p").first.inner_text().replace("¶", "").strip()
        page.get_by_role("link", name="在原页核对").first.click()
        page.wait_for_load_state()
        expect(page.locator("#here .whose a")).to_have_text(title)
        expect(page.locator("#here")).to_contain_text(quotation)
        expect(page.locator("#here")).to_contain_text("要核对的文档")
        assert in_view(page, "#here")
        session = context.new_cdp_session(page)
        metrics = session.send("Page.getLayoutMetrics")
        assert metrics["cssContentSize"]["width"] <= width
        page.get_by_role("link", name="返回文档").click()
        expect(page.locator("h1")).to_have_text(title)
        page.get_by_role("link", name="返回结果").click()  # of the search that it all began with
        expect(page.locator("#q")).to_have_value(q)
        expect(page.locator(".chips")).to_contain_text("快讯")
    context.close()


def test_hostile_text_is_inert(chromium: Browser, others: str) -> None:
    context = chromium.new_context(locale="zh-CN", base_url=others)
    troubles: list[str] = []
    context.on("console", lambda message: troubles.append(message.text))
    context.on("request", lambda request: troubles.append(request.url))
    page = context.new_page()
    page.goto("/search?q=丁桥恢复")
    page.locator(".hit h2 a").first.click()
    page.get_by_role("link", name="在原页核对").click()
    page.wait_for_load_state()
    shown: dict[str | None, str] = {}
    for row in page.locator(".line").all():
        number = row.get_attribute("data-line")
        shown[number] = shown.get(number, "") + (row.text_content() or "")
    assert list(shown.values()) == HOSTILE.split("\n")
    assert page.evaluate("window.hacked") is None
    assert all(url.startswith(others) and not url.endswith("/x") for url in troubles), troubles
    context.close()


@pytest.mark.parametrize("number", range(len(TITLES)))
def test_the_link_to_the_original_leads_to_the_title(
    chromium: Browser, others: str, originals: str, number: int
) -> None:
    context = chromium.new_context(locale="zh-CN", base_url=others)
    page = context.new_page()
    page.goto(f'/search?q="正文{number}"')
    page.locator(".hit h2 a").first.click()
    page.get_by_role("link", name="原文", exact=True).click()
    page.wait_for_url(f"{originals}/{number}*")
    page.wait_for_function("window.scrollY > 0")
    assert in_view(page, "h2")
    context.close()


def test_a_sign_copies_the_link_of_its_paragraph(page: Page, address: str) -> None:
    page.goto("/search?q=比特币&kind=article")
    page.locator(".hit h2 a").first.click()
    document = page.url.partition("?")[0]
    sign = page.locator("#p2 .anchor")
    page.locator("#p2").hover()
    expect(sign).to_have_css("opacity", "1")
    sign.click()
    expect(page.get_by_text("已复制这一段的链接")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == f"{document}#p2"
    assert page.url.endswith("#p2")
    assert "?q=" in page.url  # the search is still there to go back to
    expect(page.locator("#p2 .anchor.done")).to_have_count(0)


def test_a_sign_is_reached_by_keyboard(page: Page) -> None:
    page.goto("/search?q=比特币&kind=article")
    page.locator(".hit h2 a").first.click()
    sign = page.locator("#p2 .anchor")
    expect(sign).to_have_css("opacity", "0")
    page.locator("#p1 .anchor").focus()
    page.keyboard.press("Tab")
    expect(sign).to_be_focused()
    expect(sign).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(page.locator(":target")).to_have_id("p2")


def test_a_sign_is_seen_where_nothing_hovers(chromium: Browser, address: str) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, base_url=address
    )
    page = context.new_page()
    page.goto("/search?q=比特币&kind=article&lang=zh")
    page.locator(".hit h2 a").first.click()
    sign = page.locator("#p2 .anchor")
    assert float(sign.evaluate("each => getComputedStyle(each).opacity")) > 0.4
    sign.tap()
    expect(page.locator(":target")).to_have_id("p2")
    context.close()
