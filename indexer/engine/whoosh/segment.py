"""One segment: a file of arrays, seen as fields with terms and postings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer import arrays
from indexer.analysis.bulk import Vocabulary
from indexer.analysis.joined import folded
from indexer.documents import StoredDocument
from indexer.durable import Damaged
from indexer.engine import ranking as model
from indexer.engine.facts import VALUE_FIELDS, moment
from indexer.engine.tree import Dates, TextField
from indexer.engine.whoosh.columns import (
    PLAIN,
    Columns,
    id_keys,
    last_moments,
    period,
    period_of,
)
from indexer.engine.whoosh.inversion import invert_characters, invert_words
from indexer.engine.whoosh.values import Values

WORDS: Final[Mapping[TextField, str]] = {"title": "title_words", "body": "body_words"}
CHARACTERS: Final[Mapping[TextField, str]] = {
    "title": "title_characters",
    "body": "body_characters",
}

Array = NDArray[Any]
_NOTHING: Final = np.zeros(0, "<u4")
_A_DAY: Final = 1 << 17
_DAY: Final = 10
_ALWAYS: Final = (1 << 62) + 1
_STEPS: Final = 8


class Span(NamedTuple):
    """Some documents of a segment: ranges of numbers, ascending, and those of ``others``.

    ``others`` ascend and lie between the last range and the one before it.
    """

    ranges: tuple[tuple[int, int], ...]
    others: Array


class Strings:
    """Byte strings in ascending order, found by bisection."""

    def __init__(self, file: Mapping[str, Array], name: str) -> None:
        self._bytes = file[f"{name}.bytes"].data
        self._starts = file[f"{name}.starts"]

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, at: int) -> bytes:
        return bytes(self._bytes[int(self._starts[at]) : int(self._starts[at + 1])])

    def __iter__(self) -> Iterator[bytes]:
        starts = self._starts.tolist()
        for start, end in itertools.pairwise(starts):
            yield bytes(self._bytes[start:end])

    def bisect(self, string: bytes) -> int:
        """How many of the strings come before this one."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self[middle] < string:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, string: bytes) -> int | None:
        """The number of the string, if it is there."""
        at = self.bisect(string)
        return at if at < len(self) and self[at] == string else None

    def with_prefix(self, prefix: bytes) -> range:
        """The numbers of the strings that begin with the prefix."""
        # 0xff stands in no UTF-8
        return range(self.bisect(prefix), self.bisect(prefix + b"\xff"))


class WordsField:
    """A field of words: documents and weights by term."""

    def __init__(self, file: Mapping[str, Array], name: str) -> None:
        self.terms = Strings(file, f"{name}.terms")
        self.lengths = file[f"{name}.lengths"]
        self.starts = file[f"{name}.postings"]
        self.documents = file[f"{name}.documents"]
        self.weights = file[f"{name}.weights"]

    def postings(self, term: int) -> tuple[Array, Array]:
        """The documents that hold a term, ascending, and how often they do."""
        start, end = self.starts[term : term + 2].tolist()
        return self.documents[start:end], self.weights[start:end]


class CharactersField:
    """A field of bigrams: offsets into the texts of all documents, by bigram.

    ``recent`` is for :mod:`.places`.
    """

    def __init__(self, file: Mapping[str, Array], name: str) -> None:
        self.grams = file[f"{name}.grams"]
        self.starts = file[f"{name}.starts"]
        self.postings = file[f"{name}.postings"]
        self.all_offsets = file[f"{name}.offsets"]
        self.holding = file[f"{name}.holding"]
        self.recent: dict[object, Array] = {}
        self._blocks = file[f"{name}.blocks"]
        self._shift = block_bits(self.starts)

    def find(self, bigram: str) -> int | None:
        """The number of the bigram, if it is there."""
        gram = ord(bigram[0]) << 32 | ord(bigram[1])
        at = int(np.searchsorted(self.grams, np.uint64(gram)))
        return at if at < len(self.grams) and int(self.grams[at]) == gram else None

    def frequency(self, bigram: str) -> int:
        """How often the bigram stands."""
        at = self.find(bigram)
        return 0 if at is None else int(self.postings[at + 1]) - int(self.postings[at])

    def offsets(self, bigram: str) -> Array:
        """Where the bigram stands, ascending."""
        at = self.find(bigram)
        if at is None:
            return _NOTHING
        start, end = self.postings[at : at + 2].tolist()
        return self.all_offsets[start:end]

    def offsets_of_first(self, character: str) -> Array:
        """Where the character stands, ascending."""
        first, last = np.searchsorted(
            self.grams, np.array([ord(character) << 32, ord(character) + 1 << 32], np.uint64)
        ).tolist()
        start, end = int(self.postings[first]), int(self.postings[last])
        return np.sort(self.all_offsets[start:end]).astype(np.int64)

    def documents(self, offsets: Array) -> Array:
        """The document that each of the offsets lies in (int64)."""
        found: Array = self._blocks[offsets >> self._shift].astype(np.int64)
        behind = np.flatnonzero(self.starts[found + 1] <= offsets)
        for _ in range(_STEPS):
            if not len(behind):
                return found
            found[behind] += 1
            behind = behind[self.starts[found[behind] + 1] <= offsets[behind]]
        found[behind] = np.searchsorted(self.starts, offsets[behind], side="right") - 1
        return found


