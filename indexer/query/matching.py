"""Where a query tree matches in a text.

A word matches where :func:`indexer.analysis.words` has it as a token.  Only
the stretches of text that hold a candidate are cut, not the whole text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from indexer.analysis import HAN, words
from indexer.engine.near import near_spans
from indexer.engine.tree import And, Characters, Near, Node, Or, Prefix, TextField, Word

Span = tuple[int, int]

# A stretch that no token of the analysis reaches out of: letters, digits and
# ideographs (also those that Python's Unicode does not know yet), with the
# signs that may join two parts of a token.
_LETTERS: Final = rf"[\w{HAN}]+"
_stretch: Final = re.compile(rf"{_LETTERS}(?:%?(?:[-.&'%]|(?<=\d),(?=\d)){_LETTERS})*%?")


class TextWords:
    """The words of a folded text, cut where they are asked for."""

    def __init__(self, folded: str) -> None:
        self.text = folded
        self._stretches = [match.span() for match in _stretch.finditer(folded)]
        self._starts = [start for start, _ in self._stretches]
        self._ends: dict[int, dict[int, list[int]]] = {}

    def holds(self, start: int, end: int) -> bool:
        """Whether a token stands exactly from ``start`` to ``end``."""
        return end in self._ends_round(start).get(start, ())

    def longest(self, start: int) -> int | None:
        """Where the longest token that starts there ends."""
        return max(self._ends_round(start).get(start, ()), default=None)

    def across(self, at: int) -> Span | None:
        """The stretch of the tokens that reach over ``at``; None when no token does."""
        over = [
            (start, end)
            for start, ends in self._ends_round(at).items()
            for end in ends
            if start < at < end
        ]
        return (min(over)[0], max(end for _, end in over)) if over else None

    def _ends_round(self, at: int) -> dict[int, list[int]]:
        """Where the tokens of the stretch round ``at`` end, by where they start."""
        index = bisect_right(self._starts, at) - 1
        if index < 0 or at >= self._stretches[index][1]:
            return {}
        if index not in self._ends:
            first, last = self._stretches[index]
            ends = self._ends[index] = {}
            for _, start, end in words(self.text[first:last]):
                ends.setdefault(first + start, []).append(first + end)
        return self._ends[index]


def spans(node: Node, folded: str, field: TextField) -> list[Span]:
    """Where the tree matches in the folded title or body, ascending.

    Spans that touch or overlap are one; what is negated gives none.
    """
    return merged(span for leaf in leaf_spans(node, TextWords(folded), field) for span in leaf)


def leaf_spans(node: Node, text: TextWords, field: TextField) -> list[list[Span]]:
    """For each leaf of the tree that matches in the text, where it does, ascending."""
    leaves = dict.fromkeys(_leaves(node))
    found = (_spans_of(leaf, text) for leaf in leaves if leaf.field in (None, field))
    return [places for places in found if places]


def merged(found: Iterable[Span]) -> list[Span]:
    """The spans in ascending order, those that touch or overlap made one."""
    whole: list[Span] = []
    for start, end in sorted(found):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


_Leaf = Word | Characters | Prefix | Near


def _leaves(node: Node) -> Iterator[_Leaf]:
    if isinstance(node, And | Or):
        for each in node.nodes:
            yield from _leaves(each)
    elif isinstance(node, Word | Characters | Prefix | Near):
        yield node


def _spans_of(leaf: _Leaf, text: TextWords) -> list[Span]:
    match leaf:
        case Characters():
            return list(_places(leaf.text, text.text))
        case Word():
            return [span for span in _places(leaf.text, text.text) if text.holds(*span)]
        case Prefix():
            ends = ((span, text.longest(span[0])) for span in _places(leaf.text, text.text))
            return [(start, last) for (start, end), last in ends if last and last >= end]
        case Near():
            return near_spans(
                [list(_places(each, text.text)) for each in leaf.texts], leaf.distance
            )


def _places(part: str, text: str) -> Iterator[Span]:
    start = text.find(part)
    while start >= 0:
        yield start, start + len(part)
        start = text.find(part, start + 1)
