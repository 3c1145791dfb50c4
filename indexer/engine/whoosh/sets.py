"""Sets of documents as ascending arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# What a document costs, in nanoseconds: bisected for, flagged or looked up, and in a new table.
_BISECTED: Final = 40
_FLAGGED: Final = 2.5
_TABLE: Final = 0.02


def bisecting_is_quicker(few: int, many: int, count: int) -> bool:
    """Whether to look for each of the few among the many, of ``count`` documents.

    The other way is a table with an entry a document.
    """
    return _BISECTED * few < _FLAGGED * (few + many) + _TABLE * count


def intersection(few: Array, many: Array, count: int) -> Array:
    """What is in both, of ``count`` documents."""
    return few[contained(few, many, count)]


def difference(wanted: Array, unwanted: Array, count: int) -> Array:
    """What is in the first alone, of ``count`` documents."""
    return wanted[~contained(wanted, unwanted, count)]


def contained(documents: Array, others: Array, count: int) -> Array:
    """Which of the documents are among the others (bool), of ``count`` documents."""
    if bisecting_is_quicker(len(documents), len(others), count):
        return among(documents, others)
    flags = np.zeros(count, bool)
    flags[others] = True
    return flags[documents]


def union(sets: Sequence[Array], count: int) -> Array:
    """What is in any of them, of ``count`` documents."""
    filled = [each for each in sets if len(each)]
    if len(filled) < 2:
        return filled[0] if filled else np.zeros(0, np.int64)
    if bisecting_is_quicker(sum(map(len, filled)), 0, count):
        together = np.sort(np.concatenate(filled))
        return together[np.flatnonzero(np.diff(together, prepend=-1))]
    flags = np.zeros(count, bool)
    for each in filled:
        flags[each] = True
    return np.flatnonzero(flags)


def among(numbers: Array, others: Array) -> Array:
    """Which of the numbers are among the others, which ascend (bool)."""
    if not len(others):
        return np.zeros(len(numbers), bool)
    at = np.searchsorted(others, numbers)
    at[at == len(others)] = 0
    return cast(Array, others[at] == numbers)
