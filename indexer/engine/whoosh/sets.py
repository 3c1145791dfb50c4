"""Sets of documents as ascending arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# One flag a document is quicker than sorting or bisecting from about here on.
_DENSE: Final = 1 / 16


def intersection(few: Array, many: Array) -> Array:
    """What is in both."""
    return few[among(few, many)]


def difference(wanted: Array, unwanted: Array, count: int) -> Array:
    """What is in the first alone, of ``count`` documents."""
    if len(unwanted) > count * _DENSE:
        flags = np.ones(count, bool)
        flags[unwanted] = False
        return wanted[flags[wanted]]
    return wanted[~among(wanted, unwanted)]


def union(sets: Sequence[Array], count: int) -> Array:
    """What is in any of them, of ``count`` documents."""
    filled = [each for each in sets if len(each)]
    if len(filled) < 2:
        return filled[0] if filled else np.zeros(0, np.int64)
    if sum(map(len, filled)) > count * _DENSE:
        flags = np.zeros(count, bool)
        for each in filled:
            flags[each] = True
        return np.flatnonzero(flags)
    return np.unique(np.concatenate(filled))


def among(documents: Array, others: Array) -> Array:
    """Which of the documents are among the others (bool)."""
    if not len(others):
        return np.zeros(len(documents), bool)
    at = np.searchsorted(others, documents)
    at[at == len(others)] = 0
    return cast(Array, others[at] == documents)
