"""Links to where a document was first published."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import Flask


def register(app: Flask) -> None:
    """Give the templates of ``app`` the test ``web_address`` and the filter ``at_text``."""
    app.add_template_test(is_web_address, "web_address")
    app.add_template_filter(at_text, "at_text")


def is_web_address(url: str | None) -> bool:
    """Whether a browser may be led there."""
    return url is not None and urlsplit(url).scheme in ("http", "https")


def at_text(url: str, text: str) -> str:
    """The address with a text fragment: a browser that knows them goes to the text and marks it.

    https://wicg.github.io/scroll-to-text-fragment/#syntax; ``-`` would divide the text.
    """
    # A heading of several lines is not found as one text.
    wanted = quote(text.strip().partition("\n")[0], safe="").replace("-", "%2D")
    mark = ":~:text=" if "#" in url else "#:~:text="
    return f"{url}{mark}{wanted}" if wanted and ":~:" not in url else url
