"""Lines of a page, each with a plain view for matching."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from indexer.analysis.folding import MANY, TRADITIONAL, fold
from indexer.pages.residue import without_residue

_HALF_WIDTH: Final[dict[int, str]] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "\u3000\u00a0\t"), " "),
    **dict.fromkeys(map(ord, "丨︱│"), "|"),
}


class _View(dict[int, str]):
    """A table for ``str.translate``: half-width marks, simplified Han characters.

    One character for one, so that a place in the view is a place in the text.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = fold(character) if "\u3400" <= character <= "\u9fff" else character
        self[code] = plain if len(plain) == 1 else character
        return self[code]


_VIEW: Final = _View(_HALF_WIDTH)
# To find the few characters to translate is five times cheaper than to look at each in the table.
_TRADITIONAL: Final = (
    line[0] for line in TRADITIONAL.read_text(encoding="utf-8").splitlines() if line[0] <= "\u9fff"
)
_CHANGES: Final = re.compile(f"[{''.join([*map(chr, _HALF_WIDTH), *_TRADITIONAL])}]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page, or a part of one; ``number`` counts from 1.

    ``view`` is the same text with half-width punctuation and in simplified
    script, character for character; patterns are matched there.
    """

    number: int
    text: str
    view: str

    def cut(self, start: int, end: int | None = None) -> Line:
        """A part of the line, without white space around it."""
        text = self.text[start:end]
        stripped = text.lstrip()
        start += len(text) - len(stripped)
        stripped = stripped.rstrip()
        return Line(self.number, stripped, self.view[start : start + len(stripped)])


def page_lines(content: str) -> list[str]:
    """The lines of a page as they are; they are counted from 1."""
    plain = content.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    return plain.split("\n")


def read_lines(content: str) -> list[Line]:
    """The lines of a page that hold text, without white space around them and without residue."""
    return [
        Line(number, stripped, plain_view(stripped))
        for number, line in enumerate(page_lines(content), 1)
        for part in without_residue(line)
        if (stripped := part.strip())
    ]


def plain_view(text: str) -> str:
    """``text`` as patterns see it: half-width marks, simplified script, as many characters."""
    changing = set(_CHANGES.findall(text))
    if len(changing) > MANY:
        return text.translate(_VIEW)
    # What stands in a view is no other character's to change: they may follow one another.
    for character in changing:
        text = text.replace(character, _VIEW[ord(character)])
    return text
