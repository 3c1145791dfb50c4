"""Correcting and hiding a document in a real browser, with and without JavaScript."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.catalog import Catalog
from indexer.engine.whoosh import WhooshEngine
from indexer.pipeline import add, complete
from indexer.sources import read_paths
from webui import create_app
from webui.access import Access
from webui.server import serve

pytestmark = pytest.mark.browser

SAMPLE = Path(__file__).parents[2] / "index_data" / "sample"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few pages of the sample."""
    folder = tmp_path_factory.mktemp("curated")
    with Catalog.open(folder / "catalog.db") as catalog:
        engine = WhooshEngine(folder / "whoosh", catalog.uuid)
        paths = [str(SAMPLE / f"s00{number}.txt") for number in range(1, 6)]
        refused = folder / "refused.jsonl"
        add(read_paths(paths), catalog, engine, refused, lambda _: None, lambda _: None)
        complete(catalog, engine)
        engine.close()
    return folder


@pytest.fixture
def editable(data: Path, tmp_path: Path) -> str:
    """Where a copy of them is served, to be edited."""
    app = create_app(Path(shutil.copytree(data, tmp_path / "data")), allowed=Access(edit=True))
    ready: Queue[str] = Queue()
    threading.Thread(target=serve, args=(app, "127.0.0.1", 0, ready.put), daemon=True).start()
    return ready.get(timeout=30)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def editor(
    request: pytest.FixtureRequest, chromium: Browser, editable: str
) -> Iterator[tuple[Page, list[str]]]:
    """A page of the first document, and what the browser complained of."""
    context = chromium.new_context(
        locale="zh-CN", base_url=editable, java_script_enabled=request.param
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    troubles: list[str] = []
    context.on("console", lambda message: troubles.append(message.text))
    page.goto("/search?q=&sort=newest")
    page.locator(".hits h2 a, .hits h3 a").first.click()
    yield page, troubles
    context.close()


def test_correct_a_document_and_undo_it(editor: tuple[Page, list[str]]) -> None:
    page, troubles = editor
    was = page.locator("h1").inner_text()
    page.get_by_text("读错了什么").click()
    form = page.locator(".curating form").first
    form.get_by_label("标题").fill("<b>更正后</b>的标题")
    form.get_by_label("日期").fill("2020-05-07")
    form.get_by_label("类型").select_option("article")
    form.get_by_role("button", name="更正").click()

    expect(page.locator("h1")).to_have_text("<b>更正后</b>的标题")
    notes = page.locator(".corrections li")
    expect(page.locator(".corrections")).to_contain_text(f"标题已更正：原读作 {was}")
    expect(page.locator(".meta .date").first).to_contain_text("2020-05-07 已更正")
    page.reload()  # what was sent is not sent again
    expect(page.locator("h1")).to_have_text("<b>更正后</b>的标题")

    notes.filter(has_text="标题已更正").get_by_role("button", name="撤销").click()
    expect(page.locator("h1")).to_have_text(was)
    expect(page.locator(".corrections")).not_to_contain_text("标题已更正")
    assert troubles == []


def test_hide_a_document_and_show_it_again(editor: tuple[Page, list[str]]) -> None:
    page, troubles = editor
    title = page.locator("h1").inner_text()
    page.get_by_text("不让它显示").click()
    page.get_by_label("原因").fill("与另一篇重复")
    page.get_by_role("button", name="隐藏", exact=True).click()
    expect(page.locator("h1")).to_contain_text("与另一篇重复")
    expect(page.locator("body")).not_to_contain_text(title)
    page.get_by_role("button", name="恢复显示").click()
    expect(page.locator("h1")).to_have_text(title)
    # The browser tells of the page that was gone, and of nothing else.
    assert [each for each in troubles if "410" not in each] == []
