"""Where texts stand near one another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

Span = tuple[int, int]

_ENOUGH: Final = 1000


def near_spans(places: Sequence[Sequence[Span]], distance: int) -> list[Span]:
    """Spans of the places that stand together, ascending, each once.

    ``places`` holds, for each text, the spans at which it stands (start, end;
    ascending).  One place of every text, in any order, stands together when no
    more than ``distance`` characters lie between their first and last
    character beside the texts themselves.  Two texts do not share a character.
    A text that holds very many of them is not searched to its end.
    """
    if not all(places):
        return []
    window = sum(spans[0][1] - spans[0][0] for spans in places) + distance
    rarest = min(places, key=len)
    places = [_within_reach(spans, rarest, window) for spans in places]
    found: set[Span] = set()
    for first, spans in enumerate(places):
        others = [*places[:first], *places[first + 1 :]]
        for span in spans:
            chosen = _behind(span[1], others, span[0] + window)
            if chosen is not None:
                found.update((span, *chosen))
            if len(found) > _ENOUGH:
                break
    return sorted(found)


def _within_reach(spans: Sequence[Span], rarest: Sequence[Span], window: int) -> list[Span]:
    """Those spans that share a window with one of the rarest text."""
    reached = []
    for span in spans:
        at = bisect_left(rarest, (span[0] - window,))
        if at < len(rarest) and rarest[at][0] <= span[0] + window:
            reached.append(span)
    return reached


def _behind(start: int, places: Sequence[Sequence[Span]], limit: int) -> list[Span] | None:
    """A span of every text between ``start`` and ``limit``, none upon another; None if none fit.

    The texts are placed one behind the other.  What matters of a set of texts
    is only how early the last of them can end: a search over sets, not orders.
    """
    earliest: dict[int, tuple[int, list[Span]]] = {0: (start, [])}
    for _ in places:
        longer: dict[int, tuple[int, list[Span]]] = {}
        for placed, (end, chosen) in earliest.items():
            for text, spans in enumerate(places):
                if placed >> text & 1:
                    continue
                at = bisect_left(spans, (end,))
                if at == len(spans) or spans[at][1] > limit:
                    if not placed:
                        return None  # it stands nowhere in the window
                    continue
                known = longer.get(placed | 1 << text)
                if known is None or spans[at][1] < known[0]:
                    longer[placed | 1 << text] = (spans[at][1], [*chosen, spans[at]])
        earliest = longer
    return next((chosen for _, chosen in earliest.values()), None)
