"""Inputs at random, out of what valid ones are made of, where atheris has no wheel."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from benchmarks.fuzzing.material import tokens
from benchmarks.fuzzing.target import Target

_A_TURN: Final = 2000


def inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Stretches of the target's seeds and its tokens, text and bytes between them."""
    seeds = st.sampled_from([*target.seeds()] or [b""])
    stretch = st.builds(_stretch, seeds, st.integers(0, 1 << 16), st.integers(0, 300))
    pieces = [stretch, st.binary(max_size=20), st.text(max_size=20).map(str.encode)]
    if of_target := tokens(target.name):
        pieces.append(st.sampled_from(of_target))
    mixed = st.lists(st.one_of(pieces), max_size=12).map(b"".join)
    # Most of what is broken stands in what is otherwise whole.
    spliced = st.builds(_spliced, seeds, st.integers(0, 1 << 16), st.integers(0, 40), mixed)
    return st.one_of(spliced, mixed).map(lambda data: data[: target.longest])


def _stretch(seed: bytes, at: int, size: int) -> bytes:
    at %= len(seed) + 1
    return seed[at : at + size]


def _spliced(seed: bytes, at: int, dropped: int, mixed: bytes) -> bytes:
    at %= len(seed) + 1
    return seed[:at] + mixed + seed[at + dropped :]


def give(target: Target, take: Callable[[bytes], None], wanted: int, seconds: float) -> None:
    """Give so many inputs to ``take``, or as many as there is time for."""
    end = time.monotonic() + seconds
    for turn in count():
        size = min(_A_TURN, wanted - turn * _A_TURN)
        if size <= 0 or time.monotonic() > end:
            return
        checks = settings(
            max_examples=size,
            phases=(Phase.generate,),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )

        def one(data: bytes) -> None:
            take(data)

        seeded(turn)(checks(given(inputs(target))(one)))()
