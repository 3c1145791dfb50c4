"""What is worked out for many texts at once, against one text at a time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.suggest import texts as module
from indexer.suggest.pinyin import LENGTH, readings
from indexer.suggest.readings import readings_of
from indexer.suggest.terms import Terms
from indexer.suggest.texts import Texts

some = st.lists(
    st.one_of(st.text("a\0b比\U00020000", max_size=12), st.text("ab", min_size=14, max_size=20)),
    max_size=20,
)


def test_a_hash_is_that_of_its_inventors():
    # the test vectors of FNV-1a, 64 bits
    found = Texts.of(["", "a", "foobar"]).hashes().tolist()
    assert found == [0xCBF29CE484222325, 0xAF63DC4C8601EC8C, 0x85944171F73967E8]


@settings(max_examples=300, deadline=None)
@given(some)
def test_texts_are_put_in_the_order_of_their_bytes(some):
    order = Texts.of(some).order().tolist()
    assert order == sorted(range(len(some)), key=lambda at: some[at].encode())


@settings(max_examples=100, deadline=None)
@given(some, some, st.integers(1, 4))
def test_texts_are_joined_and_taken(some, more, block):
    joined = Texts.joined([Texts.of(some), Texts.of(more)])
    assert list(joined.strings()) == some + more
    backwards = np.arange(len(joined))[::-1]
    whole = joined.taken(backwards)
    module_block, module._BLOCK = module._BLOCK, block
    try:
        assert list(joined.taken(backwards).strings()) == (some + more)[::-1]
        assert [text for _, each in whole.blocks() for text in each.strings()] == (some + more)[
            ::-1
        ]
    finally:
        module._BLOCK = module_block


@settings(max_examples=100, deadline=None)
@given(some)
def test_characters_are_where_they_were(some):
    codes, begins = Texts.of(some).characters()
    assert "".join(map(chr, codes.tolist())) == "".join(some)
    assert np.diff(begins).tolist() == [len(text) for text in some]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("行长重乐比币嗌a1々\U00020000", max_size=10), max_size=12))
def test_the_readings_of_many_are_those_of_each(some):
    syllables, owners = readings_of(Texts.of(some))
    assert owners.tolist() == sorted(owners.tolist())
    found = [[] for _ in some]
    for row, owner in zip(syllables.tolist(), owners.tolist(), strict=True):
        found[owner].append(tuple(row))
    assert found == [
        [(*reading, *(0,) * (LENGTH - len(reading))) for reading in readings(text)] for text in some
    ]


def terms_of(counts):
    return Terms.of([*counts], np.array([*counts.values()], np.int64))


counts = st.dictionaries(st.text("ab比", max_size=3), st.integers(1, 9), max_size=8)


@settings(max_examples=100, deadline=None)
@given(st.lists(counts, min_size=1, max_size=4))
def test_terms_are_joined_with_the_sum_of_their_weights(parts):
    joined = Terms.joined([terms_of(part) for part in parts])
    found = dict(zip(joined.texts.strings(), joined.weights.tolist(), strict=True))
    assert found == {
        text: sum(part.get(text, 0) for part in parts) for part in parts for text in part
    }
    assert len(joined.hashes) == len(found)
