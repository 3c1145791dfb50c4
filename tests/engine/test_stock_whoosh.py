"""Random query trees against stock Whoosh, which reads the same segments through our codec.

The long form, with a table of what was compared, is ``python -m benchmarks.trees``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.trees import checked

TREES = 300


@pytest.mark.parametrize("seed", [5, 7])
def test_documents_scores_order_totals_and_facets_are_those_of_the_oracles(
    tmp_path: Path, seed: int
) -> None:
    compared = checked(tmp_path, TREES, seed)
    assert compared["trees"] == TREES
    for what in ("trees that stock Whoosh was asked as well", "hits", "scores above 0"):
        assert compared[what] > TREES / 4, what
