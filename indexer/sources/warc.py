"""Web archives: WARC (ISO 28500) and WACZ (https://specs.webrecorder.net/wacz/1.1.1/)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from indexer.documents import Page
from indexer.i18n import N_, Message
from indexer.sources._decoding import decoded
from indexer.sources._refusal import MAX_PAGE_BYTES, Refusal, too_long
from indexer.sources.text import html_page

_HTML: Final = ("text/html", "application/xhtml+xml")
_NO_PAGES: Final = N_("%(name)s 里没有网页（状态 200 的 HTML 或纯文本）。")
_BROKEN: Final = N_("%(name)s 不是完整的 WARC：%(reason)s；此后的内容没有读入。")


def read_warc(name: str, stream: BinaryIO) -> Iterator[Page | Refusal]:
    """The web and text pages that servers answered with, named ``crawl.warc#https://...``.

    Pictures, style sheets, redirections and errors are passed over.  The date
    of a record says when it was fetched, not when it was published.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    found = False
    try:
        for record in ArchiveIterator(stream):
            if record.rec_type not in ("response", "resource"):
                continue
            headers = record.http_headers
            if headers and headers.get_statuscode() != "200":
                continue
            kind = (headers or record.rec_headers).get_header("Content-Type", "")
            medium, _, parameters = kind.partition(";")
            medium = medium.strip().lower()
            if medium not in (*_HTML, "text/plain"):
                continue
            found = True
            address = record.rec_headers.get_header("WARC-Target-URI", "").strip("<>")
            page = f"{name}#{address or record.rec_headers.get_header('WARC-Record-ID', '')}"
            data = record.content_stream().read(MAX_PAGE_BYTES + 1)
            if getattr(record.raw_stream, "limit", 0) and not record.raw_stream.read(1):
                raise EOFError(f"{page} is cut short")
            if len(data) > MAX_PAGE_BYTES:
                yield too_long(page)
            elif medium in _HTML:
                yield html_page(page, data, _charset(parameters))
            else:
                text = decoded(page, data, declared=_charset(parameters))
                yield text if isinstance(text, Refusal) else Page(page, text)
    except (ArchiveLoadFailed, EOFError) as error:
        yield Refusal(name, Message(_BROKEN, {"name": name, "reason": str(error).strip()}))
        return
    if not found:
        yield Refusal(name, Message(_NO_PAGES, {"name": name}))


def _charset(parameters: str) -> str | None:
    _, _, charset = parameters.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None
