"""What is known of a document beside its text, a column a property.

A value field (city, kind, ...) has some values for each document (:mod:`.values`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.documents import StoredDocument
from indexer.engine.facts import VALUE_FIELDS, moment_of, values_of
from indexer.engine.tree import ValueField
from indexer.engine.whoosh.name_sets import narrow_type
from indexer.engine.whoosh.values import Values

PLAIN: Final = ("moments", "clusters", "ids", "added")
"""The columns with one value a document."""

Array = NDArray[Any]


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


def last_moments(moments: Array) -> Array:
    """The last day that each date may mean, as a moment; of a year or month a 31st."""
    months = np.where(moments >> 22 & 15, 0, 12 << 22)
    return moments | months | np.where(moments >> 17 & 31, 0, 31 << 17)


def cluster_key(cluster: str) -> int:
    """64 bits of a hash of a cluster's name; two of a million clusters share one by 3 in 10^8."""
    return int.from_bytes(blake2b(cluster.encode(), digest_size=8).digest(), "little")


def id_keys(ids: Array) -> Array:
    """The first eight bytes of each id as a number (uint64); they compare as the ids do."""
    return ids.astype("S8").view(">u8").astype(np.uint64)


class Columns:
    """The columns of some documents, by their number.

    ``columns`` are ``moments`` (int64), ``clusters`` (uint64), ``ids`` (bytes) and ``added``
    (uint32); ``values`` those of every value field.
    """

    def __init__(self, columns: Mapping[str, Array], values: Mapping[ValueField, Values]) -> None:
        self.columns = columns
        self.values = values

    @classmethod
    def in_order(
        cls, documents: Sequence[StoredDocument]
    ) -> tuple[Sequence[StoredDocument], Columns]:
        """The documents in the order of a segment, and their columns."""
        moments = np.array([moment_of(each) for each in documents], "<i8")
        ids = np.array([each.id.encode() for each in documents], "S")
        order = order_of(moments, ids)
        documents = [documents[at] for at in order.tolist()]
        columns: dict[str, Array] = {
            "moments": moments[order],
            "clusters": np.array([cluster_key(each.cluster) for each in documents], "<u8"),
            "ids": ids[order],
            "added": np.array([each.added for each in documents], "<u4"),
        }
        values = {
            field: Values.of([values_of(each, field) for each in documents])
            for field in VALUE_FIELDS
        }
        return documents, cls(columns, values)

    @classmethod
    def joined(cls, parts: Sequence[tuple[Columns, Array]]) -> tuple[Array, Columns]:
        """The rows that are kept of several, in the order of a segment.

        Each part comes with the numbers of the rows to keep.  The order says
        which of these rows, one part behind the other, each one is.
        """
        columns = {
            name: np.concatenate([part.columns[name][kept] for part, kept in parts])
            for name in PLAIN
        }
        order = order_of(columns["moments"], columns["ids"])
        columns = {name: column[order] for name, column in columns.items()}
        values = {
            field: Values.joined([(part.values[field], kept) for part, kept in parts], order)
            for field in VALUE_FIELDS
        }
        return order, cls(columns, values)


def order_of(moments: Array, ids: Array) -> Array:
    """The order of the documents in a segment: the oldest first, undated ones before them.

    Of one moment that with the greatest id comes first, so that from the end on
    they are as a list of the newest has them.
    """
    return np.lexsort((~id_keys(ids), moments))


def narrow(numbers: Array) -> Array:
    """The numbers in the smallest unsigned type that holds them."""
    return numbers.astype(narrow_type(int(numbers.max(initial=0))))
