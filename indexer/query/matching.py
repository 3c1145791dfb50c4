"""Where a query tree matches in a text.

A word matches where :func:`indexer.analysis.words` has it as a token.  Only
the stretches of text that hold a candidate are cut, not the whole text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

from indexer.analysis import HAN, cut, word_over, words
from indexer.engine.near import near_spans
from indexer.engine.tree import And, Characters, Near, Node, Or, Prefix, TextField, Word

Span = tuple[int, int]
Leaf = Word | Characters | Prefix | Near

# A stretch that no token of the analysis reaches out of: letters, digits and
# ideographs (also those that Python's Unicode does not know yet), with the
# signs that may join two parts of a token.
_LETTERS: Final = rf"[\w{HAN}]+"
_stretch: Final = re.compile(rf"{_LETTERS}(?:%?(?:[-.&'%]|(?<=\d),(?=\d)){_LETTERS})*%?")


_han: Final = re.compile(f"[{HAN}]+")

# What a number goes on behind.
_digit: Final = re.compile(r"[0-9][,.]?$")

# No stretch reaches over the end of a line or of a sentence.
_line: Final = re.compile("[^\n。]*[\n。]?")


class TextWords:
    """The words of a folded text, cut where they are asked for."""

    def __init__(self, folded: str) -> None:
        self.text = folded
        self._line: Span = (0, 0)
        self._stretches: dict[int, list[Span]] = {}
        self._cuts: dict[Span, list[str]] = {}
        self._cut_spans: dict[Span, set[Span]] = {}
        self._ends: dict[Span, dict[int, list[int]]] = {}

    def holds(self, start: int, end: int) -> bool:
        """Whether a token stands exactly from ``start`` to ``end``."""
        stretch = self._stretch_round(start)
        if stretch is None:
            return False
        # Most often it is a word of the cut, and the rest need not be known.
        return (start, end) in self._spans(stretch) or end in self._ends_in(stretch).get(start, ())

    def longest(self, start: int) -> int | None:
        """Where the longest token that starts there ends."""
        stretch = self._stretch_round(start)
        return max(self._ends_in(stretch).get(start, ()), default=None) if stretch else None

    def across(self, at: int) -> Span | None:
        """The stretch of the tokens that reach over ``at``; None when no token does."""
        stretch = self._stretch_round(at)
        if stretch is None or stretch[0] == at:
            return None
        if parts := self._cut(stretch):
            first = stretch[0]
            span = word_over(parts, at - first)
            return span and (first + span[0], first + span[1])
        over = [
            (start, end)
            for start, ends in self._ends_in(stretch).items()
            for end in ends
            if start < at < end
        ]
        return (min(over)[0], max(end for _, end in over)) if over else None

    def _stretch_round(self, at: int) -> Span | None:
        start, end = self._line_round(at)
        if start not in self._stretches:
            found = _stretch.finditer(self.text, start, end)
            self._stretches[start] = [match.span() for match in found]
        stretches = self._stretches[start]
        index = bisect_right(stretches, (at, len(self.text))) - 1
        return stretches[index] if index >= 0 and at < stretches[index][1] else None

    def _line_round(self, at: int) -> Span:
        if not self._line[0] <= at < self._line[1]:
            sentence = self.text.rfind("。", 0, at)
            start = max(self.text.rfind("\n", sentence + 1, at), sentence) + 1
            line = _line.match(self.text, start)
            self._line = (start, line.end() if line else start)
        return self._line

    def _cut(self, stretch: Span) -> list[str]:
        """The most probable cut of a stretch of ideographs; nothing for any other."""
        if stretch not in self._cuts:
            run = self.text[slice(*stretch)]
            self._cuts[stretch] = cut(run) if _han.fullmatch(run) else []
        return self._cuts[stretch]

    def _spans(self, stretch: Span) -> set[Span]:
        """Where the words of that cut stand."""
        if stretch not in self._cut_spans:
            sizes = map(len, self._cut(stretch))
            self._cut_spans[stretch] = set(pairwise(accumulate(sizes, initial=stretch[0])))
        return self._cut_spans[stretch]

    def _ends_in(self, stretch: Span) -> dict[int, list[int]]:
        """Where the tokens of a stretch end, by where they start."""
        if stretch not in self._ends:
            first, last = stretch
            ends = self._ends[stretch] = {}
            for _, start, end in words(self.text[first:last]):
                ends.setdefault(first + start, []).append(first + end)
        return self._ends[stretch]


def spans(node: Node, folded: str, field: TextField) -> list[Span]:
    """Where the tree matches in the folded title or body, ascending.

    Spans that touch or overlap are one; what is negated gives none.
    """
    text = TextWords(folded)
    return merged(
        span
        for leaf in dict.fromkeys(leaf for leaves in word_leaves(node, field) for leaf in leaves)
        for place in candidates(leaf, folded)
        if (span := confirmed(leaf, place, text))
    )


@lru_cache(maxsize=64)  # twenty hits ask for those of one query
def word_leaves(node: Node, field: TextField) -> tuple[tuple[Leaf, ...], ...]:
    """The leaves of the tree that may match in that field, those of one word of the query together.

    The branches of an Or inside the tree are names of one thing.
    """
    branches = node.nodes if isinstance(node, Or) else (node,)
    each = (word for branch in branches for word in _words_of(branch))
    in_field = (
        tuple(leaf for leaf in dict.fromkeys(word) if leaf.field in (None, field)) for word in each
    )
    return tuple(word for word in in_field if word)


def candidates(leaf: Leaf, folded: str) -> list[Span]:
    """Where the leaf matches in the folded text if no word is in the way, ascending."""
    if isinstance(leaf, Near):
        return near_spans([_places(each, folded) for each in leaf.texts], leaf.distance)
    return _places(leaf.text, folded)


def confirmed(leaf: Leaf, place: Span, text: TextWords) -> Span | None:
    """What the leaf matches at one of its candidates; None where the words forbid it."""
    match leaf:
        case Word():
            return place if text.holds(*place) else None
        case Prefix():
            end = text.longest(place[0])
            return (place[0], end) if end and end >= place[1] else None
        case Characters(is_number=True):
            return None if _digit.search(text.text, max(place[0] - 2, 0), place[0]) else place
        case Characters() | Near():
            return place


def merged(found: Iterable[Span]) -> list[Span]:
    """The spans in ascending order, those that touch or overlap made one."""
    whole: list[Span] = []
    for start, end in sorted(found):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def _words_of(node: Node) -> list[list[Leaf]]:
    if isinstance(node, And):
        return [word for each in node.nodes for word in _words_of(each)]
    return [list(_leaves(node))]


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Word | Characters | Prefix | Near):
        yield node
    elif isinstance(node, And | Or):
        for each in node.nodes:
            yield from _leaves(each)


def _places(part: str, text: str) -> list[Span]:
    found = []
    start = text.find(part)
    while start >= 0:
        found.append((start, start + len(part)))
        start = text.find(part, start + 1)
    return found
