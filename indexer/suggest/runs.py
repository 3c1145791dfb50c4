"""A run: texts in order, found by prefix, by pinyin and by likeness.

Texts are folded.  Entries are numbered in the order of their UTF-8 bytes, which
is that of their characters.  The columns of a run of n entries with r readings:

======= ==== ==========================================================================
blob    u1   the texts, one after the other
offset  u4   n + 1: where each text begins in ``blob``
weight  u4   n: what ranks an entry; the one of terms changes, and is replaced from outside
head    u8   r: the first four syllables of a reading, 16 bits each; sorted with ``tail``
tail    u8   r: the next four
owner   u4   r: the entry of each reading
reading u4   r: the readings in the order of their entries
first   u4   n + 1: where the readings of each entry begin in ``reading``
guess   u1   terms, n: 1 for Han text that the lexicon does not know
hash    u8   terms, n: the hashes of the texts, sorted
by_hash u4   terms, n: the entry of each hash
size    u1   terms, n: characters, 255 for more
mask    u8   terms, n: bit ``code point & 63`` of each character
id      S13  titles, n: the document
by_id   u4   titles, n: the entries in the order of their ids
======= ==== ==========================================================================
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np

from indexer.suggest.building import HALF, packed, shift
from indexer.suggest.columns import Array
from indexer.suggest.pinyin import LENGTH, Span
from indexer.suggest.texts import Texts

MIN_GUESS: Final = 3
"""Characters that stand together are taken for a name once so many documents have them."""

_FEW: Final = 64
_ALL_BITS: Final = np.uint64(0xFFFF)
_LOW: Final = np.uint64(0xFFFFFFFF)


class Source(Protocol):
    """Where columns come from: a file, or memory."""

    def __getitem__(self, name: str, /) -> Array:
        """The column of this name."""


class Found(NamedTuple):
    """An entry of a run; the better sorts first: of greater weight, then by text."""

    rank: int
    text: bytes
    id: bytes = b""

    @property
    def weight(self) -> int:
        """What ranks the entry."""
        return -self.rank


class Run:
    """The entries of one run."""

    def __init__(self, columns: Source, weights: Array | None = None) -> None:
        self.columns = columns
        self.weights: Array = columns["weight"] if weights is None else weights

    def __len__(self) -> int:
        return len(self.weights)

    def text(self, entry: int) -> bytes:
        """The text of an entry, in UTF-8."""
        offsets = self.columns["offset"]
        text: bytes = self.columns["blob"][offsets[entry] : offsets[entry + 1]].tobytes()
        return text

    def found(self, entry: int) -> Found:
        """The entry of this number."""
        return Found(-int(self.weights[entry]), self.text(entry))

    @property
    def texts(self) -> Texts:
        """The texts of the entries, in order."""
        return Texts(self.columns["blob"], self.columns["offset"].astype(np.int64))

    def beginning_with(self, prefix: bytes) -> tuple[int, int]:
        """The first entry that begins with these bytes, and the one after the last."""
        entries = range(len(self))
        start = bisect_left(entries, prefix, key=self.text)
        # No UTF-8 text holds the byte 255.
        return start, bisect_left(entries, prefix + b"\xff", start, key=self.text)

    def read_as(self, spans: Sequence[Span]) -> Array:
        """The entries of which a reading begins with such syllables; an entry may come twice."""
        start, end, at = self._reading_range(spans)
        if at == len(spans):
            entries: Array = self.columns["owner"][start:end]
            return entries
        rows = start + np.flatnonzero(self._fits(slice(start, end), spans[at], at))
        return self._that_fit(rows, spans, at + 1)

    def going_on_as(self, entries: tuple[int, int], size: int, spans: Sequence[Span]) -> Array:
        """Those of a range of entries that are read so from the character ``size`` on."""
        if size + len(spans) > LENGTH:
            return np.empty(0, np.uint32)
        first = self.columns["first"]
        rows = self.columns["reading"][first[entries[0]] : first[entries[1]]]
        anything = [(0, 1 << 16)] * size
        return self._that_fit(rows, [*anything, *spans], size)

    def _reading_range(self, spans: Sequence[Span]) -> tuple[int, int, int]:
        """The readings that fit the spans up to the first one of several syllables.

        The third number is how many spans need no further look.
        """
        exact = 0
        while exact < min(len(spans), HALF) - 1 and spans[exact][1] - spans[exact][0] == 1:
            exact += 1
        leading = [span[0] for span in spans[:exact]]
        bounds = [packed([*leading, number])[0] for number in spans[exact]]
        start, end = np.searchsorted(self.columns["head"], np.array(bounds, np.uint64))
        return int(start), int(end), exact + 1

    def _that_fit(self, rows: Array, spans: Sequence[Span], start: int) -> Array:
        """The entries of those readings that fit the spans from ``start`` on."""
        for at in range(start, len(spans)):
            rows = rows[self._fits(rows, spans[at], at)]
        entries: Array = self.columns["owner"][rows]
        return entries

    def _fits(self, rows: Array | slice, span: Span, at: int) -> Array:
        """Whether the character ``at`` of each of the readings fits the span."""
        column = self.columns["head" if at < HALF else "tail"]
        syllables = column[rows] >> np.uint64(shift(at)) & _ALL_BITS
        low, high = span
        fits: Array = (syllables >= low) & (syllables < high)
        return fits

    def ranked(self, entries: Array) -> Iterator[int]:
        """The entries by weight, then in their order; the first few come soon."""
        keys = self.weights[entries].astype(np.uint64) << np.uint64(32)
        keys |= _LOW - entries.astype(np.uint64)
        if len(keys) > _FEW:
            at = len(keys) - _FEW
            keys.partition(at)
            yield from _entries(keys[at:])
            keys = keys[:at]
        yield from _entries(keys)


def _entries(keys: Array) -> Iterator[int]:
    yield from (_LOW - (np.sort(keys)[::-1] & _LOW)).tolist()


class TermRun(Run):
    """A run of terms."""

    def ranked(self, entries: Array) -> Iterator[int]:
        """As of any run, without what may well be no word."""
        likely = (self.columns["guess"][entries] == 0) | (self.weights[entries] >= MIN_GUESS)
        yield from super().ranked(entries[likely])

    def entry_of(self, hashes: Array) -> Array:
        """The entry of each hash (u8), -1 where there is none."""
        known = self.columns["hash"]
        if not len(known):
            return np.full(len(hashes), -1)
        at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        return np.where(known[at] == hashes, self.columns["by_hash"][at].astype(np.int64), -1)


class TitleRun(Run):
    """A run of titles, each with its document."""

    def found(self, entry: int) -> Found:
        """The entry of this number."""
        return super().found(entry)._replace(id=self.columns["id"][entry].item())

    def has(self, ids: Array, titles: Sequence[bytes]) -> Array:
        """Whether each of these documents (S13) is there with its title of these."""
        known, order = self.columns["id"], self.columns["by_id"]
        start = np.searchsorted(known, ids, sorter=order)
        end = np.searchsorted(known, ids, side="right", sorter=order)
        found = start < end
        for at in np.flatnonzero(found).tolist():
            entries = order[start[at] : end[at]].tolist()
            found[at] = any(self.text(entry) == titles[at] for entry in entries)
        return np.asarray(found)
