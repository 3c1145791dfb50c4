"""The values that the documents of a segment have in one field: their cities, their source.

Most documents have few.  So many *slots* as nearly all need are kept for each,
which are counted at one pace; what does not fit stands in a list of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold
from indexer.engine.whoosh.sets import among, bisected, bisecting_is_quicker, contained

Array = NDArray[Any]

# More slots are kept until so small a share of the documents does not fit.
_REST: Final = 1 / 32
_MOST_SLOTS: Final = 4
_FEW_NAMES: Final = 16
_ROWS: Final = {1: "u1", 2: "u2", 4: "u4", 8: "u8", 16: "c16"}
"""Types of numpy by their width."""


class Values:
    """The values of every document.

    ``names`` are all that occur, ascending.  ``slots`` (documents by slots) hold the
    number of a name and 1, or 0 for none; ``more`` and ``more_values`` are the
    documents (ascending) and numbers of names for which there was no slot.
    Spellings that fold alike are one value; a document has one of them.
    """

    def __init__(self, names: Sequence[str], slots: Array, more: Array, more_values: Array) -> None:
        self.names = names
        self.slots = slots
        self.more = more
        self.more_values = more_values
        # a row as one number, which is gathered in one go
        width = slots.dtype.itemsize * slots.shape[1]
        self._rows = slots.view(_ROWS[width])[:, 0] if len(slots) else slots[:, 0]

    @classmethod
    def of(cls, values: Sequence[Sequence[str]]) -> Values:
        """Those of documents, given for each."""
        each_once = [
            several
            if len(several) < 2
            else list({fold(value): value for value in reversed(several)}.values())
            for several in values
        ]
        names = sorted({value for several in each_once for value in several})
        numbers = {name: number for number, name in enumerate(names)}
        flat = [numbers[value] for several in each_once for value in several]
        counts = np.fromiter(map(len, each_once), np.int64, len(each_once))
        return cls._packed(names, counts, np.array(flat, np.int64))

    @classmethod
    def joined(cls, parts: Sequence[tuple[Values, Array]], order: Array) -> Values:
        """Those of the documents that are kept of several parts, in this order."""
        names = sorted(set().union(*(part.names for part, _ in parts)))
        numbers = {name: number for number, name in enumerate(names)}
        counts, flat = [], []
        for part, kept in parts:
            its_counts, its_values = part._flat(kept)
            renumbered = np.array([numbers[name] for name in part.names], np.int64)
            counts.append(its_counts)
            flat.append(renumbered[its_values])
        count, value = np.concatenate(counts), np.concatenate(flat)
        value = value[_ragged(np.cumsum(count)[order] - count[order], count[order])]
        # names of documents that are gone are gone as well
        used = np.flatnonzero(np.bincount(value, minlength=len(names)))
        ranks = np.zeros(len(names), np.int64)
        ranks[used] = np.arange(len(used))
        return cls._packed([names[at] for at in used.tolist()], count[order], ranks[value])

    @classmethod
    def _packed(cls, names: Sequence[str], counts: Array, values: Array) -> Values:
        """From how many each document has, and all of them one behind the other."""
        slots = 1
        while slots < _MOST_SLOTS and np.count_nonzero(counts > slots) > len(counts) * _REST:
            slots *= 2
        owners = np.repeat(np.arange(len(counts)), counts)
        places = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
        fits = places < slots
        table = np.zeros((len(counts), slots), narrow_type(len(names)))
        table[owners[fits], places[fits]] = values[fits] + 1
        return cls(
            names,
            table,
            owners[~fits].astype("<u4"),
            values[~fits].astype(narrow_type(len(names))),
        )

    def _flat(self, kept: Array) -> tuple[Array, Array]:
        """How many each of these documents has, and all of them one behind the other."""
        in_slots, in_more = (
            self.slots[kept].astype(np.int64),
            contained(self.more, [kept], len(self.slots)),
        )
        rows, columns = np.nonzero(in_slots)
        owners = np.concatenate([rows, np.searchsorted(kept, self.more[in_more].astype(np.int64))])
        values = np.concatenate([in_slots[rows, columns] - 1, self.more_values[in_more]])
        order = np.argsort(owners, kind="stable")
        return np.bincount(owners, minlength=len(kept)), values[order].astype(np.int64)

    @classmethod
    def from_arrays(cls, file: Mapping[str, Array], field: str, count: int) -> Values:
        """As :meth:`arrays` wrote them."""
        return cls(
            json.loads(file[f"{field}.names"].tobytes()),
            file[field].reshape(count, len(file[field]) // count if count else 1),
            file[f"{field}.more"],
            file[f"{field}.more.values"],
        )

    def arrays(self, field: str) -> dict[str, Array]:
        """What of them is written to a file."""
        names = json.dumps(self.names, ensure_ascii=False).encode()
        return {
            field: self.slots.reshape(-1),
            f"{field}.more": self.more,
            f"{field}.more.values": self.more_values,
            f"{field}.names": np.frombuffer(names, "|u1"),
        }

    @cached_property
    def folded(self) -> Sequence[str]:
        """The names folded."""
        return [fold(name) for name in self.names]

    def have_any(self, wanted: Sequence[str], documents: Array) -> Array:
        """Which of the documents (ascending) have one of these values, however spelled (bool)."""
        asked = set(map(fold, wanted))
        is_wanted = np.array([False, *(each in asked for each in self.folded)])
        rows = self._slots_of(documents)
        found = is_wanted[rows[:, 0]]
        for slot in range(1, rows.shape[1]):
            found |= is_wanted[rows[:, slot]]
        if len(self.more):
            more = self.more[is_wanted[1:][self.more_values]]
            found |= among(documents, more)
        return found

    def counts(self, documents: Array) -> Array:
        """How many of the documents (ascending) have each name."""
        if len(documents) == len(self.slots):
            return self._counts_of_all
        slots = self._slots_of(documents)
        counts = self._counts_in(slots)
        if len(self.more):
            counts += np.bincount(self._more_of(documents, slots), minlength=len(self.names))
        return counts

    def _more_of(self, documents: Array, slots: Array) -> Array:
        """The values of the documents for which there was no slot."""
        full = documents[slots[:, -1] != 0]
        if not bisecting_is_quicker(2 * len(full), len(self.more), len(self.slots)):
            return self.more_values[contained(self.more, [full], len(self.slots))]
        low, high = (bisected(self.more, full, side) for side in ("left", "right"))
        return self.more_values[_ragged(low, high - low)]

    @cached_property
    def _counts_of_all(self) -> Array:
        counts = self._counts_in(self.slots)
        return counts + np.bincount(self.more_values, minlength=len(self.names))

    def _counts_in(self, slots: Array) -> Array:
        if len(self.names) <= _FEW_NAMES and slots.shape[1] == 1:
            # to add up few counters again and again, each waits for the last time
            numbers = range(1, len(self.names) + 1)
            return np.array([np.count_nonzero(slots == number) for number in numbers], np.int64)
        return np.bincount(slots.reshape(-1), minlength=len(self.names) + 1)[1:]

    def _slots_of(self, documents: Array) -> Array:
        rows = self._rows[documents]
        return rows.view(self.slots.dtype).reshape(len(documents), self.slots.shape[1])


def narrow_type(greatest: int) -> str:
    """The smallest unsigned type that holds numbers up to this."""
    return "|u1" if greatest < 1 << 8 else "<u2" if greatest < 1 << 16 else "<u4"


def _ragged(starts: Array, counts: Array) -> Array:
    """The places of some stretches, one stretch behind the other."""
    return np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
