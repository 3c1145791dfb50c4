"""Texts near one another, against every choice of places."""

from __future__ import annotations

import time
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engine.near import Span, near_spans


@st.composite
def places(draw: st.DrawFn) -> list[Span]:
    length = draw(st.integers(1, 3))
    starts = draw(st.sets(st.integers(0, 14), min_size=1, max_size=4))
    return [(start, start + length) for start in sorted(starts)]


def stands_together(chosen: tuple[Span, ...], distance: int) -> bool:
    spans = sorted(chosen)
    own = sum(end - start for start, end in spans)
    apart = all(first[1] <= second[0] for first, second in pairwise(spans))
    return apart and spans[-1][1] - spans[0][0] <= own + distance


@given(st.lists(places(), min_size=1, max_size=4), st.integers(0, 6))
def test_found_whenever_some_choice_of_places_stands_together(
    texts: list[list[Span]], distance: int
) -> None:
    together = [each for each in product(*texts) if stands_together(each, distance)]
    found = near_spans(texts, distance)
    assert bool(found) == bool(together)
    assert found == sorted(set(found))
    assert set(found) <= {span for chosen in together for span in chosen}


@pytest.mark.parametrize("texts", [1, 2, 8])
def test_tens_of_thousands_of_places_take_no_minute(texts: int) -> None:
    dense = [(at, at + 1) for at in range(40_000)]
    began = time.perf_counter()
    assert near_spans([dense] * texts, 1000)
    assert near_spans([dense[:20_000], [(39_999, 40_000)], *[dense] * texts], 10) == []
    assert time.perf_counter() - began < 20  # trying every pair would take minutes
