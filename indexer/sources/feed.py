"""Feeds: RSS (https://www.rssboard.org/rss-specification), RSS 1.0 and Atom (RFC 4287)."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from indexer.documents import Page
from indexer.i18n import N_, Message
from indexer.sources._decoding import text_chunks
from indexer.sources._records import record_page
from indexer.sources._refusal import MAX_PAGE_BYTES, Refusal, empty, too_long

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_RSS1: Final = "{http://purl.org/rss/1.0/}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_ENCODED: Final = "{http://purl.org/rss/1.0/modules/content/}encoded"
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_ROOTS: Final = ("rss", _RDF, f"{_ATOM}feed")
_FEEDS: Final = ("channel", f"{_RSS1}channel", f"{_ATOM}feed")
_ENTRIES: Final = ("item", f"{_RSS1}item", f"{_ATOM}entry")
_TITLES: Final = ("title", f"{_RSS1}title", f"{_ATOM}title")
_NO_FEED: Final = N_("%(name)s 是 XML，但不是 RSS 或 Atom。")
_BROKEN: Final = N_("%(name)s 第 %(line)s 行第 %(column)s 列起不是完整的 XML；此后的内容没有读入。")


def read_feed(name: str, stream: BinaryIO) -> Iterator[Page | Refusal]:
    """The entries of a feed, named ``name[12]`` (from 1), each a record.

    What stands before a place that is no XML is read.  Entities that the file
    declares are not expanded, and nothing that it points to is fetched.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    entries = _Entries(name)
    held = 0
    try:
        for chunk in text_chunks(name, stream):
            parser.feed(chunk if entries.began else chunk.lstrip())
            for page in entries.read(parser.read_events()):
                yield page
                if isinstance(page, Refusal):
                    return
            held = held + len(chunk) if entries.holds else 0
            if held > MAX_PAGE_BYTES:
                yield too_long(f"{name}[{entries.count + 1}]")
                return
        parser.close()
    except etree.XMLSyntaxError as error:
        yield from entries.read(parser.read_events())
        line, column = error.position
        facts = {"name": name, "line": line, "column": column}
        yield Refusal(name, Message(_BROKEN, facts), f"{line}:{column}")
        return
    if not entries.count:
        yield empty(name)


class _Entries:
    """The entries of one feed, in the order in which they end; nothing else is kept of it."""

    def __init__(self, name: str) -> None:
        self.count = 0
        self.began = False
        self._name = name
        self._feed_title: str | None = None
        self._entry: Element | None = None

    @property
    def holds(self) -> bool:
        """Whether more and more is kept: of an entry, or of what stands before the root."""
        return self._entry is not None or not self.began

    def read(self, events: Iterable[tuple[str, Element]]) -> Iterator[Page | Refusal]:
        """The entries that these events end; each is forgotten afterwards."""
        for event, element in events:
            if not self.began:
                self.began = True
                if element.tag not in _ROOTS:
                    yield Refusal(self._name, Message(_NO_FEED, {"name": self._name}))
                    return
            if event == "start":
                if self._entry is None and element.tag in _ENTRIES:
                    self._entry = element
                continue
            if self._entry is not None and element is not self._entry:
                continue
            parent = element.getparent()
            if element is self._entry:
                self._entry = None
                self.count += 1
                yield record_page(f"{self._name}[{self.count}]", self._fields(element))
            elif element.tag in _TITLES and parent is not None and parent.tag in _FEEDS:
                self._feed_title = _text(element)
            element.clear()
            while parent is not None and element.getprevious() is not None:
                del parent[0]

    def _fields(self, entry: Element) -> dict[str, object]:
        if entry.tag == f"{_ATOM}entry":
            return _atom_fields(entry) | {"source": self._feed_title}
        rss = _RSS1 if entry.tag == f"{_RSS1}item" else ""
        guid = entry.find("guid")
        permanent = guid is not None and guid.get("isPermaLink") != "false"
        return {
            "title": _text(entry.find(f"{rss}title")),
            "content_html": _text(entry.find(_ENCODED)) or _text(entry.find(f"{rss}description")),
            "published": _date(_text(entry.find("pubDate")) or _text(entry.find(f"{_DC}date"))),
            "url": _text(entry.find(f"{rss}link")) or (_text(guid) if permanent else None),
            "author": _text(entry.find(f"{_DC}creator")) or _text(entry.find("author")),
            "source": self._feed_title,
            "tags": [tag for each in entry.iterfind("category") if (tag := _text(each))],
        }


def _atom_fields(entry: Element) -> dict[str, object]:
    content = entry.find(f"{_ATOM}content")
    if content is None:
        content = entry.find(f"{_ATOM}summary")
    links = [link for link in entry.iterfind(f"{_ATOM}link") if _rel(link) == "alternate"]
    names = (_text(each) for each in entry.iterfind(f"{_ATOM}author/{_ATOM}name"))
    return {
        "title": _text(entry.find(f"{_ATOM}title")),
        **_atom_content(content),
        "published": _text(entry.find(f"{_ATOM}published")) or _text(entry.find(f"{_ATOM}updated")),
        "url": links[0].get("href") if links else None,
        "author": "、".join(name for name in names if name),
        "tags": [tag for each in entry.iterfind(f"{_ATOM}category") if (tag := each.get("term"))],
    }


def _atom_content(content: Element | None) -> dict[str, object]:
    if content is None:
        return {}
    kind = content.get("type", "text")
    if kind == "xhtml":
        from lxml import etree

        return {"content_html": etree.tostring(content, encoding="unicode", with_tail=False)}
    return {"content_html" if kind in ("html", "text/html") else "body": _text(content)}


def _rel(link: Element) -> str:
    return str(link.get("rel", "alternate"))


def _text(element: Element | None) -> str | None:
    """The text of an element; titles are often escaped once more than they need to be."""
    if element is None:
        return None
    text = "".join(element.itertext()).strip()
    return html.unescape(text) if element.tag in _TITLES else text


def _date(text: str | None) -> str | None:
    """A date of RFC 822, as RSS has it, in ISO 8601; any other as it is."""
    try:
        return parsedate_to_datetime(text or "").isoformat()
    except (ValueError, OverflowError):
        return text
