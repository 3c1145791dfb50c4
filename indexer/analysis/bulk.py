"""The words of many texts at once, as numbers: what :func:`words` gives, found fast.

Words are numbered, and all that repeats with a word (its pieces, the plain
words of a phrase) or with neighbouring words (what they make up) is worked out
once for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import tokenizer
from indexer.analysis.byte_order import ByteOrder
from indexer.analysis.dictionary import frequencies
from indexer.analysis.joined import CODES, Joined, joined
from indexer.analysis.segmenter import cut_runs, fine_cut, pieces
from indexer.analysis.word_table import hashes, powers

Numbers = NDArray[np.int64]

_SEPARATOR: Final = "\n"
_BITS: Final = 32
_LOW: Final = (1 << _BITS) - 1
_LONGEST: Final = tokenizer.MAX_ACROSS

# What a character may be a part of: a run of Han, a compound, nothing.
_UNKNOWN, _NOTHING, _HAN, _COMPOUND = range(4)
_han: Final = re.compile(f"[{tokenizer.HAN}]")
_compound: Final = re.compile(r"[^\W_]|[-.&'_,%]")


class Occurrences(NamedTuple):
    """Words of some texts: the number of each, the text that it stands in, and where."""

    words: Numbers
    texts: Numbers
    offsets: Numbers


class Vocabulary:
    """Words by number; it grows with the texts that are read."""

    def __init__(self) -> None:
        self._numbers = _Numbering()
        self._order = ByteOrder()
        self._lengths = np.zeros(0, np.int64)
        self._hashes = np.zeros(0, np.uint64)
        self._pieces = _Parts(lambda word: [(piece, start) for piece, start, _ in _pieces(word)])
        self._plain = _Parts(lambda word: [(plain, 0) for plain in _plain(word)])
        self._compounds = _Numbering()
        self._compound_words = _Parts(_words_of_compounds)
        self._in_lexicon = np.full(len(frequencies()), -1, np.int64)

    @property
    def words(self) -> Sequence[str]:
        """Every word, by its number; number 0 is no word."""
        return self._numbers.words

    @property
    def in_order(self) -> ByteOrder:
        """Every word in the order of its bytes."""
        self._order.follow(self.words)
        return self._order

    def occurrences(self, texts: Sequence[str]) -> Occurrences:
        """Every word of the folded texts, in no particular order.

        They are those that :func:`words` gives for each of the texts.
        """
        return self.occurrences_in(joined(texts))

    def occurrences_in(self, texts: Joined) -> Occurrences:
        """Every word of the folded texts, as by :meth:`occurrences`."""
        kinds = _kinds_of(texts.codes)
        of_han, han_places = self._of_han(*_parts_of(texts.codes, kinds == _HAN))
        others, other_places = self._of_compounds(*_parts_of(texts.codes, kinds == _COMPOUND))
        words = np.concatenate([of_han, others])
        places = np.concatenate([han_places, other_places])
        owners = np.repeat(np.arange(len(texts.starts) - 1), np.diff(texts.starts))[places]
        return Occurrences(words, owners, places - texts.starts[owners])

    def _of_han(self, runs: str, places: Numbers) -> tuple[Numbers, Numbers]:
        """The words of runs of Han characters, each with a separator behind it, and where."""
        cut = self._numbers.of(cut_runs(runs)) if runs else np.zeros(0, np.int64)
        self._learn()
        offsets = _starts(self._lengths[cut])
        plain, _ = self._plain.of(cut)
        words, starts = [cut[cut != 0]], [offsets[cut != 0]]
        numbers, within = self._pieces.of(cut)
        words.append(numbers)
        starts.append(np.repeat(offsets, self._pieces.counts(cut)) + within)
        for numbers, begin in self._made_up(plain, self._longest(cut, plain)):
            words.append(numbers)
            starts.append(begin)
        # a word that others make up may be a word of the cut, or a piece, as well
        distinct = np.sort(np.concatenate(starts) << _BITS | np.concatenate(words))
        distinct = distinct[np.diff(distinct, prepend=-1) != 0]
        return distinct & _LOW, places[distinct >> _BITS]

    def _of_compounds(self, stretches: str, places: Numbers) -> tuple[Numbers, Numbers]:
        """The words of stretches in which compounds may stand, and where."""
        each = stretches.split(_SEPARATOR)
        found = self._compounds.of(each)
        known = self._compound_words.count
        self._compound_words.add(self._compounds.words[known:], self._numbers)
        sizes = np.fromiter(map(len, each), np.int64, len(each)) + 1
        words, within = self._compound_words.of(found)
        begins = np.repeat(_starts(sizes), self._compound_words.counts(found))
        return words, places[begins + within]

    def _longest(self, cut: Numbers, plain: Numbers) -> Numbers:
        """For each plain word, how long a word may be that it and those behind it make up."""
        runs = np.cumsum(cut == 0)
        has_phrases = np.zeros(runs[-1] + 1 if len(runs) else 1, bool)
        has_phrases[runs[self._plain.counts(cut) > 1]] = True
        return np.where(
            has_phrases[np.cumsum(plain == 0)], tokenizer.MAX_ACROSS, tokenizer.MAX_JOINED
        )

    def _made_up(self, plain: Numbers, longest: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
        """The lexicon's words that adjacent plain words make up, and where they start."""
        lengths = self._lengths[plain]
        offsets = _starts(lengths)
        lengths[plain == 0] = _LONGEST
        starts = np.flatnonzero(lengths < longest)
        sizes, made = lengths[starts], self._hashes[plain[starts]]
        for step in range(1, _LONGEST):
            inside = starts + step < len(plain)
            starts, sizes, made = starts[inside], sizes[inside], made[inside]
            sizes = sizes + lengths[starts + step]
            fits = sizes <= longest[starts]
            starts, sizes, made = starts[fits], sizes[fits], made[fits]
            if not len(starts):
                return
            following = plain[starts + step]
            made = made * _POWERS[lengths[starts + step]] + self._hashes[following]
            places, entries = frequencies().find(made)
            yield self._numbers_of_entries(entries), offsets[starts[places]]

    def _numbers_of_entries(self, entries: Numbers) -> Numbers:
        """The numbers of words of the table."""
        new = entries[self._in_lexicon[entries] < 0]
        for entry in sorted(set(new.tolist())):
            self._in_lexicon[entry] = self._numbers[frequencies().word(entry)]
        return self._in_lexicon[entries]

    def _learn(self) -> None:
        """Work out what is to be known of the words that are new."""
        while len(self._lengths) < len(self.words):
            new = self.words[len(self._lengths) :]
            lengths = np.fromiter(map(len, new), np.int64, len(new))
            self._lengths = np.concatenate([self._lengths, lengths])
            self._hashes = np.concatenate([self._hashes, hashes(new, _LONGEST)])
            self._pieces.add(new, self._numbers)
            self._plain.add(new, self._numbers)


