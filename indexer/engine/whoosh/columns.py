"""What is known of a document beside its text, a column a property.

A value field (city, kind, ...) has a *set* of values for each document.  Few
different sets occur, so a column holds their numbers and a table the sets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from indexer.days import days_of
from indexer.documents import StoredDocument
from indexer.engine.tree import ValueField

VALUE_FIELDS: Final[tuple[ValueField, ...]] = get_args(ValueField)

# A moment is year, month, day, hour + 1, minute + 1 and second + 1 in one number, 0 for each
# part that is not known: numbers compare as the reduced ISO dates do.
_PARTS: Final = ((0, 4, 26, 0), (5, 7, 22, 0), (8, 10, 17, 0), (11, 13, 12, 1), (14, 16, 6, 1))
_SECOND: Final = slice(17, 19)

Array = NDArray[Any]
Sets = list[tuple[str, ...]]


def moment(published: str) -> int:
    """A reduced ISO date as a number that sorts alike; 0 for none."""
    number = int(published[_SECOND] or 0) + 1 if len(published) > 17 else 0
    for start, end, shift, more in _PARTS:
        if part := published[start:end]:
            number |= int(part) + more << shift
    return number


def period(number: int, digits: int) -> str:
    """The first ``digits`` (4, 7 or 10) characters of the date that a moment stands for."""
    text = f"{number >> 26:04}"
    for shift, mask, until in ((22, 15, 7), (17, 31, 10)):
        if digits >= until and (part := number >> shift & mask):
            text += f"-{part:02}"
    return text


def period_of(moments: Array, digits: int) -> Array:
    """The moments cut to years (4), months (7) or days (10)."""
    shift = {4: 26, 7: 22, 10: 17}[digits]
    return moments >> shift << shift


def cluster_key(cluster: str) -> int:
    """64 bits of a hash of a cluster's name; two of a million clusters share one by 3 in 10^8."""
    return int.from_bytes(blake2b(cluster.encode(), digest_size=8).digest(), "little")


def id_key(document_id: str) -> int:
    """The first eight bytes of an id as a number; they compare as the ids do."""
    return int.from_bytes(document_id.encode()[:8].ljust(8, b"\0"))


class Columns:
    """The columns of some documents, by their number.

    ``moments`` (int64), ``first_days`` and ``last_days`` (int32, proleptic
    ordinals, 0 when undated), ``clusters`` and ``id_keys`` (uint64), and for each value field
    the number of its set (uint32) and the sets.
    """

    def __init__(self, columns: Mapping[str, Array], sets: Mapping[str, Sets]) -> None:
        self.columns = columns
        self.sets = sets

    @classmethod
    def of(cls, documents: Sequence[StoredDocument]) -> Columns:
        """The columns of documents."""
        published = [
            each.document.published.value if each.document.published else "" for each in documents
        ]
        days = [days_of(each) for each in published]
        columns: dict[str, Array] = {
            "moments": np.array([moment(each) for each in published], "<i8"),
            "first_days": np.array([each[0].toordinal() if each else 0 for each in days], "<i4"),
            "last_days": np.array([each[1].toordinal() if each else 0 for each in days], "<i4"),
            "clusters": np.array([cluster_key(each.cluster) for each in documents], "<u8"),
            "id_keys": np.array([id_key(each.id) for each in documents], "<u8"),
        }
        sets: dict[str, Sets] = {}
        for field in VALUE_FIELDS:
            numbers: dict[tuple[str, ...], int] = {}
            column = [numbers.setdefault(_values(each, field), len(numbers)) for each in documents]
            columns[field], sets[field] = np.array(column, "<u4"), list(numbers)
        return cls(columns, sets)

    @classmethod
    def joined(cls, parts: Sequence[tuple[Columns, Array]]) -> Columns:
        """The rows that are kept of several, one behind the other.

        Each part comes with the numbers of the rows to keep.
        """
        columns: dict[str, list[Array]] = {}
        sets: dict[str, dict[tuple[str, ...], int]] = {field: {} for field in VALUE_FIELDS}
        for part, kept in parts:
            for name, column in part.columns.items():
                rows = column[kept]
                if name in sets:
                    used, first, rows = np.unique(rows, return_index=True, return_inverse=True)
                    in_order = np.argsort(first)
                    numbers = np.zeros(len(used), "<u4")
                    for at in in_order.tolist():
                        values = part.sets[name][used[at]]
                        numbers[at] = sets[name].setdefault(values, len(sets[name]))
                    rows = numbers[rows]
                columns.setdefault(name, []).append(rows)
        return cls(
            {name: np.concatenate(column) for name, column in columns.items()},
            {field: list(numbers) for field, numbers in sets.items()},
        )


def _values(stored: StoredDocument, field: ValueField) -> tuple[str, ...]:
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
