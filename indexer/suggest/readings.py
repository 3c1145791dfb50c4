"""The readings of many texts at once: what :func:`pinyin.readings` gives for each."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from indexer.suggest.columns import Array
from indexer.suggest.pinyin import LENGTH, MAX_READINGS, character_readings
from indexer.suggest.texts import Texts


class _Table(NamedTuple):
    """For each code point, how many readings it has (i8), where they begin, and all readings."""

    counts: Array
    starts: Array
    syllables: Array


def readings_of(texts: Texts) -> tuple[Array, Array]:
    """Readings, as rows of LENGTH syllables (u2) with zeros behind, and the text of each.

    They come by text.
    """
    return _readings(_leading_characters(texts))


def _leading_characters(texts: Texts) -> Array:
    """The first LENGTH code points of each text, zeros behind."""
    codes, begins = texts.characters()
    places = begins[:-1, None] + np.arange(LENGTH)
    inside = places < begins[1:, None]
    found = np.zeros(places.shape, np.int64)
    found[inside] = codes[places[inside]]
    return found


def _readings(characters: Array) -> tuple[Array, Array]:
    table = _table()
    characters = np.where(characters < len(table.counts), characters, 0)
    counts = table.counts[characters]
    counts *= np.logical_and.accumulate(counts > 0, axis=1)
    plain = np.where(counts > 0, table.syllables[table.starts[characters]], 0).astype(np.uint16)
    texts = np.flatnonzero(counts[:, 0])
    # a place of a text for each further reading of the character there
    others = np.maximum(counts - 1, 0).ravel()
    places = np.repeat(np.arange(len(others)), others)
    options = 1 + np.arange(len(places)) - _before(others)[places]
    owners = places // LENGTH
    few = np.arange(len(places)) - _before(others.reshape(-1, LENGTH).sum(axis=1))[owners]
    kept = few < MAX_READINGS - 1
    places, options, owners = places[kept], options[kept], owners[kept]
    other = plain[owners]
    syllables = table.syllables[table.starts[characters.ravel()[places]] + options]
    other[np.arange(len(other)), places % LENGTH] = syllables
    owners = np.concatenate([texts, owners])
    order = np.argsort(owners, kind="stable")
    return np.concatenate([plain[texts], other])[order], owners[order]


def _before(counts: Array) -> Array:
    """How many come before each, one behind the other."""
    before: Array = np.cumsum(counts) - counts
    return before


@cache
def _table() -> _Table:
    found = character_readings()
    counts = np.zeros(max(map(ord, found)) + 1, np.int64)
    starts = np.zeros_like(counts)
    syllables: list[int] = []
    for character, reading in found.items():
        counts[ord(character)], starts[ord(character)] = len(reading), len(syllables)
        syllables += reading
    return _Table(counts, starts, np.array(syllables, np.uint16))
