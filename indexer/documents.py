"""The words of the project as frozen dataclasses.

A *page* is one raw input; it holds one *article* at most and any number of
*newsflashes*; both are *documents*.  An *appearance* is one place where a
document was seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal["article", "newsflash"]
Precision = Literal["year", "month", "day", "minute", "second"]
DateOrigin = Literal["stamp", "byline", "url", "meta", "record", "text", "correction"]
PageFormat = Literal["text", "html", "record"]
Correctable = Literal["title", "published", "cities", "author", "source", "kind"]
"""The fields of a document that may be corrected; never its text."""

PARAGRAPH_BREAK = "\n\n"
# The names that the text of a record may have, in the order in which they count.
BODY_FIELDS = ("body", "text", "content")


@dataclass(frozen=True, slots=True)
class Page:
    """One raw input, decoded.

    ``name`` is what a person would call it: the path as given on the command
    line, ``archive.jsonl:12`` for line 12 of a file of records, ``-`` for
    standard input, ``crawl.warc.gz#https://example.org/1`` in a web archive.
    ``content`` is a whole text or web page, or one JSON object.
    """

    name: str
    content: str
    format: PageFormat = "text"

    def __reduce__(self) -> tuple[type[Page], tuple[str, str, PageFormat]]:
        # A third of the time that the dataclass's own way takes: pages go to other processes.
        return Page, (self.name, self.content, self.format)

    @property
    def url(self) -> str | None:
        """The address of the page, where its name holds one."""
        _, _, fragment = self.name.partition("#")
        return fragment if fragment.startswith(("http://", "https://")) else None


@dataclass(frozen=True, slots=True)
class PublishedDate:
    """When a document was published, as exactly as is known.

    ``value`` is reduced ISO 8601 in China local time: ``2020``, ``2020-05``,
    ``2020-07-13``, ``2021-11-30T12:41`` or ``2021-11-30T12:41:29``.  ``origin`` says
    how it is known: ``text`` is inferred, ``correction`` was said by a curator.
    """

    value: str
    precision: Precision
    origin: DateOrigin

    @property
    def is_stated(self) -> bool:
        """Whether the source, or a curator, states the date (a ``text`` date is inferred)."""
        return self.origin != "text"


@dataclass(frozen=True, slots=True)
class Document:
    """An article or a newsflash, as read from one page.

    ``title`` is verbatim; ``body`` joins its paragraphs by a blank line.
    ``position`` counts the documents of the page from 0, the article first.
    ``lines`` are the first and last line (from 1) that the document's own
    text takes on its page; None for a record and on a web page.  ``url`` is the
    document's own address; ``page_url`` that of the page on which it stands.
    """

    kind: Kind
    title: str
    body: str
    published: PublishedDate | None = None
    category: str | None = None
    author: str | None = None
    source: str | None = None
    site: str | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    page: str = ""
    position: int = 0
    lines: tuple[int, int] | None = field(default=None, compare=False)
    page_url: str | None = field(default=None, compare=False)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs, in order; ``/d/<id>#p3`` is the third."""
        return tuple(self.body.split(PARAGRAPH_BREAK)) if self.body else ()


@dataclass(frozen=True, slots=True)
class Appearance:
    """One place where a document was seen; ``page_id`` names the page by its content."""

    page: str
    position: int
    site: str | None = None
    url: str | None = None
    lines: tuple[int, int] | None = None
    page_id: str = ""


Corrected = str | tuple[str, ...] | PublishedDate | None
"""What a correctable field holds; None and () say that the document has none."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A field that a curator corrected: what was read, what it is, when, and by whom."""

    field: Correctable
    was: Corrected
    now: Corrected
    at: str
    by: str | None = None

    @property
    def differs(self) -> bool:
        """Whether it says something else than was read, as to confirm an inferred date does."""
        was, now = self.was, self.now
        if isinstance(was, PublishedDate) and isinstance(now, PublishedDate):
            return not was.is_stated or was.value != now.value
        return was != now

    def to_json(self) -> dict[str, object]:
        """What JSON says of it; of a date, how it was known before, too."""
        was = self.was
        origin = was.origin if isinstance(was, PublishedDate) else None
        known = {"was_date_origin": origin} if self.field == "published" else {}
        return {"was": _plain(was), **known, "is": _plain(self.now), "at": self.at}


def _plain(value: Corrected) -> str | tuple[str, ...] | None:
    return value.value if isinstance(value, PublishedDate) else value


@dataclass(frozen=True, slots=True)
class Hidden:
    """That a curator took a document out of sight: why, when, and who."""

    reason: str | None
    at: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the catalog holds it, with what was corrected.

    ``cluster`` is shared by reprints of one text; ``sites`` are those of all
    its appearances, of which there are ``appearances``.  ``added`` is the
    generation of the catalog in which it came, under whatever id.  The id and the
    cluster are those of what was read, whatever the ``corrections``; of these there
    are only those that differ from it.
    """

    id: str
    document: Document
    cluster: str
    sites: tuple[str, ...]
    appearances: int
    added: int = field(default=0, compare=False)
    corrections: tuple[Correction, ...] = ()

    @property
    def read(self) -> Document:
        """The document as it was read, without what was corrected."""
        was: dict[str, Any] = {each.field: each.was for each in self.corrections}
        return replace(self.document, **was) if was else self.document


def by_date(stored: StoredDocument) -> tuple[str, str]:
    """Sorts the oldest first, and what is undated before it."""
    published = stored.document.published
    return (published.value if published else "", stored.id)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page as the catalog holds it; ``added`` is a local time of ISO 8601."""

    id: str
    page: Page
    added: str


@dataclass(frozen=True, slots=True)
class OnPage:
    """A document of a page, and where it stands there."""

    stored: StoredDocument
    seen: Appearance
