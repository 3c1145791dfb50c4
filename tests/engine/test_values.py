"""Values of documents, counted and looked up, against a count one by one."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import fold
from indexer.engine.whoosh.values import Values

NAMES = ("北京", "深圳", "香港", "纽约", "DeFi", "defi", "ＤｅＦｉ", "元宇宙", "NFT", "nft")
several = st.lists(st.sampled_from(NAMES), unique=True, max_size=10).map(tuple)
tags = tuple(f"标签{number}" for number in range(40))
many = st.lists(st.sampled_from(tags), unique=True, max_size=30).map(tuple)
# most have few, as in an archive; or most have many
corpora = st.lists(
    several | several.map(lambda names: names[:1]), min_size=1, max_size=40
) | st.lists(many, min_size=1, max_size=9)


def counted(values: Values, documents: list[int]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, count in zip(
        values.names, values.counts(np.array(documents, np.int64)).tolist(), strict=True
    ):
        counts[fold(name)] += count
    return +counts


@given(corpora, st.data())
def test_counts_and_look_ups(given_values: list[tuple[str, ...]], data: st.DataObject) -> None:
    values = Values.of(given_values)
    every = range(len(given_values))
    chosen = data.draw(st.lists(st.sampled_from(every), unique=True).map(sorted))
    folded = [set(map(fold, names)) for names in given_values]
    assert counted(values, chosen) == Counter(name for at in chosen for name in folded[at])
    wanted = data.draw(st.lists(st.sampled_from((*NAMES, *tags)), max_size=3))
    found = values.have_any(wanted, np.array(chosen, np.int64)).tolist()
    assert found == [bool(folded[at] & set(map(fold, wanted))) for at in chosen]


@given(corpora, corpora, st.data())
def test_joined_they_are_as_if_given_at_once(
    first: list[tuple[str, ...]], second: list[tuple[str, ...]], data: st.DataObject
) -> None:
    kept = [
        data.draw(st.lists(st.sampled_from(range(len(each))), unique=True).map(sorted))
        for each in (first, second)
    ]
    left = [each[at] for each, ats in zip((first, second), kept, strict=True) for at in ats]
    order = data.draw(st.permutations(range(len(left))))
    parts = [
        (Values.of(each), np.array(ats, np.int64))
        for each, ats in zip((first, second), kept, strict=True)
    ]
    joined = Values.joined(parts, np.array(order, np.int64))
    at_once = Values.of([left[at] for at in order])
    for name, array in at_once.arrays("city").items():
        assert joined.arrays("city")[name].tolist() == array.tolist()


def test_many_sets_of_names_are_counted_as_well() -> None:
    """Some names that most documents have and many that few have, as the cities of an archive."""
    chance = random.Random(1)
    common, others = ("北京", "深圳", "香港"), [f"某地{number}" for number in range(400)]
    several = [
        (*chance.sample(common, chance.randint(0, 3)), *chance.sample(others, chance.randint(0, 4)))
        for _ in range(6000)
    ]
    values = Values.of(several)
    assert len(values.parts) == 2
    for count in (0, 1, 500, 6000):
        chosen = sorted(chance.sample(range(6000), count))
        assert counted(values, chosen) == Counter(name for at in chosen for name in several[at])
        found = values.have_any(["香港", "某地7"], np.array(chosen, np.int64)).tolist()
        assert found == [bool({"香港", "某地7"} & set(several[at])) for at in chosen]
    joined = Values.joined([(values, np.arange(0, 6000, 2))], np.arange(3000)[::-1])
    left = Counter(name for each in several[::2] for name in each)
    assert counted(joined, [*range(3000)]) == left
