"""Web pages: the main text by trafilatura, what the head says by lxml, then as a text page.

trafilatura (https://trafilatura.readthedocs.io, Apache-2.0) finds the text.
Its metadata are not used: it guesses a date from any text on the page, which
may be a newsflash's, keeps only the day, and misses Chinese names of authors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

import trafilatura
from lxml import etree, html

from indexer.documents import PARAGRAPH_BREAK, Document, Page, PublishedDate
from indexer.errors import Refused
from indexer.i18n import N_
from indexer.pages import Evidence, Reading, read
from indexer.pages.dates import date_in_url, read_date

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Names of meta elements in the order in which they are believed: Open Graph
# (https://ogp.me), schema.org, Dublin Core, and what Chinese sites use.
_TITLES: Final = ("og:title", "twitter:title", "headline")
_DATES: Final = (
    *("article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate"),
    *("publish_time", "publishtime", "og:release_date", "dc.date.issued"),
)
_AUTHORS: Final = ("author", "article:author", "og:article:author", "dc.creator")
_SITES: Final = ("og:site_name", "application-name", "publisher")
_ADDRESSES: Final = ("og:url",)
_TAGS: Final = ("article:tag", "keywords")
_TAG_MARK: Final = re.compile(r"[,，、;；|]")
_NEWS: Final = re.compile(r"Article$|Posting$|^Report$")
_SITE_TAIL: Final = re.compile(r"\s*[-_|–—·]\s*(?P<site>[^-_|–—·]{2,20})$")
_BLOCKS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("li", "main", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"),
    )
)
_NO_TEXT: Final = frozenset(("script", "style", "noscript", "template"))
_MENU_LINKS: Final = 3
# Ten times what long articles with all their comments have.  Trafilatura takes 8 s for as many, in
# one paragraph, and the square of that for more.
_MOST_ELEMENTS: Final = 100_000
_EMPTY: Final = N_("%(name)s 是网页，但找不到正文。")
_TOO_MANY: Final = N_("%(name)s 有 %(count)s 个 HTML 元素，不像是一篇文章的网页；请拆分后再加入。")


@dataclass(frozen=True, slots=True)
class _Head:
    """What a page says of its article."""

    title: str | None = None
    published: PublishedDate | None = None
    author: str | None = None
    site: str | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()


def read_html(page: Page, evidence: Evidence | None = None) -> Reading:
    """What a web page gives, as :func:`indexer.pages.read` does.

    The address is the article's; newsflashes only have appeared there.
    Raises Refused when the page holds no main text.
    """
    head, text = _read(page)
    reading = read(text, evidence)
    documents = [_with_head(document, head) for document in reading.documents]
    return Reading(documents, reading.tails)


def main_text(page: Page) -> Page:
    """The main text of a web page as a page of text; raises Refused when there is none."""
    return _read(page)[1]


def _read(page: Page) -> tuple[_Head, Page]:
    tree = trafilatura.load_html(page.content)
    if tree is None:
        raise Refused(_EMPTY, name=page.name)
    if (count := int(tree.xpath("count(//*)"))) > _MOST_ELEMENTS:
        raise Refused(_TOO_MANY, name=page.name, count=count)
    head = _read_head(tree, page.url)
    _drop_menus(tree)
    found = trafilatura.bare_extraction(tree, include_comments=False, with_metadata=False)
    text = getattr(found, "text", None) or ""
    paragraphs = [
        line for each in text.split("\n") if (line := each.strip()) and line != head.title
    ]
    if not paragraphs:
        raise Refused(_EMPTY, name=page.name)
    text = PARAGRAPH_BREAK.join(([head.title] if head.title else []) + paragraphs)
    return head, Page(page.name, text, "text")


def _drop_menus(tree: Element) -> None:
    """Drop the lists that hold links and nothing else; on short pages they pass for text."""
    for menu in tree.xpath("//ul | //ol"):
        links = menu.xpath(".//a")
        linked = "".join(link.text_content() for link in links)
        whole = menu.text_content()
        if len(links) >= _MENU_LINKS and "".join(linked.split()) == "".join(whole.split()):
            menu.clear(
                keep_tail=True
            )  # to drop it would write what follows it anew, and no NUL can be


def html_text(fragment: str) -> str:
    """The text of a piece of HTML, a line for each block; feeds hold such pieces."""
    is_page = fragment.lstrip()[:9].lower().startswith(("<html", "<!doctype"))
    try:
        tree = html.document_fromstring(
            fragment if is_page else f"<html><body>{fragment}</body></html>"
        )
    except etree.ParserError:  # a declaration, and nothing behind it
        return ""
    body = tree.find("body")
    lines = "".join(_pieces(tree if body is None else body)).split("\n")
    return "\n".join(line for each in lines if (line := " ".join(each.split())))


def _pieces(root: Element) -> Iterator[str]:
    walk = etree.iterwalk(root, ("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start" and element.tag not in _NO_TEXT:
            yield _edge(element) + " ".join((element.text or "").split("\n"))
        elif event == "start":
            walk.skip_subtree()
        elif element is not root:
            yield _edge(element) + " ".join((element.tail or "").split("\n"))


def _edge(element: Element) -> str:
    return "\n" if element.tag in _BLOCKS else ""


def _with_head(document: Document, head: _Head) -> Document:
    if document.kind == "newsflash":
        return replace(document, site=document.site or head.site, page_url=head.url, lines=None)
    return replace(
        document,
        published=_finer(head.published, document.published),
        author=head.author or document.author,
        site=head.site or document.site,
        url=head.url,
        page_url=head.url,
        tags=tuple(dict.fromkeys((*document.tags, *head.tags))),
        lines=None,
    )


def _finer(stated: PublishedDate | None, written: PublishedDate | None) -> PublishedDate | None:
    """The date in the head, unless the byline says the same more exactly."""
    if stated is None or (written and written.is_stated and written.value.startswith(stated.value)):
        return written
    if stated.origin == "url" and written and written.is_stated:
        return written  # addresses of reprints keep the day of the crawl
    return stated


def _read_head(tree: Element, url: str | None) -> _Head:
    meta = _meta(tree)
    news = _json_ld(tree)
    canonical = next(iter(tree.xpath('//link[@rel="canonical"]/@href')), None)
    url = _address(canonical, url) or _address(_first(meta, _ADDRESSES), url) or url
    site = _first(meta, _SITES) or _named(news.get("publisher"))
    tags = [
        tag.strip()
        for name in _TAGS
        for each in meta.get(name, ())
        for tag in _TAG_MARK.split(each)
    ]
    return _Head(
        title=_first(meta, _TITLES) or _string(news.get("headline")) or _title(tree, site),
        published=_published(meta, news, tree, url),
        author=_first(meta, _AUTHORS) or _named(news.get("author")),
        site=site,
        url=url,
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
    )


def _meta(tree: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        names = (element.get(name) for name in ("property", "name", "itemprop"))
        content = " ".join((element.get("content") or "").split())
        for name in filter(None, names):
            if content:
                found.setdefault(name.lower(), []).append(content)
    return found


def _json_ld(tree: Element) -> dict[str, Any]:
    """What schema.org's vocabulary says of the article; nothing where it says nothing."""
    for script in tree.xpath('//script[@type="application/ld+json"]/text()'):
        try:
            value = json.loads(script)
        except (ValueError, RecursionError):
            continue
        graph = value.get("@graph", value) if isinstance(value, dict) else value
        for each in graph if isinstance(graph, list) else [graph]:
            if isinstance(each, dict) and _NEWS.search(str(each.get("@type", ""))):
                return each
    return {}


