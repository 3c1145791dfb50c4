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

# So many of the values are sorted to find the place of a rank, which is nearly always within so
# many of them.
_SAMPLE: Final = 4096
_MARGIN: Final = 256


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
    greatest, least = _of_ranks(values, start, end - 1)
    beyond = values > greatest * (1 + error) if error else values > greatest
    chosen = values >= _less(least, error)
    return np.flatnonzero(chosen & ~beyond), int(np.count_nonzero(beyond))


def _of_ranks(values: Array, first: int, last: int) -> tuple[Any, Any]:
    """The values of two ranks; the greatest value has rank 0."""
    step = len(values) // _SAMPLE
    if step > 1:
        # the ranks in a sample tell between which values to look
        sample = np.sort(values[::step])[::-1]
        high, low = first // step - _MARGIN, last // step + _MARGIN
        inside = values >= sample[low] if low < len(sample) else np.ones(len(values), bool)
        above = 0
        if high >= 0:
            beyond = values > sample[high]
            above = int(np.count_nonzero(beyond))
            inside &= ~beyond
        window = values.compress(inside)
        if above <= first and last < above + len(window):
            return _of_ranks_among(window, first - above, last - above)
    return _of_ranks_among(values, first, last)


def _of_ranks_among(values: Array, first: int, last: int) -> tuple[Any, Any]:
    at = [len(values) - 1 - first, len(values) - 1 - last]
    greatest, least = np.partition(values, at)[at]
    return greatest, least


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
