"""Single keys: through the results, and never where one types."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

RESULTS = "/search?q=比特币&kind=newsflash"


@pytest.fixture
def results(page: Page) -> Page:
    page.goto(RESULTS)
    return page


def title(page: Page, at: int) -> Locator:
    return page.locator(".hit h2 a").nth(at)


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def test_j_and_k_walk_through_the_results_and_enter_opens_one(results: Page) -> None:
    results.set_viewport_size({"width": 1000, "height": 420})
    press(results, "j")
    expect(title(results, 0)).to_be_focused()
    for at in (1, 2, 3, 4, 5):
        press(results, "j")
        expect(title(results, at)).to_be_focused()
        hit = results.locator(".hits > li").nth(at)
        expect(hit).to_be_in_viewport(ratio=1)
        marked = "hit => getComputedStyle(hit).boxShadow !== 'none'"
        assert hit.evaluate(marked)
        assert not results.locator(".hits > li").nth(at - 1).evaluate(marked)
    press(results, "k k k")
    expect(title(results, 2)).to_be_focused()
    press(results, "k k k k k")
    expect(title(results, 0)).to_be_focused()
    name = title(results, 0).inner_text()
    press(results, "Enter")
    expect(results.locator(".document h1")).to_have_text(name)


def test_the_last_result_is_the_end(results: Page) -> None:
    last = results.locator(".hit h2 a").count() - 1
    for _ in range(last + 3):
        press(results, "j")
    expect(title(results, last)).to_be_focused()


def test_after_the_next_page_j_begins_at_its_first_result(results: Page) -> None:
    press(results, "j j")
    results.get_by_role("link", name="下一页").focus()
    press(results, "Enter")
    expect(results.locator(".pages [aria-current]")).to_have_text("2")
    press(results, "j")
    expect(title(results, 0)).to_be_focused()


def test_a_slash_leads_to_the_box_and_a_search_back_to_the_results(results: Page) -> None:
    press(results, "j /")
    box = results.get_by_role("combobox")
    expect(box).to_be_focused()
    expect(box).to_have_value("比特币")
    results.keyboard.type("j/k?")  # replaces what was there
    expect(box).to_have_value("j/k?")
    expect(results.get_by_role("dialog")).to_be_hidden()
    box.fill("以太坊")
    press(results, "Enter")
    expect(results).to_have_title(re.compile("以太坊"))
    expect(results.locator(".total h1")).to_be_focused()
    press(results, "j")
    expect(title(results, 0)).to_be_focused()


def test_a_slash_leads_to_the_first_query_to_compare(page: Page) -> None:
    page.goto("/trends")
    press(page, "/")
    expect(page.get_by_label("检索式 1")).to_be_focused()


def test_x_ticks_the_result_that_has_the_focus(results: Page) -> None:
    boxes = results.locator(".tick")
    press(results, "x")
    assert boxes.evaluate_all("boxes => boxes.some(box => box.checked)") is False
    press(results, "j j x")
    expect(boxes.nth(1)).to_be_checked()
    expect(boxes.nth(0)).not_to_be_checked()
    expect(title(results, 1)).to_be_focused()
    press(results, "x")
    expect(boxes.nth(1)).not_to_be_checked()
    boxes.nth(0).focus()
    press(results, "x j")  # also where the box itself has the focus
    expect(boxes.nth(0)).to_be_checked()
    expect(title(results, 1)).to_be_focused()


def test_c_copies_the_absolute_link_and_says_so(results: Page, address: str) -> None:
    press(results, "j j c")
    said = results.locator("#said")
    expect(said).to_contain_text("已复制")
    expect(said).to_be_visible()
    copied = results.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(re.escape(address) + r"d/\w{13}", copied)
    expect(title(results, 1)).to_be_focused()
    results.goto(copied)
    results.evaluate("navigator.clipboard.writeText('')")
    press(results, "c")
    expect(said).to_contain_text(copied)
    assert results.evaluate("navigator.clipboard.readText()") == copied


def test_c_copies_where_the_clipboard_is_refused_as_well(page: Page) -> None:
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject();")
    page.goto(RESULTS)
    press(page, "j c")
    link = page.locator(".hit").first.get_attribute("data-permalink")
    expect(page.locator("#said")).to_have_text(f"已复制 {link}")
    assert page.evaluate("navigator.clipboard.readText()") == link
    expect(title(page, 0)).to_be_focused()
    page.evaluate("document.execCommand = () => false")
    press(page, "c")
    expect(page.locator("#said")).to_have_text(f"浏览器不让复制，链接是 {link}")


def test_a_question_mark_lists_the_keys_and_escape_gives_the_focus_back(results: Page) -> None:
    press(results, "j j ?")
    dialog = results.get_by_role("dialog", name="快捷键")
    expect(dialog).to_be_visible()
    assert dialog.locator("kbd").all_inner_texts() == ["/", "j", "k", "Enter", "x", "c", "?"]
    press(results, "j c /")  # not behind the list
    expect(results.locator("#said")).to_have_text("")
    press(results, "Escape")
    expect(dialog).to_be_hidden()
    expect(title(results, 1)).to_be_focused()
    button = results.get_by_role("button", name="快捷键")
    button.click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="关闭").click()
    expect(button).to_be_focused()


def test_the_keys_can_be_turned_off_for_good_and_on_again(results: Page) -> None:
    def switch(page: Page) -> None:
        page.get_by_role("button", name="快捷键").click()
        page.get_by_label("启用单键快捷键").click()
        press(page, "Escape")

    switch(results)
    press(results, "j")
    expect(results.locator(".hit a:focus")).to_have_count(0)
    other = results.context.new_page()
    other.goto("/help")
    press(other, "?")
    expect(other.get_by_role("dialog")).to_be_hidden()
    switch(other)
    press(other, "?")
    expect(other.get_by_role("dialog")).to_be_visible()
    expect(other.get_by_label("启用单键快捷键")).to_be_checked()
    press(results, "j")  # the other page has told
    expect(title(results, 0)).to_be_focused()


def test_a_browser_that_keeps_nothing_has_the_keys_too(page: Page) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied') } })"
    )
    page.goto(RESULTS)
    press(page, "j")
    expect(title(page, 0)).to_be_focused()
    page.get_by_role("button", name="快捷键").click()
    page.get_by_label("启用单键快捷键").click()
    press(page, "Escape")
    page.evaluate("document.activeElement.blur()")
    press(page, "j")
    expect(page.locator(".hit a:focus")).to_have_count(0)


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_keys_with_a_modifier_are_the_browsers(results: Page, modifier: str) -> None:
    press(results, f"{modifier}+j {modifier}+c {modifier}+x")
    expect(results.locator(".hit a:focus")).to_have_count(0)
    expect(results.locator("#said")).to_have_text("")


@pytest.mark.parametrize("field", ["#q", "#from", "#to", ".filter >> nth=0"])
def test_keys_typed_into_a_field_are_letters(results: Page, field: str) -> None:
    results.goto("/search?q=")
    results.locator(".more summary").first.click()
    box = results.locator(field)
    box.fill("")
    results.keyboard.type("jkxc/?")
    expect(box).to_have_value("jkxc/?")
    expect(results.get_by_role("dialog")).to_be_hidden()
    expect(box).to_be_focused()


def test_keys_that_an_input_method_takes_do_nothing(results: Page) -> None:
    for details in ("{ isComposing: true }", "{ keyCode: 229 }"):
        results.evaluate(
            f"""document.body.dispatchEvent(new KeyboardEvent('keydown',
              Object.assign({{ key: 'j', bubbles: true, cancelable: true }}, {details})))"""
        )
    expect(results.locator(".hit a:focus")).to_have_count(0)
    session = results.context.new_cdp_session(results)
    results.get_by_role("combobox").focus()
    for text in ("j", "j k", "jk c"):
        session.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
        press(results, "j x ?")
    expect(results.get_by_role("dialog")).to_be_hidden()
    expect(results.get_by_role("combobox")).to_be_focused()


def test_a_key_held_down_walks_on_and_ticks_once(results: Page) -> None:
    for _ in range(3):
        results.keyboard.down("j")
    results.keyboard.up("j")
    expect(title(results, 2)).to_be_focused()
    for _ in range(4):
        results.keyboard.down("x")
    results.keyboard.up("x")
    expect(results.locator(".tick").nth(2)).to_be_checked()


def test_without_javascript_no_button_promises_keys(
    opened: Callable[..., Page],
) -> None:
    page = opened("/help", locale="zh-CN", java_script_enabled=False)
    expect(page.locator("[data-keys]")).to_be_hidden()
    expect(page.locator("dialog")).to_be_hidden()
