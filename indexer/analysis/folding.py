"""Folding: what counts as the same character.

NFKC, lower case, traditional to simplified, invisible marks dropped; nothing
else, so spaces, commas and emoji stay.  Each character is folded by itself,
whatever stands beside it: ``fold(a + b) == fold(a) + fold(b)``, so every
substring of a text folds to a substring of the folded text.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
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


# From so many different characters on, replacing one after the other takes longer than the table.
MANY: Final = 64

# Of so few characters each is looked up at once: a query does not wait for the pattern.
_SHORT: Final = 32


class _Table(dict[int, str]):
    """A table for ``str.translate``, filled with the characters that are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_TABLE: Final = _Table()


@cache
def _changing() -> re.Pattern[str]:
    """Finds every character that the fold changes, and of the rare ones some that it does not."""
    first, last = 0x4E00, 0x9FFF
    changing = sorted(code for code in map(ord, _simplified()) if first <= code <= last)
    # As ranges: 17,000 characters one by one take three times as long to compile.
    between = pairwise([first - 1, *changing, last + 1])
    unchanged = "".join(f"{chr(a + 1)}-{chr(b - 1)}" for a, b in between if b - a > 1)
    return re.compile(rf"[^\n -@\[-~。、·—“”‘’《》「」【】{unchanged}]")


def _changed(text: str) -> dict[str, str]:
    """The different characters of ``text`` that the fold changes, with what it makes of them."""
    found = set(_changing().findall(text))
    return {each: folded for each in found if (folded := _TABLE[ord(each)]) != each}


def fold(text: str) -> str:
    """``text`` folded, character by character; folding it again changes nothing."""
    if text.isascii():
        return text.lower()
    return text.translate(_TABLE) if len(text) <= _SHORT else _replaced(text, _changed(text))


def _replaced(text: str, changed: dict[str, str]) -> str:
    if len(changed) > MANY:
        return text.translate(_TABLE)
    # What one fold gives, no other fold changes: they may follow one another.
    for character, folded in changed.items():
        text = text.replace(character, folded)
    return text


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that knows where each of its characters comes from.

    The characters that do not fold to exactly one, in order: ``_originals``
    holds the offset of each in the original, ``_starts`` where its fold starts
    and ``_ends`` where it ends.
    """

    text: str
    _originals: Sequence[int] = field(default=(), repr=False)
    _starts: Sequence[int] = field(default=(), repr=False)
    _ends: Sequence[int] = field(default=(), repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that ``text[start:end]`` covers, in whole characters."""
        if not self._originals:
            return start, end
        first = self._origin(start)
        return (first, self._origin(end - 1) + 1) if end > start else (first, first)

    def _origin(self, at: int) -> int:
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return at
        return self._originals[index] + max(at - self._ends[index] + 1, 0)


def fold_with_offsets(text: str) -> Folded:
    """``text`` folded as by :func:`fold`, with the way back to the original."""
    if text.isascii():
        return Folded(text.lower())
    changed = _changed(text)
    folded = _replaced(text, changed)
    sizes = {each: len(fold) for each, fold in changed.items() if len(fold) != 1}
    if not sizes:
        return Folded(folded)
    originals, starts, ends = array("L"), array("L"), array("L")
    shift = 0
    for match in re.finditer(f"[{re.escape(''.join(sizes))}]", text):
        at, size = match.start(), sizes[match[0]]
        originals.append(at)
        starts.append(at + shift)
        ends.append(at + shift + size)
        shift += size - 1
    return Folded(folded, originals, starts, ends)
