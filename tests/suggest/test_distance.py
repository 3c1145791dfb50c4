"""Edit distances against the textbook, and homophones against a scan."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.suggest.building import term_columns
from indexer.suggest.distance import distances, sounding_like, within
from indexer.suggest.pinyin import fuzzy_classes, readings
from indexer.suggest.runs import TermRun
from indexer.suggest.texts import Texts

words = st.text("abc币比必", max_size=7)


def textbook(a, b):
    table = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i, j] = min(
                table[i - 1, j] + 1,
                table[i, j - 1] + 1,
                table[i - 1, j - 1] + (a[i - 1] != b[j - 1]),
            )
            if i > 1 < j and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(a), len(b)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("bitcion", "bitcoin", 1),
        ("etherum", "ethereum", 1),
        ("比特弊", "比特币", 1),
        ("币特比", "比特币", 2),
        ("coinbsae", "coinbase", 1),
        ("ca", "abc", 3),
    ],
)
def test_distances_that_one_can_count(one, other, expected):
    assert distances(one, [other]).tolist() == [expected]


@settings(max_examples=200, deadline=None)
@given(words, st.lists(words, max_size=8))
def test_distances_are_those_of_the_textbook(word, others):
    assert distances(word, others).tolist() == [textbook(word, other) for other in others]


def run_of(texts):
    return TermRun(term_columns(Texts.of([*texts]), np.full(len(texts), 5)))


@settings(max_examples=100, deadline=None)
@given(words, st.sets(words, min_size=1, max_size=20), st.integers(1, 2))
def test_what_is_within_a_distance_is_all_found(word, others, limit):
    found = {text: distance for _, distance, text in within(run_of(others), word, limit)}
    near = {other: textbook(word, other) for other in others}
    assert found == {other: distance for other, distance in near.items() if distance <= limit}


@settings(max_examples=100, deadline=None)
@given(
    st.text("比币必平品行航长张章", min_size=1, max_size=3),
    st.sets(st.text("比币必平品行航长张章a", min_size=1, max_size=4), min_size=1, max_size=30),
)
def test_homophones_are_those_of_a_scan(word, others):
    run = run_of(others)
    classes = fuzzy_classes()
    for reading in readings(word):
        found = {
            run.text(entry).decode(): exact for entry, exact in sounding_like(run, reading).items()
        }
        alike = {
            other
            for other in others
            for each in readings(other)
            if [classes[n] for n in each] == [classes[n] for n in reading]
        }
        assert set(found) == alike
        assert {other for other in found if found[other]} == {
            other for other in others if reading in readings(other)
        }
