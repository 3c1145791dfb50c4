"""The signatures of all texts, asked which texts share a band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.reprints.signature import BANDS, NO_NUMBERS, NUMBERS, Keys

_KEY_LENGTH: Final = 13


class Link(NamedTuple):
    """Two texts, by name in order, and how many bands they share."""

    first: str
    second: str
    bands: int


class Buckets:
    """Texts by number, in the order in which they came, with their band keys."""

    def __init__(self) -> None:
        self._names: list[NDArray[np.bytes_]] = []
        self._keys: list[Keys] = []
        self._starts: list[int] = [0]

    def add(self, names: Sequence[str], keys: Keys) -> None:
        """Add texts that have keys, a row each."""
        self._names.append(np.array(names, f"S{_KEY_LENGTH}"))
        self._keys.append(keys)
        self._starts.append(self._starts[-1] + len(names))

    def pairs_of_last(self) -> Iterator[Link]:
        """The pairs of a text of the last addition and one before it that share a band."""
        if not self._keys or not len(new := self._keys[-1]):
            return
        first_new, total = self._starts[-2], self._starts[-1]
        found = [np.empty(0, np.int64)]
        for band in range(BANDS):
            order = np.argsort(new[:, band], kind="stable")
            wanted = new[order, band]
            for start, keys in zip(self._starts, self._keys, strict=False):
                column = np.ascontiguousarray(keys[:, band])
                left = np.searchsorted(wanted, column, "left")
                # Past the last one, the last one serves: it is less than what was sought.
                hits = np.flatnonzero(wanted[np.minimum(left, len(wanted) - 1)] == column)
                if not len(hits):
                    continue
                left = left[hits]
                repeats = np.searchsorted(wanted, column[hits], "right") - left
                older = np.repeat(hits + start, repeats)
                steps = np.arange(len(older)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
                newer = order[np.repeat(left, repeats) + steps] + first_new
                keep = older < newer
                found.append(newer[keep] * total + older[keep])
        codes, bands = np.unique(np.concatenate(found), return_counts=True)
        numbers = np.concatenate([keys[:, NUMBERS] for keys in self._keys])
        ours, theirs = numbers[codes // total], numbers[codes % total]
        # A text that shares a band by chance with one of other numbers shares no second one.
        likely = (bands > 1) | (ours == theirs) | (ours == NO_NUMBERS) | (theirs == NO_NUMBERS)
        for code, shared in zip(codes[likely].tolist(), bands[likely].tolist(), strict=True):
            first, second = sorted(map(self._name, divmod(code, total)))
            yield Link(first, second, shared)

    def _name(self, number: int) -> str:
        block = int(np.searchsorted(self._starts, number, "right")) - 1
        name: bytes = self._names[block][number - self._starts[block]]
        return name.decode("ascii")
