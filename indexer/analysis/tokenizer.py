"""Words and character bigrams of a folded text, with their character offsets."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, chain, pairwise
from operator import add
from typing import Final, NamedTuple

from indexer.analysis.dictionary import latin_names
from indexer.analysis.segmenter import cut, fine_cut, pieces, segmenter

END: Final = "\u0003"
"""Stands after the last character, so that this one begins a bigram too."""

HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""The ideographs, as a character class of a regular expression without its brackets.

々 and 〇, the basic block and extension A, the compatibility block, and planes
2 and 3, which hold all further extensions.
"""

_LETTERS: Final = rf"[^\W\d_{HAN}]+"
_NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)*"
_RUN: Final = rf"(?:{_NUMBER}|{_LETTERS})+(?:(?<=\d)%)?"
_COMPOUND: Final = rf"{_RUN}(?:[-.&'_]{_RUN})*"

_run: Final = re.compile(_RUN)
_compound: Final = re.compile(_COMPOUND)
_letters_number: Final = re.compile(rf"({_LETTERS})((\d+)(?:[.,]\d+)*)")
_number_letters: Final = re.compile(rf"({_NUMBER})({_LETTERS})")
_plural: Final = re.compile(r"([a-z]{2,}[a-hj-rtv-z]|[a-z]+\d+)s(?![a-z])")
_version: Final = re.compile(r"([a-z]{3,})(v\d+)")
_han: Final = re.compile(f"[{HAN}]+")
_text: Final = re.compile(f"([{HAN}]+)|{_COMPOUND}")

# How many runs of a compound are joined to a part of it: coindesk.com is a part of
# www.coindesk.com.  Longer ones are no words; a query finds them by their characters.
_MAX_RUNS: Final = 4

# No word of the lexicon that its own best cut takes apart is longer than this.
MAX_JOINED: Final = 4

# Nor than this, where a phrase beside it has the word's other half (首次 and 代币发行融资).
MAX_ACROSS: Final = 8

# Scripts up to here (Latin, Greek, Cyrillic, Armenian) put spaces between words.
_FIRST_UNSPACED: Final = "\u0590"


class Token(NamedTuple):
    """A word of a folded text: ``text`` is what stands there from ``start`` to ``end``."""

    text: str
    start: int
    end: int


def words(folded: str) -> list[Token]:
    """Every word of a folded text, by start, the longer first.

    Of a run of Han characters:

    - the words of its most probable cut;
    - the pieces of the long ones (以太坊, 以太, 坊);
    - the lexicon's words that a few adjacent words of the cut make up (台 and 中
      are more probable than 台中, which stands there all the same); a phrase of
      the cut stands for its plain words here (改革开放 in 深化改革 and 开放).

    Of anything else, by rule, the whole (``erc-20``) and the parts that one
    would search for (``erc``, ``20``); a thousands comma, a decimal point and a
    percent sign belong to their number.  A known name in a run of letters is a
    part of it (``uniswapx``), and so is the singular of what ends in s.
    """
    tokens: list[Token] = []
    for match in _text.finditer(folded):
        start, text = match.start(), match.group()
        if match.lastindex:
            tokens.extend(_han_words(text, start))
        else:
            tokens.append(Token(text, start, match.end()))
            tokens.extend(Token(text[a:b], start + a, start + b) for a, b in _parts(text))
    return tokens


def compounds(folded: str) -> Iterator[tuple[int, str]]:
    """The parts of a text without Han characters that are cut by rule, and where they start."""
    return ((match.start(), match.group()) for match in _compound.finditer(folded))


def compound_words(compound: str) -> list[tuple[str, int]]:
    """The words of a part that is cut by rule, the whole first, and where they start in it."""
    return [(compound, 0), *((compound[a:b], a) for a, b in _parts(compound))]


def is_han(word: str) -> bool:
    """Whether the word begins with an ideograph."""
    return bool(_han.match(word))


def is_word(folded: str) -> bool:
    """Whether :func:`words` finds ``folded`` wherever it stands as a word.

    True for a word of the lexicon and for one whole token of rule in a script
    that puts spaces between words.  Anything else is to be looked for as
    contiguous characters.
    """
    if _han.match(folded):
        return segmenter().has_word(folded) and bool(_han.fullmatch(folded))
    match = _compound.match(folded)
    return (
        match is not None
        and match.end() == len(folded)
        and max(folded) < _FIRST_UNSPACED
        and len(_run.findall(folded)) <= _MAX_RUNS
    )


