"""Whoosh's query tree, evaluated segment by segment over whole arrays.

A matcher of Whoosh goes from document to document; here every node of the tree
is worked out for all documents of a segment at once.  What matches is exact;
how well it matches is for :mod:`.scoring`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh import query as wq

from indexer.engine.budget import UNLIMITED, Budget
from indexer.engine.tree import Dates
from indexer.engine.whoosh import queries
from indexer.engine.whoosh.places import documents_near, documents_with
from indexer.engine.whoosh.segment import Segment, Span
from indexer.engine.whoosh.sets import among, as_index, bisected, contained, distinct, union
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]

_NOTHING: Final = np.zeros(0, np.int64)


def matching(
    snapshot: Snapshot, query: wq.Query, dates: Dates | None = None, budget: Budget = UNLIMITED
) -> list[Array]:
    """For each segment the live documents that match, ascending (int64).

    With ``dates`` only those that may lie within them, and the undated ones.
    Raises TooCostly, and NotImplementedError for a kind of query that is not known here.
    """
    found = []
    for segment, alive in zip(snapshot.segments, snapshot.alive, strict=True):
        documents = as_index(_Evaluation(segment, dates, budget).documents(query))
        found.append(documents if alive is None else documents.compress(alive.take(documents)))
    return found


class _Evaluation:
    """Evaluates trees over one segment, deleted documents included."""

    def __init__(self, segment: Segment, dates: Dates | None, budget: Budget) -> None:
        self._segment = segment
        self._budget = budget
        self._count = segment.count
        self._span: Span | None = None
        if dates:
            span = segment.within(dates)
            self._span = Span(((0, segment.undated), *span.ranges), span.others)

    def documents(self, query: wq.Query) -> Array:
        """The documents that match, ascending."""
        evaluate = _EVALUATE.get(type(query))
        if evaluate is None:
            raise NotImplementedError(f"the executor does not know {type(query).__name__}")
        self._budget.check()
        return evaluate(self, query)

    def _term(self, query: wq.Term) -> Array:
        field = self._segment.words[query.fieldname]
        term = field.terms.find(query.text.encode())
        return _NOTHING if term is None else self._in_time(field.postings(term)[0])

    def _prefix(self, query: wq.Prefix) -> Array:
        field = self._segment.words[query.fieldname]
        terms = field.terms.with_prefix(query.text.encode())
        # the postings of neighbouring terms are neighbours
        start, end = int(field.starts[terms.start]), int(field.starts[terms.stop])
        return self._in_time(distinct(field.documents[start:end], self._count))

    def _and(self, query: wq.And) -> Array:
        wanted = [each for each in query.subqueries if not isinstance(each, wq.Not)]
        unwanted = [each.query for each in query.subqueries if isinstance(each, wq.Not)]
        # each is a union of sets, which are only put together for the smallest one
        found = sorted(map(self._sets, wanted), key=lambda sets: sum(map(len, sets)))
        documents = union(found[0], self._count) if found else self._all()
        for sets in found[1:]:
            documents = documents.compress(contained(documents, sets, self._count))
        for each in unwanted:
            documents = documents.compress(~contained(documents, self._sets(each), self._count))
        return documents

    def _sets(self, query: wq.Query) -> list[Array]:
        """Sets of documents of which those that match are the union."""
        if type(query) is wq.Or:
            return [documents for each in query.subqueries for documents in self._sets(each)]
        return [self.documents(query)]

    def _or(self, query: wq.Or) -> Array:
        return union(self._sets(query), self._count)

    def _not(self, query: wq.Not) -> Array:
        everything = self._all()
        return everything.compress(~contained(everything, self._sets(query.query), self._count))

    def _all(self, _: Any = None) -> Array:
        return self._of_span(self._span) if self._span else np.arange(self._count)

    def _in_a_row(self, query: queries.InARow) -> Array:
        field = self._segment.characters[query.fieldname]
        return self._in_time(documents_with(field, query.text, query.is_number))

    def _near(self, query: queries.NearOneAnother) -> Array:
        field = self._segment.characters[query.fieldname]
        return self._in_time(documents_near(field, query.texts, query.distance, self._budget))

    def _value(self, query: queries.HasValue) -> Array:
        everything = self._all()
        return everything[self._segment.values[query.fieldname].have_any([query.value], everything)]

    def _dates(self, query: queries.WithinDates) -> Array:
        return self._in_time(self._of_span(self._segment.within(query.dates)))

    def _of_span(self, span: Span) -> Array:
        return _placed([np.arange(*each) for each in span.ranges], span.others)

    def _in_time(self, documents: Array) -> Array:
        """Those of the documents that lie in the span that was asked for."""
        if self._span is None:
            return documents
        parts = []
        for borders in self._span.ranges:
            low, high = bisected(documents, borders).tolist()
            parts.append(documents[low:high])
        others = self._span.others
        return _placed(parts, others[among(others, documents)])


def _placed(ranges: list[Array], others: Array) -> Array:
    """Ranges of documents with the others in their place, before the last range."""
    parts = [part for part in (*ranges[:-1], others, ranges[-1]) if len(part)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else _NOTHING


_EVALUATE: Final[dict[type, Callable[[_Evaluation, Any], Array]]] = {
    wq.Term: _Evaluation._term,
    wq.Prefix: _Evaluation._prefix,
    wq.And: _Evaluation._and,
    wq.Or: _Evaluation._or,
    wq.Not: _Evaluation._not,
    wq.Every: _Evaluation._all,
    queries.InARow: _Evaluation._in_a_row,
    queries.NearOneAnother: _Evaluation._near,
    queries.HasValue: _Evaluation._value,
    queries.WithinDates: _Evaluation._dates,
}
