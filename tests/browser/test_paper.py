"""Results and documents on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

OF_THE_SCREEN = [
    ".ask", ".facets", ".aliases a", ".sorts", ".pages", ".exports", ".cross", ".syntax",
    ".foot a", ".anchor", "summary:not(.also summary)", "button", "input", "textarea", "dialog",
    "#said",
]  # fmt: skip
AFTER = "each => getComputedStyle(each, '::after').content"


def visible(page: Page) -> list[str]:
    return [
        selector
        for selector in OF_THE_SCREEN
        if page.locator(selector).filter(visible=True).count()
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_results_are_printed_with_their_links_and_nothing_to_press(
    opened: Callable[..., Page], theme: str
) -> None:
    page = opened("/search?q=比特币&city=深圳", locale="zh-CN")
    assert set(visible(page)) >= {".ask", ".facets", ".sorts"}
    page.emulate_media(media="print", color_scheme=theme)  # type: ignore[arg-type]
    assert visible(page) == []
    for hit in page.locator(".hit").all():
        assert hit.evaluate(AFTER) == f'"{hit.get_attribute("data-permalink")}"'
    expect(page.locator(".total h1")).to_be_visible()
    expect(page.locator(".chips")).to_contain_text("深圳")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.pdf().startswith(b"%PDF")


def test_a_document_is_printed_with_its_citation_and_its_address(
    opened: Callable[..., Page],
) -> None:
    page = opened("/d/{document_id}", locale="zh-CN")
    citation = page.locator(".on-paper")
    expect(citation).to_be_hidden()
    page.emulate_media(media="print")
    assert visible(page) == []
    expect(citation).to_have_text(re.compile(r"\[(EB|N)/OL\]"))
    permalink = page.locator(".document").get_attribute("data-permalink")
    assert page.locator(".address a").evaluate(AFTER) == f'" {permalink}"'
    expect(page.locator(".text")).to_be_visible()
    assert page.pdf().startswith(b"%PDF")
