"""The values that the documents of a segment have in one field: their cities, their source.

Where many different sets of them occur, the names that many documents have and the
others make up sets of their own: of these there are fewer, and most documents
have no other names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold
from indexer.engine.whoosh.name_sets import NameSets, ragged

Array = NDArray[Any]

_MANY_SETS: Final = 2048
_COMMON: Final = 1 / 32  # of the documents


class Values:
    """The values of every document.

    ``names`` are all that occur, ascending, and ``folded`` what they fold to.  ``parts`` are
    some of them, by their numbers, and which of these each document has.  Spellings that
    fold alike are one value; a document has one of them.
    """

    def __init__(
        self,
        names: Sequence[str],
        folded: Sequence[str],
        parts: Sequence[tuple[Array, NameSets]],
    ) -> None:
        self.names = names
        self.folded = folded
        self.parts = parts

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
        value = value[ragged(np.cumsum(count)[order] - count[order], count[order])]
        # names of documents that are gone are gone as well
        used = np.flatnonzero(np.bincount(value, minlength=len(names)))
        ranks = np.zeros(len(names), np.int64)
        ranks[used] = np.arange(len(used))
        return cls._packed([names[at] for at in used.tolist()], count[order], ranks[value])

    @classmethod
    def _packed(cls, names: Sequence[str], counts: Array, values: Array) -> Values:
        """From how many each document has, and all of them one behind the other."""
        owners = np.repeat(np.arange(len(counts)), counts)
        values = values[np.lexsort((values, owners))]
        folded = list(map(fold, names))
        numbers = np.arange(len(names))
        together = NameSets.of(counts, values, len(names))
        if together.count <= _MANY_SETS:
            return cls(names, folded, [(numbers, together)])
        is_common = np.bincount(values, minlength=len(names)) >= len(counts) * _COMMON
        parts = []
        for chosen in (is_common, ~is_common):
            ranks = np.cumsum(chosen) - 1
            of_chosen = chosen[values]
            its_counts = np.bincount(owners[of_chosen], minlength=len(counts))
            sets = NameSets.of(its_counts, ranks[values[of_chosen]], int(chosen.sum()))
            parts.append((np.flatnonzero(chosen), sets))
        return cls(names, folded, parts)

    def _flat(self, kept: Array) -> tuple[Array, Array]:
        """How many each of these documents has, and all of them one behind the other."""
        flat = [(numbers, *sets.flat(kept)) for numbers, sets in self.parts]
        owners = np.concatenate([np.repeat(np.arange(len(kept)), counts) for _, counts, _ in flat])
        values = np.concatenate([numbers[its] for numbers, _, its in flat])
        counts = np.sum([counts for _, counts, _ in flat], axis=0)
        return counts, values[np.argsort(owners, kind="stable")]

    @classmethod
    def from_arrays(cls, file: Mapping[str, Array], field: str) -> Values:
        """As :meth:`arrays` wrote them."""
        parts: list[tuple[Array, NameSets]] = []
        while (part := f"{field}.{len(parts)}") + ".of" in file:
            parts.append((file[f"{part}.of"], NameSets.from_arrays(file, part)))
        names, folded = (json.loads(file[f"{field}.{of}"].tobytes()) for of in ("names", "folded"))
        return cls(names, folded, parts)

    def arrays(self, field: str) -> dict[str, Array]:
        """What of them is written to a file."""
        arrays = {
            f"{field}.{of}": np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), "|u1")
            for of, texts in (("names", self.names), ("folded", self.folded))
        }
        for at, (numbers, sets) in enumerate(self.parts):
            arrays[f"{field}.{at}.of"] = numbers.astype("<u4")
            arrays |= sets.arrays(f"{field}.{at}")
        return arrays

    def have_any(self, wanted: Sequence[str], documents: Array) -> Array:
        """Which of the documents (ascending) have one of these values, however spelled (bool)."""
        asked = set(map(fold, wanted))
        is_wanted = np.array([each in asked for each in self.folded], bool)
        found = np.zeros(len(documents), bool)
        for numbers, sets in self.parts:
            its = np.flatnonzero(is_wanted[numbers])
            if len(its):
                found |= sets.have_any(its.tolist(), documents)
        return found

    def counts(self, documents: Array) -> Array:
        """How many of the documents (ascending) have each name."""
        counts = np.zeros(len(self.names), np.int64)
        for numbers, sets in self.parts:
            counts[numbers] = sets.counts(documents)
        return counts
