"""What the best matches of a query hold: its words, and its pairs of characters.

Bare words, quotes and texts of ``title:`` and ``body:`` rank; what is negated,
fields of values, and function words beside others do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice, takewhile
from typing import Final, NamedTuple

from indexer.analysis import aliases, bigrams, fold, is_word, words
from indexer.engine.ranking import Ranking
from indexer.engine.tree import Characters, TextField, Word
from indexer.query.bare import function_words, named_run, node_of, parts_of, pieces
from indexer.query.fields import Field
from indexer.query.lexer import Lexeme, lexemes
from indexer.query.parser import MAX_NAME_CHUNKS

# More say nothing more about which documents are the best, and each costs time.
MAX_WORDS: Final = 64
MAX_PAIRS: Final = 64

Alternatives = tuple[Word | Characters, ...]


class _Text(NamedTuple):
    """A folded chunk or quote; ``names`` are those of the thing that it helps to name."""

    folded: str
    field: TextField | None
    is_quote: bool
    names: tuple[str, ...] = ()


def ranking_of(q: str, *, use_aliases: bool = True) -> Ranking:
    """What ranks the matches of ``q``; ``use_aliases`` lets other names count as the word."""
    ranked: dict[Alternatives, None] = {}
    pairs: dict[str, None] = {}
    for text in _with_names(list(_ranking_texts(lexemes(q, lambda notice: None)))):
        found = _words(text)
        for word in found:
            others = (text.names or aliases(word)) if use_aliases and not text.is_quote else ()
            names = dict.fromkeys((word, *others))
            ranked[tuple(node_of(name, text.field) for name in names)] = None
        if len(found) > 1 and text.field != "title":
            pairs.update(dict.fromkeys(_pairs(text.folded)))
    return Ranking(tuple(islice(ranked, MAX_WORDS)), tuple(islice(pairs, MAX_PAIRS)))


def _with_names(texts: list[_Text]) -> Iterator[_Text]:
    """The texts; those that name a thing together (Vitalik Buterin) with its other names."""
    at = 0
    while at < len(texts):
        following = islice(texts, at, at + MAX_NAME_CHUNKS)
        run = takewhile(partial(_may_name_with, texts[at]), following)
        size, name = named_run([each.folded for each in run])
        for each in texts[at : at + max(size, 1)]:
            yield each._replace(names=aliases(name))
        at += max(size, 1)


def _may_name_with(first: _Text, text: _Text) -> bool:
    return not text.is_quote and text.field == first.field


def _ranking_texts(found: list[Lexeme]) -> Iterator[_Text]:
    """The chunks and quotes that are wanted in a title or body."""
    outer: list[tuple[bool, Field | None]] = []
    is_negated, field = False, None
    negates, named = False, field  # what stands before the next lexeme
    joined: tuple[bool, Field | None] = (False, None)  # what stood before one that a bar joins
    for lexeme in found:
        if lexeme.kind == "|":
            negates, named = joined
            continue
        if lexeme.kind == "NOT":
            negates = not negates
            continue
        if lexeme.kind == "field":
            named = lexeme.field
            continue
        if lexeme.kind == "(":
            outer.append((is_negated, field))
            is_negated, field = is_negated ^ negates, named or field
        elif lexeme.kind == ")" and outer:
            is_negated, field = outer.pop()
        elif lexeme.kind in ("chunk", "quote") and not is_negated ^ negates:
            of = named or field
            if of is None or of == "title" or of == "body":
                is_quote = lexeme.kind == "quote"
                folded = fold(lexeme.text)
                yield _Text(folded if is_quote else folded.strip("*"), of, is_quote)
        joined = negates, named
        negates, named = False, None


def _words(text: _Text) -> list[str]:
    """The longest words of a text; the text itself where it is one thing."""
    folded = text.folded
    if is_word(folded) or aliases(folded):
        return [*dict.fromkeys((folded, *parts_of(folded)))]
    longest: list[str] = []
    end = 0
    for token in words(folded):
        if token.end > end:
            longest.append(token.text)
            end = token.end
    kept = [word for word in longest if word not in function_words()] or longest
    if not kept:  # emoji, and in quotes any signs
        kept = [folded] if text.is_quote else [piece.text for piece in pieces(folded)[0]]
    return list(dict.fromkeys(kept))


def _pairs(text: str) -> Iterator[str]:
    return (pair for pair, _ in bigrams(text) if pair.isalnum())