class Segment:
    """The documents of one file, by number from 0.  Raises Damaged and OSError.

    They are in the order of their dates (:func:`.columns.order_of`), so that
    a time is a range of numbers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = arrays.Arrays(path)
        try:
            self._read()
        # As many arrays as there are, and as long, whoever made the file.
        except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise Damaged("it is no segment") from error

    def _read(self) -> None:
        self.count: int = self.file.facts["documents"]
        self.ids = self.file["ids"]
        self._by_id = self.file["by_id"]
        self.words = {name: WordsField(self.file, name) for name in WORDS.values()}
        self.characters = {name: CharactersField(self.file, name) for name in CHARACTERS.values()}
        self.columns = Columns(
            {name: self.file[name] for name in PLAIN},
            {field: Values.from_arrays(self.file, field) for field in VALUE_FIELDS},
        )
        self.values = self.columns.values
        self.moments = self.file["moments"]
        self._days = self.file["days"], self.file["days.first"]
        self.undated = int(np.searchsorted(self.moments, 1))
        self._periods: dict[int, tuple[list[str], Array]] = {}
        if any(len(self.file[name]) != self.count for name in (*PLAIN, "by_id")):
            raise Damaged("it has another number of documents")

    def numbers(self, ids: Array) -> list[int]:
        """The numbers of those documents that have one of these ids (bytes)."""
        keys = id_keys(ids)
        low, high = (np.searchsorted(self._keys_in_order, keys, side) for side in ("left", "right"))
        return [
            number
            for at in np.flatnonzero(low < high).tolist()
            for number in self._by_id[low[at] : high[at]].tolist()
            if self.ids[number] == ids[at]
        ]

    def within(self, dates: Dates) -> Span:
        """The documents whose date may lie within the dates, undated ones left out."""
        begin = moment(dates.first.isoformat()) if dates.first else 1
        end = moment(dates.last.isoformat()) + _A_DAY if dates.last else _ALWAYS
        low, high = np.searchsorted(self.moments, [begin, end]).tolist()
        # a year or a month begins before a day in it, and may end behind it
        coarse = self._coarse[: np.searchsorted(self._coarse, min(low, high))]
        coarse = coarse[last_moments(self.moments[coarse]) >= begin]
        return Span(((low, max(low, high)),), coarse)

    def periods(self, digits: int) -> tuple[list[str], Array]:
        """The years (4), months (7) or days (10) that occur, and where each begins.

        Their dates ascend, empty for undated documents; of each the number of
        the first document (int64), with one more for the end.
        """
        if digits not in self._periods:
            days, documents = self._days
            periods = period_of(days, digits)
            first = np.flatnonzero(np.diff(periods, prepend=-1))
            names = [period(each, digits) if each else "" for each in periods[first].tolist()]
            self._periods[digits] = names, np.append(documents[first], self.count).astype(np.int64)
        return self._periods[digits]

    @cached_property
    def _keys_in_order(self) -> Array:
        return id_keys(self.ids)[self._by_id]

    @cached_property
    def _coarse(self) -> Array:
        """The documents of which only the year or the month is known."""
        return np.flatnonzero((self.moments != 0) & (self.moments >> 17 & 31 == 0))


def write(path: Path, documents: Sequence[StoredDocument], vocabulary: Vocabulary) -> None:
    """Write a segment of these documents, on disk for good.  Raises OSError."""
    documents, columns = Columns.in_order(documents)
    written = {**columns.columns, **extras_as_arrays(columns)}
    given: dict[TextField, list[str]] = {
        "title": [each.document.title for each in documents],
        "body": [each.document.body for each in documents],
    }
    for name, as_given in given.items():
        texts = folded(as_given)
        words = invert_words(texts, vocabulary, model.LEAD if name == "body" else 0)
        written |= {f"{WORDS[name]}.{part}": each for part, each in words.items()}
        characters = {**invert_characters(texts), "blocks": blocks_of(texts.starts)}
        written |= {f"{CHARACTERS[name]}.{part}": each for part, each in characters.items()}
    arrays.write(path, written, {"documents": len(documents)})


def block_bits(starts: Array) -> int:
    """How many bits of an offset tell where in its block it lies.

    A block is about twice as long as a text: one look at the first text of its
    block leads to a text or near it.
    """
    return max(int(starts[-1]) // max(len(starts) - 1, 1), 1).bit_length()


def blocks_of(starts: Array) -> Array:
    """The text in which each block of offsets begins (uint32)."""
    bits = block_bits(starts)
    begins = np.arange(0, int(starts[-1]) + 1, 1 << bits)
    return (np.searchsorted(starts, begins, side="right") - 1).astype("<u4")


def extras_as_arrays(columns: Columns) -> dict[str, Array]:
    """The documents in the order of their ids, the days that occur and where each begins, and
    the values of the value fields.
    """
    by_id = np.argsort(id_keys(columns.columns["ids"]), kind="stable").astype("<u4")
    days = period_of(columns.columns["moments"], _DAY)
    first = np.flatnonzero(np.diff(days, prepend=-1))
    extras = {"by_id": by_id, "days": days[first], "days.first": first.astype("<u4")}
    for field, values in columns.values.items():
        extras |= values.arrays(field)
    return extras
