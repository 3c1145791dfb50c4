"""Documents as JSON objects: what ``parse`` and ``export --format jsonl`` print.

Such a line is a record, too: added again, it is the same document.
"""

from __future__ import annotations

import json
from typing import Any

from indexer.documents import Document


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
