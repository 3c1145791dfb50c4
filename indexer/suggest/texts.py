"""Many short texts as two arrays, and what is worked out for all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from indexer.suggest.columns import Array

# Fowler, Noll and Vo's hash, FNV-1a, of 64 bits.
_FNV_BASIS: Final = np.uint64(0xCBF29CE484222325)
_FNV_PRIME: Final = np.uint64(0x100000001B3)

_BLOCK: Final = 1 << 16
_STEP: Final = 8


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in UTF-8, one after the other (u1), and where each begins (i8, one more than texts)."""

    blob: Array
    offsets: Array

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """These texts; half of a surrogate pair, which may be typed, is like no other text."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        sizes = np.fromiter(map(len, encoded), np.int64, len(encoded))
        return cls(np.frombuffer(b"".join(encoded), np.uint8), _behind_each_other(sizes))

    @classmethod
    def joined(cls, parts: Sequence[Texts]) -> Self:
        """The texts of all parts, in their order."""
        sizes = np.concatenate([np.zeros(0, np.int64), *(part.sizes for part in parts)])
        blobs = [np.zeros(0, np.uint8), *(part.blob for part in parts)]
        return cls(np.concatenate(blobs), _behind_each_other(sizes))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> Array:
        """How many bytes each text has."""
        return np.diff(self.offsets)

    def taken(self, order: Array) -> Texts:
        """The texts of these numbers, in this order."""
        sizes = self.sizes[order]
        offsets = _behind_each_other(sizes)
        blob = np.empty(offsets[-1], np.uint8)
        for start in range(0, len(order), _BLOCK):  # a byte's place takes eight times its room
            end = min(start + _BLOCK, len(order))
            target = slice(offsets[start], offsets[end])
            moved = self.offsets[order[start:end]] - offsets[start:end]
            places = np.arange(target.start, target.stop)
            blob[target] = self.blob[places + np.repeat(moved, sizes[start:end])]
        return Texts(blob, offsets)

    def blocks(self) -> Iterator[tuple[int, Texts]]:
        """The texts, so many at a time, with the number of the first."""
        for start in range(0, len(self), _BLOCK):
            offsets = self.offsets[start : start + _BLOCK + 1]
            yield start, Texts(self.blob[offsets[0] : offsets[-1]], offsets - offsets[0])

    def strings(self) -> Iterator[str]:
        """The texts, decoded."""
        blob = self.blob.tobytes()
        start = 0
        for end in self.offsets[1:].tolist():
            yield blob[start:end].decode()
            start = end

    def characters(self) -> tuple[Array, Array]:
        """The code points of the texts (u4), and where each text begins among them."""
        codes = np.frombuffer(self.blob.tobytes().decode().encode("utf-32-le"), np.uint32)
        begins = np.cumsum((self.blob & 0xC0) != 0x80)
        return codes, np.concatenate([[0], begins])[self.offsets]

    def order(self, numbers: Array | None = None) -> Array:
        """The numbers of the texts in the order of their bytes; equal ones as in ``numbers``.

        Eight bytes at a time: those that differ there need no further look.
        """
        order = np.arange(len(self)) if numbers is None else numbers.copy()
        tied, groups = np.arange(len(self)), np.zeros(len(self), np.int64)
        depth = 0
        while len(tied):
            texts = order[tied]
            keys, left = self._step(texts, depth)
            sorted_ = np.lexsort((left, keys, groups))
            order[tied] = texts[sorted_]
            keys, left, groups = keys[sorted_], left[sorted_], groups[sorted_]
            is_new = is_first(groups) | is_first(keys) | is_first(left)
            is_alone = is_new & np.append(is_new[1:], True)
            goes_on = (left > _STEP) & ~is_alone
            tied, groups = tied[goes_on], np.cumsum(is_new)[goes_on]
            depth += _STEP
        return order

    def _step(self, texts: Array, depth: int) -> tuple[Array, Array]:
        """The bytes of texts from ``depth`` on as a number, and how many are left, 9 for more."""
        keys = np.zeros(len(texts), np.uint64)
        places, ends = self.offsets[texts] + depth, self.offsets[texts + 1]
        left = np.minimum(ends - places, _STEP + 1)
        for _ in range(_STEP):
            keys <<= np.uint64(8)
            inside = np.flatnonzero(places < ends)
            keys[inside] |= self.blob[places[inside]]
            places += 1
        return keys, left

    def hashes(self) -> Array:
        """The hash by which each text is found among many (u8)."""
        found = np.full(len(self), _FNV_BASIS)
        sizes = self.sizes
        texts = np.arange(len(self))
        for at in range(int(sizes.max(initial=0))):
            texts = texts[sizes[texts] > at]
            found[texts] = (found[texts] ^ self.blob[self.offsets[texts] + at]) * _FNV_PRIME
        return found


def is_first(grouped: Array) -> Array:
    """Whether each number is another than the one before it."""
    found = np.ones(len(grouped), bool)
    found[1:] = grouped[1:] != grouped[:-1]
    return found


def _behind_each_other(sizes: Array) -> Array:
    return np.concatenate([[0], np.cumsum(sizes)])