def word_over(cut_words: Sequence[str], at: int) -> tuple[int, int] | None:
    """What the words of a run of Han that reach over ``at`` cover together; None where none does.

    ``cut_words`` are the run's most probable cut.  Of all its words only the
    cut's own and those that adjacent ones make up can be the longest there.
    """
    plain_words = list(chain.from_iterable(map(fine_cut, cut_words)))
    longest = MAX_ACROSS if len(plain_words) > len(cut_words) else MAX_JOINED
    borders = [0, *accumulate(map(len, plain_words))]
    first, last = bisect_right(borders, at - longest), bisect_left(borders, at + longest)
    joined = _joined(plain_words[first:last], borders[first], longest)
    over = [
        (start, end) for found in joined.values() for _, start, end in found if start < at < end
    ]
    borders = [0, *accumulate(map(len, cut_words))]
    behind = bisect_left(borders, at)
    if borders[behind] != at:
        over.append((borders[behind - 1], borders[behind]))
    return (min(over)[0], max(end for _, end in over)) if over else None


def bigrams(folded: str) -> list[tuple[str, int]]:
    """Every two adjacent characters with the offset of the first.

    Over all characters, spaces and punctuation too; the last gram is the last
    character and :data:`END`.  So the grams that begin with a character are
    exactly the places where it stands.
    """
    return list(zip(map(add, folded, folded[1:] + END), range(len(folded)), strict=True))


def _han_words(run: str, offset: int) -> Iterator[Token]:
    cut_words = cut(run)
    plain_words = [plain for word in cut_words for plain in fine_cut(word)]
    has_phrases = len(plain_words) > len(cut_words)
    joined = _joined(plain_words, offset, MAX_ACROSS if has_phrases else MAX_JOINED)
    start = offset
    for word in cut_words:
        size = len(word)
        tokens = [Token(word, start, start + size)]
        if size > 2:
            tokens += [Token(piece, start + a, start + b) for piece, a, b in pieces(word)]
        if has_phrases or start in joined:
            inside = [joined.pop(at) for at in range(start, start + size) if at in joined]
            if inside:
                tokens = sorted({*tokens, *chain(*inside)}, key=_order)
        yield from tokens
        start += size


def _order(token: Token) -> tuple[int, int]:
    return token.start, -token.end


def _joined(plain_words: list[str], start: int, longest: int) -> dict[int, list[Token]]:
    """The lexicon's words made of a few adjacent ones, by their start."""
    has_word = segmenter().has_word
    found: dict[int, list[Token]] = {}
    for index, text in enumerate(plain_words, 1):
        size = len(text)
        if size < longest:
            for word in plain_words[index : index + longest - size]:
                text += word
                if len(text) > longest:
                    break
                if has_word(text):
                    found.setdefault(start, []).append(Token(text, start, start + len(text)))
        start += size
    return found


@lru_cache(maxsize=1 << 14)
def _parts(compound: str) -> tuple[tuple[int, int], ...]:
    runs = [match.span() for match in _run.finditer(compound)]
    spans = {
        (start, end)
        for index, (start, _) in enumerate(runs)
        for _, end in runs[index : index + _MAX_RUNS]
        # A letter by itself is no word that one would search for: s&p, e-cny.
        if end - start > 1 or compound[start].isdigit()
    }
    for start, end in runs:
        if compound[end - 1] == "%":
            end -= 1
            spans.add((start, end))
        if match := _letters_number.fullmatch(compound, start, end):
            spans.add((start, match.end(3)))  # web3 of web3.0
            if len(match[1]) > 1:
                spans |= {match.span(1), match.span(2)}
        elif (match := _number_letters.fullmatch(compound, start, end)) and len(match[2]) > 1:
            spans |= {match.span(1), match.span(2)}  # 100 and btc of 100btc
        if match := _plural.match(compound, start, end):
            spans.add(match.span(1))  # bip of bips; not of this, bus and cross
        if match := _version.fullmatch(compound, start, end):
            spans |= {match.span(1), match.span(2)}  # uniswap and v4 of uniswapv4
        spans |= _glued(compound, start, end)
    spans.discard((0, len(compound)))
    return tuple(sorted(spans, key=lambda span: (span[0], -span[1])))


def _glued(compound: str, start: int, end: int) -> set[tuple[int, int]]:
    """The known names in a run of letters, and what stands beside them: zk, rollup."""
    names = [match.span() for match in _latin_names().finditer(compound, start, end)]
    if not names:
        return set()
    borders = [start, *chain(*names), end]
    return {span for span in pairwise(borders) if span[1] - span[0] > 1}


@cache
def _latin_names() -> re.Pattern[str]:
    names = sorted(latin_names(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)))
