"""Many texts as one array of code points: what is to be done to all is done at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.folding import fold
from indexer.analysis.tokenizer import END

Array = NDArray[Any]

CODES: Final = 0x110000
"""How many code points there are."""

_UNKNOWN: Final = 0xFFFFFFFF
_NOT_ONE: Final = 0xFFFFFFFE


class Joined(NamedTuple):
    """Texts one behind the other, each followed by :data:`.tokenizer.END`.

    ``codes`` (uint32) are their code points, ``starts`` (int64) where each text
    begins, with one more for the end.
    """

    codes: Array
    starts: Array


def joined(texts: Sequence[str]) -> Joined:
    """The texts as they are."""
    sizes = np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts))
    whole = "".join(text + END for text in texts)
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), "<u4")
    return Joined(codes, np.concatenate([[0], np.cumsum(sizes)]))


def folded(texts: Sequence[str]) -> Joined:
    """The texts folded, as by :func:`.folding.fold`."""
    given = joined(texts)
    codes = _folds()[given.codes]
    if len(new := given.codes[codes == _UNKNOWN]):
        _learn(np.unique(new))
        codes = _folds()[given.codes]
    odd = np.flatnonzero(codes == _NOT_ONE)
    if not len(odd):
        return Joined(codes, given.starts)
    texts = list(texts)
    for owner in np.unique(np.searchsorted(given.starts, odd, side="right") - 1).tolist():
        texts[owner] = fold(texts[owner])
    return folded(texts)  # what is folded stays as it is


@cache
def _folds() -> Array:
    """The code point that each folds to, as far as it is known."""
    return np.full(CODES, _UNKNOWN, np.uint32)


def _learn(codes: Array) -> None:
    for code in codes.tolist():
        character = fold(chr(code))
        _folds()[code] = ord(character) if len(character) == 1 else _NOT_ONE
