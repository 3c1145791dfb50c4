"""The columns of a run, from texts that come in order (see runs.py for what they are)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from heapq import merge
from itertools import groupby
from struct import Struct
from typing import Any, Final, NamedTuple

import numpy as np

from indexer.analysis import HAN, is_word
from indexer.suggest.columns import Array
from indexer.suggest.pinyin import LENGTH, Reading, readings

HALF: Final = LENGTH // 2
"""How many syllables are kept in one number."""

_SYLLABLES: Final = Struct(f">{LENGTH}H")
_NUMBERS: Final = Struct(">2Q")

_han: Final = re.compile(f"[{HAN}]+")
_BUFFER: Final = 1 << 14


class Item(NamedTuple):
    """An entry of a run: a folded text in UTF-8, its weight, and the document of a title."""

    text: bytes
    weight: int
    id: bytes = b""


def term_columns(items: Iterable[Item]) -> dict[str, Array]:
    """The columns of a run of terms: each text once, in order."""
    run, hashes, sizes, masks, guesses = _Columns(), _Numbers(), _Numbers(), _Numbers(), _Numbers()
    for item in items:
        text = run.add(item)
        hashes.append(hash_of(item.text))
        sizes.append(min(len(text), 255))
        masks.append(mask_of(text))
        guesses.append(_han.fullmatch(text) is not None and not is_word(text))
    order = np.argsort(hashes.array(np.uint64), kind="stable")
    return run.columns() | {
        "guess": guesses.array(np.uint8),
        "hash": hashes.array(np.uint64)[order],
        "by_hash": order.astype(np.uint32),
        "size": sizes.array(np.uint8),
        "mask": masks.array(np.uint64),
    }


def title_columns(items: Iterable[Item]) -> dict[str, Array]:
    """The columns of a run of titles: by text and id in order, each id once."""
    run = _Columns()
    ids: list[bytes] = []
    for item in items:
        run.add(item)
        ids.append(item.id)
    names = np.array(ids, "S13")
    by_id = np.argsort(names, kind="stable").astype(np.uint32)
    return run.columns() | {"id": names, "by_id": by_id}


def merged(runs: Iterable[Iterable[Item]]) -> Iterator[Item]:
    """The entries of several runs in order, those of one text and id as one."""
    for (text, id_), same in groupby(merge(*runs), key=lambda item: (item.text, item.id)):
        yield Item(text, sum(item.weight for item in same), id_)


def hash_of(text: bytes) -> int:
    """The hash by which a text is found among many."""
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def mask_of(text: str) -> int:
    """The characters of a text as bits; one edit changes two of them at most."""
    mask = 0
    for character in text:
        mask |= 1 << (ord(character) & 63)
    return mask


def packed(reading: Sequence[int]) -> tuple[int, int]:
    """A reading as the two numbers in which it is kept: a syllable takes 16 bits."""
    head, tail = _NUMBERS.unpack(_SYLLABLES.pack(*reading, *(0,) * (LENGTH - len(reading))))
    return head, tail


def shift(at: int) -> int:
    """Where the syllable of the character ``at`` stands in its number."""
    return 16 * (HALF - 1 - at % HALF)


class _Numbers:
    """Numbers appended to an array, without an object for each."""

    def __init__(self) -> None:
        self._done: list[Array] = []
        self._rest: list[int] = []

    def append(self, number: int) -> None:
        self._rest.append(number)
        if len(self._rest) == _BUFFER:
            self._done.append(np.array(self._rest, np.uint64))
            self._rest.clear()

    def array(self, dtype: type[np.unsignedinteger[Any]]) -> Array:
        return np.concatenate([*self._done, np.array(self._rest, np.uint64)]).astype(dtype)


class _Columns:
    """What all runs have: the texts, their weights, their readings."""

    def __init__(self) -> None:
        self._blob = bytearray()
        self._offsets, self._weights = _Numbers(), _Numbers()
        self._heads, self._tails, self._owners = _Numbers(), _Numbers(), _Numbers()
        self._count = 0

    def add(self, item: Item) -> str:
        """Add an entry; its text is returned decoded."""
        text = item.text.decode()
        self._offsets.append(len(self._blob))
        self._blob += item.text
        self._weights.append(item.weight)
        for reading in readings(text):
            self._add_reading(reading)
        self._count += 1
        return text

    def _add_reading(self, reading: Reading) -> None:
        head, tail = packed(reading)
        self._heads.append(head)
        self._tails.append(tail)
        self._owners.append(self._count)

    def columns(self) -> dict[str, Array]:
        self._offsets.append(len(self._blob))
        heads, tails = self._heads.array(np.uint64), self._tails.array(np.uint64)
        owners = self._owners.array(np.uint32)  # it is sorted
        order = np.lexsort((owners, tails, heads))
        reading_of = np.empty(len(order), np.uint32)
        reading_of[order] = np.arange(len(order), dtype=np.uint32)
        return {
            "blob": np.frombuffer(bytes(self._blob), np.uint8),
            "offset": self._offsets.array(np.uint32),
            "weight": self._weights.array(np.uint32),
            "head": heads[order],
            "tail": tails[order],
            "owner": owners[order],
            "reading": reading_of,
            "first": np.searchsorted(owners, np.arange(self._count + 1)).astype(np.uint32),
        }
