"""Sets of documents as ascending arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# What a document costs, in nanoseconds: bisected for, flagged or looked up, merged, and in a new
# table.
_BISECTED: Final = 40
_FLAGGED: Final = 2.5
_MERGED: Final = 6
_TABLE: Final = 0.02

_SPARSE: Final = 0.03
_PADDED: Final = 8


def bisecting_is_quicker(few: int, many: int, count: int) -> bool:
    """Whether to look for each of the few among the many, of ``count`` documents.

    The other way is a table with an entry a document.
    """
    return _BISECTED * few < _FLAGGED * (few + many) + _TABLE * count


def contained(documents: Array, sets: Sequence[Array], count: int) -> Array:
    """Which of the documents are in any of the sets (bool), of ``count`` documents."""
    if bisecting_is_quicker(len(documents) * len(sets), sum(map(len, sets)), count):
        is_in = np.zeros(len(documents), bool)
        for each in sets:
            is_in |= among(documents, each)
        return is_in
    return flagged(sets, count).take(documents)


def union(sets: Sequence[Array], count: int) -> Array:
    """What is in any of them, of ``count`` documents."""
    filled = [each for each in sets if len(each)]
    if len(filled) < 2:
        return filled[0] if filled else np.zeros(0, np.int64)
    if bisecting_is_quicker(sum(map(len, filled)), 0, count):
        return distinct(np.concatenate(filled), count)
    return _flagged_ones(filled, count)


def distinct(documents: Array, count: int) -> Array:
    """Each of them once, ascending, of ``count`` documents."""
    if bisecting_is_quicker(len(documents), 0, count):
        ordered = np.sort(documents)
        return ordered[np.flatnonzero(np.diff(ordered.astype(np.int64), prepend=-1))]
    return _flagged_ones([documents], count)


def flagged(sets: Sequence[Array], count: int) -> Array:
    """Which of ``count`` documents are in any of the sets (bool)."""
    flags = np.zeros(count, bool)
    for each in sets:
        flags[as_index(each)] = True
    return flags


def _flagged_ones(sets: Sequence[Array], count: int) -> Array:
    # Numpy looks for each flag by itself where fewer than a tenth are set, which is slow
    # unless they are very few; with more flags behind them it goes through all at one pace.
    padding = count // _PADDED if sum(map(len, sets)) > count * _SPARSE else 0
    flags = np.zeros(count + padding, bool)
    flags[count:] = True
    for each in sets:
        flags[as_index(each)] = True
    found = np.flatnonzero(flags)
    return found[: len(found) - padding]


def as_index(numbers: Array) -> Array:
    """The numbers as numpy indexes by them: by any others it does so half as fast."""
    return numbers.astype(np.int64, copy=False)


def among(numbers: Array, others: Array) -> Array:
    """Which of the numbers are among the others, which ascend (bool).

    Both are unsigned or nowhere negative, but for numbers that stand for none.
    """
    if not len(others):
        return np.zeros(len(numbers), bool)
    numbers = numbers.astype(others.dtype, copy=False)
    at = np.searchsorted(others, numbers)
    at[at == len(others)] = 0
    return cast(Array, others[at] == numbers)


def common(few: Array, many: Array) -> Array:
    """The numbers that are in both, each of which ascends and has every number once.

    What :func:`among` says of the numbers applies.
    """
    if _MERGED * (len(few) + len(many)) > _BISECTED * len(few):
        return few.compress(among(few, many))
    # numpy's stable sort finds the two ascending runs and merges them
    both = np.concatenate([few.astype(many.dtype), many])
    both.sort(kind="stable")
    return both[:-1].compress(both[1:] == both[:-1])


def bisected(ascending: Array, numbers: Any, side: Literal["left", "right"] = "left") -> Array:
    """Where the numbers would stand in the array.

    In its own type, for else numpy makes a copy of all of it.
    """
    return np.searchsorted(ascending, np.asarray(numbers, ascending.dtype), side)
