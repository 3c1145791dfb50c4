"""Documents as JSON objects: what ``parse`` and ``export --format jsonl`` print.

Such a line is a record, too: added again, it is the same document, also where it was corrected,
for the reader takes what was read.
"""

from __future__ import annotations

import json
from typing import Any

from indexer.documents import Document, StoredDocument


def record(id_: str, document: Document) -> dict[str, Any]:
    """The document as a JSON object, its fields in the order of the contract."""
    published = document.published
    return {
        "id": id_,
        "kind": document.kind,
        "title": document.title,
        "body": document.body,
        "published": published.value if published else None,
        "precision": published.precision if published else None,
        "date_origin": published.origin if published else None,
        "category": document.category,
        "author": document.author,
        "source": document.source,
        "site": document.site,
        "url": document.url,
        "tags": document.tags,
        "cities": document.cities,
        "page": document.page,
        "position": document.position,
    }


def json_line(id_: str, document: Document) -> str:
    """The document as one JSON object on one line, without a line end."""
    return json.dumps(record(id_, document), ensure_ascii=False)


def stored_record(stored: StoredDocument) -> dict[str, Any]:
    """The document as it is shown, and what was read where that was corrected."""
    corrections = {each.field: each.to_json() for each in stored.corrections}
    return {**record(stored.id, stored.document), "corrections": corrections}


def stored_line(stored: StoredDocument) -> str:
    """The document of the catalog as one JSON object on one line, without a line end."""
    return json.dumps(stored_record(stored), ensure_ascii=False)
