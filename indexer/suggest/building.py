"""The columns of a run from its texts (see runs.py for what they are)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.analysis import HAN, is_word
from indexer.suggest.columns import Array
from indexer.suggest.pinyin import LENGTH
from indexer.suggest.readings import readings_of
from indexer.suggest.texts import Texts

HALF: Final = LENGTH // 2
"""How many syllables are kept in one number."""

_han: Final = re.compile(f"[{HAN}]+")
_MASK: Final = np.uint64(63)


def term_columns(texts: Texts, weights: Array, guesses: Array | None = None) -> dict[str, Array]:
    """The columns of a run of terms, which come in any order, each once.

    ``guesses`` (u1), where they are known: whether each is Han text that the lexicon lacks.
    """
    order = texts.order()
    texts = texts.taken(order)
    hashes = texts.hashes()
    by_hash = np.argsort(hashes, kind="stable")
    sizes, masks = _sizes_and_masks(texts)
    return _columns(texts, weights[order]) | {
        "guess": _guesses(texts) if guesses is None else guesses[order],
        "hash": hashes[by_hash],
        "by_hash": by_hash.astype(np.uint32),
        "size": np.minimum(sizes, 255).astype(np.uint8),
        "mask": masks,
    }


def title_columns(texts: Texts, days: Array, ids: Array) -> dict[str, Array]:
    """The columns of a run of titles, which come in any order, with their days and documents."""
    by_id = np.argsort(ids, kind="stable")
    order = texts.order(by_id)
    entries = np.empty(len(order), np.uint32)
    entries[order] = np.arange(len(order), dtype=np.uint32)
    return _columns(texts.taken(order), days[order]) | {"id": ids[order], "by_id": entries[by_id]}


def mask_of(text: str) -> int:
    """The characters of a text as bits; one edit changes two of them at most."""
    mask = 0
    for character in text:
        mask |= 1 << (ord(character) & 63)
    return mask


def packed(reading: Sequence[int]) -> tuple[int, int]:
    """A reading as the two numbers in which it is kept: a syllable takes 16 bits."""
    head, tail = _packed(np.array([*reading, *(0,) * (LENGTH - len(reading))])).tolist()
    return head, tail


def shift(at: int) -> int:
    """Where the syllable of the character ``at`` stands in its number."""
    return 16 * (HALF - 1 - at % HALF)


def _columns(texts: Texts, weights: Array) -> dict[str, Array]:
    """What all runs have: the texts in order, their weights, their readings."""
    heads, tails, owners = _readings(texts)
    order = np.lexsort((tails, heads))  # within a reading they are by owner already
    reading_of = np.empty(len(order), np.uint32)
    reading_of[order] = np.arange(len(order), dtype=np.uint32)
    return {
        "blob": texts.blob,
        "offset": texts.offsets.astype(np.uint32),
        "weight": weights.astype(np.uint32),
        "head": heads[order],
        "tail": tails[order],
        "owner": owners[order],
        "reading": reading_of,
        "first": np.searchsorted(owners, np.arange(len(texts) + 1)).astype(np.uint32),
    }


def _readings(texts: Texts) -> tuple[Array, Array, Array]:
    """All readings of the texts as :func:`packed`, and the text of each, in order."""
    packed_, owners = [np.zeros((0, 2), np.uint64)], [np.zeros(0, np.uint32)]
    for first, block in texts.blocks():
        syllables, texts_of_them = readings_of(block)
        packed_.append(_packed(syllables))
        owners.append((texts_of_them + first).astype(np.uint32))
    heads, tails = np.concatenate(packed_).T
    return heads, tails, np.concatenate(owners)


def _packed(syllables: Array) -> Array:
    return syllables.astype(">u2").view(">u8").astype(np.uint64)


def _sizes_and_masks(texts: Texts) -> tuple[Array, Array]:
    """How many characters each text has, and its :func:`mask_of`."""
    codes, begins = texts.characters()
    sizes = np.diff(begins)
    bits = np.append(np.uint64(1) << (codes & _MASK), np.uint64(0))
    masks = np.bitwise_or.reduceat(bits, begins[:-1])
    return sizes, np.where(sizes > 0, masks, np.uint64(0))


def _guesses(texts: Texts) -> Array:
    found = (_han.fullmatch(text) is not None and not is_word(text) for text in texts.strings())
    return np.fromiter(found, np.uint8, len(texts))
