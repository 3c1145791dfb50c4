"""The search box in a real Chromium: suggestions, the cheat sheet, the border."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def box(page: Page) -> Locator:
    page.goto("/")
    return page.get_by_role("combobox", name="关键词")


@pytest.fixture
def asked(page: Page) -> Iterator[list[str]]:
    """The texts that suggestions were asked for."""
    texts: list[str] = []

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path == "/suggest.json":
            texts.append(parse_qs(parts.query)["q"][0])

    page.on("request", note)
    return texts


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="建议").get_by_role("option")


def q(page: Page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("q", [])


def test_typing_lists_suggestions_says_how_many_and_moves_nothing(
    page: Page, asked: list[str], box: Locator
) -> None:
    place = page.locator("main").bounding_box()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("比特", delay=10)
    expect(options(page).first).to_contain_text("比特")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile("."))
    said = page.locator(".typed [aria-live=polite]")
    expect(said).to_have_text(f"有 {options(page).count()} 条建议，用上下键选择")
    assert page.locator("main").bounding_box() == place
    assert asked[-1] == "比特"
    assert len(asked) <= 2  # mostly once for two characters typed one after the other


def test_arrows_choose_and_enter_searches(page: Page, box: Locator) -> None:
    box.fill("比特")
    expect(options(page).first).to_be_visible()
    box.press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    box.press("ArrowUp")
    expect(first).to_have_attribute("aria-selected", "false")
    expect(box).to_have_value("比特")
    box.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    box.press("ArrowDown")
    with page.expect_navigation():
        box.press("Enter")
    (text,) = q(page)
    assert text.startswith("比特")
    expect(page.get_by_role("combobox")).to_have_value(text)


def test_escape_puts_the_list_away_and_keeps_the_text(page: Page, box: Locator) -> None:
    box.fill("比特")
    expect(options(page).first).to_be_visible()
    box.press("ArrowDown")
    box.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(box).to_have_value("比特")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    box.press("Tab")
    expect(options(page)).to_have_count(0)
    expect(page.get_by_label("从", exact=True)).to_be_focused()
    expect(box).to_have_value("比特")


def test_a_click_on_a_title_opens_the_document(page: Page, box: Locator) -> None:
    box.fill("稳定币条例")
    title = options(page).filter(has_text="标题").first
    shown = title.locator("span").inner_text()
    title.click()
    expect(page.locator(".document h1")).to_have_text(shown)


def test_an_input_method_composes_in_peace_and_enter_searches_afterwards(
    page: Page, asked: list[str], box: Locator
) -> None:
    input_method = page.context.new_cdp_session(page)

    def compose(text: str) -> None:
        input_method.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )

    box.focus()
    compose("bi te")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_timeout(250)
    assert asked == []
    assert q(page) == []
    expect(box).to_have_attribute("aria-expanded", "false")
    input_method.send("Input.insertText", {"text": "比特"})
    expect(options(page).first).to_be_visible()
    assert asked == ["比特"]
    with page.expect_navigation():
        box.press("Enter")
    assert q(page) == ["比特"]


def test_without_input_nothing_is_asked(page: Page, asked: list[str], box: Locator) -> None:
    page.goto("/search?q=比特币")
    box.focus()
    box.press("ArrowDown")
    box.press("End")
    box.fill("   ")
    page.wait_for_timeout(250)
    assert asked == []


def test_without_javascript_the_box_is_a_search_field(chromium: Browser, address: str) -> None:
    context = chromium.new_context(locale="zh-CN", base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    box = page.get_by_role("searchbox", name="关键词")
    expect(page.locator(".suggestions")).to_be_hidden()
    box.fill("比特")
    box.press("Enter")
    assert q(page) == ["比特"]
    page.get_by_role("link", name="检索语法").click()
    page.get_by_role("link", name="标题:减半", exact=True).click()
    assert q(page) == ["标题:减半"]
    expect(page.locator(".hit mark").first).to_have_text("减半")
    context.close()


def test_the_cheat_sheet_fits_a_narrow_window_in_both_languages(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for language, html in (("zh", "zh-Hans"), ("en", "en")):
        page.goto(f"/help?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.get_by_role("link", name="date:2020-05", exact=True).click()
        expect(page.locator("html")).to_have_attribute("lang", html)
        expect(page.locator(".hit").first).to_be_visible()


def test_a_border_parts_full_matches_from_partial_ones(page: Page) -> None:
    page.goto("/search?q=比特币 狗狗币")
    border = page.get_by_role("heading", name="以下文档只含部分词")
    expect(border).to_be_visible()
    partial = page.get_by_role("region", name="以下文档只含部分词")
    tops = [
        page.locator(".results > .hits .hit").last.bounding_box(),
        border.bounding_box(),
        partial.locator(".hit").first.bounding_box(),
    ]
    heights = [box["y"] for box in tops if box]
    assert len(heights) == 3
    assert heights == sorted(heights)
    page.get_by_role("link", name="全部列出").click()
    assert parse_qs(urlsplit(page.url).query)["match"] == ["any"]
    expect(border).to_have_count(0)


def test_a_mistyped_name_is_searched_as_typed_and_its_correction_is_a_link(page: Page) -> None:
    page.goto("/search?q=比特弊")
    expect(page.locator(".total h1")).to_have_text("共 0 篇")
    expect(page.get_by_role("combobox")).to_have_value("比特弊")
    page.locator(".corrections").get_by_role("link", name="比特币", exact=True).click()
    assert q(page) == ["比特币"]
    expect(page.locator(".hit mark").first).to_be_visible()
