"""The page in a real Chromium, over the bundled sample: what a researcher does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


def total(page: Page) -> int:
    expect(page.locator("#main[aria-busy]")).to_have_count(0)
    shown = re.search(r"共 ([\d,]+) 篇", page.locator(".total h1").inner_text())
    assert shown
    return int(shown[1].replace(",", ""))


def parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def search(page: Page, words: str) -> None:
    page.goto("/")
    page.get_by_label("关键词").fill(words)
    page.get_by_role("button", name="检索", exact=True).click()


def facet(page: Page, name: str) -> str:
    """The label of the most frequent value of a facet, whose link has been followed."""
    section = page.locator(".facet", has=page.get_by_role("heading", name=name, exact=True))
    counts = [int(count) for count in section.locator(".value .count").all_text_contents()]
    value = section.locator(".value").nth(counts.index(max(counts)))
    label = value.locator(".label").inner_text()
    value.click()
    return label


def test_search_then_narrow_by_date_and_by_city(page: Page) -> None:
    search(page, "比特币")
    assert parameters(page) == {"q": ["比特币"]}  # blank fields stay out of the address
    everything = total(page)
    expect(page.locator(".hit mark").first).to_be_visible()

    year = facet(page, "日期")
    assert parameters(page) == {"q": ["比特币"], "from": [year], "to": [year]}
    in_year = total(page)
    assert 0 < in_year < everything
    for shown in page.locator(".hit time").all():
        assert shown.inner_text().startswith(year)

    city = facet(page, "城市")
    assert parameters(page)["city"] == [city]
    assert 0 < total(page) <= in_year
    for cities in page.locator(".hit .cities").all():
        assert city in cities.inner_text().split()

    page.get_by_role("link", name=f"去掉 城市：{city}").click()
    assert total(page) == in_year
    page.get_by_role("link", name="清除全部").click()
    assert total(page) == everything


def test_dates_can_be_typed(page: Page) -> None:
    page.goto("/search?q=比特币")
    page.get_by_label("从", exact=True).fill("2020-01")
    page.get_by_label("到", exact=True).fill("2021")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert parameters(page) == {"q": ["比特币"], "from": ["2020-01"], "to": ["2021"]}
    assert total(page) > 0


def test_open_a_result_copy_its_link_and_go_back(page: Page) -> None:
    page.goto("/search?q=比特币&kind=newsflash&sort=oldest")
    results = page.url
    titles = page.locator(".hit h2 a").all_inner_texts()
    page.locator(".hit h2 a").first.click()
    expect(page.locator(".document h1")).to_have_text(titles[0])
    expect(page.locator(".document mark").first).to_be_visible()
    document = page.url

    page.get_by_role("button", name="复制 Markdown 链接").click()
    expect(page.locator(".cite").get_by_role("status")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Markdown 链接").input_value()
    link = re.fullmatch(r"\[(.+)\]\((http://127\.0\.0\.1:\d+/d/(\w{13}))\) · .+ · \3", copied)
    assert link

    page.get_by_role("link", name="返回结果").click()
    expect(page).to_have_url(results)
    for url in (document, results):
        # The page's own history: Chromium refuses the debugger's while it swaps pages.
        page.wait_for_load_state()
        page.evaluate("history.back()")
        expect(page).to_have_url(url)
    expect(page.locator(".hit h2 a")).to_have_text(titles)
    expect(page.get_by_label("关键词")).to_have_value("比特币")
    assert page.goto(link[2]).status == 200  # type: ignore[union-attr]


def test_a_link_to_a_paragraph_leads_to_it(page: Page) -> None:
    page.goto("/search?kind=article")
    page.locator(".hit h2 a").first.click()
    paragraph = page.locator(".text p").nth(1)
    paragraph.hover()
    paragraph.locator(".anchor").click()
    assert page.url.endswith("#p2")
    expect(page.locator(":target")).to_have_id("p2")


def test_a_clipboard_that_is_refused_still_leaves_the_link_to_take(page: Page) -> None:
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject();")
    page.goto("/search?q=比特币")
    page.locator(".hit h2 a").first.click()
    page.get_by_role("button", name="复制 Markdown 链接").click()
    expect(page.locator(".cite").get_by_role("status")).not_to_be_empty()
    selected = page.evaluate("document.getSelection().toString()")
    assert selected == page.get_by_label("Markdown 链接").input_value()


def test_everything_works_without_javascript(opened: Callable[..., Page]) -> None:
    page = opened("/", locale="zh-CN", java_script_enabled=False)
    page.get_by_label("关键词").fill("比特币")
    page.get_by_role("button", name="检索").click()
    everything = total(page)
    first_page = page.locator(".hit h2 a").all_inner_texts()
    page.get_by_role("link", name="下一页").click()
    assert parameters(page)["page"] == ["2"]
    assert not set(first_page) & set(page.locator(".hit h2 a").all_inner_texts())
    facet(page, "城市")
    in_city = total(page)
    assert 0 < in_city < everything
    with page.expect_download() as saved:
        page.locator(".exports").get_by_role("link", name="CSV").click()
    assert Path(saved.value.path()).read_text("utf-8-sig").count("\n") > in_city / 2
    page.locator(".hit h2 a").first.click()
    expect(page.get_by_label("Markdown 链接")).to_have_value(re.compile(r"^\[.+\]\(http://"))
    expect(page.get_by_role("button", name="复制 Markdown 链接")).to_be_hidden()
    page.get_by_role("link", name="返回结果").click()
    assert total(page) == in_city
    page.get_by_role("link", name="清除全部").click()
    bar = page.locator(".bars a").first
    period = bar.get_attribute("data-period")
    bar.click()
    assert parameters(page)["from"] == [period]
    assert 0 < total(page) < everything
    page.get_by_role("link", name="同别的词比较趋势").click()
    page.get_by_label("检索式 2").fill("以太坊")
    page.get_by_role("button", name="比较").click()
    expect(page.locator(".legend li")).to_have_count(2)
    page.get_by_text("列成表格").click()
    page.locator(".trends td a").first.click()
    assert total(page) > 0
    page.go_back()
    with page.expect_download():
        page.locator(".exports").get_by_role("link", name="SVG").click()


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_narrow_window_never_scrolls_sideways(
    chromium: Browser, address: str, language: str, javascript: bool
) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, base_url=address, java_script_enabled=javascript
    )
    page = context.new_page()

    def width() -> int:
        # The element's own box: the page's script is off in half of the cases.
        session = context.new_cdp_session(page)
        return int(session.send("Page.getLayoutMetrics")["cssContentSize"]["width"])

    page.goto(f"/search?q=比特币&from=2013&to=2025&kind=newsflash&lang={language}")
    assert width() <= 360
    page.locator(".facets > details > summary").click()
    expect(page.locator(".facet").first).to_be_visible()
    assert width() <= 360
    page.locator(".hit h2 a").first.click()
    expect(page.locator("#p1")).to_be_visible()
    page.wait_for_load_state()  # before that the style sheet may be missing
    assert width() <= 360
    page.goto(f"/search?from=x&lang={language}")
    assert width() <= 360
    context.close()


def test_nothing_moves_once_the_page_is_there(page: Page) -> None:
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "each => window.shift += each.value)).observe({type: 'layout-shift', buffered: true});"
    )
    for url in ("/", "/search?q=比特币"):
        page.goto(url, wait_until="networkidle")
        assert page.evaluate("window.shift") == 0
    page.locator(".hit h2 a").first.click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shift") == 0


def test_the_language_can_be_switched_and_stays(page: Page) -> None:
    page.goto("/search?q=比特币&from=2020")
    page.get_by_role("link", name="English").click()
    assert parameters(page) == {"q": ["比特币"], "from": ["2020"], "lang": ["en"]}
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".hit h2 a").first.click()
    page.get_by_role("link", name="Back to the results").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_keyboard_walks_over_the_bars_of_dates_and_opens_one(page: Page) -> None:
    page.goto("/search?q=比特币")
    bars = page.locator(".bars a")
    last = bars.last
    expect(last).to_have_attribute("tabindex", "0")
    last.focus()
    page.keyboard.press("ArrowLeft")
    expect(bars.nth(bars.count() - 2)).to_be_focused()
    page.keyboard.press("Home")
    expect(bars.first).to_be_focused()
    period = bars.first.get_attribute("data-period")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert parameters(page) == {"q": ["比特币"], "from": [period], "to": [period]}
    assert total(page) > 0


def test_a_range_of_dates_is_chosen_by_dragging_over_the_bars(page: Page) -> None:
    page.goto("/search?q=BLAST OR 比特币&kind=newsflash")
    bars = page.locator(".bars a")
    first, last = bars.nth(1), bars.nth(bars.count() - 2)
    begin, end = first.bounding_box(), last.bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 3, steps=5)
    expect(page.locator(".bars .chosen")).not_to_have_attribute("width", "0")
    periods = [each.get_attribute("data-period") for each in (first, last)]
    with page.expect_navigation():
        page.mouse.up()
    asked = parameters(page)
    assert asked == {
        "q": ["BLAST OR 比特币"],
        "from": [periods[0]],
        "to": [periods[1]],
        "kind": ["newsflash"],
    }


def test_words_are_compared_over_time(page: Page) -> None:
    page.goto("/search?q=BLAST OR 比特币&kind=newsflash&sort=oldest")
    page.get_by_role("link", name="同别的词比较趋势").click()
    page.get_by_label("检索式 1").fill("比特币")
    page.get_by_label("检索式 3").fill("以太坊")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert parameters(page) == {"q": ["比特币", "以太坊"], "kind": ["newsflash"]}
    expect(page.locator(".drawing .trend")).to_have_count(2)
    page.get_by_role("link", name="占当月全部的百分比").click()
    expect(page.locator("[aria-current]", has_text="占当月全部的百分比")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="比较").click()
    assert parameters(page)["unit"] == ["share"]
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    assert saved.value.suggested_filename == "biwen-trends.png"
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("width", [1100, 1280])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_queries_to_compare_stand_in_one_line(page: Page, lang: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/trends?lang={lang}")
    boxes = [each.bounding_box() for each in page.locator(".trends-ask .words").all()]
    assert len({box and box["y"] for box in boxes}) == 1


def test_a_long_facet_has_a_box_to_find_in(page: Page) -> None:
    page.goto("/search?q=")
    more = page.locator(".more").first
    more.locator("summary").click()
    box = more.get_by_role("searchbox")
    shown = more.locator("li:visible")
    everything = shown.count()
    name = more.locator(".label").last.inner_text()
    box.fill(name)
    assert 0 < shown.count() < everything
    assert name in shown.first.inner_text()
    box.fill("")
    assert shown.count() == everything
