"""Several segments as one, without their deleted documents.

Nothing is inverted again: the postings of a term are those of its segments,
renumbered and sorted.  Memory stays bounded because they pass through in
chunks of terms.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer import arrays
from indexer.engine.whoosh.columns import Columns, narrow
from indexer.engine.whoosh.inversion import starts_of, strings
from indexer.engine.whoosh.segment import (
    CHARACTERS,
    WORDS,
    CharactersField,
    Segment,
    WordsField,
    blocks_of,
    extras_as_arrays,
)
from indexer.engine.whoosh.sets import bisected

Array = NDArray[Any]
Part = tuple[Segment, Array]
"""A segment to merge and which of its documents to keep: their numbers, ascending."""

_CHUNK: Final = 1 << 20
_UNITED: Final = 1 << 23
_THREADS: Final = 2
_BITS: Final = 64
_OFFSET_BITS: Final = 40


def merge(path: Path, parts: Sequence[Part]) -> None:
    """Write the documents that are kept as one segment, on disk for good.  Raises OSError."""
    order, columns = Columns.joined([(segment.columns, kept) for segment, kept in parts])
    small = {**columns.columns, **extras_as_arrays(columns)}
    renumbered = _renumbered(parts, order)
    merged = [
        *((name, _merged_words(name, parts, order, renumbered)) for name in WORDS.values()),
        *((name, _merged_texts(name, parts, order, renumbered)) for name in CHARACTERS.values()),
    ]
    for name, field in merged:
        small |= {f"{name}.{part}": each for part, each in field.small.items()}
    plan = {name: (each.dtype.str, len(each)) for name, each in small.items()}
    for name, field in merged:
        plan |= {f"{name}.{part}": (kind, field.count) for part, kind in field.kinds.items()}

    with (
        arrays.writing(path, plan, {"documents": len(order)}) as writer,
        ThreadPoolExecutor(_THREADS) as pool,
    ):
        for name, each in small.items():
            writer.append(name, each)

        def write(named: tuple[str, _MergedField]) -> None:
            name, field = named
            for chunk in field.chunks():
                for part, each in zip(field.kinds, chunk, strict=True):
                    writer.append(f"{name}.{part}", each)

        # numpy lets go of the interpreter while it sorts
        for _ in pool.map(write, reversed(merged)):
            pass


def _renumbered(parts: Sequence[Part], order: Array) -> list[Array]:
    """For each part the new number of each of its documents (int64), -1 for one not kept."""
    ranks = np.argsort(order)
    renumbered = []
    start = 0
    for segment, kept in parts:
        numbers = np.full(segment.count, -1, np.int64)
        numbers[kept] = ranks[start : start + len(kept)]
        renumbered.append(numbers)
        start += len(kept)
    return renumbered


class _Source(ABC):
    """The postings of one field of one segment; ``starts`` says where those of each term begin."""

    def __init__(self, starts: Array, renumbered: Array) -> None:
        self.starts = starts
        self.new = renumbered
        self.loses = bool((renumbered < 0).any())

    @abstractmethod
    def terms(self) -> Array:
        """The numbers of all its terms in the merged field."""

    @abstractmethod
    def terms_between(self, first: int, last: int) -> tuple[int, int, Array]:
        """Which of its terms (from, to) have numbers from ``first`` up to ``last``, and these."""

    @abstractmethod
    def owners(self, start: int, end: int) -> Array:
        """The document of each of these postings, by its old number."""

    @abstractmethod
    def packed(self, terms: Array, start: int, end: int) -> Array:
        """These postings, of these terms, each as one number (uint64) that sorts like it."""

    def counts(self) -> Array:
        """How many postings of each of its terms are kept."""
        starts = self.starts.astype(np.int64)
        counts = np.diff(starts)
        if self.loses:
            for first, last in _chunks(starts, len(starts)):
                start, end = int(starts[first]), int(starts[last])
                kept = self.new[self.owners(start, end)] >= 0
                total = np.concatenate([[0], np.cumsum(kept)])
                counts[first:last] = np.diff(total[starts[first : last + 1] - start])
        return counts

    def holding(self, holding: Array) -> Array:
        """How many of the documents that are kept hold each term, given how many of all do."""
        if not self.loses:
            return holding
        starts = self.starts.astype(np.int64)
        counts = np.zeros(len(holding), np.int64)
        for first, last in _chunks(starts, len(starts)):
            start, end = int(starts[first]), int(starts[last])
            owners = self.owners(start, end)
            begins = starts[first:last] - start
            is_first = np.diff(owners, prepend=-1) != 0
            is_first[begins] = True
            counts[first:last] = np.add.reduceat(is_first & (self.new[owners] >= 0), begins)
        return counts

    def kept(self, start: int, end: int) -> Array | slice:
        """Which of these postings are kept."""
        return self.new[self.owners(start, end)] >= 0 if self.loses else slice(None)


class _WordPostings(_Source):
    def __init__(
        self,
        field: WordsField,
        terms: Array,
        renumbered: Array,
        document_bits: int,
        weight_bits: int,
    ) -> None:
        super().__init__(field.starts, renumbered)
        self._field = field
        self._terms = terms
        self._shifts = document_bits, weight_bits

    def terms(self) -> Array:
        return self._terms

    def terms_between(self, first: int, last: int) -> tuple[int, int, Array]:
        low, high = bisected(self._terms, [first, last]).tolist()
        return low, high, self._terms[low:high].astype(np.int64)

    def owners(self, start: int, end: int) -> Array:
        return self._field.documents[start:end]

    def packed(self, terms: Array, start: int, end: int) -> Array:
        document_bits, weight_bits = self._shifts
        keys = terms << document_bits | self.new[self.owners(start, end)]
        packed: Array = keys.astype(np.uint64) << np.uint64(weight_bits)
        packed |= self._field.weights[start:end]
        return packed


class _CharacterPostings(_Source):
    def __init__(
        self, field: CharactersField, grams: Array, renumbered: Array, new_starts: Array
    ) -> None:
        super().__init__(field.postings, renumbered)
        self._field = field
        self._grams = grams
        # an offset is where it was, and as far on as its text is
        self._moved = new_starts[renumbered] - field.starts[:-1].astype(np.int64)

    def terms(self) -> Array:
        return np.searchsorted(self._grams, self._field.grams)

    def terms_between(self, first: int, last: int) -> tuple[int, int, Array]:
        # found anew in every chunk: those of all segments would take more memory than all else
        grams = self._grams[first:last]
        low = int(np.searchsorted(self._field.grams, grams[0]))
        high = int(np.searchsorted(self._field.grams, grams[-1], side="right"))
        return low, high, first + np.searchsorted(grams, self._field.grams[low:high])

    def owners(self, start: int, end: int) -> Array:
        return self._field.documents(self._field.all_offsets[start:end])

    def packed(self, terms: Array, start: int, end: int) -> Array:
        # in one type: numpy adds unsigned numbers of 64 bits to signed ones as floats
        packed: Array = self._field.all_offsets[start:end].astype(np.int64)
        packed += self._moved[self.owners(start, end)]
        packed |= terms << _OFFSET_BITS
        return packed.astype(np.uint64)


class _MergedField:
    """The postings of several sources as those of one field.

    ``small`` holds the arrays that fit into memory, ``kinds`` the names and
    types of those that :meth:`chunks` gives, ``count`` how long they are.
    The parts of a packed posting have so many ``bits``; the term is above them.
    """

    def __init__(
        self, sources: Sequence[_Source], terms: int, kinds: dict[str, str], bits: tuple[int, ...]
    ) -> None:
        self._sources = sources
        by_term = np.zeros(terms, np.int64)
        for source in sources:
            by_term[source.terms()] += source.counts()
        self.is_left = by_term > 0
        self._starts = np.concatenate([[0], np.cumsum(by_term)])
        self.count = int(self._starts[-1])
        self.kinds = kinds
        self._bits = bits
        self.small = {"postings": starts_of(by_term[self.is_left])}

    def chunks(self) -> Iterator[tuple[Array, ...]]:
        """The postings, some terms at a time."""
        most_terms = 1 << (_BITS - sum(self._bits))
        for first, last in _chunks(self._starts, most_terms):
            parts = []
            for source in self._sources:
                low, high, numbers = source.terms_between(first, last)
                counts: Array = np.diff(source.starts[low : high + 1].astype(np.int64))
                terms = np.repeat(numbers - first, counts)
                start, end = int(source.starts[low]), int(source.starts[high])
                parts.append(source.packed(terms, start, end)[source.kept(start, end)])
            packed = np.concatenate(parts)
            packed.sort()
            yield tuple(self._unpacked(packed))

    def _unpacked(self, packed: Array) -> Iterator[Array]:
        shift = sum(self._bits)
        for bits in self._bits:
            shift -= bits
            yield packed >> np.uint64(shift) & np.uint64((1 << bits) - 1)


def _merged_words(
    name: str, parts: Sequence[Part], order: Array, renumbered: Sequence[Array]
) -> _MergedField:
    fields = [segment.words[name] for segment, _ in parts]
    different: set[bytes] = set()
    for field in fields:
        different.update(field.terms)
    terms = sorted(different)
    number = {term: at for at, term in enumerate(terms)}
    weights = max((field.weights.dtype for field in fields), key=lambda each: each.itemsize)
    bits = max(len(order), 1).bit_length(), 8 * weights.itemsize
    sources = [
        _WordPostings(
            field,
            np.fromiter(map(number.__getitem__, field.terms), np.uint32, len(field.terms)),
            new,
            *bits,
        )
        for field, new in zip(fields, renumbered, strict=True)
    ]
    kinds = {"documents": "<u4", "weights": weights.str}
    merged = _MergedField(sources, len(terms), kinds, bits)
    left = [terms[at] for at in np.flatnonzero(merged.is_left).tolist()]
    lengths = [field.lengths[kept] for (_, kept), field in zip(parts, fields, strict=True)]
    merged.small |= {**strings("terms", left), "lengths": narrow(np.concatenate(lengths)[order])}
    return merged


def _merged_texts(
    name: str, parts: Sequence[Part], order: Array, renumbered: Sequence[Array]
) -> _MergedField:
    fields = [segment.characters[name] for segment, _ in parts]
    grams = _union([field.grams for field in fields])
    lengths = [
        np.diff(field.starts.astype(np.int64))[kept]
        for (_, kept), field in zip(parts, fields, strict=True)
    ]
    starts = starts_of(np.concatenate(lengths)[order])
    new_starts = starts.astype(np.int64)
    sources = [
        _CharacterPostings(field, grams, new, new_starts)
        for field, new in zip(fields, renumbered, strict=True)
    ]
    merged = _MergedField(sources, len(grams), {"offsets": starts.dtype.str}, (_OFFSET_BITS,))
    holding = np.zeros(len(grams), np.int64)
    for source, field in zip(sources, fields, strict=True):
        holding[source.terms()] += source.holding(field.holding)
    merged.small |= {
        "grams": grams[merged.is_left],
        "holding": holding[merged.is_left].astype("<u4"),
        "starts": starts,
        "blocks": blocks_of(starts),
    }
    return merged


def _union(sets: Sequence[Array]) -> Array:
    """What is in any of the ascending arrays, put together some at a time to save memory."""
    united, waiting = np.zeros(0, np.uint64), 0
    parts: list[Array] = []
    for at, each in enumerate(sets, 1):
        parts.append(each)
        waiting += len(each)
        if waiting > _UNITED or at == len(sets):
            together = np.sort(np.concatenate([united, *parts]))
            united = together[np.append(True, together[1:] != together[:-1])[: len(together)]]
            parts, waiting = [], 0
    return united


def _chunks(starts: Array, most: int) -> Iterator[tuple[int, int]]:
    """Ranges of terms whose postings are not too many for the memory, one term at least."""
    first, terms = 0, len(starts) - 1
    while first < terms:
        reached = int(np.searchsorted(starts, starts[first] + _CHUNK, side="right")) - 1
        last = max(first + 1, min(reached, first + most, terms))
        yield first, last
        first = last
