"""The scores of documents, by the formula of :mod:`indexer.engine.ranking`, over whole arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine import ranking as model
from indexer.engine.budget import Budget
from indexer.engine.ranking import Ranking, inverse_document_frequency
from indexer.engine.tree import Characters, TextField, Word
from indexer.engine.whoosh.places import places, places_within
from indexer.engine.whoosh.segment import CHARACTERS, WORDS, CharactersField, Segment
from indexer.engine.whoosh.sets import as_index, bisected, bisecting_is_quicker
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]
Weighted = tuple[Array, Array]
"""Live documents of a segment, ascending, and what a term weighs in each."""

_PASSAGE_BITS: Final = 32

# What it costs, in nanoseconds, to look a document's slice of a pair's offsets up, and to find
# the document of an offset.
_SLICED: Final = 200
_OWNED: Final = 15

# A table with an entry for each of so many documents costs as much as to add one posting up.
_TABLE: Final = 40

_CHUNK: Final = 1 << 15


class Collection:
    """The exact figures of the live documents of a snapshot that every ranking asks for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        # a plain dictionary: a cached bound method would keep its collection, and with it the
        # mapped files of an old snapshot, until the next collection of garbage
        self._averages: dict[str, float] = {}

    def average(self, fieldname: str) -> float:
        """How long a document is in the field, on average."""
        if fieldname not in self._averages:
            total = sum(
                _total_length(segment, fieldname, alive)
                for segment, alive in zip(self.snapshot.segments, self.snapshot.alive, strict=True)
            )
            # of a field that is empty everywhere no length is ever compared with its average
            self._averages[fieldname] = total / (self.snapshot.live_count or 1) or 1.0
        return self._averages[fieldname]

    def norms(
        self, at: int, fieldname: str, documents: Array, precision: type[np.floating[Any]]
    ) -> Array:
        """``k1 * (1 - b + b * length / average)`` of these documents of a segment."""
        norms: Array = _lengths(self.snapshot.segments[at], fieldname, documents).astype(precision)
        norms *= precision(model.K1 * model.B / self.average(fieldname))
        norms += precision(model.K1 * (1 - model.B))
        return norms


class _Term(ABC):
    """What one word, or pair, is worth in one field."""

    def __init__(
        self, collection: Collection, fieldname: str, boost: float, frequency: int
    ) -> None:
        self.idf = inverse_document_frequency(collection.snapshot.live_count, frequency)
        self.worth = boost * self.idf * (model.K1 + 1)
        self.fieldname = fieldname

    @abstractmethod
    def weights(self, at: int, documents: Array) -> Array | None:
        """What it weighs in each of the documents (ascending) of a segment; None for nothing."""

    def worths(self, weights: Array, norms: Array) -> Array:
        """What it is worth where it has these weights, in documents of these norms."""
        worths = weights.astype(norms.dtype)
        divisors = norms + worths
        worths *= norms.dtype.type(self.worth)
        worths /= divisors
        return worths


class _Word(_Term):
    """A word with its other names, each with its postings by segment."""

    def __init__(
        self, collection: Collection, fieldname: str, boost: float, names: Sequence[list[Weighted]]
    ) -> None:
        # Alternatives share the inverse document frequency of the most frequent one, and the
        # best of them counts: one name of a thing is as good as another.
        frequency = max(sum(len(documents) for documents, _ in found) for found in names)
        super().__init__(collection, fieldname, boost, frequency)
        self._snapshot = collection.snapshot
        self.postings = [_greatest(found) for found in zip(*names, strict=True)]

    def weights(self, at: int, documents: Array) -> Array | None:
        found, weights = self.postings[at]
        if not len(found) or not len(documents):
            return None
        if len(found) == len(documents) and np.array_equal(found, documents):
            return weights
        count = self._snapshot.segments[at].count
        if bisecting_is_quicker(2 * len(documents), len(found), count):
            places = bisected(found, documents)
            places[places == len(found)] = 0
            return np.where(found[places] == documents, weights[places], 0)
        by_document = np.zeros(count, weights.dtype)
        by_document[as_index(found)] = weights
        return by_document.take(documents)


