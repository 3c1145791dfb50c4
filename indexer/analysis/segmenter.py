"""Cutting runs of Han characters into words, by dictionary and without HMM.

jieba 0.42.1 is the reference.  ``rjieba`` has the same dictionary and the same
algorithm, is many times faster and loads sooner; it is used when installed.
"""

from __future__ import annotations

import logging
import re
import warnings
from functools import cache, lru_cache
from itertools import accumulate, combinations
from math import log
from typing import Final, Protocol

from indexer.analysis.dictionary import CUTTABLE, added_words, frequencies

_blocks: Final = re.compile(f"[{CUTTABLE}]+|.", re.DOTALL)

# 部长, 局长, 行长, 校长: the head of the office, bureau, bank or school that stands before it.
_HEAD: Final = "长"

# A word of so many characters may be a phrase (深化改革); a shorter one (产业链) is none.
_PHRASE: Final = 4


class Segmenter(Protocol):
    """What cuts a run of cuttable Han characters and knows the lexicon's words."""

    def cut(self, run: str) -> list[str]:
        """The most probable cut of ``run``."""

    def has_word(self, word: str) -> bool:
        """Whether ``word`` is in the lexicon."""


class RjiebaSegmenter:
    """The segmenter in Rust."""

    def __init__(self) -> None:
        import rjieba

        # The dictionary that it has loaded already; a Jieba() would load another.
        self._jieba = rjieba
        for word, frequency in added_words().items():
            self._jieba.add_word(word, frequency, None)

    def cut(self, run: str) -> list[str]:
        """The most probable cut of ``run``."""
        words: list[str] = self._jieba.cut(run, hmm=False)
        return words

    def has_word(self, word: str) -> bool:
        """Whether ``word`` is in the lexicon."""
        return bool(self._jieba.has_word(word))


class JiebaSegmenter:
    """The reference, in Python."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # Its use of pkg_resources and its invalid escapes warn; the user can mend neither.
            warnings.simplefilter("ignore")
            import jieba
        jieba.setLogLevel(logging.WARNING)
        # Filled here and not by its initialize(): that one reads a cache file in
        # the shared temporary folder, which anybody could have written.
        self._tokenizer = jieba.Tokenizer()
        of = frequencies().counted()
        prefixes = dict(of)
        for word in of:
            for end in range(1, len(word)):
                prefixes.setdefault(word[:end], 0)
        self._tokenizer.FREQ, self._tokenizer.total = prefixes, frequencies().total
        self._tokenizer.initialized = True

    def cut(self, run: str) -> list[str]:
        """The most probable cut of ``run``."""
        words: list[str] = self._tokenizer.lcut(run, HMM=False)
        return words

    def has_word(self, word: str) -> bool:
        """Whether ``word`` is in the lexicon."""
        return bool(self._tokenizer.FREQ.get(word))


@cache
def segmenter() -> Segmenter:
    """The one segmenter of this process, made when first asked for."""
    try:
        return RjiebaSegmenter()
    except ImportError:
        return JiebaSegmenter()


def cut(run: str) -> list[str]:
    """The most probable cut of a folded run of Han characters.

    Characters outside jieba's range (extension blocks, 〇, 々) stand alone.
    """
    cut_block = segmenter().cut
    words: list[str] = []
    for block in _blocks.findall(run):
        words.extend(cut_block(block) if len(block) > 1 else [block])
    return words


def cut_runs(runs: str) -> list[str]:
    """The cuts of many folded runs of Han characters, with line feeds between them.

    The line feeds are among them.  What lies outside jieba's range stands alone
    here too: jieba itself cuts such characters one by one.
    """
    return segmenter().cut(runs)


def best_cut_without_itself(word: str) -> list[str]:
    """The most probable cut of ``word`` into two words or more.

    The formula is jieba's ``calc``: the greatest sum of log(frequency / total),
    the longer word first where two cuts are equal; unknown characters count 1.
    """
    frequency = frequencies().frequency
    size, log_total = len(word), log(frequencies().total)
    best: list[tuple[float, int]] = [(0.0, size)] * (size + 1)
    for start in range(size - 1, -1, -1):
        ends = [
            end
            for end in range(start + 1, size + 1)
            if end - start < size and frequency(word[start:end])
        ] or [start + 1]
        best[start] = max(
            (log(frequency(word[start:end]) or 1) - log_total + best[end][0], end) for end in ends
        )
    words, start = [], 0
    while start < size:
        end = best[start][1]
        words.append(word[start:end])
        start = end
    return words


@lru_cache(maxsize=1 << 16)
def pieces(word: str) -> tuple[tuple[str, int, int], ...]:
    """The pieces of a word of three characters or more, with their offsets in it.

    They are the words of its own best cut, and their own pieces (以太坊 has
    以太 and 坊), and what the lexicon makes of adjacent ones (中共中央政治局 has
    中共中央 and 中央政治局).  A head of an office (财政部长) has the office too,
    whose last character the cut gives to the head.  By start, the longer first.
    """
    if len(word) < 3:
        return ()
    has_word = segmenter().has_word
    found: set[tuple[int, int]] = set()
    start = 0
    for part in best_cut_without_itself(word):
        found.add((start, start + len(part)))
        found.update((start + a, start + b) for _, a, b in pieces(part))
        start += len(part)
    if len(word) >= _PHRASE:
        borders = [0, *accumulate(map(len, fine_cut(word)))]
        found.update(span for span in combinations(borders, 2) if has_word(word[slice(*span)]))
        found.discard((0, len(word)))
        if word.endswith(_HEAD) and has_word(word[:-1]):
            found.add((0, len(word) - 1))
    spans = sorted(found, key=lambda span: (span[0], -span[1]))
    return tuple((word[a:b], a, b) for a, b in spans)


@lru_cache(maxsize=1 << 16)
def fine_cut(word: str) -> tuple[str, ...]:
    """The plain words that a phrase is made of: 中共中央政治局 is 中共, 中央 and 政治局.

    A phrase has four characters or more, and its own best cut has no single
    one (a name has, 阿拉斯加); in that cut, phrases are cut again.  Any other
    word stays whole.
    """
    parts = best_cut_without_itself(word) if len(word) >= _PHRASE else []
    if not parts or min(map(len, parts)) == 1:
        return (word,)
    return tuple(plain for part in parts for plain in fine_cut(part))
