"""From a page to its documents: the article first, then its newsflashes."""

from __future__ import annotations

import re
from typing import Final

from indexer.documents import PARAGRAPH_BREAK, Document, Page
from indexer.errors import Refused
from indexer.i18n import N_
from indexer.pages._text import Line, read_lines
from indexer.pages.boilerplate import Furniture
from indexer.pages.bylines import Byline, read_bylines, read_foot
from indexer.pages.header import Header, read_header
from indexer.pages.infer import infer_date
from indexer.pages.places import cities_in
from indexer.pages.record import read_record
from indexer.pages.stamps import split_at_stamps
from indexer.pages.unweave import Newsflash, closing_source, unweave

__all__ = ["READER_VERSION", "read_page"]

# Goes up when the reader gives other documents for the same page.
READER_VERSION: Final[int] = 2

_FIRST_SENTENCE: Final = re.compile(r"[^。!?!?]{1,80}")


def read_page(page: Page) -> list[Document]:
    """The documents of a page: its article (position 0), then its newsflashes in page order.

    A page without text of its own has no article.  Raises ``Refused`` when
    nothing on the page is readable.
    """
    if page.format == "record":
        return [read_record(page)]
    if page.format == "html":
        from indexer.pages.html import read_html  # takes 0.2 s to import

        return read_html(page)
    furniture = Furniture(read_lines(page.content))
    header, byline, text = _read_top(furniture.lines)
    paragraphs, newsflashes = unweave(text)
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
    return documents


def _read_top(lines: list[Line]) -> tuple[Header, Byline, list[Line]]:
    """Header and bylines, and the lines of text below them."""
    header = Header()
    if lines and not split_at_stamps(lines[:1])[0].stamped:
        header = read_header(lines[0])
    text = lines
    if header.title:
        text = [line for line in lines[1:] if line.text not in (header.title, lines[0].text)]
    byline, text = read_bylines(text)
    return header, byline, text


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
    return match[0].strip() if match else text[:80]
