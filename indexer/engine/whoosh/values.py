"""The sets of values that a field has in a segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold

Array = NDArray[Any]


class ValueTable:
    """Sets of values by their number.

    Spellings that fold alike are one value.  ``owners``, ``values`` and
    ``spellings`` (int64) hold, for each set and each of its different values,
    the numbers of the set, of the value and of its spelling; ``folded`` and
    ``spelled`` what these numbers stand for, ``spellings_of`` the spellings of
    each value.
    """

    def __init__(self, sets: Sequence[tuple[str, ...]]) -> None:
        folded: dict[str, int] = {}
        spelled: dict[str, int] = {}
        entries: list[tuple[int, int, int]] = []
        for number, values in enumerate(sets):
            first = {fold(value): value for value in reversed(values)}
            entries += [
                (
                    number,
                    folded.setdefault(value, len(folded)),
                    spelled.setdefault(spelling, len(spelled)),
                )
                for value, spelling in first.items()
            ]
        columns = np.array(entries, np.int64).reshape(-1, 3).T
        self.count = len(sets)
        self.owners, self.values, self.spellings = columns
        self.folded = folded
        self.spelled = list(spelled)
        self.spellings_of: list[set[int]] = [set() for _ in folded]
        for _, value, spelling in entries:
            self.spellings_of[value].add(spelling)

    def has_any(self, wanted: Sequence[str]) -> Array:
        """Which of the sets hold one of these values (bool)."""
        has = np.zeros(self.count, bool)
        numbers = [self.folded[each] for value in wanted if (each := fold(value)) in self.folded]
        has[self.owners[np.isin(self.values, numbers)]] = True
        return has

    def counts(self, numbers: Array) -> tuple[Array, Array]:
        """How often each value, and each spelling, occurs in these sets."""
        by_set = np.bincount(numbers, minlength=self.count)[self.owners]
        by_value = np.bincount(self.values, by_set, len(self.folded))
        return by_value, np.bincount(self.spellings, by_set, len(self.spelled))
