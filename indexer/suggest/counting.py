"""What of a document is worth being suggested: its words, likely names, its title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from indexer.analysis import HAN, fold
from indexer.analysis.bulk import Occurrences, Vocabulary
from indexer.query.bare import MAX_NAME, function_words
from indexer.suggest.columns import Array
from indexer.suggest.terms import Terms
from indexer.suggest.texts import is_first
from indexer.workers import done_by

TITLE_LENGTH: Final = 40
"""A title is found by so many of its characters."""

# So many words are held as text at most; what is counted of them takes a tenth of the room.
_MOST_WORDS: Final = 500_000

# A further process takes seconds until it works, in which one process counts so many characters.
WORTH_PROCESSES: Final = 8_000_000
_TASK_CHARACTERS: Final = 2_000_000
_AT_ONCE: Final = 2000
_MOST_PARTS: Final = 20

# Words of two Han characters or more; Latin and mixed ones with a letter.  Numbers, amounts
# (100btc, 1.5btc), addresses (0x…) and very long tokens are no suggestions.
_worth: Final = re.compile(rf"[{HAN}]{{2,}}|(?!0x|\d{{3}}|\d+[.,])(?=.*[^\W\d_])[^%{HAN}]{{2,32}}")
_title: Final = re.compile(r"[\W_]*(.*)", re.DOTALL)

_BITS: Final = 32
_SIZE_BITS: Final = 16
_LONGEST: Final = (1 << _SIZE_BITS) - 1


def title_key(folded: str) -> str:
    """The characters by which a folded title is found: 【 and the like before it count for nothing.

    What was typed is looked for by the same rule.
    """
    match = _title.fullmatch(folded)
    return match[1][:TITLE_LENGTH] if match else ""


class Tally:
    """In how many documents each word and each likely name stands."""

    def __init__(self) -> None:
        self._words = _Words()
        self._counts = np.zeros(0, np.int64)
        self._names: Counter[str] = Counter()
        self._done: list[Terms] = []

    def add(self, texts: Sequence[str]) -> None:
        """Count documents, each of two texts: its title, then its body."""
        texts = [fold(text) for text in texts]
        found = self._words.occurrences(texts)
        held = np.sort(found.texts // 2 << _BITS | found.words)
        words = held[is_first(held)] & ((1 << _BITS) - 1)
        counts = np.bincount(words, minlength=len(self._words))
        counts[: len(self._counts)] += self._counts
        self._counts = counts
        # No likely name is a word of the lexicon, so that none is counted twice.
        names = {(text // 2, name) for text, name in self._words.likely_names(texts, found)}
        self._names.update(name for _, name in names)
        if len(counts) + len(self._names) > _MOST_WORDS:
            self._done = [Terms.joined([*self._done, self._drained()])]
            self._words = _Words()

    def terms(self) -> Terms:
        """What was counted since this was last asked, as far as it is worth being suggested."""
        terms = Terms.joined([*self._done, self._drained()])
        self._done = []
        return terms

    def _drained(self) -> Terms:
        found = np.flatnonzero((self._counts > 0) & self._words.are_worth[: len(self._counts)])
        names = {name: count for name, count in self._names.items() if _worth.fullmatch(name)}
        words = [self._words.text(number) for number in found.tolist()]
        counts = [self._counts[found], np.fromiter(names.values(), np.int64, len(names))]
        self._counts = np.zeros(0, np.int64)
        self._names.clear()
        return Terms.of([*words, *names], np.concatenate(counts))


class _Words:
    """Words by number, as in a :class:`Vocabulary`, with what matters of each here."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._apart = function_words()
        self._sizes = np.zeros(0, np.int64)
        self._is_apart = np.zeros(0, bool)
        self._is_number = np.zeros(0, bool)
        self.are_worth = np.zeros(0, bool)

    def __len__(self) -> int:
        return len(self._sizes)

    def text(self, number: int) -> str:
        """The word of this number."""
        return self._vocabulary.words[number]

    def occurrences(self, texts: Sequence[str]) -> Occurrences:
        """See :meth:`Vocabulary.occurrences`."""
        found = self._vocabulary.occurrences(texts)
        new = self._vocabulary.words[len(self) :]

        def grown(known: Array, of: Callable[[str], Any]) -> Array:
            return np.concatenate([known, np.fromiter(map(of, new), known.dtype, len(new))])

        self._sizes = grown(self._sizes, len)
        self._is_apart = grown(self._is_apart, self._stands_apart)
        self._is_number = grown(self._is_number, lambda word: word[-1].isdigit())
        self.are_worth = grown(self.are_worth, lambda word: _worth.fullmatch(word) is not None)
        return found

    def likely_names(self, texts: Sequence[str], found: Occurrences) -> Iterator[tuple[int, str]]:
        """Two to four Han characters in a row that belong to no longer word, with their text.

        The lexicon knows few names: 吴忌寒 may be 吴, 忌 and 寒 to it.  Function
        words stand apart, and so does what follows a number, its measure word.
        """
        lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        begins = np.cumsum(lengths) - lengths
        # By place, of one place the longest first; what matters of a word is packed behind.
        keys = begins[found.texts] + found.offsets << _SIZE_BITS
        keys |= _LONGEST - np.minimum(self._sizes[found.words], _LONGEST)
        keys <<= 2
        keys |= self._is_apart[found.words].astype(np.int64) << 1
        keys |= self._is_number[found.words]
        keys.sort()
        is_apart, is_number = (keys & 2) > 0, (keys & 1) > 0
        keys >>= 2
        starts = keys >> _SIZE_BITS
        ends = starts + _LONGEST - (keys & _LONGEST)
        covered = np.maximum.accumulate(np.where(is_apart, ends, 0))
        is_single = ~is_apart & (covered <= starts)
        is_single[1:] &= ~(is_apart & is_number)[:-1] | (ends[:-1] != starts[1:])
        singles = starts[is_single]
        first = np.flatnonzero(np.diff(singles, prepend=-2) != 1)
        sizes = np.diff(first, append=len(singles))
        is_name = (sizes > 1) & (sizes <= MAX_NAME)
        places, sizes = singles[first[is_name]], sizes[is_name]
        text_of = np.searchsorted(begins, places, side="right") - 1
        offsets = places - begins[text_of]
        for text, start, size in zip(
            text_of.tolist(), offsets.tolist(), sizes.tolist(), strict=True
        ):
            yield text, texts[text][start : start + size]

    def _stands_apart(self, word: str) -> bool:
        return len(word) > 1 or word < "\u3005" or word in self._apart


def count(batches: Iterable[Sequence[str]], processes: int) -> Terms:
    """The terms of documents that come in batches, each of two texts: its title, then its body.

    Once there is enough to do, ``processes`` share the work (see :func:`done_by`).
    """
    batches = iter(batches)
    tally, characters = Tally(), 0
    for batch in batches:
        tally.add(batch)
        characters += sum(map(len, batch))
        if processes > 1 and characters >= WORTH_PROCESSES:
            break
    else:
        return tally.terms()
    done = [tally.terms()]
    for terms in done_by(_count, _tasks(batches), processes):
        done.append(terms)
        if len(done) == _MOST_PARTS:
            done = [Terms.joined(done)]
    return Terms.joined(done)


def _tasks(batches: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    task: list[str] = []
    characters = 0
    for batch in batches:
        task += batch
        characters += sum(map(len, batch))
        if characters >= _TASK_CHARACTERS:
            yield task
            task, characters = [], 0
    if task:
        yield task


def _count(task: list[str]) -> Terms:
    """The terms of documents; what a process has learnt of words, it keeps for its next task."""
    tally = _tally()
    for start in range(0, len(task), _AT_ONCE):
        tally.add(task[start : start + _AT_ONCE])
    return tally.terms()


_tally = cache(Tally)
