"""What engines know of a document beside its text."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, get_args

from indexer.days import days_of
from indexer.documents import StoredDocument
from indexer.engine.tree import ValueField

VALUE_FIELDS: Final[tuple[ValueField, ...]] = get_args(ValueField)

# A moment is year, month, day, hour + 1, minute + 1 and second + 1 in one number, 0 for each
# part that is not known: numbers compare as the reduced ISO dates do.
_PARTS: Final = ((0, 4, 26, 0), (5, 7, 22, 0), (8, 10, 17, 0), (11, 13, 12, 1), (14, 16, 6, 1))
_SECOND: Final = slice(17, 19)


def moment(published: str) -> int:
    """A reduced ISO date as a number that sorts alike; 0 for none."""
    number = int(published[_SECOND] or 0) + 1 if len(published) > 17 else 0
    for start, end, shift, more in _PARTS:
        if part := published[start:end]:
            number |= int(part) + more << shift
    return number


def moment_of(stored: StoredDocument) -> int:
    """When the document was published, as a moment; 0 where that is not known."""
    published = stored.document.published
    return moment(published.value) if published and _is_date(published.value[:10]) else 0


def values_of(stored: StoredDocument, field: ValueField) -> tuple[str, ...]:
    """The values that the document has in a field."""
    document = stored.document
    match field:
        case "city":
            return document.cities
        case "site":
            return stored.sites
        case "tag":
            return document.tags
        case _:
            value: str | None = getattr(document, field)
            return (value,) if value else ()


@lru_cache(maxsize=1 << 16)
def _is_date(text: str) -> bool:
    return days_of(text) is not None
