"""The way from a keyword to a footnote, as research.md tells it: ``python -m docs.research``.

Walks it on the bundled sample with the system's Chromium, in Chinese and in English, and takes
the document's pictures, which Pillow makes small. A step of :data:`STEPS` is a section of the
document; tests/browser/test_research.py takes the same steps, and holds each section against
what was to be seen in its step.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserType,
    FloatRect,
    Locator,
    Page,
    expect,
    sync_playwright,
)

DOCS = Path(__file__).resolve().parent
PICTURES = DOCS / "research"
SAID = "http://127.0.0.1:8000"  # where the document says that the pages are
WIDTH = 1280
MARGIN = 10  # around what a picture shows
LOCALES = {"zh": "zh-CN", "en": "en-GB"}

RECOVERED = "Mt.Gox找回约20万枚比特币"
BANKRUPT = "Mt.Gox在东京申请破产保护"
UNDATED = "oz5hw5ponczpt"
NOTES = {
    "zh": ("20 万找回之后剩 65 万", "75 万是客户的，10 万是自有的"),
    "en": ("65万 are left when 20万 are found", "75万 were customers', 10万 its own"),
}
NAMES = {"zh": "门头沟案", "en": "The Mt.Gox case"}


class Sight(NamedTuple):
    """What is to be seen at one moment of a step."""

    parts: tuple[Locator, ...] = ()  # of the page, that the step's picture shows; none, no picture
    file: str = ""  # what was saved or copied


Step = Callable[[Page], Iterator[Sight]]


def typing(page: Page) -> Iterator[Sight]:
    """A slip is corrected, other names are searched for as well."""
    page.goto("/")
    page.locator("#q").press_sequentially("mtg")
    expect(page.locator("#suggestions li")).to_have_count(1)
    yield Sight()
    ask(page, "mtgx")
    yield Sight()
    follow(page, page.locator(".corrections a").first)
    yield Sight()
    ask(page, "Mt Gox")
    yield Sight((page.locator(".top"), page.locator(".hit").nth(2)))


def comparing(page: Page) -> Iterator[Sight]:
    """When it was written about, against another word."""
    follow(page, page.locator(".exports a[href*='/trends?']"))
    page.locator(".words").nth(1).fill("Coincheck")
    renewed(page, page.locator("[data-ask] button").click)
    yield Sight((page.locator(".top"), page.locator(".trends summary")))
    point = page.locator(".drawing a[href*='2014-02']").first
    at = point.evaluate("a => a.getBoundingClientRect().toJSON()")
    renewed(page, lambda: page.mouse.click(at["x"], at["y"]))
    yield Sight()
    renewed(page, page.go_back)
    follow(page, page.locator(".legend a").first)


def narrowing(page: Page) -> Iterator[Sight]:
    """Three months by dragging over their bars, and a city."""
    first, last = (
        page.locator(f".bars [data-period='{month}'] .slot") for month in ("2014-01", "2014-03")
    )
    renewed(page, lambda: first.drag_to(last))
    follow(page, page.locator(".facet a", has_text="东京"))
    yield Sight((page.locator(".top"), page.locator(".hit").nth(2)))
    follow(page, page.locator("p.undated a"))
    yield Sight()
    renewed(page, page.go_back)
    expect(page.locator(".hit")).to_have_count(4)


def tracing(page: Page) -> Iterator[Sight]:
    """A reprint, listed below the document that it repeats."""
    hit = page.locator(".hit", has_text=RECOVERED)
    hit.locator(".also summary").click()
    yield Sight((hit,))
    follow(page, hit.locator(".reprints a"))
    yield Sight()
    renewed(page, page.go_back)


def dating(page: Page) -> Iterator[Sight]:
    """A document, how its date is known, and what else tells of the matter."""
    yield Sight()
    follow(page, page.locator(".hit h2 a", has_text=RECOVERED))
    yield Sight((page.locator(".back"), page.locator(".text"), page.locator(".related li").last))


def checking(page: Page) -> Iterator[Sight]:
    """The words in the page on which they stood."""
    yield Sight()
    follow(page, page.locator(".appearances a[href*='/p/']"))
    yield Sight((_stretch(page, 11), _stretch(page, 17)))
    renewed(page, page.go_back)


def _stretch(page: Page, line: int) -> Locator:
    return page.locator(".stretch", has=page.locator(f"#l{line}"))


def collecting(page: Page) -> Iterator[Sight]:
    """Two documents ticked, annotated and put in order."""
    yield Sight()
    page.locator(".pick .tick").check()
    follow(page, page.locator(".back a"))
    page.locator(".hit", has_text=BANKRUPT).locator(".tick").check()
    yield Sight()
    follow(page, page.locator(".mine a").first)
    for number, note in enumerate(NOTES[language(page)]):
        page.locator("[data-note]").nth(number).fill(note)
    page.locator("[data-up]").nth(1).click()
    yield Sight((page.locator(".own h1"), page.locator("[data-export]"), page.locator(".items")))
    renewed(page, page.go_back)


def keeping(page: Page) -> Iterator[Sight]:
    """The search is kept, and told of from now on."""
    yield Sight()
    page.locator("[data-keep]").click()
    yield Sight()
    follow(page, page.locator(".mine a").nth(1))
    expect(page.locator("[data-all]")).not_to_be_empty()
    page.locator("[data-name]").fill(NAMES[language(page)])
    page.locator("h1").click()
    feed = page.locator("a[data-feed]").get_attribute("href")
    atom = page.evaluate("feed => fetch(feed).then(answer => answer.text())", feed)
    yield Sight((page.locator(".own h1"), page.locator(".items")), atom)
    follow(page, page.locator("[data-open]"))


def citing(page: Page) -> Iterator[Sight]:
    """The line of a list of references, copied."""
    follow(page, page.locator(".hit h2 a", has_text=BANKRUPT))
    cite = page.locator(".cite details", has_text="7714—2015")
    cite.locator("summary").click()
    cite.locator("button").click()
    expect(cite.locator("[role=status]")).not_to_be_empty()
    parts = (page.locator(".cite h2"), cite)
    yield Sight(parts, page.evaluate("navigator.clipboard.readText()"))


def exporting(page: Page) -> Iterator[Sight]:
    """The basket as a note and for a reference manager."""
    follow(page, page.locator(".mine a").first)
    for label in ("Markdown", "RIS"):
        with page.expect_download() as saved:
            page.get_by_role("button", name=label, exact=True).click()
        yield Sight(file=saved.value.path().read_text(encoding="utf-8"))


def linking(page: Page) -> Iterator[Sight]:
    """What the footnote leads to, and the link of one paragraph."""
    follow(page, page.locator(".items a", has_text=RECOVERED))
    yield Sight()
    sign = page.locator("#p1 .anchor")
    page.locator("#p1").hover()
    yield Sight((page.locator(".back"), page.locator(".text"), sign))
    sign.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    page.goto(copied)
    yield Sight(file=copied)
    follow(page, page.locator(".related a", has_text=BANKRUPT))
    yield Sight()


def correcting(page: Page) -> Iterator[Sight]:
    """A date that was not read is given, shown as a correction, and taken back."""
    page.goto(f"/d/{UNDATED}")
    page.locator(".curating summary").first.click()
    yield Sight()
    page.locator(".curating [name=published]").fill("2018-10")
    follow(page, page.locator(".curating form button").first)
    page.locator(".curating summary").first.click()
    yield Sight((page.locator(".back"), page.locator(".document ul.corrections")))
    follow(page, page.locator("ul.corrections button"))
    yield Sight()


STEPS: tuple[Step, ...] = (
    typing,
    comparing,
    narrowing,
    tracing,
    dating,
    checking,
    collecting,
    keeping,
    citing,
    exporting,
    linking,
    correcting,
)


def walk(page: Page) -> Iterator[tuple[str, Sight]]:
    """The name of the step with all that is to be seen in it, one after the other."""
    for step in STEPS:
        for sight in step(page):
            yield step.__name__, sight


@contextmanager
def opened(chromium: BrowserType, address: str, lang: str) -> Iterator[Page]:
    """A page of a browser for which the server is at :data:`SAID`."""
    browser = chromium.launch(
        executable_path=shutil.which("chromium"),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            f"--host-resolver-rules=MAP {urlsplit(SAID).netloc} {urlsplit(address).netloc}",
        ],
    )
    yield _page(browser, lang)
    browser.close()


def _page(browser: Browser, lang: str) -> Page:
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 840},
        locale=LOCALES[lang],
        base_url=SAID,
        color_scheme="light",
        reduced_motion="reduce",
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=SAID)
    context.set_default_timeout(20_000)
    return context.new_page()


def language(page: Page) -> str:
    """Of the page, ``zh`` or ``en``."""
    return str(page.locator("html").get_attribute("lang"))[:2]


def ask(page: Page, words: str) -> None:
    """Search for the words."""
    page.locator("#q").fill(words)
    renewed(page, page.locator("[data-ask] button").click)


def follow(page: Page, link: Locator) -> None:
    """Follow a link, or press a button that leads somewhere."""
    renewed(page, link.click)


def renewed(page: Page, act: Callable[[], object]) -> None:
    """Do what brings another page, or other results in this one, and wait for them."""
    page.locator("#main").evaluate("main => (main.dataset.old = '')")
    act()
    expect(page.locator("#main:not([data-old])")).to_be_visible()
    page.wait_for_load_state()


def main() -> None:
    """Write the pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "run.py", "serve", "--with-sample", "--edit", "--port", "0"]
        with subprocess.Popen(
            [*command, "--data", data], cwd=DOCS.parent, stdout=subprocess.PIPE, encoding="utf-8"
        ) as server:
            assert server.stdout
            address = server.stdout.readline().split()[-1]
            try:
                _shoot(address)
            finally:
                server.terminate()


def _shoot(address: str) -> None:
    with sync_playwright() as playwright:
        for lang in LOCALES:
            with opened(playwright.chromium, address, lang) as page:
                for step, (parts, _) in walk(page):
                    if parts:
                        _picture(page, parts, PICTURES / f"{step}-{lang}.png")


def _picture(page: Page, parts: tuple[Locator, ...], path: Path) -> None:
    """The least rectangle of the page with all the parts, in 256 colours."""
    # How long a search took differs each time.
    page.locator(".total > small").first.evaluate_all("all => all.forEach(each => each.remove())")
    boxes = [box for part in parts if (box := part.bounding_box())]
    assert len(boxes) == len(parts), f"{path.name}: a part of it is not to be seen"
    left, top = (min(box[side] for box in boxes) - MARGIN for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes) + MARGIN
    bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
    left, right = max(left, 0), min(right, WIDTH)
    scrolled = page.evaluate("scrollY")  # a full page is clipped from its beginning
    top, bottom = max(top + scrolled, 0), bottom + scrolled
    clip = FloatRect(x=left, y=top, width=right - left, height=bottom - top)
    png = page.screenshot(full_page=True, clip=clip)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
