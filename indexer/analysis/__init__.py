"""Chinese analysis: fold a text, cut it into words and character bigrams."""

from hashlib import sha256
from typing import Final

from indexer.analysis.dictionary import WORDS, aliases, spelling
from indexer.analysis.folding import TRADITIONAL, Folded, fold, fold_with_offsets
from indexer.analysis.segmenter import cut
from indexer.analysis.tokenizer import END, HAN, Token, bigrams, is_word, words

__all__ = [
    "ANALYSIS_VERSION",
    "END",
    "HAN",
    "Folded",
    "Token",
    "aliases",
    "bigrams",
    "cut",
    "fold",
    "fold_with_offsets",
    "is_word",
    "spelling",
    "words",
]

# To be raised with every change of the code that changes tokens.
_CODE_VERSION: Final = 1

ANALYSIS_VERSION: Final[str] = sha256(
    b"%d" % _CODE_VERSION + TRADITIONAL.read_bytes() + WORDS.read_bytes()
).hexdigest()[:12]
"""Changes whenever :func:`fold`, :func:`words` or :func:`bigrams` answer otherwise."""
