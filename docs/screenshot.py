"""Take the screenshot of the README: ``python -m docs.screenshot``.

Serves the bundled sample from a folder of its own and looks at it with the
system's Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SEARCH = "search?q=数字人民币&from=2019&to=2023"


def main() -> None:
    """Write ``docs/screenshot.png``."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "run.py", "serve", "--with-sample", "--port", "0"]
        with subprocess.Popen(
            [*command, "--data", data], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
        ) as server:
            assert server.stdout
            address = server.stdout.readline().split()[-1]
            try:
                _shoot(f"{address}{SEARCH}")
            finally:
                server.terminate()


def _shoot(url: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 840}, locale="zh-CN")
        page.goto(url)
        page.reload()  # the first search reads the lexicon
        page.screenshot(path=ROOT / "docs" / "screenshot.png")
        browser.close()


if __name__ == "__main__":
    main()
