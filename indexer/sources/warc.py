"""Web archives: WARC (ISO 28500) and WACZ (https://specs.webrecorder.net/wacz/1.1.1/)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

from indexer.documents import Page
from indexer.i18n import N_, Message
from indexer.sources._decoding import decoded
from indexer.sources._refusal import MAX_PAGE_BYTES, Refusal, RefusedHere, too_long
from indexer.sources.text import html_page

if TYPE_CHECKING:
    from indexer.sources._answers import Answer

_NO_PAGES: Final = N_("%(name)s 里没有网页（状态 200 的 HTML 或纯文本）。")
_BROKEN: Final = N_("%(name)s 不是完整的 WARC：%(reason)s；此后的内容没有读入。")


def read_warc(name: str, stream: BinaryIO) -> Iterator[Page | Refusal]:
    """The web and text pages that servers answered with, named ``crawl.warc#https://...``.

    Pictures, style sheets, redirections and errors are passed over.  The date
    of a record says when it was fetched, not when it was published.
    """
    from indexer.sources._answers import answers  # warcio comes with it

    found = False
    remaining = answers(stream)
    while True:
        try:
            answer = next(remaining, None)
        except (RefusedHere, OSError):
            raise
        except Exception as error:
            yield Refusal(name, Message(_BROKEN, {"name": name, "reason": _reason(error)}))
            return
        if answer is None:
            break
        found = True
        yield _page(f"{name}#{answer.address}", answer)
    if not found:
        yield Refusal(name, Message(_NO_PAGES, {"name": name}))


def _page(name: str, answer: Answer) -> Page | Refusal:
    if len(answer.content) > MAX_PAGE_BYTES:
        return too_long(name)
    if answer.is_html:
        return html_page(name, answer.content, answer.charset)
    text = decoded(name, answer.content, declared=answer.charset)
    return text if isinstance(text, Refusal) else Page(name, text)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
