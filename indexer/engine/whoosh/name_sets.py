"""Which of some names each document has, as one number a document.

Few sets of names occur, many of them again and again: how often each name occurs
among some documents is counted by how often each set does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_PARTS: Final = ("rows", "names", "names_from", "sets", "sets_from")
_FEW_SETS: Final = 16

# How many names can be added up set by set while those of one document are looked up.
_ADDED: Final = 10


class NameSets:
    """The set of names of every document.

    ``rows`` holds the number of each document's set, or nothing where all have the only one.
    ``names`` holds the names of the first set, ascending, of the second and so on, and
    ``names_from`` where those of each set begin, with one more for the end; ``sets`` and
    ``sets_from`` hold the sets with the first name, the second and so on alike.
    """

    def __init__(
        self, rows: Array, names: Array, names_from: Array, sets: Array, sets_from: Array
    ) -> None:
        self.rows = rows
        self.names = names
        self.names_from = names_from
        self.sets = sets
        self.sets_from = sets_from

    @classmethod
    def of(cls, counts: Array, names: Array, name_count: int) -> NameSets:
        """From how many names each document has, and all of them, ascending in each."""
        numbers, firsts, times = _numbered(counts, names)
        by_frequency = np.argsort(-times, kind="stable")
        firsts = firsts[by_frequency]
        sizes = counts[firsts]
        members = names[ragged((np.cumsum(counts) - counts)[firsts], sizes)]
        by_name = np.argsort(members, kind="stable")
        rows = np.argsort(by_frequency)[numbers] if len(times) > 1 else numbers[:0]
        of_sets, of_names = narrow_type(len(times)), narrow_type(name_count)
        return cls(
            rows.astype(of_sets),
            members.astype(of_names),
            np.append(0, np.cumsum(sizes)).astype("<u4"),
            np.repeat(np.arange(len(times)), sizes)[by_name].astype(of_sets),
            np.searchsorted(members[by_name], np.arange(name_count + 1)).astype("<u4"),
        )

    @classmethod
    def from_arrays(cls, file: Mapping[str, Array], name: str) -> NameSets:
        """As :meth:`arrays` wrote them."""
        return cls(*(file[f"{name}.{part}"] for part in _PARTS))

    def arrays(self, name: str) -> dict[str, Array]:
        """What of them is written to a file."""
        parts = (self.rows, self.names, self.names_from, self.sets, self.sets_from)
        return {f"{name}.{part}": each for part, each in zip(_PARTS, parts, strict=True)}

    @property
    def count(self) -> int:
        """How many sets there are."""
        return len(self.names_from) - 1

    def counts(self, documents: Array) -> Array:
        """How many of the documents have each name."""
        if not len(self.rows):
            return np.diff(self.sets_from).astype(np.int64) * len(documents)
        if len(documents) == len(self.rows):
            return self._counts_of_all
        if len(documents) * _ADDED < len(self.sets):
            names = self.names.take(self._places(self.rows.take(documents))[1])
            return np.bincount(names, minlength=len(self.sets_from) - 1)
        return self._counts_in(self.rows.take(documents))

    @cached_property
    def _counts_of_all(self) -> Array:
        return self._counts_in(self.rows)

    def _counts_in(self, rows: Array) -> Array:
        if self.count <= _FEW_SETS:
            # to add up few counters again and again, each waits for the last time
            times = np.array([np.count_nonzero(rows == number) for number in range(self.count)])
        else:
            times = np.bincount(rows, minlength=self.count)
        return np.add.reduceat(times.take(self.sets), self.sets_from[:-1].astype(np.int64))

    def have_any(self, wanted: Sequence[int], documents: Array) -> Array:
        """Which of the documents have one of these names (bool)."""
        has = np.zeros(self.count, bool)
        for name in wanted:
            has[self.sets[self.sets_from[name] : self.sets_from[name + 1]]] = True
        if not len(self.rows):
            return np.repeat(has, len(documents))
        return has.take(self.rows.take(documents))

    def flat(self, documents: Array) -> tuple[Array, Array]:
        """How many names each of the documents has, and all of them, ascending in each."""
        rows = self.rows.take(documents) if len(self.rows) else np.zeros(len(documents), np.int64)
        counts, places = self._places(rows)
        return counts, self.names.take(places)

    def _places(self, sets: Array) -> tuple[Array, Array]:
        """How many names each of the sets has, and where all of them stand."""
        starts = self.names_from.take(sets).astype(np.int64)
        counts = self.names_from[1:].take(sets) - starts
        return counts, ragged(starts, counts)


def _numbered(counts: Array, names: Array) -> tuple[Array, Array, Array]:
    """Equal sets by a number: that of each document, its first document, its documents."""
    numbers = np.zeros(len(counts), np.int64)
    starts = np.cumsum(counts) - counts
    radix = int(names.max(initial=0)) + 1
    given = 1
    for at in range(int(counts.max(initial=0))):
        # those that go on with another name get numbers that were not given yet
        longer = np.flatnonzero(counts > at)
        keys = numbers[longer] * radix + names[starts[longer] + at]
        different, places = np.unique(keys, return_inverse=True)
        numbers[longer] = given + places
        given += len(different)
    _, firsts, numbers, times = np.unique(
        numbers, return_index=True, return_inverse=True, return_counts=True
    )
    return numbers, firsts, times


def narrow_type(greatest: int) -> str:
    """The smallest unsigned type that holds numbers up to this."""
    return "|u1" if greatest < 1 << 8 else "<u2" if greatest < 1 << 16 else "<u4"


def ragged(starts: Array, counts: Array) -> Array:
    """The places of some stretches, one stretch behind the other."""
    return np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