class _Numbering(dict[str, int]):
    """Numbers words as they are met; number 0 is the separator."""

    def __init__(self) -> None:
        super().__init__({_SEPARATOR: 0})
        self.words = [_SEPARATOR]

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self.words)
        self.words.append(word)
        return number

    def of(self, words: Sequence[str]) -> Numbers:
        return np.fromiter(map(self.__getitem__, words), np.int64, len(words))


class _Parts:
    """For each word, by its number, some other words and where they start in it."""

    def __init__(self, parts_of: Callable[[str], list[tuple[str, int]]]) -> None:
        self._parts_of = parts_of
        self._starts = np.zeros(1, np.int64)
        self._words = np.zeros(0, np.int64)
        self._offsets = np.zeros(0, np.int64)

    @property
    def count(self) -> int:
        """How many words it knows of."""
        return len(self._starts) - 1

    def add(self, words: Sequence[str], numbers: _Numbering) -> None:
        counts, parts, offsets = [], [], []
        for word in words:
            found = self._parts_of(word)
            counts.append(len(found))
            for part, offset in found:
                parts.append(numbers[part])
                offsets.append(offset)
        ends = self._starts[-1] + np.cumsum(np.array(counts, np.int64))
        self._starts = np.concatenate([self._starts, ends])
        self._words = np.concatenate([self._words, np.array(parts, np.int64)])
        self._offsets = np.concatenate([self._offsets, np.array(offsets, np.int64)])

    def counts(self, words: Numbers) -> Numbers:
        return self._starts[words + 1] - self._starts[words]

    def of(self, words: Numbers) -> tuple[Numbers, Numbers]:
        counts = self.counts(words)
        places = np.repeat(self._starts[words] - _starts(counts), counts)
        places += np.arange(len(places))
        return self._words[places], self._offsets[places]


def _starts(lengths: Numbers) -> Numbers:
    """Where each part starts, one behind the other."""
    return np.cumsum(lengths) - lengths


def _pieces(word: str) -> Sequence[tuple[str, int, int]]:
    return pieces(word) if tokenizer.is_han(word) else ()


def _plain(word: str) -> Sequence[str]:
    return fine_cut(word) if tokenizer.is_han(word) else (word,)


def _words_of_compounds(stretch: str) -> list[tuple[str, int]]:
    return [
        (word, start + offset)
        for start, compound in tokenizer.compounds(stretch)
        for word, offset in tokenizer.compound_words(compound)
    ]


_POWERS: Final = powers(_LONGEST)


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each code point may be a part of, as far as it is known."""
    return np.zeros(CODES, np.uint8)


def _kinds_of(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    kinds = _kinds()[codes]
    if len(new := codes[kinds == _UNKNOWN]):
        for code in np.unique(new).tolist():
            character = chr(code)
            is_han, is_part = _han.match(character), _compound.match(character)
            _kinds()[code] = _HAN if is_han else _COMPOUND if is_part else _NOTHING
        kinds = _kinds()[codes]
    return kinds


def _parts_of(codes: NDArray[np.uint32], chosen: NDArray[np.bool_]) -> tuple[str, Numbers]:
    """The runs of the chosen characters, a separator behind each, and where they all stand.

    The last character of all is not chosen.
    """
    behind = np.zeros(len(codes), bool)
    behind[1:] = chosen[:-1]
    behind &= ~chosen
    places = np.flatnonzero(chosen | behind)
    parts = np.where(behind[places], ord(_SEPARATOR), codes[places]).astype("<u4")
    return parts.tobytes().decode("utf-32-le", "surrogatepass"), places
