"""What a bare chunk of a query (between spaces) asks for.

The words of the lexicon in it are matched as words.  What the lexicon does not
know, above all names, is matched as contiguous characters, so that no name is
missed because the segmenter has never seen it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal
from unicodedata import category

from indexer.analysis import HAN, Token, aliases, cut, is_word, words
from indexer.analysis.segmenter import best_cut_without_itself
from indexer.engine.tree import Characters, Node, Or, Prefix, TextField, Word
from indexer.query.amounts import HEDGES, amount_node, is_amount, with_amounts

# A chunk up to this length that holds single characters is taken for a name.
MAX_NAME: Final = 4

_han: Final = re.compile(f"[{HAN}]+")
_FUNCTION_WORDS: Final = Path(__file__).with_name("function_words.txt")

# An ideograph that stands between a column and a headline: 声音丨央行….
_BAR: Final = "丨"

PieceKind = Literal["word", "characters", "single", "amount", "function"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a folded chunk, from ``start`` to ``end``.

    A ``single`` is one character that means little alone and is joined to its
    neighbours; an ``amount`` is a number with its unit; a ``function`` word is
    left out when something else remains.
    """

    text: str
    start: int
    kind: PieceKind

    @property
    def end(self) -> int:
        """Where the piece ends in its chunk."""
        return self.start + len(self.text)


def pieces(chunk: str) -> tuple[list[Piece], list[Piece]]:
    """The pieces of a folded chunk to search for, and the function words left out.

    No piece for a chunk of punctuation alone.
    """
    if aliases(chunk) or is_word(chunk):
        return [Piece(chunk, 0, _kind(chunk))], []
    runs = with_amounts(_runs(chunk), function_words())
    found = [piece for run in runs for piece in _pieces_of(run, chunk)]
    kept = [piece for piece in found if piece.kind != "function"]
    if found and not kept:
        return [Piece(chunk, 0, "characters")], []
    return _joined(kept), [piece for piece in found if piece.kind == "function"]


def prefix_nodes(chunk: str, field: TextField | None) -> tuple[str, Node | None]:
    """What stands before the last word of a folded chunk, and that word as a prefix.

    None when the chunk does not end in a word.  Han text that is no word by
    itself is looked for by its characters too: the lexicon may not know the
    name that begins with it.  An amount begins a longer one as it is.
    """
    runs = with_amounts(_runs(chunk), function_words())
    if not runs or runs[-1].end != len(chunk):
        return chunk, None
    last = runs[-1].text
    if is_amount(last):
        amount = last[1:] if last[0] in HEDGES else last
        return chunk[: runs[-1].start], amount_node(amount, field)
    prefix = Prefix(last, field)
    if _han.fullmatch(last) and not is_word(last):
        return chunk[: runs[-1].start], Or((prefix, Characters(last, field)))
    return chunk[: runs[-1].start], prefix


def named_run(chunks: Sequence[str]) -> tuple[int, str]:
    """How many of the folded chunks, from the first on, name a thing together, and the name.

    Two or more, as many as possible, written with spaces (vitalik buterin) or
    without (比特币 现金); 0 where there is no such name.
    """
    for size in range(len(chunks), 1, -1):
        for name in (" ".join(chunks[:size]), "".join(chunks[:size])):
            if aliases(name):
                return size, name
    return 0, ""


def node_of(text: str, field: TextField | None) -> Word | Characters:
    """``text`` as a word where the lexicon knows it, else as characters."""
    return Word(text, field) if is_word(text) else Characters(text, field)


def parts_of(word: str) -> tuple[str, ...]:
    """The words that make up a phrase of the lexicon (比特币减半); nothing for a plain word."""
    parts = tuple(best_cut_without_itself(word)) if _han.fullmatch(word) and is_word(word) else ()
    return (
        parts if len(parts) > 1 and all(len(part) > 1 and is_word(part) for part in parts) else ()
    )


def _kind(text: str) -> PieceKind:
    return "word" if is_word(text) else "characters"


@cache
def function_words() -> frozenset[str]:
    """The words that a longer chunk is searched without."""
    lines = _FUNCTION_WORDS.read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _runs(chunk: str) -> Iterator[Token]:
    """The runs of Han characters, the whole tokens of rule, and the emoji of a chunk."""
    chunk = chunk.replace(_BAR, "|")
    start = 0
    for run in [*_han.finditer(chunk), None]:
        yield from _tokens_of_rule(chunk[start : run.start() if run else len(chunk)], start)
        if run:
            yield Token(run.group(), *run.span())
            start = run.end()


def _tokens_of_rule(text: str, offset: int) -> Iterator[Token]:
    end = 0
    for token in [*words(text), Token("", len(text), len(text))]:
        if token.start < end:
            continue  # a part of the token before it
        for at in range(end, token.start):
            if category(text[at]) == "So":
                yield Token(text[at], offset + at, offset + at + 1)
        if token.text:
            yield Token(token.text, offset + token.start, offset + token.end)
        end = token.end


def _pieces_of(run: Token, chunk: str) -> Iterator[Piece]:
    text, start, _ = run
    if is_amount(text):
        if text[0] in HEDGES:
            yield Piece(text[0], start, "function")
            text, start = text[1:], start + 1
        yield Piece(text, start, "amount")
        return
    if len(text) == 1 and text.isalnum():
        yield Piece(text, start, "single")
        return
    left_out = function_words()
    if is_word(text) or not _han.fullmatch(text):
        is_left_out = text in left_out and not _han.match(text)
        yield Piece(text, start, "function" if is_left_out else _kind(text))
        return
    parts = cut(text)
    holds_single = any(len(part) == 1 and part not in left_out for part in parts)
    # Beside other text, 的价格 is no name: ETH的价格.
    is_apart = text == chunk or not left_out.intersection(parts)
    if holds_single and is_apart and len(text) <= MAX_NAME:
        yield Piece(text, start, "characters")
        return
    for part in parts:
        if part in left_out:
            yield Piece(part, start, "function")
        elif len(part) == 1:
            yield Piece(part, start, "single")
        else:
            yield Piece(part, start, _kind(part))
        start += len(part)


def _joined(kept: list[Piece]) -> list[Piece]:
    """The pieces with each single joined to the singles beside it, or to the next or last."""
    if not kept:
        return []
    sequences = [[kept[0]]]
    for before, piece in pairwise(kept):
        if before.end == piece.start:
            sequences[-1].append(piece)
        else:
            sequences.append([piece])
    return [piece for sequence in sequences for piece in _without_singles(sequence)]


def _without_singles(sequence: list[Piece]) -> list[Piece]:
    done: list[Piece] = []
    at = 0
    while at < len(sequence):
        end = at
        while end < len(sequence) and sequence[end].kind == "single":
            end += 1
        if end == at:
            done.append(sequence[at])
            at += 1
            continue
        group = sequence[at:end]
        at = end
        if len(group) == 1 and end < len(sequence) and _takes_single(sequence[end]):
            group.append(sequence[end])
            at = end + 1
        elif len(group) == 1 and done and _takes_single(done[-1]):
            group.insert(0, done.pop())
        text = "".join(piece.text for piece in group)
        kind = _kind(text) if len(group) == 1 else "characters"
        done.append(Piece(text, group[0].start, kind))
    return done


def _takes_single(piece: Piece) -> bool:
    """Whether a single belongs to the piece beside it; BTC涨 are two things, A股 is one."""
    return piece.kind == "characters" or bool(_han.match(piece.text))
