"""Where texts stand near one another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

Span = tuple[int, int]


def near_spans(places: Sequence[Sequence[Span]], distance: int) -> list[Span]:
    """Spans of the places that stand together, ascending, each once.

    ``places`` holds, for each text, the spans at which it stands (start, end;
    ascending).  One place of every text, in any order, stands together when no
    more than ``distance`` characters lie between their first and last
    character beside the texts themselves.  Two texts do not share a character.
    """
    if not all(places):
        return []
    window = sum(spans[0][1] - spans[0][0] for spans in places) + distance
    found: set[Span] = set()
    for start in sorted({start for spans in places for start, _ in spans}):
        chosen = _disjoint([_within(spans, start, start + window) for spans in places])
        if chosen:
            found.update(chosen)
    return sorted(found)


def _within(spans: Sequence[Span], start: int, end: int) -> Sequence[Span]:
    length = spans[0][1] - spans[0][0]
    return spans[bisect_left(spans, (start,)) : bisect_left(spans, (end - length + 1,))]


def _disjoint(choices: Sequence[Sequence[Span]]) -> list[Span] | None:
    """One span of each list so that no two overlap; None when there is no such choice."""
    if not choices:
        return []
    fewest = min(range(len(choices)), key=lambda each: len(choices[each]))
    rest = [*choices[:fewest], *choices[fewest + 1 :]]
    for start, end in choices[fewest]:
        free = [[span for span in spans if span[1] <= start or span[0] >= end] for spans in rest]
        chosen = _disjoint(free)
        if chosen is not None:
            return [(start, end), *chosen]
    return None
