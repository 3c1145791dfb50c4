"""What servers answered, out of a web archive."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO, Final, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader

from indexer.sources._refusal import MAX_PAGE_BYTES

_HTML: Final = ("text/html", "application/xhtml+xml")
_TEXT: Final = "text/plain"
_MAX_HEADERS: Final = 256 * 1024
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS


class Answer(NamedTuple):
    """What a server answered: a web page or a text."""

    address: str
    is_html: bool
    charset: str | None
    content: bytes


class _Reader(DecompressingBufferedReader):  # type: ignore[misc]
    """A stream of which only so much may be read as lines of headers until it is refilled."""

    left = _MAX_HEADERS

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or self.left, self.left))
        self.left -= len(line)
        if not self.left:
            raise ValueError("its headers do not end")
        return line


class _Records(ArchiveIterator):  # type: ignore[misc]
    """The records of an archive, their headers within bounds."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self.reader = _Reader(self.fh)

    def _next_record(self, next_line: bytes | None) -> Any:
        self.reader.left = _MAX_HEADERS
        return super()._next_record(next_line)


def answers(stream: BinaryIO) -> Iterator[Answer]:
    """The web pages and texts of an archive, each at most a byte longer than MAX_PAGE_BYTES.

    Raises whatever a damaged record becomes in warcio: an AttributeError as often as not.
    """
    for record in _Records(stream):
        if record.rec_type not in ("response", "resource"):
            continue
        headers = record.http_headers
        if headers and headers.get_statuscode() != "200":
            continue
        kind = (headers or record.rec_headers).get_header("Content-Type", "")
        medium, _, parameters = kind.partition(";")
        medium = medium.strip().lower()
        if medium not in (*_HTML, _TEXT):
            continue
        address = record.rec_headers.get_header("WARC-Target-URI", "").strip("<>")
        address = address or record.rec_headers.get_header("WARC-Record-ID", "")
        data = record.raw_stream.read(MAX_PAGE_BYTES + 1)
        if getattr(record.raw_stream, "limit", 0) and not record.raw_stream.read(1):
            raise EOFError(f"{address} is cut short")
        if headers and len(data) <= MAX_PAGE_BYTES:
            data = _content(data, headers)
        yield Answer(address, medium in _HTML, _charset(parameters), data)


def _content(data: bytes, headers: Any) -> bytes:
    """What was sent, without the form in which it was; MAX_PAGE_BYTES and one more at most."""
    if headers.get_header("Transfer-Encoding") == "chunked":
        data = ChunkedDataReader(BytesIO(data)).read()
    coding = (headers.get_header("Content-Encoding") or "").lower()
    if coding not in ("gzip", "deflate"):
        return data
    for bits in (_GZIP_OR_ZLIB, -zlib.MAX_WBITS):  # some servers send bare deflate
        try:
            return zlib.decompressobj(bits).decompress(data, MAX_PAGE_BYTES + 1)
        except zlib.error:
            continue
    return data  # a crawler that unpacked it left the header as it was


def _charset(parameters: str) -> str | None:
    _, _, charset = parameters.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None
