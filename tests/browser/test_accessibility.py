"""What axe-core finds on every page, in every form in which a page is shown.

What it cannot see is in docs/accessibility.md, and measured in test_reach.py.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.pages import PAGES
from flask import Flask
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# Any two of language, width and theme meet in every way.
FORMS = [
    ("zh-CN", 1280, "light"),
    ("zh-CN", 360, "dark"),
    ("en", 1280, "dark"),
    ("en", 360, "light"),
]
# Off by default, because axe leaves WCAG 2.2 to be asked for.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


def troubles(page: Page) -> list[str]:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]} {node['any'][0]['message'] if node['any'] else ''}"
        for each in found
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(("language", "width", "theme"), FORMS)
@pytest.mark.parametrize("url", [url for urls in PAGES.values() for url in urls])
def test_axe_finds_nothing(
    opened: Callable[..., Page], url: str, language: str, width: int, theme: str
) -> None:
    viewport = {"width": width, "height": 800}
    page = opened(url, locale=language, viewport=viewport, color_scheme=theme)
    # All that can be opened is a part of the page.
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert troubles(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_list_of_keys(opened: Callable[..., Page], theme: str) -> None:
    page = opened("/", color_scheme=theme)
    page.locator("[data-keys]").click()
    assert troubles(page) == []


def test_axe_finds_what_is_wrong(opened: Callable[..., Page]) -> None:
    page = opened("/help")
    page.evaluate("document.querySelector('.help p').style.color = '#bbb'")
    page.evaluate("document.querySelector('.foot button').style = 'font-size: 5px; width: 9px'")
    assert {each.partition(":")[0] for each in troubles(page)} >= {"color-contrast"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_what_a_reader_keeps(
    opened: Callable[..., Page], width: int, theme: str
) -> None:
    viewport = {"width": width, "height": 800}
    page = opened("/search?q=比特币", color_scheme=theme, viewport=viewport)
    page.locator(".tick").first.check()
    page.locator("[data-keep]").first.click()
    for url, kept in (("/basket", "[data-items] h2"), ("/kept", "h2 a")):
        page.goto(url)
        page.locator(kept).first.wait_for()
        assert troubles(page) == []


def test_every_page_is_in_the_table(
    whole: Flask, opened: Callable[..., Page], names: dict[str, str]
) -> None:
    request = opened("/healthz").context.request
    for rule in whole.url_map.iter_rules():
        if rule.endpoint in PAGES or "GET" not in (rule.methods or ()):
            continue
        assert rule.arguments <= set(names), f"{rule}: say in names what stands there"
        with whole.test_request_context():
            url = whole.url_for(rule.endpoint, **{part: names[part] for part in rule.arguments})
        answer = request.get(url)
        assert not answer.headers["content-type"].startswith("text/html"), (
            f"{rule.endpoint} renders a page: add it to PAGES"
        )
    assert PAGES.keys() <= {rule.endpoint for rule in whole.url_map.iter_rules()}
