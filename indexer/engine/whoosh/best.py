"""Those of some ranks among many, found without sorting all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def between(values: Array, start: int, end: int, error: float = 0.0) -> tuple[Array, int]:
    """Where the values are that may have the ranks from ``start`` up to ``end``.

    And how many values surely stand before them.  The greatest has rank 0.  Each
    value, none negative where there is an ``error``, may be off by this share of it.
    """
    count = len(values)
    end = min(end, count)
    if start >= end or (start == 0 and end == count):
        return np.arange(count), 0
    ranks = sorted({count - end, count - 1 - start})
    ordered = np.partition(values, ranks)
    chosen = values >= ordered[ranks[0]] * (1 - error) if error else values >= ordered[ranks[0]]
    if start == 0:
        return np.flatnonzero(chosen), 0
    greatest = ordered[ranks[-1]]
    beyond = values > greatest * (1 + error) if error else values > greatest
    return np.flatnonzero(chosen & ~beyond), int(np.count_nonzero(beyond))


def ranked(keys: Sequence[Array], start: int, end: int) -> Array:
    """Where those of the ranks from ``start`` up to ``end`` are, in order.

    Of each key the greater comes first; a later one decides where those before
    it are equal.
    """
    if not keys:
        return np.arange(start, end)
    first, *others = keys
    places, before = between(first, start, end)
    values = first[places]
    chosen = [places[:0]]
    # At either end very many may be equal, of which few are wanted; none is too many between.
    for is_tied, group in _by_ends(places, values):
        low, high = max(start - before, 0), min(end - before, len(group))
        if low < high and is_tied:
            chosen.append(group[ranked([key[group] for key in others], low, high)])
        elif low < high:
            order = np.lexsort([key[group] for key in reversed(keys)])[::-1]
            chosen.append(group[order])
        before += len(group)
    return np.concatenate(chosen)


def _by_ends(places: Array, values: Array) -> list[tuple[bool, Array]]:
    """The places with the greatest value, those between, and those with the least."""
    if not len(values):
        return []
    above, below = values == values.max(), values == values.min()
    return [
        (True, places[above]),
        (False, places[~(above | below)]),
        (True, places[below & ~above]),
    ]
