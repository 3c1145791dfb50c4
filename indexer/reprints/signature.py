"""Signatures: texts with much in common share a band, whoever came first.

MinHash (Broder 1997) over pairs of neighbouring words, in bands for locality
sensitive hashing (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
3.4).  Each pair of words is hashed together with the nearest number, if one is
near.  So the thousands of price flashes made from one template have little in
common and are hardly ever compared with each other, while a retold text keeps
its numbers.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.reprints.words import words_of

ROWS: Final = 3
BANDS: Final = 40
NUMBERS: Final = BANDS
COLUMNS: Final = BANDS + 1
NO_NUMBERS: Final = 0
_BATCH: Final = 400
_FEWEST_FEATURES: Final = 6
_NEAR: Final = 6
# 24小时 stands in every price flash.
_NO_CONTEXT: Final = frozenset(("24",))

Keys = NDArray[np.uint32]

_random: Final = np.random.Generator(np.random.PCG64(20200713))
_FACTORS: Final = _random.integers(0, 2**31, ROWS * BANDS).astype(np.uint32) * 2 + 1
_OFFSETS: Final = _random.integers(0, 2**32, ROWS * BANDS).astype(np.uint32)
_MIX: Final = _random.integers(0, 2**63, ROWS).astype(np.uint64) * 2 + 1
_CONTEXT, _SECOND = (np.uint64(int(each) | 1) for each in _random.integers(0, 2**63, 2))
_HIGH: Final = np.uint64(32)


def signatures(texts: Sequence[str]) -> tuple[Keys, NDArray[np.bool_]]:
    """A row of :data:`COLUMNS` numbers a text, and which texts are long enough to have one.

    The columns are the keys of the bands, and a hash of the numbers in the text.
    """
    keys = np.zeros((len(texts), COLUMNS), np.uint32)
    has_keys = np.zeros(len(texts), np.bool_)
    for start in range(0, len(texts), _BATCH):
        batch = [_features(text) for text in texts[start : start + _BATCH]]
        rows = [row for row, features in enumerate(batch) if features is not None]
        if rows:
            at = np.array(rows) + start
            found = [features for features in batch if features is not None]
            keys[at, :BANDS] = _keys([features for features, _ in found])
            keys[at, NUMBERS] = [numbers for _, numbers in found]
            has_keys[at] = True
    return keys, has_keys


@lru_cache(maxsize=1 << 18)
def _code(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def _features(text: str) -> tuple[NDArray[np.uint32], int] | None:
    """The hashed features of a text and of its numbers; None when there are too few to compare."""
    codes: list[int] = []
    # The number before each word that is none, as an index into ``numbers``.
    before: list[int] = []
    numbers: list[int] = []
    # How many words stand before each number.
    places: list[int] = []
    for word in words_of(text):
        if not word[0].isdigit():
            codes.append(_code(word))
            before.append(len(numbers) - 1)
        elif word not in _NO_CONTEXT:
            numbers.append(_code(word))
            places.append(len(codes))
    if len(codes) <= _FEWEST_FEATURES:
        return None
    words = np.array(codes, np.uint64)
    pairs = (words[:-1] * _SECOND >> _HIGH) ^ words[1:]
    if not numbers:
        return _hashed(pairs), NO_NUMBERS
    # Index -1 is before the first number, and after the last.
    at, left = np.arange(len(pairs)), np.array(before[:-1])
    place, context = np.array([*places, -len(codes)]), np.array([*numbers, 0], np.uint64)
    to_left = at - place[left]
    to_right = np.where(left + 1 < len(numbers), place[left + 1] - 1 - at, len(codes))
    nearest = np.where(to_left <= to_right, left, left + 1)
    nearest[np.minimum(to_left, to_right) >= _NEAR] = -1
    return _hashed(pairs ^ context[nearest] * _CONTEXT), zlib.crc32(array("Q", numbers)) or 1


def _hashed(features: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """A finaliser in the manner of SplitMix64: every bit depends on every other."""
    features = (features ^ (features >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    features = (features ^ (features >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (features >> _HIGH).astype(np.uint32)


def _keys(features: list[NDArray[np.uint32]]) -> Keys:
    ends = np.cumsum([len(each) for each in features])
    starts = np.concatenate(([0], ends[:-1]))
    values = np.concatenate(features)
    hashed = np.empty_like(values)
    keys = np.empty((len(features), BANDS), np.uint32)
    for band in range(BANDS):
        key = np.zeros(len(features), np.uint64)
        for row in range(ROWS):
            at = band * ROWS + row
            np.multiply(values, _FACTORS[at], out=hashed)
            np.add(hashed, _OFFSETS[at], out=hashed)
            key = (key ^ np.minimum.reduceat(hashed, starts)) * _MIX[row]
        keys[:, band] = (key >> _HIGH).astype(np.uint32)
    return keys