def _published(
    meta: dict[str, list[str]], news: dict[str, Any], tree: Element, url: str | None
) -> PublishedDate | None:
    marked = tree.xpath('//*[@itemprop="datePublished"]/@datetime | //time[@pubdate]/@datetime')
    dates = [date for name in _DATES for date in meta.get(name, ())]
    for text in (*dates, _string(news.get("datePublished")), *marked):
        if text and (date := read_date(str(text), "meta")):
            return date
    return date_in_url(url)


def _title(tree: Element, site: str | None) -> str | None:
    """The only heading of the first rank, or the title without the site's name."""
    headings = [" ".join(each.text_content().split()) for each in tree.iter("h1")]
    written = [" ".join(each.text_content().split()) for each in tree.iter("title")]
    title = written[0] if written else ""
    if len(headings) == 1 and headings[0] and (not title or headings[0] in title):
        return headings[0]
    tail = _SITE_TAIL.search(title)
    if tail and (
        tail["site"] == site or (site is None and tail["site"].endswith(("网", "社", "报")))
    ):
        title = title[: tail.start()]
    return title or next(iter(headings), None)


def _first(meta: dict[str, list[str]], names: tuple[str, ...]) -> str | None:
    return next((meta[name][0] for name in names if name in meta), None)


def _named(value: object) -> str | None:
    """The name of a person or an organisation, or of several."""
    several = value if isinstance(value, list) else [value]
    found = (_string(each.get("name") if isinstance(each, dict) else each) for each in several)
    return "、".join(filter(None, found)) or None


def _string(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _address(url: str | None, base: str | None) -> str | None:
    try:
        absolute = urljoin(base or "", url or "")
    except ValueError:  # http://[ is no address
        return None
    return absolute if url and absolute.startswith(("http://", "https://")) else None
