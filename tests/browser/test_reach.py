"""What axe-core cannot see of WCAG 2.2, measured: reflow, text spacing, focus, contrast of shapes.

The numbers are those of the success criteria; docs/accessibility.md goes through all of them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser.pages import PAGES
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

URLS = [url for urls in PAGES.values() for url in urls]
WALKED = [
    "/search?q=比特币 狗狗币&kind=newsflash&undated=1",
    "/d/{document_id}?q=比特币",
    "/trends?q=比特币&q=以太坊",
    "/help",
]

# 1.4.12: what a reader may set, and nothing may be lost by it.
SPACED = """* {
  line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important;
}
p { margin-bottom: 2em !important; }"""

CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(each => {
  if (each.closest('.unseen, .skip, svg, .wide, [hidden]') || !each.checkVisibility()) return false;
  if (each.matches('input, textarea')) return false;  // they scroll by themselves
  const { overflowX, overflowY } = getComputedStyle(each);
  const isCut = (overflow, inner, outer) => overflow !== 'visible' && inner > outer + 1;
  return isCut(overflowX, each.scrollWidth, each.clientWidth) ||
    isCut(overflowY, each.scrollHeight, each.clientHeight);
}).map(each => each.outerHTML.slice(0, 80))"""

# Puts the focus on every stop and gives those that do not show it, or are not seen.
UNSEEN_FOCUS = """() => {
  const stops = [...document.querySelectorAll('a[href], button, input, textarea, summary')].filter(
    each => each.tabIndex >= 0 && each.type !== 'hidden' && each.checkVisibility());
  const look = each => [each, ...each.children, each.closest('.ask')].filter(Boolean).map(part => {
    const { outlineStyle, outlineWidth, borderBottomColor, boxShadow, stroke, left } =
      getComputedStyle(part);
    return outlineStyle === 'none'
      ? [borderBottomColor, boxShadow, stroke, left].join() : outlineWidth;
  }).join(';');
  const wrong = [];
  document.activeElement.blur();
  for (const stop of stops) {
    const before = look(stop);
    stop.focus({ focusVisible: true });
    // The middle of each of its lines, as far as the window goes.
    const isSeen = [...stop.getClientRects()].some(({ left, right, top, bottom }) => {
      const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
      const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
      return stop.contains(document.elementFromPoint(x, y));
    });
    const name = stop.outerHTML.slice(-100);
    if (document.activeElement !== stop) wrong.push(`takes no focus: ${name}`);
    else if (look(stop) === before) wrong.push(`looks the same: ${name}`);
    else if (!isSeen) wrong.push(`covered: ${name}`);
    stop.blur();
  }
  return [stops.length, wrong];
}"""

CONTRAST = """([selector, property]) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const light = (colour) => {
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(each => each / 255).map(
      each => each <= .04045 ? each / 12.92 : ((each + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const colour = getComputedStyle(document.querySelector(selector))[property];
  const both = [colour, getComputedStyle(document.body).backgroundColor].map(light);
  return (Math.max(...both) + .05) / (Math.min(...both) + .05);
}"""

# Where it is seen, what is seen by it, and in which property its colour is.
SHAPES = [
    ("/search?q=比特币", ".histogram .column", "fill"),
    ("/search?q=比特币", ".periods .bar", "fill"),
    ("/search?q=比特币", ".facet .box", "borderTopColor"),
    ("/search?q=比特币", ".ask", "borderBottomColor"),
    ("/search?q=比特币&city=深圳", ".chips a", "borderTopColor"),
    ("/d/{document_id}", ".cite textarea", "borderTopColor"),
    *(("/trends?q=a&q=b&q=c&q=d&q=e", f".s{each}", "stroke") for each in range(1, 6)),
]


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("url", URLS)
def test_nothing_is_lost_when_enlarged_or_spaced(
    opened: Callable[..., Page], url: str, language: str
) -> None:
    page = opened(url, locale=language, bypass_csp=True)
    open_all(page)
    for width in (640, 360, 320):  # 1280 at 200 %, a telephone, 1280 at 400 %
        page.set_viewport_size({"width": width, "height": 640})
        assert overflow(page) <= 0, width
        assert page.evaluate(CUT_OFF) == [], width
    page.add_style_tag(content=SPACED)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 640})
        assert overflow(page) <= 0, f"spaced, {width}"
        assert page.evaluate(CUT_OFF) == [], f"spaced, {width}"


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("url", WALKED)
def test_the_focus_is_seen_wherever_it_is(
    opened: Callable[..., Page], url: str, width: int
) -> None:
    page = opened(url, viewport={"width": width, "height": 640})
    open_all(page)
    page.keyboard.press("Tab")
    stops, wrong = page.evaluate(UNSEEN_FOCUS)
    assert stops > 10
    assert wrong == []


def test_the_tab_key_goes_through_the_page_in_its_order(opened: Callable[..., Page]) -> None:
    page = opened("/d/{document_id}", locale="zh-CN")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    places = []
    for _ in range(60):
        page.keyboard.press("Tab")
        place = page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
        if page.evaluate("document.activeElement === document.body"):
            break
        places.append(place)
    assert len(places) > 15
    assert places == sorted(places)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shapes_that_carry_meaning_stand_out(opened: Callable[..., Page], theme: str) -> None:
    found = {}
    for url in dict.fromkeys(url for url, _, _ in SHAPES):
        page = opened(url, color_scheme=theme)
        for where, selector, name in SHAPES:
            if where == url:
                found[selector] = page.evaluate(CONTRAST, [selector, name])
        page.keyboard.press("Tab")
        found[f"focus on {url}"] = page.evaluate(CONTRAST, [":focus-visible", "outlineColor"])
    assert {name: ratio for name, ratio in found.items() if ratio < 3} == {}


def test_motion_is_left_out_for_who_asks(opened: Callable[..., Page]) -> None:
    moving = """() => [...document.querySelectorAll('*')].filter(each => {
      const { animationName, transitionDuration } = getComputedStyle(each);
      return animationName !== 'none' || parseFloat(transitionDuration);
    }).length"""
    assert opened("/search?q=比特币").evaluate(moving) == 1
    assert opened("/search?q=比特币", reduced_motion="reduce").evaluate(moving) == 0
