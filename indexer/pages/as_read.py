"""The text of a page as the reader had it before it, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, NamedTuple

from indexer.documents import Page
from indexer.errors import Refused
from indexer.pages._text import page_lines
from indexer.pages.record import whole

HTML_FIELD: Final = "content_html"


class ReadLine(NamedTuple):
    """A line, and in a record the field that it stands in."""

    text: str
    field: str | None = None


def as_read(page: Page) -> tuple[Page, list[ReadLine]]:
    """The page that the lines are of, and its lines.

    Of a web page this is its main text, as a page of text; where none is found
    any more, and of every other page, it is the page itself.  A record's fields
    stand one below the other.
    """
    if page.format == "record":
        return page, list(_fields(json.loads(page.content)))
    if page.format == "html":
        from indexer.pages.html import main_text  # takes 0.2 s to import

        with suppress(Refused):  # a page that an earlier reader took
            page = main_text(page)
    return page, [ReadLine(line) for line in page_lines(page.content)]


def _fields(record: dict[str, Any]) -> Iterator[ReadLine]:
    for name, value in record.items():
        for line in _written(name, value).splitlines() or [""]:
            yield ReadLine(line, whole(name))


def _written(name: str, value: object) -> str:
    if not isinstance(value, str):
        return whole(json.dumps(value, ensure_ascii=False))
    if name == HTML_FIELD and value.strip():
        from indexer.pages.html import html_text  # as above

        return html_text(whole(value))
    return whole(value)
