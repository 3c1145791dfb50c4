"""Folding: what counts as the same character.

NFKC, lower case, traditional to simplified, invisible marks dropped; nothing
else, so spaces, commas and emoji stay.  Each character is folded by itself,
whatever stands beside it: ``fold(a + b) == fold(a) + fold(b)``, so every
substring of a text folds to a substring of the folded text.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final
from unicodedata import normalize

TRADITIONAL: Final = Path(__file__).parent / "data" / "traditional.tsv"

# Unicode's Default_Ignorable_Code_Point, which NFKC_Casefold drops too (DerivedCoreProperties.txt):
# zero-width and bidirectional marks, the byte order mark, soft hyphens, variation selectors.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


@cache
def _simplified() -> dict[str, str]:
    lines = TRADITIONAL.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


def _fold_character(character: str) -> str:
    simplified = _simplified()
    folded = "".join(
        simplified.get(lower, lower)
        for part in normalize("NFKC", character)
        for lower in part.lower()
        if not _INVISIBLE.match(lower)
    )
    # One step can make room for another (the Kelvin sign is a K first, then a k).
    return folded if folded == character else "".join(map(_fold_character, folded))


class _Table(dict[int, str]):
    """A table for ``str.translate``, filled with the characters that are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_TABLE: Final = _Table()


def fold(text: str) -> str:
    """``text`` folded, character by character; folding it again changes nothing."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that knows where each of its characters comes from.

    ``_origins`` holds for each folded character, and for the end, the offset
    of its original; None where every character folds to exactly one.
    """

    text: str
    _origins: array[int] | None = field(default=None, repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that ``text[start:end]`` covers, in whole characters."""
        if self._origins is None:
            return start, end
        first = self._origins[start]
        return (first, self._origins[end - 1] + 1) if end > start else (first, first)


def fold_with_offsets(text: str) -> Folded:
    """``text`` folded as by :func:`fold`, with the way back to the original."""
    folded = fold(text)
    if text.isascii() or all(len(_TABLE[ord(character)]) == 1 for character in set(text)):
        return Folded(folded)
    origins = array("L")
    for offset, character in enumerate(text):
        origins.extend([offset] * len(_TABLE[ord(character)]))
    origins.append(len(text))
    return Folded(folded, origins)
