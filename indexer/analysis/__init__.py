"""Chinese analysis: fold a text, cut it into words and character bigrams."""

from functools import cache
from hashlib import sha256
from typing import Final

from indexer.analysis.dictionary import LATIN, WORDS, aliases, jieba_dictionary, spelling
from indexer.analysis.folding import TRADITIONAL, Folded, fold, fold_with_offsets
from indexer.analysis.segmenter import cut
from indexer.analysis.tokenizer import END, HAN, Token, bigrams, is_word, word_over, words

__all__ = [
    "ANALYSIS_VERSION",
    "END",
    "FOLD_VERSION",
    "HAN",
    "Folded",
    "Token",
    "aliases",
    "bigrams",
    "cut",
    "dictionary_version",
    "fold",
    "fold_with_offsets",
    "is_word",
    "spelling",
    "word_over",
    "words",
]

# To be raised with every change of the code of the fold.
_FOLD_CODE: Final = 1

FOLD_VERSION: Final[str] = sha256(b"%d" % _FOLD_CODE + TRADITIONAL.read_bytes()).hexdigest()[:12]
"""Changes whenever :func:`fold` answers otherwise; ids and quotes stand on it."""

ANALYSIS_VERSION: Final = 2
"""To be raised with every change of code by which :func:`words` answers otherwise."""


@cache
def dictionary_version() -> str:
    """Changes with the words that :func:`words` knows: jieba's, and those added to them."""
    return sha256(
        jieba_dictionary().read_bytes() + WORDS.read_bytes() + LATIN.read_bytes()
    ).hexdigest()[:12]
