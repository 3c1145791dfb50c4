"""Searching without a reload: address, history, scrolling and focus as when pages are loaded."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from browser.conftest import CHROMIUM, OPTIONS
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Route,
    expect,
)

pytestmark = pytest.mark.browser

RESULTS = "/search?q=比特币"


@pytest.fixture
def results(page: Page) -> Page:
    """A page of results on which a mark stands for as long as it is not loaded again."""
    page.goto(RESULTS)
    page.evaluate("window.isSame = true; window.shown = 0")
    page.evaluate("document.addEventListener('biwen:shown', () => window.shown++)")
    return page


def shown(page: Page) -> str:
    """What the page tells of its results, once they are those of its address."""
    expect(page.locator("#main[aria-busy]")).to_have_count(0)
    return page.locator(".total h1").inner_text()


def is_same(page: Page) -> bool:
    return bool(page.evaluate("window.isSame === true"))


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def value(page: Page, title: str, at: int = 0) -> Locator:
    facet = page.locator(".facet", has=page.get_by_role("heading", name=title, exact=True))
    return facet.locator(".value").nth(at)


def answered_late(page: Page, part: str, seconds: float) -> None:
    """Lets the answers whose address has ``part`` come late."""

    def wait(route: Route) -> None:
        time.sleep(seconds)
        route.continue_()

    page.route(re.compile(part), wait)


@pytest.mark.parametrize(
    ("link", "changed"),
    [
        (".facet .value >> nth=0", {"from", "to"}),
        (".facet:has(h2:text('城市')) .value >> nth=0", {"city"}),
        (".sorts a >> nth=1", {"sort"}),
        (".pages a >> nth=0", {"page"}),
        (".total small a", {"collapse"}),
    ],
)
def test_a_link_to_another_search_is_followed_in_place(
    results: Page, link: str, changed: set[str]
) -> None:
    before = results.title(), results.locator("#main").inner_html()
    results.locator(link).click()
    shown(results)
    assert is_same(results)
    assert results.evaluate("window.shown") == 1
    assert set(asked(results)) == {"q", *changed}
    assert results.locator("#main").inner_html() != before[1]
    fresh = results.context.new_page()
    fresh.goto(results.url)
    took = re.compile(r"[\d.]+ 毫秒")
    for part in (".search", ".foot"):
        ours, theirs = (each.locator(part).inner_text() for each in (results, fresh))
        assert took.sub("", ours) == took.sub("", theirs)
    heads = """[...document.querySelectorAll('link, form input, .foot a')].map(
      each => each.href ?? each.name + each.value)"""
    assert sorted(results.evaluate(heads)) == sorted(fresh.evaluate(heads))
    assert results.title() == fresh.title()


def test_the_form_and_a_range_of_bars_are_followed_in_place(results: Page) -> None:
    results.get_by_label("关键词").fill("以太坊")
    results.keyboard.press("Enter")
    expect(results).to_have_title(re.compile("以太坊"))
    shown(results)
    expect(results.locator("h1")).to_be_focused()
    expect(results.locator("h1")).to_have_css("outline-style", "none")  # no key does anything there
    first, last = results.locator(".bars a").first, results.locator(".bars a").last
    periods = [first.get_attribute("data-first"), last.get_attribute("data-last")]
    for bar, act in ((first, results.mouse.down), (last, results.mouse.up)):
        box = bar.bounding_box()
        assert box
        results.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
        act()
    shown(results)
    assert asked(results) == {"q": ["以太坊"], "from": [periods[0]], "to": [periods[1]]}
    assert is_same(results)
    # What the page does by script, it does in its new content as well.
    expect(results.locator(".bars a").last).to_have_attribute("tabindex", "0")
    expect(results.get_by_label("从", exact=True)).to_have_value(str(periods[0]))


def test_the_history_goes_back_and_forward_with_its_places(results: Page) -> None:
    seen = [(results.url, shown(results))]
    results.set_viewport_size({"width": 1000, "height": 400})
    value(results, "城市").click()
    seen.append((results.url, shown(results)))
    results.locator(".sorts a").nth(2).click()
    seen.append((results.url, shown(results)))
    results.evaluate("scrollTo(0, 700)")
    results.locator(".chips .clear").evaluate("link => link.click()")
    seen.append((results.url, shown(results)))
    assert results.evaluate("scrollY") == 0
    assert len({url for url, _ in seen}) == 4
    for at in (2, 1, 0, 1, 2, 3):
        back = at < len(seen) - 1 and results.url != seen[at - 1][0]
        results.evaluate("history.back()" if back else "history.forward()")
        expect(results).to_have_url(seen[at][0])
        assert shown(results) == seen[at][1]
        if at == 2:
            assert results.evaluate("scrollY") == 700
    assert is_same(results)


def test_the_focus_stays_where_one_goes_on_choosing(results: Page) -> None:
    city = value(results, "城市", 1)
    name = city.locator(".label").inner_text()
    city.focus()
    results.keyboard.press("Enter")
    total = shown(results)
    chosen = results.locator(".value[aria-current] .label")
    expect(chosen).to_have_text(name)
    assert results.evaluate("document.activeElement.querySelector('.label').innerText") == name
    expect(results.locator("#said")).to_have_text(re.compile(re.escape(total)))
    results.keyboard.press("Enter")  # and off again
    assert shown(results) != total
    assert results.evaluate("document.activeElement.querySelector('.label').innerText") == name


def test_after_a_search_the_focus_is_on_the_total(results: Page) -> None:
    results.get_by_label("关键词").fill("以太坊 狗狗币")
    results.keyboard.press("Enter")
    expect(results).to_have_title(re.compile("狗狗币"))
    shown(results)
    expect(results.locator(".total h1")).to_be_focused()
    notices = results.locator(".notices").all_inner_texts()
    expect(results.locator("#said")).to_have_text("".join(notices))
    results.locator(".sorts a").last.click()
    expect(results.locator("#said")).to_contain_text(shown(results))


def test_a_value_behind_more_stays_in_view(results: Page) -> None:
    results.set_viewport_size({"width": 360, "height": 740})
    results.locator(".facets > details > summary").click()
    more = results.locator(".more").first
    more.locator("summary").click()
    more.locator(".value").nth(3).click()
    shown(results)
    focused = results.locator(".value:focus")
    expect(focused).to_have_attribute("aria-current", "true")
    expect(focused).to_be_in_viewport()


def test_waiting_is_told_and_what_is_typed_meanwhile_stays(results: Page) -> None:
    answered_late(results, "city=", 1.5)
    value(results, "城市").click()
    expect(results.locator("#main")).to_have_attribute("aria-busy", "true")
    expect(results.locator("#said")).to_have_text("正在检索…")
    box = results.get_by_label("关键词")
    box.fill("以太坊")
    shown(results)
    expect(box).to_be_focused()
    expect(box).to_have_value("以太坊")
    results.keyboard.press("Enter")
    expect(results).to_have_title(re.compile("以太坊"))
    assert asked(results)["q"] == ["以太坊"]
    assert "city" in asked(results)  # the hidden fields have followed


def test_the_last_of_quick_clicks_counts_and_leaves_one_entry_each(results: Page) -> None:
    entries = results.evaluate("history.length")
    answered_late(results, "sort=newest", 0.8)
    newest, oldest = results.locator(".sorts a").nth(1), results.locator(".sorts a").nth(2)
    newest.click()
    oldest.click()
    shown(results)
    results.wait_for_timeout(1000)
    assert asked(results)["sort"] == ["oldest"]
    expect(results.locator(".sorts [aria-current]")).to_have_text("最早")
    assert results.evaluate("history.length") == entries + 2
    results.locator(".sorts a").first.dblclick()
    shown(results)
    assert results.evaluate("history.length") == entries + 3
    assert results.evaluate("window.shown") <= 3


def test_a_press_of_stop_leaves_the_page_usable(results: Page) -> None:
    answered_late(results, "city=", 1.0)
    value(results, "城市").click()
    results.evaluate("window.stop()")
    shown(results)
    results.locator(".sorts a").nth(1).click()
    shown(results)
    assert is_same(results)


def test_other_links_are_left_to_the_browser(results: Page) -> None:
    context = results.context
    for modifier in ("Control", "Shift"):
        with context.expect_page() as opened:
            value(results, "城市").click(modifiers=[modifier])  # type: ignore[list-item]
        expect(opened.value.locator(".value[aria-current]")).to_have_count(1)
    with context.expect_page() as opened:
        value(results, "城市").click(button="middle")
    assert asked(results) == {"q": ["比特币"]}
    with results.expect_download():
        results.get_by_role("link", name="CSV").click()
    assert results.evaluate("window.shown") == 0
    assert is_same(results)
    results.get_by_role("link", name="English").click()
    expect(results.locator("html")).to_have_attribute("lang", "en")
    assert not is_same(results)


def test_a_link_within_the_page_is_no_search(results: Page) -> None:
    results.evaluate("location.hash = '#main'")
    value(results, "城市").click()
    shown(results)
    results.evaluate("history.back()")
    expect(results).to_have_url(re.compile("#main$"))
    expect(results.locator(".value[aria-current]")).to_have_count(0)
    assert is_same(results)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "content_type": "text/html", "body": "<main id=main data-view=/search>"},
        {"status": 200, "content_type": "text/plain", "body": "text"},
        {"status": 200, "content_type": "text/html", "body": "<h1>Sign in</h1>"},
        None,
    ],
    ids=["error", "not HTML", "another page", "no answer"],
)
def test_what_is_no_page_of_results_is_loaded_as_a_page(
    opened: Callable[..., Page], answer: dict[str, object] | None
) -> None:
    page = opened(RESULTS, locale="zh-CN")
    page.evaluate("window.isSame = true")
    entries = page.evaluate("history.length")

    def refuse(route: Route) -> None:
        if route.request.resource_type == "document":
            route.continue_()
        elif answer is None:
            route.abort()
        else:
            route.fulfill(**answer)  # type: ignore[arg-type]

    page.route(re.compile("city="), refuse)
    value(page, "城市").click()
    expect(page.locator(".value[aria-current]")).to_have_count(1)
    assert not is_same(page)
    assert page.evaluate("history.length") == entries + 1


def test_an_impossible_search_shows_its_sentence(opened: Callable[..., Page]) -> None:
    page = opened(RESULTS, locale="zh-CN")
    page.get_by_label("从", exact=True).fill("昨天")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("昨天")
    page.get_by_label("从", exact=True).fill("2020")
    page.keyboard.press("Enter")
    expect(page.locator(".total h1")).to_be_visible()


def test_trends_are_compared_in_place(page: Page) -> None:
    page.goto("/trends?q=比特币")
    page.evaluate("window.isSame = true")
    page.get_by_label("检索式 2").fill("以太坊")
    page.keyboard.press("Enter")
    expect(page.locator(".legend li")).to_have_count(2)
    page.get_by_role("link", name="占当月全部的百分比").click()
    expect(page.locator(".sorts [aria-current]")).to_have_text("占当月全部的百分比")
    expect(page.locator("#said")).to_contain_text("以太坊")
    expect(page.get_by_role("button", name="PNG")).to_have_count(1)
    assert is_same(page)
    page.evaluate("history.go(-2)")
    expect(page.locator(".legend li")).to_have_count(1)
    expect(page.get_by_label("检索式 2")).to_have_value("")


def test_without_the_navigation_api_pages_are_loaded(context: BrowserContext, page: Page) -> None:
    context.add_init_script("delete window.navigation; window.navigation = undefined")
    page.goto(RESULTS)
    page.evaluate("window.isSame = true")
    value(page, "城市").click()
    expect(page.locator(".value[aria-current]")).to_have_count(1)
    assert not is_same(page)


@pytest.fixture
def with_cache(chromium: Browser, address: str) -> Iterator[Page]:
    """A page of a Chromium that keeps pages as they were left; Playwright turns that off."""
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM,
        args=OPTIONS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser.new_page(base_url=address, locale="zh-CN")
    browser.close()


def test_a_document_and_back_finds_the_results_as_they_were_left(with_cache: Page) -> None:
    page = with_cache
    page.add_init_script("addEventListener('pageshow', e => window.wasKept = e.persisted)")
    page.goto(RESULTS)
    value(page, "城市").click()
    total = shown(page)
    page.evaluate("window.isSame = true; scrollTo(0, 300)")
    page.locator(".hit h2 a").nth(2).click()
    expect(page.locator(".document h1")).to_be_visible()
    page.wait_for_load_state()
    page.evaluate("history.back()")
    expect(page.locator(".total h1")).to_have_text(total)
    assert page.evaluate("window.wasKept")
    assert is_same(page)
    assert page.evaluate("scrollY") == 300
