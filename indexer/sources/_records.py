"""Records as pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from indexer.documents import Page


def record_page(name: str, fields: Mapping[str, Any]) -> Page:
    """The page of a record with these fields, the empty ones left out."""
    given = {field: value for field, value in fields.items() if value}
    return Page(name, json.dumps(given, ensure_ascii=False), "record")
