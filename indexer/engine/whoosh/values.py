"""The values that the documents of a segment have in one field: their cities, their source.

Most documents have few.  So many as nearly all need are kept for each in the
*slots* of one number, a *row*: to fetch rows from all over the memory is what
takes the time.  What does not fit stands in a list of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold
from indexer.engine.whoosh.sets import among, bisected, bisecting_is_quicker, contained

Array = NDArray[Any]

# So large a share of the documents may not fit into the slots.
_REST: Final = 1 / 32
_REST_OF_WIDE: Final = 1 / 8
_FEW_NAMES: Final = 16


class Values:
    """The values of every document.

    ``names`` are all that occur, ascending.  A slot of ``rows`` holds the number of
    a name and 1, or 0 for none, in as many bits as the number of names takes, the first slot
    in the lowest bits; ``more`` and ``more_values`` are the documents (ascending) and
    numbers of names for which there was no slot.  Spellings that fold alike are
    one value; a document has one of them.
    """

    def __init__(
        self, names: Sequence[str], rows: Array, slots: int, more: Array, more_values: Array
    ) -> None:
        self.names = names
        self.rows = rows
        self.slots = slots
        self.more = more
        self.more_values = more_values
        self._bits = len(names).bit_length()

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
        bits = max(len(names).bit_length(), 1)
        slots = 1
        if np.count_nonzero(counts > 1) > len(counts) * _REST:
            slots = max(32 // bits, 1)
            if np.count_nonzero(counts > slots) > len(counts) * _REST_OF_WIDE:
                slots = max(64 // bits, 1)
        owners = np.repeat(np.arange(len(counts)), counts)
        places = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = np.zeros(len(counts), np.uint64)
        for slot in range(slots):
            at = places == slot
            rows[owners[at]] |= (values[at] + 1).astype(np.uint64) << np.uint64(bits * slot)
        fits = places < slots
        number = narrow_type(len(names))
        return cls(
            names,
            rows.astype(_type_of(bits * slots)),
            slots,
            owners[~fits].astype("<u4"),
            values[~fits].astype(number),
        )

    def _flat(self, kept: Array) -> tuple[Array, Array]:
        """How many each of these documents has, and all of them one behind the other."""
        rows = self.rows[kept]
        in_slots = [self._slot(rows, slot).astype(np.int64) for slot in range(self.slots)]
        in_more = contained(self.more, [kept], len(self.rows))
        owners = [np.flatnonzero(each) for each in in_slots]
        values = [each[at] - 1 for each, at in zip(in_slots, owners, strict=True)]
        owners.append(np.searchsorted(kept, self.more[in_more].astype(np.int64)))
        values.append(self.more_values[in_more].astype(np.int64))
        owner = np.concatenate(owners)
        order = np.argsort(owner, kind="stable")
        return np.bincount(owner, minlength=len(kept)), np.concatenate(values)[order]

    @classmethod
    def from_arrays(cls, file: Mapping[str, Array], field: str) -> Values:
        """As :meth:`arrays` wrote them."""
        return cls(
            json.loads(file[f"{field}.names"].tobytes()),
            file[field],
            int(file[f"{field}.slots"][0]),
            file[f"{field}.more"],
            file[f"{field}.more.values"],
        )

    def arrays(self, field: str) -> dict[str, Array]:
        """What of them is written to a file."""
        names = json.dumps(self.names, ensure_ascii=False).encode()
        return {
            field: self.rows,
            f"{field}.slots": np.array([self.slots], "|u1"),
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
        rows = self.rows[documents]
        found = is_wanted[self._slot(rows, 0)]
        for slot in range(1, self.slots):
            found |= is_wanted[self._slot(rows, slot)]
        if len(self.more):
            more = self.more[is_wanted[1:][self.more_values]]
            found |= among(documents, more)
        return found

    def counts(self, documents: Array) -> Array:
        """How many of the documents (ascending) have each name."""
        if len(documents) == len(self.rows):
            return self._counts_of_all
        rows = self.rows[documents]
        counts = self._counts_in(rows)
        if len(self.more):
            counts += np.bincount(self._more_of(documents, rows), minlength=len(self.names))
        return counts

    @cached_property
    def _counts_of_all(self) -> Array:
        counts = self._counts_in(self.rows)
        return counts + np.bincount(self.more_values, minlength=len(self.names))

    def _counts_in(self, rows: Array) -> Array:
        slots = [self._slot(rows, slot) for slot in range(self.slots)]
        if len(self.names) <= _FEW_NAMES and self.slots == 1:
            # to add up few counters again and again, each waits for the last time
            numbers = range(1, len(self.names) + 1)
            return np.array([np.count_nonzero(slots[0] == number) for number in numbers], np.int64)
        counts = sum(np.bincount(slot, minlength=len(self.names) + 1) for slot in slots)
        return cast(Array, counts)[1:]

    def _more_of(self, documents: Array, rows: Array) -> Array:
        """The values of the documents for which there was no slot."""
        full = documents[self._slot(rows, self.slots - 1) != 0]
        if not bisecting_is_quicker(2 * len(full), len(self.more), len(self.rows)):
            return self.more_values[contained(self.more, [full], len(self.rows))]
        low, high = (bisected(self.more, full, side) for side in ("left", "right"))
        return self.more_values[_ragged(low, high - low)]

    def _slot(self, rows: Array, slot: int) -> Array:
        if self.slots == 1:
            return rows
        number = rows.dtype.type
        values = rows >> number(self._bits * slot) & number((1 << self._bits) - 1)
        # numpy counts and indexes by no unsigned number of 64 bits
        return cast(Array, values.astype(np.uint32, copy=False))


def narrow_type(greatest: int) -> str:
    """The smallest unsigned type that holds numbers up to this."""
    return "|u1" if greatest < 1 << 8 else "<u2" if greatest < 1 << 16 else "<u4"


def _type_of(bits: int) -> str:
    return next(f"<u{size}" if size > 1 else "|u1" for size in (1, 2, 4, 8) if bits <= 8 * size)


def _ragged(starts: Array, counts: Array) -> Array:
    """The places of some stretches, one stretch behind the other."""
    return np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
