"""Those of some ranks among many, found without sorting all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# So few are sorted at once.
_FEW: Final = 4096
_GROUPS: Final = 64


def between(values: Array, start: int, end: int, error: float = 0.0) -> tuple[Array, int]:
    """Where the values are that may have the ranks from ``start`` up to ``end``.

    And how many values surely stand before them.  The greatest has rank 0.  Each
    value, none negative where there is an ``error``, may be off by half this share of it.
    """
    count = len(values)
    end = min(end, count)
    if start >= end or (start == 0 and end == count):
        return np.arange(count), 0
    if start == 0:
        heads = _group_maxima(values, end)
        least = np.partition(heads, len(heads) - end)[len(heads) - end]
        return np.flatnonzero(values >= _less(least, error)), 0
    least, greatest = np.partition(values, [count - end, count - 1 - start])[
        [count - end, count - 1 - start]
    ]
    beyond = values > greatest * (1 + error) if error else values > greatest
    chosen = values >= _less(least, error)
    return np.flatnonzero(chosen & ~beyond), int(np.count_nonzero(beyond))


def _less(value: Any, error: float) -> Any:
    return value * (1 - error) if error else value


def _group_maxima(values: Array, needed: int) -> Array:
    """The greatest values of groups that are about alike in size, many more than needed.

    The greatest of so many groups are no greater than the greatest of so many values.
    """
    while len(values) > max(_GROUPS * needed, _FEW):
        half = len(values) // 2
        maxima = np.maximum(values[:half], values[half : 2 * half])
        values = np.append(maxima, values[2 * half :])
    return values


def ranked(keys: Sequence[Array], start: int, end: int) -> Array:
    """Where those of the ranks from ``start`` up to ``end`` are, in order.

    Of each key the greater comes first; a later one decides where those before
    it are equal.
    """
    if len(keys) < 2 or len(keys[0]) <= _FEW:
        if not keys:
            return np.arange(start, end)
        return np.lexsort(keys[::-1])[::-1][start:end]
    first, *others = keys
    places, before = between(first, start, end)
    values = first[places]
    chosen = [places[:0]]
    # At either end very many may be equal, of which few are wanted; few are too many between.
    for is_tied, group in _by_ends(places, values):
        low, high = max(start - before, 0), min(end - before, len(group))
        if low < high and is_tied:
            chosen.append(group[ranked([key[group] for key in others], low, high)])
        elif low < high:
            order = np.lexsort([key[group] for key in reversed(keys)])[::-1]
            chosen.append(group[order[low:high]])
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
