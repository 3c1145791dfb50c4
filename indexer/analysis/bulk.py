"""The words of many texts at once, as numbers: what :func:`words` gives, found fast.

Words are numbered, and all that repeats with a word (its pieces, the plain
words of a phrase) or with neighbouring words (what they make up) is worked out
once for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import tokenizer
from indexer.analysis.dictionary import frequencies
from indexer.analysis.segmenter import cut_runs, fine_cut, pieces

Numbers = NDArray[np.int64]

_SEPARATOR: Final = "\n"
_BITS: Final = 32
_LOW: Final = (1 << _BITS) - 1


class Occurrences(NamedTuple):
    """Words of some texts: the number of each, the text that it stands in, and where."""

    words: Numbers
    texts: Numbers
    offsets: Numbers


class Vocabulary:
    """Words by number; it grows with the texts that are read."""

    def __init__(self) -> None:
        self._numbers = _Numbering()
        self._lengths = np.zeros(0, np.int64)
        self._pieces = _Parts(lambda word: [(piece, start) for piece, start, _ in _pieces(word)])
        self._plain = _Parts(lambda word: [(plain, 0) for plain in _plain(word)])

    @property
    def words(self) -> Sequence[str]:
        """Every word, by its number; number 0 is no word."""
        return self._numbers.words

    def occurrences(self, texts: Sequence[str]) -> Occurrences:
        """Every word of the folded texts, in no particular order.

        They are those that :func:`words` gives for each of the texts.
        """
        han: list[str] = []
        places: list[tuple[int, int]] = []
        found: list[str] = []
        found_in: list[int] = []
        found_at: list[int] = []
        for number, text in enumerate(texts):
            for start, part, is_han in tokenizer.runs(text):
                if is_han:
                    han.append(part)
                    places.append((number, start))
                else:
                    for word, offset in tokenizer.compound_words(part):
                        found.append(word)
                        found_in.append(number)
                        found_at.append(start + offset)
        numbers, joined_offsets, runs = self._of_runs(han)
        owners, begins = np.array(places, np.int64).reshape(-1, 2).T
        return Occurrences(
            np.concatenate([numbers, self._numbers.of(found)]),
            np.concatenate([owners[runs], np.array(found_in, np.int64)]),
            np.concatenate([joined_offsets + begins[runs], np.array(found_at, np.int64)]),
        )

    def _of_runs(self, runs: Sequence[str]) -> tuple[Numbers, Numbers, Numbers]:
        """The words of runs of Han characters, their offsets in their runs, and the runs."""
        cut = self._numbers.of(cut_runs(runs, _SEPARATOR) if runs else [])
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
        self._learn()
        # a word that others make up may be a word of the cut, or a piece, as well
        distinct = np.unique(np.concatenate(starts) << _BITS | np.concatenate(words))
        positions = distinct >> _BITS
        begins = _starts(np.fromiter(map(len, runs), np.int64, len(runs)) + 1)
        run_of = np.searchsorted(begins, positions, side="right") - 1
        return distinct & _LOW, positions - begins[run_of], run_of

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
        lexicon = frequencies().of
        words = self._numbers.words
        lengths = self._lengths[plain]
        offsets = _starts(lengths)
        lengths[plain == 0] = tokenizer.MAX_ACROSS
        starts = np.flatnonzero(lengths < longest)
        made, texts = plain[starts], words
        sizes = lengths[starts]
        for step in range(1, tokenizer.MAX_ACROSS):
            inside = starts + step < len(plain)
            starts, sizes, made = starts[inside], sizes[inside], made[inside]
            sizes = sizes + lengths[starts + step]
            fits = sizes <= longest[starts]
            starts, sizes, made = starts[fits], sizes[fits], made[fits]
            if not len(starts):
                return
            pairs, made = np.unique(made << _BITS | plain[starts + step], return_inverse=True)
            texts = [texts[pair >> _BITS] + words[pair & _LOW] for pair in pairs.tolist()]
            numbers = self._numbers.of([text if text in lexicon else _SEPARATOR for text in texts])
            found = numbers[made]
            yield found[found != 0], offsets[starts[found != 0]]

    def _learn(self) -> None:
        """Work out what is to be known of the words that are new."""
        while len(self._lengths) < len(self.words):
            new = self.words[len(self._lengths) :]
            lengths = np.fromiter(map(len, new), np.int64, len(new))
            self._lengths = np.concatenate([self._lengths, lengths])
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
