"""Folded texts as tokens that OpenSearch's whitespace analyzer takes as they are.

Text is cut by our analysis and sent as tokens with a space between any two.  What that
analyzer would take for a space (Java's ``Character.isWhitespace``) is replaced within a
token by a noncharacter of Unicode, which no text holds that was meant to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from operator import add
from typing import Final

import numpy as np

from indexer.analysis import END
from indexer.analysis.bulk import Vocabulary
from indexer.engine import ranking as model

_WHITESPACE: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
)
_REPLACED: Final = {ord(space): 0xFDD0 + at for at, space in enumerate(_WHITESPACE)}
# The analyzer cuts what has more than 255 UTF-16 units; a hash takes 16 of them.
LONGEST: Final = 100
_LONGEST_VALUE: Final = 8000  # characters, of at most four of the 32,766 bytes of a term
_MOST_WORDS: Final = 300_000


def safe(text: str) -> str:
    """The text with nothing in it that separates tokens; as many characters."""
    return text.translate(_REPLACED)


def word_token(word: str) -> str:
    """The token of a word: itself, or its beginning and a hash of it when it is very long."""
    word = safe(word)
    if len(word) <= LONGEST:
        return word
    return word[:LONGEST] + blake2b(word.encode(), digest_size=8).hexdigest()


def value_token(value: str) -> str:
    """A value as it is compared: itself, or its beginning and a hash of it."""
    if len(value) <= _LONGEST_VALUE:
        return value
    return value[:_LONGEST_VALUE] + blake2b(value.encode(), digest_size=8).hexdigest()


def pair_tokens(text: str) -> list[str]:
    """The bigrams of a folded text, that of its last character and the end mark included.

    The token at position n begins with the character n.
    """
    text = safe(text)
    return list(map(add, text, text[1:] + END)) if text else []


def words_of(texts: Sequence[str], lead: int) -> list[str]:
    """For each of the folded texts the tokens of its words, with a space between any two.

    A word that begins within the first ``lead`` characters is there
    :data:`.ranking.LEAD_COUNT` times, for that is what it counts.
    """
    vocabulary = _vocabulary()
    found = vocabulary.occurrences(texts)
    times = np.where(found.offsets < lead, model.LEAD_COUNT, 1)
    order = np.argsort(found.texts, kind="stable")
    numbers = np.repeat(found.words[order], times[order])
    ends = np.cumsum(np.bincount(found.texts, times, len(texts)).astype(np.int64)).tolist()
    known = _tokens()
    known.extend(map(word_token, vocabulary.words[len(known) :]))
    tokens = [known[number] for number in numbers.tolist()]
    if len(known) > _MOST_WORDS:
        _vocabulary.cache_clear()
        _tokens.cache_clear()
    return [" ".join(tokens[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


@cache
def _vocabulary() -> Vocabulary:
    """This process's words."""
    return Vocabulary()


@cache
def _tokens() -> list[str]:
    """The tokens of this process's words, by their numbers."""
    return []
