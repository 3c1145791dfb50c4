"""CSL-JSON: the items that citeproc, pandoc and Zotero take (csl-data.json 1.0)."""

from __future__ import annotations

import json
from typing import Any

from indexer.export.citations.facts import Cited


def item(cited: Cited) -> dict[str, Any]:
    """The item of a document; its fields are those of a web page."""
    found = {
        "id": f"biwen-{cited.id}",
        "type": "webpage",
        "title": cited.title,
        "author": [{"literal": name} for name in cited.responsible],
        "container-title": cited.publisher,
        "issued": cited.published and _date(cited.published),
        "accessed": _date(cited.accessed.isoformat()),
        "URL": cited.url,
        "language": "zh-CN",
        "note": f"biwen {cited.id}: {cited.permalink}",
        "annote": cited.note,
    }
    return {name: value for name, value in found.items() if value}


def text(cited: Cited) -> str:
    """The item as JSON on several lines, in the list that such a file is."""
    return json.dumps([item(cited)], ensure_ascii=False, indent=2)


def _date(iso: str) -> dict[str, list[list[int]]]:
    return {"date-parts": [[int(part) for part in iso.split("-")]]}
