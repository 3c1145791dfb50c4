"""Dropping files on the page, in a real Chromium."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from queue import Queue

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from webui import create_app
from webui.access import Access
from webui.server import serve

pytestmark = pytest.mark.browser

DONE = re.compile("/add/[0-9a-f-]+$")
SECONDS = 60_000  # to take in, on a busy machine


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where an empty archive is served that may be added to."""
    ready: Queue[str] = Queue()
    hosts = frozenset(("127.0.0.1", "localhost"))
    app = create_app(tmp_path_factory.mktemp("data"), None, Access(edit=True, hosts=hosts))
    threading.Thread(target=serve, args=(app, "127.0.0.1", 0, ready.put), daemon=True).start()
    return ready.get(timeout=60)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder in a folder, one file larger than a piece, one that is refused."""
    folder = tmp_path / "资料"
    (folder / "里面").mkdir(parents=True)
    for number in range(120):  # Chromium lists a hundred at a time
        record = {"title": f"第{number}号公告", "body": f"编号{number}的矿场开机。", "date": "2024"}
        text = json.dumps(record, ensure_ascii=False)
        (folder / "里面" / f"{number}.json").write_text(text, encoding="utf-8")
    record = {
        "title": "很长的公告",
        "body": "编号一千的矿场今天开机。\n\n" * 40_000,
        "date": "2024",
    }
    text = json.dumps(record, ensure_ascii=False)
    (folder / "大.jsonl").write_text(text, encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "程序.exe").write_bytes(b"MZ")
    return folder


def cells(page: Page) -> list[str]:
    return page.locator(".adding td").all_inner_texts()


def drop(page: Page, *paths: Path) -> None:
    """Drop files as a person does: the browser reads them from the disk."""
    page.locator("[data-hint]").wait_for()  # which says that one can
    box = page.locator("[data-drop]").bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        place = {"x": box["x"] + 20, "y": box["y"] + 20}
        session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


def test_a_dropped_folder_is_taken_in_with_its_folders(page: Page, files: Path) -> None:
    page.goto("/add")
    drop(page, files)
    page.wait_for_url(DONE)
    expect(page.locator("h1")).to_have_text("已经加入", timeout=SECONDS)
    expect(page.locator("h1")).to_be_focused()
    assert cells(page) == ["121", "0", "0", "0", "1"]
    expect(page.locator(".reasons")).to_contain_text("资料/程序.exe")
    page.reload()
    assert cells(page) == ["121", "0", "0", "0", "1"]
    page.goto("/search?q=第7号公告")
    page.locator(".hits a").first.click()
    expect(page.locator(".appearances .page")).to_have_text(re.compile("^资料/里面/7.json"))


def test_several_files_dropped_at_once(page: Page, files: Path) -> None:
    page.goto("/add?lang=en")
    drop(page, *(files / "里面" / f"{number}.json" for number in (1, 2, 3)))
    expect(page.locator("h1")).to_have_text("Added", timeout=SECONDS)
    assert len(cells(page)) == 5
    assert sum(map(int, cells(page))) == 3


def test_chosen_files_start_at_once_and_progress_is_seen(page: Page, files: Path) -> None:
    page.goto("/add")
    told: list[str] = []
    page.expose_function("tell", lambda text: told.append(text))
    page.evaluate(
        """() => {
          const status = document.querySelector("[data-status]");
          new MutationObserver(() => tell(status.textContent)).observe(status, { childList: true });
        }"""
    )
    page.locator("input[name=files]").first.set_input_files(files / "大.jsonl")
    expect(page.locator("h1")).to_have_text("已经加入", timeout=SECONDS)
    shares = [int(found[1]) for text in told if (found := re.search(r"(\d+)%", text))]
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 100


def test_an_empty_folder_is_told(page: Page, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    page.goto("/add")
    drop(page, tmp_path / "空")
    expect(page.locator("[data-status]")).to_have_text("这里没有文件。")


def test_what_the_server_refuses_is_told(page: Page, files: Path) -> None:
    page.goto("/add")
    page.locator("[data-drop]").evaluate("form => form.dataset.files = 2")
    drop(page, files)
    expect(page.locator("[data-status]")).to_contain_text("请分几次")


def test_a_piece_that_was_lost_is_sent_again(chromium: Browser, address: str, files: Path) -> None:
    # The browser writes of the loss to the console, where else nothing may stand.
    context = chromium.new_context(locale="zh-CN", base_url=address)
    page = context.new_page()
    lost: list[str] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append("once")
            route.abort()

    page.route("**/pieces", lose_first)
    page.goto("/add")
    page.locator("input[name=files]").first.set_input_files(files / "里面" / "9.json")
    expect(page.locator("h1")).to_have_text("已经加入", timeout=SECONDS)
    assert lost == ["once"]
    context.close()


def test_without_javascript_the_form_answers_with_the_outcome(
    chromium: Browser, address: str, files: Path
) -> None:
    context = chromium.new_context(locale="zh-CN", base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/add")
    page.locator("input[name=files]").first.set_input_files([files / "程序.exe"])
    page.locator("input[name=files]").last.set_input_files(str(files / "里面"))
    page.get_by_role("button", name="加入").click(timeout=SECONDS)
    while page.get_by_role("link", name="看看好了没有").count():
        page.get_by_role("link", name="看看好了没有").click()
    expect(page.locator("h1")).to_have_text("已经加入")
    assert sum(map(int, cells(page))) == 121
    assert page.locator(".reasons > li").all_inner_texts()[0].startswith("不认识 程序.exe")
    context.close()


def test_by_keyboard(page: Page, files: Path) -> None:
    """The inputs are ordinary ones, reached by Tab and opened by the space bar."""
    page.goto("/add")
    page.locator("input[name=files]").first.focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(files / "里面" / "1.json")
    expect(page.locator("h1")).to_have_text("已经加入", timeout=SECONDS)
