"""The ranks asked for are the slice of the whole list in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engine.whoosh import best
from indexer.engine.whoosh.best import between, ranked

rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 99)), max_size=40)


@given(rows, st.integers(0, 45), st.integers(0, 45))
def test_any_slice(given_rows: list[tuple[int, int, int]], start: int, size: int) -> None:
    unique = sorted(set(given_rows))
    end = min(start + size, len(unique))
    keys = [np.array([row[at] for row in unique], np.int64) for at in range(3)]
    found = [unique[at] for at in ranked(keys, start, end).tolist()] if start < end else []
    assert found == sorted(unique, reverse=True)[start : start + size]


# A sample that tells little, one that errs, and one that tells much.
@pytest.mark.parametrize(("sample", "margin"), [(100, 256), (8, 0), (8, 2), (30, 3)])
def test_any_slice_of_very_many(monkeypatch: pytest.MonkeyPatch, sample: int, margin: int) -> None:
    monkeypatch.setattr(best, "_SAMPLE", sample)
    monkeypatch.setattr(best, "_MARGIN", margin)
    monkeypatch.setattr(best, "_FEW", 4)
    monkeypatch.setattr(best, "_GROUPS", 2)
    shuffled = np.random.default_rng(1).permutation(60)
    for tied in (1, 2, 15):
        keys = [shuffled // tied, shuffled]
        in_order = np.argsort(-shuffled)
        for start in range(60):
            for end in range(start + 1, 61):
                assert ranked(keys, start, end).tolist() == in_order[start:end].tolist()


@pytest.fixture(params=[None, (8, 0), (8, 2)], ids=str)
def sampled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param:
        sample, margin = request.param
        monkeypatch.setattr(best, "_SAMPLE", sample)
        monkeypatch.setattr(best, "_MARGIN", margin)


@pytest.mark.usefixtures("sampled")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 20), min_size=1, max_size=30), st.integers(0, 29), st.integers(1, 9))
def test_nothing_is_lost_to_an_error(values: list[int], start: int, size: int) -> None:
    start = min(start, len(values) - 1)
    places, before = between(np.array(values, np.float32), start, start + size, 0.06)
    in_order = sorted(values, reverse=True)
    chosen = sorted((values[at] for at in places.tolist()), reverse=True)
    assert chosen[start - before :][:size] == in_order[start : start + size]
    assert min(in_order[:before], default=99) >= max(chosen)
