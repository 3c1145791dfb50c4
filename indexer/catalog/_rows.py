"""Pages and documents as rows of the catalog, and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, get_args

from indexer.catalog._corrections import corrections_of, with_corrections
from indexer.documents import (
    Correction,
    DateOrigin,
    Document,
    Kind,
    Page,
    PublishedDate,
    StoredDocument,
)
from indexer.errors import Unsound
from indexer.i18n import N_
from indexer.identity import names, page_key
from indexer.pages import Tail

DOCUMENT_COLUMNS: Final = (
    "kind", "title", "body", "published", "precision", "date_origin", "category",
    "author", "source", "site", "url", "tags", "cities",
)  # fmt: skip

SITES: Final = (
    "(SELECT json_group_array(site) FROM (SELECT DISTINCT site FROM appearances"
    " WHERE document = d.number AND site IS NOT NULL ORDER BY site))"
)

SELECT_STORED: Final = f"""
    SELECT d.number, d.id, d.cluster, d.added,
        {", ".join(f"d.{name}" for name in DOCUMENT_COLUMNS)},
        {SITES},
        (SELECT count(*) FROM appearances WHERE document = d.number),
        (SELECT a.position || ' ' || p.name
            FROM appearances a JOIN pages p ON p.number = a.page
            WHERE a.document = d.number ORDER BY p.name, a.position LIMIT 1),
        (SELECT json_group_array(json_array(field, value, at, by))
            FROM corrections WHERE document = d.id)
    FROM documents d
"""
SHOWN: Final = "NOT EXISTS (SELECT 1 FROM hidden WHERE document = d.id)"
_NOTHING: Final = "[]"

# A newsflash shrinks by a quarter or a fifth, for which it takes as long as for storing it.
_WORTH_PACKING: Final = 1024
_LEVEL: Final = 6
_KINDS: Final = get_args(Kind)
_ORIGINS: Final = get_args(DateOrigin)
_LENGTHS: Final = {"year": 4, "month": 7, "day": 10, "minute": 16, "second": 19}
_DAMAGED: Final = N_("目录库里有损坏的内容，请运行 python run.py check。")


class DocumentRow(NamedTuple):
    """One reading of a document, named and ready to be stored.

    ``values`` are those of :data:`DOCUMENT_COLUMNS`; the others say where it appeared.
    """

    id: str
    text: str
    values: tuple[str | None, ...]
    position: int
    site: str | None
    url: str | None
    lines: tuple[int | None, int | None]


class PageRow(NamedTuple):
    """A page with what was read on it alone, ready to be stored.

    All that takes time is done, and what is left are strings and numbers: it
    can be made in one process and stored by another.
    """

    key: str
    name: str
    format: str
    raw: bytes
    documents: tuple[DocumentRow, ...]
    tails: tuple[Tail, ...]


def page_row(page: Page, documents: Sequence[Document], tails: Sequence[Tail] = ()) -> PageRow:
    """The row of a page that was read alone."""
    return PageRow(
        page_key(page.content),
        page.name,
        page.format,
        packed(page.content),
        tuple(map(document_row, documents)),
        tuple(tails),
    )


def document_row(document: Document) -> DocumentRow:
    """The row of a reading."""
    id_, text = names(document)
    return DocumentRow(
        id_,
        text,
        document_values(document),
        document.position,
        document.site,
        document.url or document.page_url,
        document.lines or (None, None),
    )


def packed(content: str) -> bytes:
    """A page's text as it is stored."""
    data = content.encode("utf-8")
    return zlib.compress(data, _LEVEL if len(data) >= _WORTH_PACKING else zlib.Z_NO_COMPRESSION)


def unpacked(raw: bytes) -> str:
    """The text of a stored page.  Raises Unsound when it is damaged."""
    try:
        return zlib.decompress(raw).decode("utf-8")
    except (zlib.error, UnicodeDecodeError, TypeError) as error:
        raise Unsound(_DAMAGED) from error


def document_values(document: Document) -> tuple[str | None, ...]:
    """The values of :data:`DOCUMENT_COLUMNS`."""
    published = document.published
    return (
        document.kind,
        document.title,
        document.body,
        published.value if published else None,
        published.precision if published else None,
        published.origin if published else None,
        document.category,
        document.author,
        document.source,
        document.site,
        document.url,
        _json(document.tags),
        _json(document.cities),
    )


def document_of(values: Sequence[Any], page: str = "", position: int = 0) -> Document:
    """The document of the values of :data:`DOCUMENT_COLUMNS`; its page is not among them."""
    kind, title, body, published, precision, origin, *names, tags, cities = values
    category, author, source, site, url = names
    return Document(
        kind=kind,
        title=title,
        body=body,
        published=PublishedDate(published, precision, origin) if published else None,
        category=category,
        author=author,
        source=source,
        site=site,
        url=url,
        tags=_list(tags),
        cities=_list(cities),
        page=page,
        position=position,
    )


def stored_document(row: Sequence[Any]) -> StoredDocument:
    """The document of a row of :data:`SELECT_STORED`.  Raises Unsound when it cannot be one."""
    _, id_, cluster, added, *_, sites, appearances, _, _ = row
    corrections = tuple(each for each in said_of(row) if each.differs)
    document = with_corrections(read_document(row), corrections)
    return StoredDocument(
        id=id_,
        document=document,
        cluster=cluster,
        sites=_list(sites),
        appearances=appearances,
        added=added,
        corrections=corrections,
    )


def said_of(row: Sequence[Any]) -> tuple[Correction, ...]:
    """All corrections of the document of a row of :data:`SELECT_STORED`."""
    *_, corrections = row
    if corrections == _NOTHING:
        return ()
    try:
        return corrections_of(read_document(row), json.loads(corrections))
    except (ValueError, TypeError) as error:
        raise Unsound(_DAMAGED) from error


def read_document(row: Sequence[Any]) -> Document:
    """What was read of the document of a row of :data:`SELECT_STORED`.  Raises Unsound."""
    _, _, _, _, *values, _, _, seen, _ = row
    kind, _, _, *date = values[:6]
    if kind not in _KINDS or not _is_date(*date):
        raise Unsound(_DAMAGED)
    position, _, page = seen.partition(" ") if seen else ("0", "", "")
    return document_of(values, page, int(position))


@lru_cache(maxsize=1 << 12)
def _is_date(value: str | None, precision: str | None, origin: str | None) -> bool:
    """Whether these are those of a date, or none is there."""
    if value is None:
        return precision is origin is None
    try:
        datetime.fromisoformat(f"{value}-01-01"[:10] + value[10:])
    except (ValueError, TypeError):
        return False
    return len(value) == _LENGTHS.get(str(precision)) and origin in _ORIGINS


# The same few cities, tags and sites again and again.
@lru_cache(maxsize=1 << 12)
def _list(text: str) -> tuple[str, ...]:
    try:
        return tuple(json.loads(text))
    except (ValueError, TypeError) as error:
        raise Unsound(_DAMAGED) from error


@lru_cache(maxsize=1 << 12)
def _json(texts: tuple[str, ...]) -> str:
    return json.dumps(texts, ensure_ascii=False)
