"""What a citation says of a document, whatever its form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from urllib.parse import quote

from indexer.documents import StoredDocument
from indexer.export import labels
from indexer.export.markdown import document_url
from indexer.i18n import N_

Missing = Literal["author", "date", "inferred", "url"]
"""What a document does not say: who wrote it, when (``inferred``: its date is our guess), where."""

NOTES: Final[dict[Missing, str]] = {
    "author": N_("没有写明作者"),
    "date": N_("没有写明日期"),
    "inferred": N_("日期是由正文推断的，没有写进引文"),
    "url": N_("没有原文网址，引文用的是这里的链接"),
}
"""What the reader is told of what is missing."""

# Between names in a byline: 张三、李四 and 张三/李四, but not the space of Vitalik Buterin, and
# nothing that belongs to a name in Latin letters (Coinbase, Inc.; Ernst & Young).
_BETWEEN: Final = re.compile(r"\s*[、，/／;；]\s*|(?<=[\u4e00-\u9fff])\s*,\s*|\s+and\s+")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_HAN_NAMES: Final = re.compile(r"[\u4e00-\u9fff]{2,3}(?:\s+[\u4e00-\u9fff]{2,3})+")


@dataclass(frozen=True, slots=True)
class Cited:
    """A document as it is cited on the day ``accessed``.

    ``published`` is ``2020``, ``2020-07`` or ``2020-07-13``, or None where the
    document does not state it.  ``url`` is the original's address, or the
    permalink where there is none.  ``facts`` tell, in words, what a link leads to;
    ``note`` is what whoever cites it wrote beside it.
    """

    id: str
    title: str
    authors: tuple[str, ...]
    publisher: str | None
    published: str | None
    url: str
    permalink: str
    accessed: date
    missing: tuple[Missing, ...]
    facts: tuple[str, ...]
    note: str = ""

    @property
    def responsible(self) -> tuple[str, ...]:
        """Who answers for it: its authors, or else the medium."""
        return self.authors or ((self.publisher,) if self.publisher else ())


def cited(stored: StoredDocument, base_url: str, accessed: date, note: str = "") -> Cited:
    """What there is to say of a document; its permalink starts with ``base_url``."""
    document = stored.document
    permalink = document_url(base_url, stored.id)
    published = document.published
    missing: list[Missing] = []
    if not document.author:
        missing.append("author")
    if published is None:
        missing.append("date")
    elif not published.is_stated:
        missing.append("inferred")
    url = _unbroken(document.url) if document.url and _WEB.match(document.url) else None
    if not url:
        missing.append("url")
    return Cited(
        id=stored.id,
        title=_on_one_line(document.title),
        authors=_names(_on_one_line(document.author or "")),
        publisher=_on_one_line(labels.publisher(stored) or "") or None,
        published=published.value[:10] if published and published.is_stated else None,
        url=url or permalink,
        permalink=permalink,
        accessed=accessed,
        missing=tuple(missing),
        facts=tuple(map(_on_one_line, labels.facts(stored))),
        note=_on_one_line(note),
    )


def _on_one_line(text: str) -> str:
    """A line break would end the field of a record, or the record itself."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _unbroken(url: str) -> str:
    """The address in one word: a line break in it would end the field of a record, too."""
    return "".join(each if each.isprintable() and each != " " else quote(each) for each in url)


def _names(author: str) -> tuple[str, ...]:
    if _HAN_NAMES.fullmatch(author):
        return tuple(author.split())
    return tuple(name for name in _BETWEEN.split(author) if name)