class _Pair(_Term):
    """Two characters in the body, of which the offsets are looked up for the documents."""

    def __init__(self, collection: Collection, pair: str) -> None:
        self._pair = pair
        snapshot = collection.snapshot
        self._fields = [each.characters[CHARACTERS["body"]] for each in snapshot.segments]
        frequency = 0
        for at, (field, alive) in enumerate(zip(self._fields, snapshot.alive, strict=True)):
            if (gram := field.find(pair)) is None:
                continue
            frequency += int(field.holding[gram])
            if alive is not None:
                deleted = self.weights(at, np.flatnonzero(~alive))
                frequency -= 0 if deleted is None else int(np.count_nonzero(deleted))
        super().__init__(collection, CHARACTERS["body"], model.PAIR_BOOST, frequency)

    def weights(self, at: int, documents: Array) -> Array | None:
        field = self._fields[at]
        offsets = field.offsets(self._pair)
        if not len(offsets) or not len(documents):
            return None
        begins = field.starts[documents].astype(np.int64)
        if len(documents) * _SLICED < len(offsets) * _OWNED:
            low = bisected(offsets, begins)
            counts: Array = bisected(offsets, field.starts[documents + 1]) - low
            in_lead = np.minimum(bisected(offsets, begins + model.LEAD) - low, counts)
            counts += (model.LEAD_COUNT - 1) * in_lead
            return counts
        owners, weights = _by_document(field, offsets, model.LEAD)
        by_document = np.zeros(len(field.starts) - 1, np.uint32)
        by_document[owners] = weights
        return by_document.take(documents)


class Scorer:
    """The scores of one ranking over one collection, segment by segment.

    To make one, and all that it works out, raises TooCostly.
    """

    def __init__(self, collection: Collection, ranking: Ranking, budget: Budget) -> None:
        self._collection = collection
        self._budget = budget
        self._snapshot = collection.snapshot
        self._words = ranking.words
        self._passages = ranking.passages
        self._worth_in_body: list[float] = []
        self._found: list[_Word] = []
        boosts: dict[TextField, float] = {"title": model.TITLE_BOOST, "body": 1.0}
        for word in ranking.words:
            self._worth_in_body.append(0.0)
            for name, boost in boosts.items():
                if word[0].field in (None, name):
                    budget.check()
                    names = [self._postings(each, name) for each in word]
                    term = _Word(collection, WORDS[name], boost, names)
                    self._found.append(term)
                    if name == "body":
                        self._worth_in_body[-1] = term.idf
        self._pairs = []
        for pair in ranking.pairs:
            budget.check()
            self._pairs.append(_Pair(collection, pair))

    def scores(self, at: int, documents: Array, precision: type[np.floating[Any]]) -> Array:
        """What the documents (ascending) of a segment are worth, without their best passages."""
        terms: list[_Term] = [*self._found, *self._pairs]
        if self._adding_up_is_quicker(at, len(documents)):
            terms = [*self._pairs]
            by_document = np.zeros(self._snapshot.segments[at].count, precision)
            for word in self._found:
                self._budget.check()
                for found, weights in _in_chunks(*word.postings[at]):
                    norms = self._collection.norms(at, word.fieldname, found, precision)
                    by_document[found] += word.worths(weights, norms)
            scores = by_document.take(documents)
        else:
            scores = np.zeros(len(documents), precision)
        norms_of: dict[str, Array] = {}
        for term in terms:
            self._budget.check()
            looked_up = term.weights(at, documents)
            if looked_up is not None:
                name = term.fieldname
                if name not in norms_of:
                    norms_of[name] = self._collection.norms(at, name, documents, precision)
                scores += term.worths(looked_up, norms_of[name])
        return scores

    def _adding_up_is_quicker(self, at: int, documents: int) -> bool:
        """Whether to score all postings of the words, and not those of the documents alone."""
        postings = sum(len(word.postings[at][0]) for word in self._found)
        table = self._snapshot.segments[at].count / _TABLE
        return postings + table < len(self._found) * documents

    @property
    def asks_for_passages(self) -> bool:
        """Whether :meth:`passages` add anything: one word is held wholly by any passage."""
        return self._passages and len(self._words) > 1

    def passages(self, at: int, documents: Array) -> Array:
        """What the best passage of each document (ascending) of a segment adds to its score."""
        best = np.zeros(len(documents))
        field = self._snapshot.segments[at].characters[CHARACTERS["body"]]
        keys, worths = [], []
        for word, worth in zip(self._words, self._worth_in_body, strict=True):
            if word[0].field == "title":
                continue
            self._budget.check()
            for_word = [_passages_with(field, each.text, documents) for each in word]
            keys.append(np.unique(np.concatenate(for_word)))
            worths.append(np.full(len(keys[-1]), worth))
        if keys:
            passages, number = np.unique(np.concatenate(keys), return_inverse=True)
            held = np.bincount(number, np.concatenate(worths), len(passages))
            np.maximum.at(best, passages >> _PASSAGE_BITS, held)
        return best

    def _postings(self, node: Word | Characters, name: TextField) -> list[Weighted]:
        found = []
        for segment, alive in zip(self._snapshot.segments, self._snapshot.alive, strict=True):
            documents, weights = (
                _word(segment, WORDS[name], node.text)
                if isinstance(node, Word)
                else _characters(segment, name, node)
            )
            if alive is not None:
                live = alive.take(documents)
                documents, weights = documents.compress(live), weights.compress(live)
            found.append((documents, weights))
        return found


