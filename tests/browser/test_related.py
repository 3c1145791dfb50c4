"""From a document to those near it, and from a result to its reprints, in place."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 360])
def test_a_related_document_is_a_click_away(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/search?q=广州互联网法院&lang=zh")
    page.get_by_role("link", name="广州互联网法院挂牌成立").click()
    related = page.get_by_role("region", name="相关文档")
    text = page.locator(".text").bounding_box()
    below = related.bounding_box()
    assert text
    assert below
    assert below["y"] >= text["y"] + text["height"]
    assert below["x"] + below["width"] <= width
    related.get_by_role("link", name="北京互联网法院挂牌成立").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("北京互联网法院挂牌成立")
    assert "lang=zh" in page.url


def test_reprints_expand_in_place(page: Page) -> None:
    page.goto("/search?q=Mt.Gox找回约20万枚比特币")
    reprint = page.locator(".also .reprints li").first
    expect(reprint).to_be_hidden()
    page.get_by_text("1 篇转载").first.focus()
    page.keyboard.press("Enter")
    expect(reprint).to_contain_text("2014-03-2")
    expect(reprint).to_contain_text("币海拾遗")
    address = page.url
    reprint.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mt.Gox找回约20万枚比特币")
    assert page.url != address
