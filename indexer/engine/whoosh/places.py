"""Where texts stand, found by their bigrams."""

from __future__ import annotations

from collections.abc import Sequence
from string import digits
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import END, bigrams
from indexer.engine.budget import Budget
from indexer.engine.near import near_spans
from indexer.engine.whoosh.name_sets import ragged
from indexer.engine.whoosh.segment import CharactersField
from indexer.engine.whoosh.sets import among, bisected, common

Array = NDArray[Any]

_RECENT: Final = 8
_REMEMBERED: Final = 1 << 18
_LOOKED_AT: Final = 256  # documents between two looks at the budget, about 5 ms


def places(field: CharactersField, text: str, is_number: bool = False) -> Array:
    """Where the folded text stands, as offsets into the texts of all documents, ascending.

    With ``is_number`` not where it goes on with a number.  The end mark is the
    index's own: a text with it stands nowhere.
    """
    # What matches is asked for again when it is ranked, and on the next page.
    found = field.recent.get((text, is_number))
    if found is None:
        found = _found(field, text)
        if is_number:
            found = found[~_go_on(field, found, text[0])]
        if len(field.recent) >= _RECENT:
            field.recent.clear()
        if len(found) <= _REMEMBERED:
            field.recent[text, is_number] = found
    return found


def _found(field: CharactersField, text: str) -> Array:
    if END in text:
        return np.zeros(0, np.int64)
    if len(text) == 1:
        return field.offsets_of_first(text)
    # The rarest pair of all, often the one between two words, leaves few places to look at.
    rarest = min(_pairs(text), key=lambda pair: field.frequency(pair[0]))
    cover = dict.fromkeys([rarest, *_cover(text)])
    return _in_a_row([(field.offsets(bigram), offset) for bigram, offset in cover])


def _go_on(field: CharactersField, starts: Array, first: str) -> Array:
    """Which of the places, at which ``first`` stands, are behind a digit of the same number."""

    def behind_digit(character: str, before: int) -> Array:
        found = np.zeros(len(starts), bool)
        for digit in digits:
            found |= among(starts - before, field.offsets(digit + character))
        return found

    going_on = behind_digit(first, 1)
    for sign in ",.":
        going_on |= among(starts - 1, field.offsets(sign + first)) & behind_digit(sign, 2)
    return going_on


def places_within(field: CharactersField, text: str, begins: Array, ends: Array) -> Array:
    """Where the text stands in these stretches of the texts, which ascend and do not overlap."""
    if END in text:
        return np.zeros(0, np.int64)
    if len(text) == 1:
        return _slices(field.offsets_of_first(text), begins, ends)
    (first, _), *others = [(field.offsets(bigram), offset) for bigram, offset in _cover(text)]
    return _in_a_row([(_slices(first, begins, ends), 0), *others])


def _pairs(text: str) -> list[tuple[str, int]]:
    """The bigrams of a text, and where they start in it; not that of its end."""
    return bigrams(text)[:-1]


def _cover(text: str) -> list[tuple[str, int]]:
    """As few bigrams as cover the text, and where they start in it."""
    last = len(text) - 2
    return [pair for pair in _pairs(text) if pair[1] % 2 == 0 or pair[1] == last]


def _in_a_row(found: list[tuple[Array, int]]) -> Array:
    """Where the first starts if all stand at their distances from it."""
    (offsets, distance), *more = sorted(found, key=lambda pair: len(pair[0]))
    starts = offsets.astype(np.int64) - distance
    for others, distance in more:
        starts = common(starts + distance, others).astype(np.int64) - distance
    return starts


def _slices(offsets: Array, begins: Array, ends: Array) -> Array:
    """The ascending offsets that lie in any of the stretches."""
    low, high = bisected(offsets, begins), bisected(offsets, ends)
    return offsets[ragged(low, high - low)]


def documents_with(field: CharactersField, text: str, is_number: bool = False) -> Array:
    """The documents in which the text stands, ascending."""
    return _each_once(field.documents(places(field, text, is_number)))


def _each_once(ascending: Array) -> Array:
    return ascending[np.flatnonzero(np.diff(ascending, prepend=-1))]


def _two_near(
    field: CharactersField, found: Sequence[Array], sizes: Sequence[int], distance: int
) -> Array:
    """The documents in which two texts stand so near, neither upon the other."""
    (few, size), (many, other_size) = sorted(
        zip(found, sizes, strict=True), key=lambda pair: len(pair[0])
    )
    if not len(few):
        return few
    owners = field.documents(few)

    def stands(at: Array, first: Array, last: Array) -> Array:
        """Where that place of the many is between these, and in the same document."""
        is_there: Array = (at >= 0) & (at < len(many))
        starts = many[np.where(is_there, at, 0)]
        is_there &= (first <= starts) & (starts <= last) & (field.documents(starts) == owners)
        return is_there

    # Of the many only the next one behind matters, and the next one before.
    ends, begins = few + size, few - other_size
    near = stands(np.searchsorted(many, ends), ends, ends + distance)
    before = np.searchsorted(many, begins, side="right") - 1
    return _each_once(owners[near | stands(before, begins - distance, begins)])


def documents_near(
    field: CharactersField, texts: Sequence[str], distance: int, budget: Budget
) -> Array:
    """The documents in which all the texts stand within ``distance`` characters.

    Raises TooCostly.
    """
    found = []
    for text in texts:
        budget.check()
        found.append(places(field, text))
    if len(texts) == 2:
        return _two_near(field, found, [len(text) for text in texts], distance)
    window = sum(map(len, texts)) + distance
    rarest = min(found, key=len)
    near = np.ones(len(rarest), bool)
    for each in found:
        near &= np.searchsorted(each, rarest - window) < np.searchsorted(
            each, rarest + window, side="right"
        )
    candidates = _each_once(field.documents(rarest[near]))
    matching = []
    for number, document in enumerate(candidates.tolist()):
        if number % _LOOKED_AT == 0:
            budget.check()
        start, end = field.starts[document : document + 2].tolist()
        spans = []
        for each, text in zip(found, texts, strict=True):
            low, high = np.searchsorted(each, [start, end]).tolist()
            spans.append([(place, place + len(text)) for place in each[low:high].tolist()])
        if near_spans(spans, distance):
            matching.append(document)
    return np.array(matching, np.int64)
