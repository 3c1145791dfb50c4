"""Words found by a hash of their characters, very many at once.

The hash is a polynomial of the code points modulo 2^64, so that the hash of two
words in a row follows from those of the two::

    hash(a + b) = hash(a) * BASE ** len(b) + hash(b)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_BASE: Final = 0x9E3779B97F4A7C15
_MIXER: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_FILTER_BITS: Final = 23
_SHIFT: Final = np.uint64(64 - _FILTER_BITS)


def powers(longest: int) -> Array:
    """The powers of the base, from 0 to ``longest`` (uint64)."""
    return np.array([pow(_BASE, exponent, 1 << 64) for exponent in range(longest + 1)], np.uint64)


def hashes(words: Sequence[str], longest: int) -> Array:
    """The hash of each word (uint64); of a longer one that of its beginning."""
    codes = np.array(words, f"<U{longest}").view("<u4").reshape(len(words), longest)
    made = np.zeros(len(words), np.uint64)
    for column in codes.T.astype(np.uint64):
        made = np.where(column != 0, made * np.uint64(_BASE) + column, made)
    return made


class WordTable:
    """Some words, none longer than ``longest``, by their hashes.

    That another text has the hash of one of half a million words happens once
    in 10^13 texts.
    """

    def __init__(self, words: Sequence[str], longest: int) -> None:
        unordered = hashes(words, longest)
        order = np.argsort(unordered)
        self.words = [words[at] for at in order.tolist()]
        self._hashes = unordered[order]
        # Most of what is looked up is no word, which one look at a small table tells.
        self._may_be = np.zeros(1 << _FILTER_BITS, bool)
        self._may_be[self._mixed(self._hashes)] = True

    def find(self, wanted: Array) -> tuple[Array, Array]:
        """Which of the hashes are those of words (their places), and which words these are."""
        places = np.flatnonzero(self._may_be[self._mixed(wanted)])
        wanted = wanted[places]
        at = np.searchsorted(self._hashes, wanted)
        at[at == len(self._hashes)] = 0
        found = self._hashes[at] == wanted
        return places[found], at[found]

    def _mixed(self, numbers: Array) -> Array:
        # The last character alone hardly moves the high bits.
        return numbers * _MIXER >> _SHIFT
