"""Words found by a hash of their characters, very many at once.

The hash is a polynomial of the code points modulo 2^64, so that the hash of two
words in a row follows from those of the two::

    hash(a + b) = hash(a) * BASE ** len(b) + hash(b)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_BASE: Final = 0x9E3779B97F4A7C15
_MODULUS: Final = 1 << 64
_MIXER: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_FILTER_BITS: Final = 23
_SHIFT: Final = np.uint64(64 - _FILTER_BITS)


def powers(longest: int) -> Array:
    """The powers of the base, from 0 to ``longest`` (uint64)."""
    return np.array([pow(_BASE, exponent, _MODULUS) for exponent in range(longest + 1)], np.uint64)


def hashes(words: Sequence[str], longest: int) -> Array:
    """The hash of each word (uint64); of a longer one that of its beginning."""
    codes = np.array(words, f"<U{longest}").view("<u4").reshape(len(words), longest)
    made = np.zeros(len(words), np.uint64)
    for column in codes.T.astype(np.uint64):
        made = np.where(column != 0, made * np.uint64(_BASE) + column, made)
    return made


class WordTable:
    """The words of a text in the format of jieba's dictionary, each with its frequency.

    ``read`` gives the text: a word, its frequency and its tag a line, a space between them; of
    two lines of a word the last counts.  Numbers are kept, a tenth of what a dictionary of
    strings takes, and the text itself once words are asked for by number.  That another
    text has the hash of one of half a million words happens once in 10^13 texts.
    """

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        codes = np.frombuffer(read().encode("utf-32-le"), "<u4")
        line_ends = np.flatnonzero(codes == ord("\n"))
        starts = np.append(0, line_ends[:-1] + 1)
        word_ends, number_ends = np.flatnonzero(codes == ord(" ")).reshape(-1, 2).T
        unordered = _digits(codes, starts, word_ends, 0, _BASE)
        order = np.argsort(unordered, kind="stable")
        made = unordered[order]
        is_last = np.append(made[1:] != made[:-1], True)
        self.hashes, order = made[is_last], order[is_last]
        frequencies = _digits(codes, word_ends + 1, number_ends, ord("0"), 10)
        self._frequencies = frequencies[order].astype("<u4")
        self._starts = starts[order].astype("<u4")
        self._lengths = (word_ends - starts)[order].astype("|u1")
        self.total = int(self._frequencies.sum(dtype=np.int64))
        # most of what is asked for, of very many words, are the same few pieces
        self.frequency = lru_cache(maxsize=1 << 16)(self._looked_up)

    def __contains__(self, word: str) -> bool:
        """Whether it is one of the words."""
        return self.frequency(word) > 0

    def __len__(self) -> int:
        """How many words there are."""
        return len(self.hashes)

    def counted(self) -> dict[str, int]:
        """All of them as a dictionary of strings, in the order of their lines."""
        order = np.argsort(self._starts)
        return dict(
            zip(map(self.word, order.tolist()), self._frequencies[order].tolist(), strict=True)
        )

    def word(self, entry: int) -> str:
        """The word with this number, as :meth:`find` gives it."""
        start = int(self._starts[entry])
        return self._text[start : start + int(self._lengths[entry])]

    def find(self, wanted: Array) -> tuple[Array, Array]:
        """Which of the hashes are those of words (their places), and which words these are."""
        places = np.flatnonzero(self._may_be[_mixed(wanted)])
        wanted = wanted[places]
        at = np.searchsorted(self.hashes, wanted)
        at[at == len(self.hashes)] = 0
        found = self.hashes[at] == wanted
        return places[found], at[found]

    def _looked_up(self, word: str) -> int:
        """How often a word occurs; 0 for what is none."""
        made = 0
        for character in word:
            made = (made * _BASE + ord(character)) % _MODULUS
        at = int(np.searchsorted(self.hashes, np.uint64(made)))
        found = at < len(self.hashes) and int(self.hashes[at]) == made
        return int(self._frequencies[at]) if found else 0

    @cached_property
    def _text(self) -> str:
        return self._read()

    @cached_property
    def _may_be(self) -> Array:
        """Most of what is looked up is no word, which one look at this small table tells."""
        may_be = np.zeros(1 << _FILTER_BITS, bool)
        may_be[_mixed(self.hashes)] = True
        return may_be


def _digits(codes: Array, starts: Array, ends: Array, zero: int, base: int) -> Array:
    """The characters of each stretch, none of them empty, as the digits of a number (uint64).

    ``zero`` is the character for 0.
    """
    made = np.zeros(len(starts), np.uint64)
    left = np.arange(len(starts))
    at = starts
    while len(left):
        made[left] = made[left] * np.uint64(base) + (codes[at] - np.uint32(zero))
        longer = at + 1 < ends[left]
        left, at = left[longer], at[longer] + 1
    return made


def _mixed(numbers: Array) -> Array:
    # The last character alone hardly moves the high bits.
    return numbers * _MIXER >> _SHIFT
