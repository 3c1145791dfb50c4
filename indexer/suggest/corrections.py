"""Corrections of bare words that find nothing, from the index's own terms.

A candidate's *cost* says how near it is, less being nearer; those of the same
cost are ranked by frequency:

===== ======================================================================
 1    Han: it sounds the same and one character differs; Latin: one edit
 1.5  it sounds the same and several characters differ, or pinyin was typed
 2    it sounds nearly the same (an/ang, z/zh, n/l …); Latin: two edits
 3    Han: one edit, not by sound, of a word of three characters or more
===== ======================================================================

Another first letter adds 0.5 to a Latin word's cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Final, NamedTuple

from indexer.analysis import HAN, aliases, cut, fold_with_offsets, is_word, spelling
from indexer.query.answer import Correction, Segment
from indexer.query.bare import Piece, pieces
from indexer.query.lexer import Lexeme, lexemes
from indexer.suggest.distance import sounding_like, within
from indexer.suggest.pinyin import Reading, readings, spelled_out
from indexer.suggest.runs import MIN_GUESS, TermRun
from indexer.suggest.suggester import MAX_DOUBTED
from indexer.suggest.vocabulary import Vocabulary

MAX_CORRECTIONS: Final = 3

Frequency = Callable[[str], int]
"""How many documents a folded bare word finds."""

# A word that finds something may still be a slip that a source made too.  A right but rare
# name must not be called one: so only a word that no lexicon knows is doubted, beside one
# that is as near as can be and so many times as frequent.
_DOUBT: Final = 1000
# 区块连 is no name: one character stands alone beside a word of the lexicon.
_DOUBT_BESIDE_A_WORD: Final = 100

_MUCH_RARER: Final = 100
_AS_NEAR: Final = 0.5
_MAX_WORDS: Final = 8
# Each may cost a search: who types a whole paragraph is not looking for a slip in it.
_MAX_PIECES: Final = 16
_MAX_CHARACTERS: Final = 40
_MAX_WINDOW: Final = 5
_latin: Final = re.compile(r"[a-z][a-z0-9'-]{2,24}")
_han: Final = re.compile(f"[{HAN}]+")
_digits: Final = re.compile(r"\D+")


class _Candidate(NamedTuple):
    """What a part of a chunk may be meant to be; the better sorts first."""

    cost: float
    rank: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Slip:
    """A part of the query as typed, and what it may be meant to be, the best first."""

    start: int
    end: int
    meant: tuple[str, ...]


def corrections(q: str, vocabulary: Vocabulary, frequency: Frequency) -> tuple[Correction, ...]:
    """Queries that may have been meant by ``q``, the most likely first.

    Only bare words are corrected, not what stands in quotes, behind a field or
    behind a negation.  ``frequency`` is asked for what is no term.
    """
    words = islice(_bare_words(lexemes(q, lambda notice: None)), _MAX_WORDS)
    slips = [slip for lexeme in words for slip in _slips(lexeme, vocabulary, frequency)]
    if not slips:
        return ()
    if len(slips) == 1:
        return tuple(_correction(q, slips, [name]) for name in slips[0].meant[:MAX_CORRECTIONS])
    return (_correction(q, slips, [slip.meant[0] for slip in slips]),)


def _correction(q: str, slips: list[_Slip], names: list[str]) -> Correction:
    segments: list[Segment] = []
    at = 0
    for slip, name in zip(slips, names, strict=True):
        segments += [Segment(q[at : slip.start]), Segment(name, True)]
        at = slip.end
    segments.append(Segment(q[at:]))
    kept = tuple(segment for segment in segments if segment.text)
    return Correction("".join(segment.text for segment in kept), kept)


def _bare_words(found: list[Lexeme]) -> Iterator[Lexeme]:
    """The chunks that belong to no field and to no negation."""
    spared, depth, before = 0, 0, False
    for lexeme in found:
        if lexeme.kind in ("NOT", "field"):
            before = True
            continue
        if lexeme.kind == "(":
            depth += 1
            if before and not spared:
                spared = depth
        elif lexeme.kind == ")":
            if depth == spared:
                spared = 0
            depth = max(depth - 1, 0)
        elif lexeme.kind == "chunk" and not before and not spared and "*" not in lexeme.text:
            yield lexeme
        before = False


def _slips(lexeme: Lexeme, vocabulary: Vocabulary, frequency: Frequency) -> Iterator[_Slip]:
    folded = fold_with_offsets(lexeme.text)
    taken = 0
    for piece in pieces(folded.text)[0][:_MAX_PIECES]:
        if piece.start < taken:
            continue
        candidates = sorted(_candidates(folded.text, piece, taken, vocabulary, frequency))
        if not candidates:
            continue
        best = candidates[0]
        # A much rarer one that is about as near may be somebody's slip itself.
        likely = [
            each
            for each in candidates
            if (each.start, each.end) == (best.start, best.end)
            and each.cost <= best.cost + _AS_NEAR
            and each.rank * _MUCH_RARER <= best.rank
        ]
        taken = best.end
        start, end = folded.original(best.start, best.end)
        names = tuple(dict.fromkeys(spelling(each.text) for each in likely))
        yield _Slip(lexeme.position + start, lexeme.position + end, names)


def _candidates(
    chunk: str, piece: Piece, taken: int, vocabulary: Vocabulary, frequency: Frequency
) -> Iterator[_Candidate]:
    word = piece.text
    is_han = _han.fullmatch(word) is not None
    if not (is_han or _latin.fullmatch(word)) or aliases(word) or len(word) > _MAX_CHARACTERS:
        return
    count = vocabulary.weights([word])[0] or frequency(word)
    is_known = is_han and is_word(word)
    if count > MAX_DOUBTED or (count and is_known):
        return
    near = _han_neighbours if is_han else _latin_neighbours
    found = False
    for run in (*vocabulary.terms, vocabulary.names):
        for cost, weight, text in near(run, word):
            if count and (cost > 1 or weight < _doubt(word, text) * count):
                continue
            # A known word that is in no document may still be a homophone that was picked.
            if is_known and cost >= 2:
                continue
            found = True
            yield _Candidate(cost, -weight, text, piece.start, piece.end)
    if is_han and not (found or count or is_known):
        yield from _homophones_around(vocabulary, chunk, piece, taken)


def _doubt(word: str, text: str) -> int:
    """How many times as frequent ``text`` must be for ``word``, which is found, to be doubted."""
    if not (_han.fullmatch(word) and is_word(text)):
        return _DOUBT
    parts = cut(word)
    starts = accumulate(map(len, parts), initial=0)
    alone = {start for start, part in zip(starts, parts, strict=False) if len(part) == 1}
    differing = {at for at, (a, b) in enumerate(zip(word, text, strict=False)) if a != b}
    return _DOUBT_BESIDE_A_WORD if differing <= alone and len(alone) < len(word) else _DOUBT


def _latin_neighbours(run: TermRun, word: str) -> Iterator[tuple[float, int, str]]:
    limit = 1 if len(word) < 6 else 2
    for entry, distance, text in within(run, word, limit):
        if text == word or _digits.sub("", text) != _digits.sub("", word):
            continue
        if len(word) < 5 and (
            text[0] != word[0] or (len(word) == 3 and sorted(word) != sorted(text))
        ):
            continue  # nearly every short name is next to another
        yield distance + (text[0] != word[0]) * 0.5, int(run.weights[entry]), text
    for reading in spelled_out(word):
        for weight, text, is_exact in _homophones(run, reading):
            if is_exact:
                yield 1.5, weight, text


def _han_neighbours(run: TermRun, word: str) -> Iterator[tuple[float, int, str]]:
    for reading in _readings_of_all(word):
        for weight, text, is_exact in _homophones(run, reading):
            if differing := _differing(word, text):
                yield (1 if is_exact else 2) + (differing > 1) * 0.5, weight, text
    if len(word) < 3:
        return
    for entry, distance, text in within(run, word, 1):
        is_likely = not run.columns["guess"][entry] and _han.fullmatch(text)
        if distance and is_likely and _is_slip(word, text):
            yield 3, int(run.weights[entry]), text


def _is_slip(word: str, text: str) -> bool:
    """Whether a word of three characters or more, one edit away, is no other name.

    A first or last character tells persons and coins apart: 孙宇晨 and 孙宇航.
    """
    if len(word) == len(text) == 3:
        return (word[0], word[-1]) == (text[0], text[-1]) or _differing(word, text) == 2
    return len(word) > 3 < len(text)


def _homophones(run: TermRun, reading: Reading) -> Iterator[tuple[int, str, bool]]:
    """The weight and text of what is read so, and whether exactly so."""
    for entry, is_exact in sounding_like(run, reading).items():
        text, weight = run.text(entry).decode(), int(run.weights[entry])
        if len(text) == len(reading) and (not run.columns["guess"][entry] or weight >= MIN_GUESS):
            yield weight, text, is_exact


def _homophones_around(
    vocabulary: Vocabulary, chunk: str, piece: Piece, taken: int
) -> Iterator[_Candidate]:
    """What a part of the chunk that crosses the piece sounds like, the longest that does.

    比特弊价格 is cut 比特 and 弊价格.
    """
    for size in range(min(_MAX_WINDOW, len(chunk)), 1, -1):
        found = False
        for start in range(
            max(taken, piece.start - size + 1), min(piece.end, len(chunk) - size + 1)
        ):
            window = chunk[start : start + size]
            for reading in _readings_of_all(window):
                for run in vocabulary.terms:
                    for weight, text, is_exact in _homophones(run, reading):
                        if is_exact and _differing(window, text) == 1:
                            found = True
                            yield _Candidate(1, -weight, text, start, start + size)
        if found:
            return


def _readings_of_all(word: str) -> list[Reading]:
    """The readings of a word of two characters or more, if each of them has one."""
    return [reading for reading in readings(word) if len(reading) == len(word) > 1]


def _differing(word: str, other: str) -> int:
    """In how many places two words of one length differ."""
    return sum(a != b for a, b in zip(word, other, strict=True))
