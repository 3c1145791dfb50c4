"""From a click to its results, in a real browser: ``python -m benchmarks.browser --data DIR``.

Clicks a facet and goes back, again and again, once with the page as it is and once in a browser
without the Navigation API, which loads every page.  (Playwright turns off what a browser keeps of
pages that were left, so that going back is a load there.)  Counted is the time from the click to
the frame after the one in which the other results stand; and what a first page transfers.
"""

from __future__ import annotations

import shutil
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Final

import click
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.serve import percentile, served

_RESULTS: Final = "/search?q=比特币"
_RELOADING: Final = "Object.defineProperty(window, 'navigation', { value: undefined });"
_WAYS: Final = {"in place": "", "with reloads": _RELOADING}
# Survives a load: the click is kept in the session, the new results are looked for in every frame.
_WATCH: Final = """
const look = () => {
  const { total, began } = sessionStorage;
  const now = document.querySelector('.total h1')?.innerText;
  if (began && now && now !== total) {
    requestAnimationFrame(() => setTimeout(() => {
      sessionStorage.took = performance.timeOrigin + performance.now() - began;
    }));
    sessionStorage.removeItem('began');
  }
  requestAnimationFrame(look);
};
look();
addEventListener('pageshow', look);
"""
_ACT: Final = """act => {
  sessionStorage.total = document.querySelector('.total h1').innerText;
  sessionStorage.removeItem('took');
  setTimeout(() => {  // after this has been answered: a load would end it
    sessionStorage.began = performance.timeOrigin + performance.now();
    act === 'back' ? history.back() : document.querySelector('.facet .value').click();
  });
}"""


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--times", default=30, show_default=True)
def main(data: Path, times: int) -> None:
    """Print milliseconds in place and with reloads, and bytes of a first page."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with served(data) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        address = f"http://{server.host}:{server.port}"
        pages = {name: _opened(browser, address, script) for name, script in _WAYS.items()}
        took: dict[str, list[float]] = defaultdict(list)
        for _ in range(times):  # in turn, so that what else the machine does meets both
            for act in ("facet", "back"):
                for name, page in pages.items():
                    took[f"{act}, {name}"].append(_timed(page, act))
        for name, values in took.items():
            p50, p95 = statistics.median(values), percentile(values, 95)
            click.echo(f"{name}\tp50 {p50:.0f} ms\tp95 {p95:.0f} ms")
        click.echo(f"a first page\t{_transferred(browser, address + _RESULTS) / 1000:.1f} KB")
        browser.close()


def _opened(browser: Browser, address: str, script: str) -> Page:
    # The policy of the page forbids what Playwright waits with.
    context = browser.new_context(base_url=address, locale="zh-CN", bypass_csp=True)
    context.add_init_script(script + _WATCH)
    page = context.new_page()
    page.goto(_RESULTS, wait_until="networkidle")
    return page


def _timed(page: Page, act: str) -> float:
    page.evaluate(_ACT, act)
    took = page.wait_for_function("sessionStorage.took").json_value()
    page.wait_for_load_state("networkidle")
    return float(took)


def _transferred(browser: Browser, url: str) -> float:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    context.close()
    return sum(sizes)


if __name__ == "__main__":
    main()