def _word(segment: Segment, fieldname: str, text: str) -> Weighted:
    field = segment.words[fieldname]
    term = field.terms.find(text.encode())
    return (np.zeros(0, np.int64), np.zeros(0)) if term is None else field.postings(term)


def _characters(segment: Segment, name: TextField, node: Characters) -> Weighted:
    field = segment.characters[CHARACTERS[name]]
    starts = places(field, node.text, node.is_number)
    return _by_document(field, starts, model.LEAD if name == "body" else 0)


def _in_chunks(documents: Array, weights: Array) -> Iterator[Weighted]:
    """Some postings at a time: what is worked out for them stays in the processor's cache."""
    for start in range(0, len(documents), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        yield as_index(documents[chunk]), weights[chunk]


def _by_document(field: CharactersField, offsets: Array, lead: int) -> Weighted:
    """The documents in which the ascending offsets lie, and what those in each weigh."""
    documents = field.documents(offsets)
    first = np.flatnonzero(np.diff(documents, prepend=-1))
    weights = np.diff(first, append=len(documents))
    if lead:
        in_lead = np.cumsum(offsets - field.starts[documents].astype(np.int64) < lead)
        before = np.append(0, in_lead)
        weights += (model.LEAD_COUNT - 1) * (before[first + weights] - before[first])
    return documents[first], weights


def _greatest(found: Sequence[Weighted]) -> Weighted:
    """The documents of any of these, each with the greatest weight that it has."""
    if len(found) == 1:
        return found[0]
    documents = np.concatenate([each for each, _ in found]).astype(np.int64)
    weights = np.concatenate([each for _, each in found])
    order = np.lexsort((weights, documents))
    documents, weights = documents[order], weights[order]
    last = np.flatnonzero(np.diff(documents, append=-1))
    return documents[last], weights[last]


def _passages_with(field: CharactersField, text: str, documents: Array) -> Array:
    """The passages of these documents that hold the text, as document << 32 | passage."""
    begins = field.starts[documents].astype(np.int64)
    starts = places_within(field, text, begins, field.starts[documents + 1].astype(np.int64))
    owners = np.searchsorted(begins, starts, side="right") - 1
    blocks = (starts - begins[owners]) // model.BLOCK
    return np.concatenate([owners << _PASSAGE_BITS | blocks + 1, owners << _PASSAGE_BITS | blocks])


def _lengths(segment: Segment, fieldname: str, documents: Array) -> Array:
    if fieldname in segment.words:
        of_words: Array = segment.words[fieldname].lengths.take(documents)
        return of_words
    starts = segment.characters[fieldname].starts
    lengths: Array = starts[documents + 1] - starts[documents]
    return lengths - 1


def _total_length(segment: Segment, fieldname: str, alive: Array | None) -> int:
    if fieldname in segment.words:
        lengths = segment.words[fieldname].lengths
        return int((lengths if alive is None else lengths[alive]).sum(dtype=np.int64))
    starts = segment.characters[fieldname].starts
    total = int(starts[-1]) - segment.count
    if alive is not None:
        total -= int(_lengths(segment, fieldname, np.flatnonzero(~alive)).sum(dtype=np.int64))
    return total
