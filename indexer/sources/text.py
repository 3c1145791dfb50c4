"""Text and HTML pages: one file, one page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from indexer.documents import Page
from indexer.sources._decoding import decoded
from indexer.sources._refusal import MAX_PAGE_BYTES, Refusal, too_long

# The HTML standard has browsers look no further for the encoding (its 13.2.3.2 "prescan").
_PRESCAN: Final = 1024
_CHARSET: Final = re.compile(rb"""<meta[^>]*charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def read_text(name: str, stream: BinaryIO) -> Iterator[Page | Refusal]:
    """The text page that the stream holds."""
    data = stream.read(MAX_PAGE_BYTES + 1)
    if len(data) > MAX_PAGE_BYTES:
        yield too_long(name)
        return
    text = decoded(name, data)
    yield text if isinstance(text, Refusal) else Page(name, text)


def read_html(name: str, stream: BinaryIO) -> Iterator[Page | Refusal]:
    """The web page that the stream holds."""
    data = stream.read(MAX_PAGE_BYTES + 1)
    yield too_long(name) if len(data) > MAX_PAGE_BYTES else html_page(name, data)


def html_page(name: str, data: bytes, charset: str | None = None) -> Page | Refusal:
    """A web page of these bytes; ``charset`` is what its server said that it is in."""
    if charset is None and (found := _CHARSET.search(data[:_PRESCAN])):
        charset = found[1].decode("ascii")
    text = decoded(name, data, declared=charset)
    return text if isinstance(text, Refusal) else Page(name, text, "html")
