"""Records as pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from indexer.documents import Page

_HALF: Final = re.compile("[\ud800-\udfff]")


def record_page(name: str, fields: Mapping[str, Any]) -> Page:
    """The page of a record with these fields, the empty ones left out."""
    given = {field: value for field, value in fields.items() if value}
    return Page(name, json_text(given), "record")


def json_text(value: Mapping[str, Any]) -> str:
    """The JSON of an object; escaped where it holds half a surrogate pair, which no file can."""
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if _HALF.search(text) else text
