"""From a page to its documents: the article first, then its newsflashes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from indexer.documents import PARAGRAPH_BREAK, Document, Page
from indexer.errors import Refused
from indexer.i18n import N_
from indexer.pages._text import Line, read_lines
from indexer.pages.boilerplate import Furniture
from indexer.pages.bylines import Byline, read_bylines, read_foot
from indexer.pages.evidence import Dispute, Evidence, Tail, Trace, dispute
from indexer.pages.header import Header, read_header
from indexer.pages.infer import infer_date
from indexer.pages.places import cities_in
from indexer.pages.record import read_record
from indexer.pages.stamps import split_at_stamps
from indexer.pages.unweave import Newsflash, closing_source, unweave

__all__ = [
    "READER_VERSION",
    "Dispute",
    "Evidence",
    "Reading",
    "Tail",
    "Trace",
    "dispute",
    "read",
    "read_page",
    "traces",
]

# Goes up when the reader gives other documents for the same page.
READER_VERSION: Final[int] = 4

_FIRST_SENTENCE: Final = re.compile(r"[^。!?!?]{1,80}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page gives: its documents, and what finds the pages that share its newsflashes."""

    documents: list[Document]
    tails: tuple[Tail, ...] = ()


def read_page(page: Page) -> list[Document]:
    """The documents of a page read alone, as :func:`read` gives them."""
    return read(page).documents


def read(page: Page, evidence: Evidence | None = None) -> Reading:
    """The documents of a page: its article (position 0), then its newsflashes in page order.

    ``evidence`` is what other pages tell of the borders of the newsflashes.
    A page without text of its own has no article.  Raises ``Refused`` when
    nothing on the page is readable.
    """
    if page.format == "record":
        return Reading([read_record(page)])
    if page.format == "html":
        from indexer.pages.html import read_html  # takes 0.2 s to import

        return read_html(page, evidence)
    furniture, header, byline, text = _read_top(page)
    paragraphs, newsflashes = unweave(text, evidence)
    documents: list[Document] = []
    foot, paragraphs = read_foot(paragraphs)
    byline = Byline(byline.author or foot.author, byline.published or foot.published)
    if paragraphs:
        documents.append(_article(page, furniture, header, byline, paragraphs))
    for newsflash in newsflashes:
        documents.append(_newsflash(page, furniture, newsflash, len(documents)))
    if not documents:
        raise Refused(
            N_("%(name)s 里没有可读的正文。请确认这是一篇文章或快讯的网页文本。"), name=page.name
        )
    return Reading(documents, tuple(newsflash.tail for newsflash in newsflashes))


def traces(page: Page) -> Iterator[Trace]:
    """The traces of a page's stamped runs, with which other pages are compared."""
    if page.format == "record":
        return
    if page.format == "html":
        from indexer.pages.html import main_text  # as above

        page = main_text(page)
    for run in split_at_stamps(_read_top(page)[-1]):
        if run.stamped:
            yield Trace.of(run.lines)


def _read_top(page: Page) -> tuple[Furniture, Header, Byline, list[Line]]:
    """Furniture, header and bylines, and the lines of text below them."""
    furniture = Furniture(read_lines(page.content))
    lines = furniture.lines
    header = Header()
    if lines and not split_at_stamps(lines[:1])[0].stamped:
        header = read_header(lines[0])
    text = lines
    if header.title:
        text = [line for line in lines[1:] if line.text not in (header.title, lines[0].text)]
    byline, text = read_bylines(text)
    return furniture, header, byline, text


def _article(
    page: Page, furniture: Furniture, header: Header, byline: Byline, paragraphs: list[Line]
) -> Document:
    title = header.title or _first_sentence(paragraphs[0].text)
    body = PARAGRAPH_BREAK.join(line.text for line in paragraphs)
    views = [line.view for line in paragraphs]
    return Document(
        kind="article",
        title=title,
        body=body,
        published=byline.published or infer_date(title, views),
        category=header.column or furniture.column,
        author=byline.author,
        source=closing_source(body),
        site=furniture.site,
        tags=header.tags,
        cities=cities_in("\n".join((title, *views))),
        page=page.name,
        lines=(paragraphs[0].number, paragraphs[-1].number),
    )


def _newsflash(page: Page, furniture: Furniture, newsflash: Newsflash, position: int) -> Document:
    return Document(
        kind="newsflash",
        title=newsflash.title,
        body=newsflash.body,
        published=newsflash.published,
        category=newsflash.category,
        source=closing_source(newsflash.body),
        site=furniture.site,
        cities=cities_in(f"{newsflash.title}\n{newsflash.body}"),
        page=page.name,
        position=position,
        lines=newsflash.lines,
    )


def _first_sentence(text: str) -> str:
    match = _FIRST_SENTENCE.match(text)
    return (match[0] if match else text[:80]).strip()
