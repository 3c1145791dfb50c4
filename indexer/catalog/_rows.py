"""Documents as rows of the catalog, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from indexer.documents import Document, PublishedDate, StoredDocument

DOCUMENT_COLUMNS: Final = (
    "kind", "title", "body", "published", "precision", "date_origin", "category",
    "author", "source", "site", "url", "tags", "cities",
)  # fmt: skip

SITES: Final = (
    "(SELECT json_group_array(site) FROM (SELECT DISTINCT site FROM appearances"
    " WHERE document = d.number AND site IS NOT NULL ORDER BY site))"
)

SELECT_STORED: Final = f"""
    SELECT d.number, d.id, d.cluster, {", ".join(f"d.{name}" for name in DOCUMENT_COLUMNS)},
        {SITES},
        (SELECT count(*) FROM appearances WHERE document = d.number),
        (SELECT json_array(p.name, a.position)
            FROM appearances a JOIN pages p ON p.number = a.page
            WHERE a.document = d.number ORDER BY p.name, a.position LIMIT 1)
    FROM documents d
"""


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
        json.dumps(document.tags, ensure_ascii=False),
        json.dumps(document.cities, ensure_ascii=False),
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
        tags=tuple(json.loads(tags)),
        cities=tuple(json.loads(cities)),
        page=page,
        position=position,
    )


def stored_document(row: Sequence[Any]) -> StoredDocument:
    """The document of a row of :data:`SELECT_STORED`."""
    _, id_, cluster, *values, sites, appearances, seen = row
    page, position = json.loads(seen) if seen else ("", 0)
    return StoredDocument(
        id=id_,
        document=document_of(values, page, position),
        cluster=cluster,
        sites=tuple(json.loads(sites)),
        appearances=appearances,
    )
