"""Corrections as the catalog keeps them, and documents with them.

What was said is kept although the same was read: another page may give another reading of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, get_args

from indexer.documents import (
    Correctable,
    Corrected,
    Correction,
    Document,
    Kind,
    Precision,
    PublishedDate,
)

_PRECISIONS: Final[dict[int, Precision]] = {
    4: "year",
    7: "month",
    10: "day",
    16: "minute",
    19: "second",
}
_ORDER: Final[tuple[str, ...]] = get_args(Correctable)
_REST: Final[dict[Precision, str]] = {"year": "-01-01", "month": "-01"}

Row = Sequence[Any]
"""``field``, ``value``, ``at`` and ``by`` of a correction."""


def stored_value(value: Corrected) -> str | None:
    """The value of a correction as the catalog keeps it."""
    match value:
        case PublishedDate():
            return value.value
        case tuple():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return value


def value_of(field: Correctable, stored: str | None) -> Corrected:
    """The value of a correction that the catalog keeps so.

    Raises ValueError when it cannot be one of this field.
    """
    if field == "published":
        return _date(stored) if stored else None
    if field == "cities":
        cities = json.loads(stored or "")
        if not isinstance(cities, list) or not all(isinstance(each, str) for each in cities):
            raise ValueError(f"{stored!r} is no list of cities")
        return tuple(cities)
    if (field == "kind" and stored not in get_args(Kind)) or (field == "title" and not stored):
        raise ValueError(f"{field} cannot be {stored!r}")
    return stored


def corrections_of(read: Document, rows: Iterable[Row]) -> tuple[Correction, ...]:
    """The corrections of what was read, those that say the same among them."""
    return tuple(
        Correction(field, getattr(read, field), value_of(field, stored), at, by)
        for field, stored, at, by in sorted(rows, key=lambda row: _ORDER.index(row[0]))
    )


def with_corrections(read: Document, corrections: Iterable[Correction]) -> Document:
    """A document as it is shown."""
    changes: dict[str, Any] = {each.field: each.now for each in corrections}
    return replace(read, **changes) if changes else read


def _date(value: str) -> PublishedDate:
    precision = _PRECISIONS.get(len(value))
    if precision is None:
        raise ValueError(f"{value!r} is no reduced date")
    datetime.fromisoformat(value + _REST.get(precision, ""))
    return PublishedDate(value, precision, "correction")
