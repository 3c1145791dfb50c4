"""The best of many, found without sorting all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def best(keys: Sequence[Array], needed: int) -> Array:
    """Where the ``needed`` best are, the best first; more where the last are alike.

    Of each key the greater comes first; a later one decides where those before
    it are equal.
    """
    among = np.arange(len(keys[0]))
    chosen: list[Array] = []
    for key in keys:
        if not 0 < needed < len(among):
            break
        values = key[among]
        worst = np.partition(values, len(values) - needed)[len(values) - needed]
        chosen.append(among[values > worst])
        needed -= len(chosen[-1])
        among = among[values == worst]
    found = np.concatenate([*chosen, among]) if needed else among[:0]
    return found[np.lexsort([key[found] for key in reversed(keys)])[::-1]]
