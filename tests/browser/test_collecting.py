"""The basket and the kept searches in a real Chromium: what a researcher collects and follows."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Queue

import bibtexparser
import pytest
import rispy
import yaml
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from indexer.catalog import Catalog
from indexer.documents import Document
from indexer.documents import Page as RawPage
from indexer.engine.whoosh import WhooshEngine
from indexer.pipeline import catch_up
from webui import create_app
from webui.server import serve

pytestmark = pytest.mark.browser

GONE = {"id": "nothing", "title": "已经没有的一篇", "note": "", "url": "http://127.0.0.1/d/nothing"}


def count(page: Page) -> Locator:
    return page.locator("[data-basket-count]")


def titles(page: Page) -> list[str]:
    expect(page.locator("[data-total]")).not_to_be_empty()
    return page.locator("[data-items] h2").all_inner_texts()


def told(page: Page) -> Locator:
    return page.locator("[data-told]")


@pytest.fixture
def three(page: Page) -> list[str]:
    """The titles of the three documents that are in the basket, whose page is open."""
    page.goto("/search?q=比特币&collapse=0")
    found = page.locator(".results > .hits h2").all_inner_texts()[:3]
    for number in range(3):
        page.locator(".tick").nth(number).check()
    page.goto("/basket")
    assert titles(page) == found
    return found


def test_documents_are_ticked_on_every_page_and_in_every_tab(context: BrowserContext) -> None:
    one, other = context.new_page(), context.new_page()
    other.goto("/basket")
    expect(other.get_by_text("还没有资料。")).to_be_visible()
    one.goto("/search?q=比特币")
    first = one.locator(".hit h2").first.inner_text()
    one.get_by_role("checkbox", name=f"收进资料篮：{first}").check()
    expect(count(other)).to_have_text("1")
    one.get_by_role("link", name="下一页").click()
    expect(one.locator(".pages [aria-current]")).to_have_text("2")
    expect(count(one)).to_have_text("1")
    second = one.locator(".hit h2").nth(1).inner_text()
    one.locator(".tick").nth(1).press("Space")
    one.locator(".hit h2 a").nth(2).click()
    third = one.locator("h1").inner_text()
    one.get_by_label("收进资料篮").check()
    expect(other.locator("[data-items] h2")).to_have_text([first, second, third])
    expect(other.locator("[data-total]")).to_have_text("3 篇")
    other.get_by_role("button", name=f"移出《{third}》").click()
    expect(one.get_by_label("收进资料篮")).not_to_be_checked()
    one.go_back()
    expect(one.locator(".tick").nth(1)).to_be_checked()
    expect(one.locator(".tick").nth(2)).not_to_be_checked()


def test_what_is_shown_later_can_be_ticked_as_well(page: Page) -> None:
    page.goto("/search?q=比特币")
    page.locator(".tick").first.check()
    # results that come without a reload, as they come from the server
    page.evaluate(
        """async () => {
          const text = await (await fetch(location.href)).text();
          const source = document.querySelector("script[src]").src;
          const { parsed } = await import(source.replace("page.js", "parsing.js"));
          const main = parsed(text).querySelector("main");
          document.querySelector("main").replaceChildren(...main.children);
          document.dispatchEvent(new Event("biwen:shown"));
        }"""
    )
    expect(page.locator(".tick").first).to_be_checked()
    page.locator(".tick").nth(1).check()
    expect(count(page)).to_have_text("2")
    page.get_by_role("button", name="保留这个检索").click()
    expect(page.get_by_role("button", name="已保留这个检索")).to_be_visible()


def test_the_basket_is_there_when_the_browser_starts_again(
    started: Callable[[], BrowserContext],
) -> None:
    context = started()
    page = context.new_page()
    page.goto("/search?q=比特币")
    title = page.locator(".hit h2").first.inner_text()
    page.locator(".tick").first.check()
    page.goto("/basket")
    page.get_by_label(f"批注《{title}》").fill("要核对")
    page.keyboard.press("Tab")
    context.close()

    context = started()
    page = context.new_page()
    page.goto("/basket")
    assert titles(page) == [title]
    expect(page.get_by_label(f"批注《{title}》")).to_have_value("要核对")
    context.close()


def test_order_is_changed_by_keyboard_and_told(page: Page, three: list[str]) -> None:
    one, two, third = three
    page.get_by_role("button", name=f"上移《{third}》").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-items] h2")).to_have_text([one, third, two])
    expect(told(page)).to_contain_text(f"《{third}》移到第 2 位，共 3 篇")
    expect(page.get_by_role("button", name=f"上移《{third}》")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # already the first
    expect(page.locator("[data-items] h2")).to_have_text([third, one, two])
    expect(page.get_by_role("button", name=f"上移《{third}》")).to_be_focused()
    page.reload()
    assert titles(page) == [third, one, two]


def test_order_is_changed_by_dragging(page: Page, three: list[str]) -> None:
    one, two, third = three
    rows = page.locator("[data-items] > li")
    rows.nth(0).locator("[data-handle]").drag_to(rows.nth(2), target_position={"x": 200, "y": 60})
    expect(page.locator("[data-items] h2")).to_have_text([two, third, one])
    page.reload()
    assert titles(page) == [two, third, one]


def test_removing_and_emptying_are_undone(page: Page, three: list[str]) -> None:
    page.get_by_label(f"批注《{three[1]}》").fill("留着")
    page.get_by_role("button", name=f"移出《{three[1]}》").click()
    assert titles(page) == [three[0], three[2]]
    expect(page.get_by_role("button", name=f"移出《{three[2]}》")).to_be_focused()
    told(page).get_by_role("button", name="撤销").click()
    assert titles(page) == three
    expect(page.get_by_label(f"批注《{three[1]}》")).to_have_value("留着")
    page.get_by_role("button", name="清空资料篮").click()
    expect(page.get_by_text("还没有资料。")).to_be_visible()
    expect(page.get_by_role("button", name="Markdown")).to_be_hidden()
    told(page).get_by_role("button", name="撤销").click()
    assert titles(page) == three


def downloaded(page: Page, form: str) -> tuple[str, str]:
    with page.expect_download() as started:
        page.get_by_role("button", name=form, exact=True).click()
    path = started.value.path()
    return path.read_bytes().decode("utf-8-sig"), started.value.suggested_filename


def test_the_basket_is_exported_as_it_stands(page: Page, three: list[str]) -> None:
    note = '批注 [x] | "y" # z'
    page.get_by_label(f"批注《{three[2]}》").fill(note)
    page.get_by_role("button", name=f"上移《{three[2]}》").click()
    order = [three[0], three[2], three[1]]

    text, name = downloaded(page, "Markdown")
    assert re.fullmatch(r"biwen-\d{4}-\d\d-\d\d\.md", name)
    _, front, body = re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)
    assert yaml.safe_load(front)["count"] == 3
    tokens = MarkdownIt("commonmark").parse(body)
    shown = [
        "".join(child.content for child in token.children or ())
        for token in tokens
        if token.type == "inline"
    ]
    assert [each for each in shown if each in three] == order
    assert shown.count(note) == 1
    assert shown.index(note) > shown.index(three[2])

    text, _ = downloaded(page, "RIS")
    records = rispy.loads(text)
    assert [each["title"] for each in records] == order
    assert [each["notes"][1:] for each in records] == [[], [note], []]
    text, _ = downloaded(page, "BibTeX")
    library = bibtexparser.parse_string(text)
    assert [each.fields_dict["title"].value.strip("{}") for each in library.entries] == order
    text, _ = downloaded(page, "CSV")
    assert [row["note"] for row in csv.DictReader(io.StringIO(text))] == ["", note, ""]
    text, _ = downloaded(page, "CSL-JSON")
    assert [each["title"] for each in json.loads(text)] == order
    text, _ = downloaded(page, "GB/T 7714")
    assert all(title in line for title, line in zip(order, text.splitlines(), strict=True))
    expect(page.locator("h1")).to_contain_text("资料篮")  # the page stays


def keep(page: Page, key: str, value: object) -> None:
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, json.dumps(value)])


def test_a_document_that_is_no_longer_there_stays_listed_and_is_said_so(
    page: Page, three: list[str]
) -> None:
    keep(page, "biwen.basket", [GONE, *page.evaluate("JSON.parse(localStorage['biwen.basket'])")])
    page.reload()
    assert titles(page) == [GONE["title"], *three]
    expect(page.locator("[data-missing]:visible")).to_have_count(1)
    expect(told(page)).to_contain_text("有一篇已不在资料库里")
    text, _ = downloaded(page, "Markdown")
    assert "## 不在资料库里的" in text
    assert str(GONE["title"]) in text


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "null",
        "7",
        '{"a":1}',
        "[1,null,{}]",
        '[{"id":"a","title":"t","note":"","url":"javascript:alert(1)"}]',
    ],
)
def test_what_cannot_be_read_is_set_aside(page: Page, text: str) -> None:
    page.goto("/")
    page.evaluate("text => localStorage.setItem('biwen.basket', text)", text)
    page.goto("/search?q=比特币")
    expect(told(page)).to_contain_text("有一部分读不出来")
    page.locator(".tick").first.check()
    expect(count(page)).to_have_text("1")
    assert page.evaluate("localStorage.getItem('biwen.basket.damaged')") == text
    page.reload()
    expect(count(page)).to_have_text("1")
    expect(told(page)).to_be_empty()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            "Object.defineProperty(window, 'localStorage',"
            " { get() { throw new DOMException('no', 'SecurityError') } })",
            "不让网页存东西",
        ),
        (
            "Storage.prototype.setItem ="
            " () => { throw new DOMException('full', 'QuotaExceededError') }",
            "存储空间已满",
        ),
    ],
)
def test_storage_that_is_denied_or_full_is_told(page: Page, script: str, sentence: str) -> None:
    page.add_init_script(script)
    page.goto("/search?q=比特币")
    expect(told(page)).to_be_empty()
    box = page.locator(".tick").first
    box.click()
    expect(told(page)).to_contain_text(sentence)
    expect(box).not_to_be_checked()
    told(page).get_by_role("button", name="关闭").click()
    expect(told(page)).to_be_empty()
    page.get_by_role("button", name="保留这个检索").click()
    expect(told(page)).to_contain_text(sentence)
    for name in ("basket", "kept"):
        page.goto(f"/{name}")
        expect(page.locator("[data-nothing]")).to_be_visible()


def test_a_backup_is_read_by_another_browser(
    page: Page, three: list[str], chromium: Browser, address: str, tmp_path: Path
) -> None:
    page.get_by_label(f"批注《{three[0]}》").fill("带走")
    page.goto("/search?q=以太坊")
    page.get_by_role("button", name="保留这个检索").click()
    page.goto("/basket")
    with page.expect_download() as started:
        page.get_by_role("button", name="存成文件").click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)

    context = chromium.new_context(locale="zh-CN", base_url=address)
    elsewhere = context.new_page()
    elsewhere.goto("/basket")
    elsewhere.get_by_label("读入备份").wait_for()
    elsewhere.get_by_label("读入备份").set_input_files(file)
    expect(told(elsewhere)).to_contain_text("已读入 3 篇资料、1 个检索")
    assert titles(elsewhere) == three
    expect(elsewhere.get_by_label(f"批注《{three[0]}》")).to_have_value("带走")
    elsewhere.get_by_label("读入备份").set_input_files(file)  # again: nothing twice
    assert titles(elsewhere) == three
    strange = tmp_path / "strange.json"
    strange.write_text("[]")
    elsewhere.get_by_label("读入备份").set_input_files(strange)
    expect(told(elsewhere)).to_contain_text("“strange.json”不是这里存下的备份")
    elsewhere.goto("/kept")
    expect(elsewhere.locator("[data-open]")).to_have_text(["以太坊"])
    context.close()


def test_a_backup_is_offered_when_it_can_be_made(page: Page) -> None:
    """However long what makes it is on its way."""
    held: list[Route] = []
    page.route("**/backup.js", lambda route: held.append(route))
    with page.expect_request("**/backup.js"):
        page.goto("/basket")
    page.wait_for_timeout(500)  # for what does not wait for it
    save = page.get_by_role("button", name="存成文件")
    expect(save).to_be_hidden()
    held[0].continue_()
    with page.expect_download() as started:
        save.click()
    assert json.loads(started.value.path().read_text("utf-8")) == {"basket": [], "kept": []}


def test_without_javascript_there_is_nothing_to_tick(chromium: Browser, address: str) -> None:
    context = chromium.new_context(locale="zh-CN", base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/search?q=比特币")
    expect(page.locator(".tick").first).to_be_hidden()
    expect(page.locator("[data-keep]")).to_be_hidden()
    page.locator(".hit h2 a").first.click()
    expect(page.get_by_text("收进资料篮")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_pages_fit_a_narrow_window(page: Page, three: list[str], language: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/search?q=比特币&lang={language}")
    page.locator("[data-keep]").click()
    for url in (f"/basket?lang={language}", f"/kept?lang={language}"):
        page.goto(url)
        expect(page.locator("[data-items] > li").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    kinds = {"zh": "快讯", "en": "Newsflash"}
    page.goto(f"/basket?lang={language}")
    expect(page.locator("[data-kind]").first).to_have_text(kinds[language])


# Kept searches, over an archive to which documents are added meanwhile


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str], None]:
    def add(title: str) -> None:
        with Catalog.open(tmp_path / "catalog.db") as catalog:
            engine = WhooshEngine(tmp_path / "whoosh", catalog.uuid)
            catalog.add([(RawPage(title, title), [Document("newsflash", title, f"{title}。")])])
            catch_up(catalog, engine)
            engine.close()

    add("矿池甲扩容")
    return add


@pytest.fixture
def reader(put: Callable[[str], None], chromium: Browser, tmp_path: Path) -> Page:
    ready: Queue[str] = Queue()
    app = create_app(tmp_path)
    threading.Thread(target=serve, args=(app, "127.0.0.1", 0, ready.put), daemon=True).start()
    context = chromium.new_context(locale="zh-CN", base_url=ready.get(timeout=30))
    context.set_default_timeout(10_000)
    return context.new_page()


def visited(link: Locator) -> None:
    """Follow the link, until the browser has kept that the search was looked at."""
    link.click()
    expect(link.page.locator("[data-keep]")).to_be_enabled()


def news(page: Page) -> Locator:
    return page.locator("[data-new]")


def test_a_kept_search_shows_what_was_added_since_the_last_visit(
    reader: Page, put: Callable[[str], None]
) -> None:
    reader.goto("/search?q=矿池&kind=newsflash&page=1")
    button = reader.get_by_role("button", name="保留这个检索")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    reader.goto("/kept")
    expect(news(reader)).to_have_text("没有新加入的")
    expect(reader.locator("[data-chips] li")).to_have_text(["类型：快讯"])

    put("矿池乙停电")
    put("与此无关")
    put("矿池丙开业")
    reader.reload()
    expect(news(reader)).to_have_text("新加入 2 篇")
    expect(reader.locator("[data-all]")).to_have_text("共 3 篇")
    reader.reload()  # to look at the list is not to look at the results
    expect(news(reader)).to_have_text("新加入 2 篇")
    visited(reader.locator("[data-open]"))
    expect(reader.locator(".hit", has=reader.locator(".new")).locator("h2")).to_have_text(
        [re.compile("矿池丙开业|矿池乙停电")] * 2
    )
    expect(reader.locator(".news")).to_contain_text("其中 2 篇是上次查看以后加入的")
    reader.get_by_role("link", name="只看这些").click()
    expect(reader.locator(".total h1")).to_have_text("共 2 篇")
    reader.goto("/kept")
    expect(news(reader)).to_have_text("没有新加入的")

    put("矿池丁")
    reader.goto("/search?q=矿池&kind=newsflash&sort=newest")  # another search, for it is kept so
    reader.goto("/kept")
    expect(news(reader)).to_have_text("新加入 1 篇")
    news(reader).get_by_role("link").click()
    expect(reader.locator(".hit h2")).to_have_text(["矿池丁"])


def test_a_kept_search_is_named_followed_removed_and_brought_back(reader: Page) -> None:
    other = reader.context.new_page()
    other.goto("/kept")
    reader.goto("/search?q=矿池&city=成都")
    reader.get_by_role("button", name="保留这个检索").click()
    expect(other.locator("[data-open]")).to_have_text(["矿池"])
    other.reload()
    other.get_by_label("给“矿池”起的名字").fill("四川")
    other.keyboard.press("Tab")
    expect(other.locator("[data-open]")).to_have_text(["四川"])
    expect(other.locator("[data-chips] li")).to_have_text(["矿池", "城市：成都"])
    feed = other.get_by_role("link", name="订阅（Atom）").get_attribute("href")
    assert other.request.get(str(feed)).ok
    other.get_by_role("button", name="去掉“四川”").click()
    expect(other.get_by_text("还没有保留的检索")).to_be_visible()
    expect(reader.get_by_role("button", name="保留这个检索")).to_have_attribute(
        "aria-pressed", "false"
    )
    told(other).get_by_role("button", name="撤销").click()
    expect(other.locator("[data-open]")).to_have_text(["四川"])


def test_another_archive_at_the_same_address_is_told(reader: Page) -> None:
    reader.goto("/kept")
    mark = "00000000-5"
    keep(reader, "biwen.kept", [{"query": "q=%E7%9F%BF%E6%B1%A0", "name": "", "mark": mark}])
    reader.reload()
    expect(news(reader)).to_contain_text("看不出哪些文档是新加入的")
    visited(reader.locator("[data-open]"))
    expect(reader.locator(".total h1")).to_have_text("共 1 篇")
    reader.goto("/kept")
    expect(news(reader)).to_have_text("没有新加入的")


def test_a_kept_search_that_is_impossible_or_a_server_that_is_away_is_told(reader: Page) -> None:
    reader.goto("/kept")
    item = {"query": "from=2020-13", "name": "坏的", "mark": "00000000-5"}
    keep(reader, "biwen.kept", [item])
    reader.reload()
    expect(news(reader)).to_contain_text("“2020-13”不是有效的日期")
    reader.route("**/new.json*", lambda route: route.abort())
    reader.reload()
    expect(news(reader)).to_have_text("现在连不上服务器，看不出有没有新的。")
