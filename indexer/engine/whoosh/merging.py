"""Several segments as one, without their deleted documents.

Nothing is inverted again: the postings of a term are those of its segments,
one behind the other, the documents counted on.  Memory stays bounded because
the postings pass through in chunks of terms.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine.whoosh.arrays import ArraysWriter
from indexer.engine.whoosh.columns import Columns
from indexer.engine.whoosh.inversion import starts_of, strings
from indexer.engine.whoosh.segment import (
    CHARACTERS,
    WORDS,
    CharactersField,
    Segment,
    WordsField,
    ids_as_arrays,
    sets_as_arrays,
)

Array = NDArray[Any]
Part = tuple[Segment, Array]
"""A segment to merge and which of its documents to keep: their numbers, ascending."""

_CHUNK: Final = 1 << 22


def merge(path: Path, parts: Sequence[Part]) -> None:
    """Write the documents that are kept as one segment, on disk for good.  Raises OSError."""
    ids = [segment.ids[number] for segment, kept in parts for number in kept.tolist()]
    columns = Columns.joined([(segment.columns, kept) for segment, kept in parts])
    small = {**columns.columns, **sets_as_arrays(columns), **ids_as_arrays(ids)}
    merged = [
        *((name, _merged_words(name, parts)) for name in WORDS.values()),
        *((name, _merged_characters(name, parts)) for name in CHARACTERS.values()),
    ]
    for name, field in merged:
        small |= {f"{name}.{part}": each for part, each in field.small.items()}
    plan = {name: (each.dtype.str, len(each)) for name, each in small.items()}
    for name, field in merged:
        plan |= {f"{name}.{part}": (kind, field.count) for part, kind in field.kinds.items()}
    with ArraysWriter(path, plan, {"documents": len(ids)}) as writer:
        for name, each in small.items():
            writer.append(name, each)
        for name, field in merged:
            for chunk in field.chunks():
                for part, each in zip(field.kinds, chunk, strict=True):
                    writer.append(f"{name}.{part}", each)


class _Source(ABC):
    """The postings of one field of one segment.

    ``terms`` (int64) are the numbers of its terms in the merged field,
    ``starts`` where the postings of each begin.
    """

    def __init__(self, terms: Array, starts: Array, loses: bool) -> None:
        self.terms = terms
        self.starts = starts.astype(np.int64)
        self._loses = loses

    @abstractmethod
    def read(self, start: int, end: int) -> tuple[Array | None, tuple[Array, ...]]:
        """Which of these postings are kept (None for all), and the kept ones, renumbered."""

    def counts(self) -> Array:
        """How many postings of each of its terms are kept."""
        counts = []
        for first, last in _chunks(self.starts):
            start = int(self.starts[first])
            kept, _ = self.read(start, int(self.starts[last]))
            if kept is None:
                return np.diff(self.starts)
            total = np.concatenate([[0], np.cumsum(kept)])
            counts.append(np.diff(total[self.starts[first : last + 1] - start]))
        return np.concatenate(counts) if counts else np.zeros(0, np.int64)


class _WordPostings(_Source):
    def __init__(
        self, field: WordsField, terms: Array, kept: Array, count: int, before: int
    ) -> None:
        super().__init__(terms, field.starts, len(kept) < count)
        self._field = field
        self._new = np.full(count, -1, np.int64)
        self._new[kept] = np.arange(before, before + len(kept))

    def read(self, start: int, end: int) -> tuple[Array | None, tuple[Array, ...]]:
        documents = self._new[self._field.documents[start:end]]
        weights = self._field.weights[start:end]
        if not self._loses:
            return None, (documents, weights)
        kept = documents >= 0
        return kept, (documents[kept], weights[kept])


class _CharacterPostings(_Source):
    def __init__(
        self, field: CharactersField, terms: Array, kept: Array, count: int, before: int
    ) -> None:
        super().__init__(terms, field.postings, len(kept) < count)
        self._field = field
        starts = field.starts.astype(np.int64)
        lengths = np.diff(starts)[kept]
        self._shifts = np.zeros(count, np.int64)
        self._shifts[kept] = before + np.cumsum(lengths) - lengths - starts[kept]
        self._keeps = np.zeros(count, bool)
        self._keeps[kept] = True
        self._before = before

    def read(self, start: int, end: int) -> tuple[Array | None, tuple[Array, ...]]:
        offsets = self._field.all_offsets[start:end].astype(np.int64)
        if not self._loses:
            return None, (offsets + self._before,)
        documents = self._field.documents(offsets)
        kept = self._keeps[documents]
        return kept, (offsets[kept] + self._shifts[documents[kept]],)


class _MergedField:
    """The postings of several sources as those of one field.

    ``small`` holds the arrays that fit into memory, ``kinds`` the names and
    types of those that :meth:`chunks` gives, ``count`` how long they are.
    """

    def __init__(self, sources: Sequence[_Source], terms: int, kinds: dict[str, str]) -> None:
        self._sources = sources
        self._counts = [source.counts() for source in sources]
        by_term = np.zeros(terms, np.int64)
        for source, counts in zip(sources, self._counts, strict=True):
            by_term[source.terms] += counts
        self.is_left = by_term > 0
        self._starts = np.concatenate([[0], np.cumsum(by_term)])
        self.count = int(self._starts[-1])
        self.kinds = kinds
        self.small = {"postings": starts_of(by_term[self.is_left])}

    def chunks(self) -> Iterator[tuple[Array, ...]]:
        """The postings, some terms at a time."""
        for first, last in _chunks(self._starts):
            start, end = int(self._starts[first]), int(self._starts[last])
            merged = [np.zeros(end - start, kind) for kind in self.kinds.values()]
            following = self._starts[first:last] - start
            for source, counts in zip(self._sources, self._counts, strict=True):
                low, high = np.searchsorted(source.terms, [first, last]).tolist()
                terms, ours = source.terms[low:high] - first, counts[low:high]
                _, values = source.read(int(source.starts[low]), int(source.starts[high]))
                ends = np.cumsum(ours)
                places = np.repeat(following[terms] - (ends - ours), ours)
                places += np.arange(len(places))
                for array, each in zip(merged, values, strict=True):
                    array[places] = each
                following[terms] += ours
            yield tuple(merged)


def _merged_words(name: str, parts: Sequence[Part]) -> _MergedField:
    fields = [segment.words[name] for segment, _ in parts]
    lists = [list(field.terms) for field in fields]
    terms = sorted(set().union(*lists))
    number = {term: at for at, term in enumerate(terms)}
    sources = []
    before = 0
    for (segment, kept), field, own in zip(parts, fields, lists, strict=True):
        numbers = np.fromiter(map(number.__getitem__, own), np.int64, len(own))
        sources.append(_WordPostings(field, numbers, kept, segment.count, before))
        before += len(kept)
    weights = max((field.weights.dtype.str for field in fields), key=_width)
    merged = _MergedField(sources, len(terms), {"documents": "<u4", "weights": weights})
    left = [terms[at] for at in np.flatnonzero(merged.is_left).tolist()]
    lengths = [field.lengths[kept] for (_, kept), field in zip(parts, fields, strict=True)]
    merged.small |= {**strings("terms", left), "lengths": np.concatenate(lengths)}
    return merged


def _merged_characters(name: str, parts: Sequence[Part]) -> _MergedField:
    fields = [segment.characters[name] for segment, _ in parts]
    grams = np.unique(np.concatenate([field.grams for field in fields]))
    sources: list[_Source] = []
    lengths: list[Array] = []
    before = 0
    for (segment, kept), field in zip(parts, fields, strict=True):
        numbers = np.searchsorted(grams, field.grams)
        sources.append(_CharacterPostings(field, numbers, kept, segment.count, before))
        lengths.append(np.diff(field.starts.astype(np.int64))[kept])
        before += int(lengths[-1].sum())
    merged = _MergedField(sources, len(grams), {"offsets": "<u4" if before < 1 << 32 else "<u8"})
    merged.small |= {"grams": grams[merged.is_left], "starts": starts_of(np.concatenate(lengths))}
    return merged


def _chunks(starts: Array) -> Iterator[tuple[int, int]]:
    """Ranges of terms whose postings are not too many for the memory, one term at least."""
    first, terms = 0, len(starts) - 1
    while first < terms:
        reached = int(np.searchsorted(starts, starts[first] + _CHUNK, side="right")) - 1
        last = max(first + 1, min(reached, terms))
        yield first, last
        first = last


def _width(kind: str) -> int:
    return np.dtype(kind).itemsize
