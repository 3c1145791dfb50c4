"""Text pages: one file, one page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from indexer.documents import Page
from indexer.sources._decoding import MAX_PAGE_BYTES, Refusal, decoded, too_long


def read_text(name: str, stream: BinaryIO) -> Iterator[Page | Refusal]:
    """The page that the stream holds."""
    data = stream.read(MAX_PAGE_BYTES + 1)
    if len(data) > MAX_PAGE_BYTES:
        yield too_long(name)
        return
    text = decoded(name, data)
    yield text if isinstance(text, Refusal) else Page(name, text)
