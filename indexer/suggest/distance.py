"""Edit distances of one word to many, and its homophones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.suggest.building import HALF, mask_of, packed, shift
from indexer.suggest.columns import Array
from indexer.suggest.pinyin import LENGTH, Reading, fuzzy_classes
from indexer.suggest.runs import TermRun

_SYLLABLE: Final = np.uint64(0xFFFF)


def distances(word: str, texts: Sequence[str]) -> Array:
    """The distance (i8) of ``word`` to each of the texts: optimal string alignment.

    That is Levenshtein's distance with the exchange of two neighbours as one
    edit, no part being edited twice (Boytsov 2011, "restricted Damerau").
    """
    longest = max(map(len, texts), default=0)
    if not longest:
        return np.full(len(texts), len(word))
    sizes = np.array([len(text) for text in texts])
    # A row a place, a column a text; NumPy pads with zeros.
    letters = np.array(texts, f"U{longest}").view(np.uint32).reshape(len(texts), longest).T
    before = np.zeros((longest + 1, len(texts)), np.int64)
    row = np.repeat(np.arange(longest + 1)[:, None], len(texts), axis=1)
    for at, letter in enumerate(map(ord, word), 1):
        last, before, row = before, row, np.empty_like(row)
        row[0] = at
        differs = letters != letter
        for place in range(1, longest + 1):
            best = np.minimum(before[place], row[place - 1]) + 1
            best = np.minimum(best, before[place - 1] + differs[place - 1])
            if at > 1 and place > 1:
                swapped = ~differs[place - 2] & (letters[place - 1] == ord(word[at - 2]))
                best = np.where(swapped, np.minimum(best, last[place - 2] + 1), best)
            row[place] = best
    found: Array = row[sizes, np.arange(len(texts))]
    return found


def within(run: TermRun, word: str, limit: int) -> list[tuple[int, int, str]]:
    """The entries at most ``limit`` edits from ``word``: entry, distance and text."""
    sizes, mask = run.columns["size"], np.uint64(mask_of(word))
    near = np.flatnonzero((sizes >= len(word) - limit) & (sizes <= len(word) + limit))
    masks = run.columns["mask"][near]
    # An edit takes one of the word's characters away at most, and brings in one at most.
    near = near[_has_few(mask & ~masks, limit) & _has_few(masks & ~mask, limit)]
    texts = [run.text(entry).decode() for entry in near.tolist()]
    found = distances(word, texts)
    return [
        (entry, distance, text)
        for entry, distance, text in zip(near.tolist(), found.tolist(), texts, strict=True)
        if distance <= limit
    ]


def _has_few(bits: Array, limit: int) -> Array:
    """Whether at most ``limit`` bits of each number are set."""
    one = np.uint64(1)
    for _ in range(limit):
        bits = bits & (bits - np.minimum(bits, one))  # takes the lowest bit away
    few: Array = bits == 0
    return few


def sounding_like(run: TermRun, reading: Reading) -> dict[int, bool]:
    """The entries read exactly so, or nearly so: whether it is exactly.

    Nearly is by :func:`indexer.suggest.pinyin.fuzzy_classes`.
    """
    classes = np.array(fuzzy_classes(), np.uint64)
    exact_head, exact_tail = packed(reading)
    wanted = (*classes[list(reading)].tolist(), *(0,) * (LENGTH - len(reading)))
    heads, tails = run.columns["head"], run.columns["tail"]
    found: dict[int, bool] = {}
    for first in np.flatnonzero(classes == wanted[0]).tolist():
        bounds = np.array([packed([first])[0], packed([first + 1])[0]], np.uint64)
        rows = np.arange(*np.searchsorted(heads, bounds))
        for at in range(1, LENGTH):
            column = heads if at < HALF else tails
            rows = rows[classes[column[rows] >> np.uint64(shift(at)) & _SYLLABLE] == wanted[at]]
        exact = (heads[rows] == exact_head) & (tails[rows] == exact_tail)
        owners = run.columns["owner"][rows].tolist()
        for entry, is_exact in zip(owners, exact.tolist(), strict=True):
            found[entry] = found.get(entry, False) or is_exact
    return found
