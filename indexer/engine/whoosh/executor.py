"""Whoosh's query tree, evaluated segment by segment over whole arrays.

A matcher of Whoosh goes from document to document; here every node of the tree
is worked out for all documents of a segment at once.  What matches is exact;
how well it matches is for :mod:`.scoring`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh import query as wq

from indexer.engine.whoosh import queries
from indexer.engine.whoosh.places import documents_near, documents_with
from indexer.engine.whoosh.segment import Segment
from indexer.engine.whoosh.sets import difference, intersection, union
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]

_NOTHING: Final = np.zeros(0, np.int64)


def matching(snapshot: Snapshot, query: wq.Query) -> list[Array]:
    """For each segment the live documents that match, ascending.

    Raises NotImplementedError for a kind of query that is not known here.
    """
    found = []
    for at, segment in enumerate(snapshot.segments):
        documents = _Evaluation(snapshot, at, segment).documents(query)
        alive = snapshot.alive[at]
        found.append(documents if alive is None else documents[alive[documents]])
    return found


class _Evaluation:
    """Evaluates trees over one segment, deleted documents included."""

    def __init__(self, snapshot: Snapshot, at: int, segment: Segment) -> None:
        self._snapshot = snapshot
        self._at = at
        self._segment = segment

    def documents(self, query: wq.Query) -> Array:
        """The documents that match, ascending."""
        evaluate = _EVALUATE.get(type(query))
        if evaluate is None:
            raise NotImplementedError(f"the executor does not know {type(query).__name__}")
        return evaluate(self, query)

    def _term(self, query: wq.Term) -> Array:
        field = self._segment.words[query.fieldname]
        term = field.terms.find(query.text.encode())
        return _NOTHING if term is None else field.postings(term)[0]

    def _prefix(self, query: wq.Prefix) -> Array:
        field = self._segment.words[query.fieldname]
        terms = field.terms.with_prefix(query.text.encode())
        return union([field.postings(term)[0] for term in terms], self._segment.count)

    def _and(self, query: wq.And) -> Array:
        wanted = [each for each in query.subqueries if not isinstance(each, wq.Not)]
        unwanted = [each.query for each in query.subqueries if isinstance(each, wq.Not)]
        found = sorted((self.documents(each) for each in wanted), key=len)
        documents = reduce(intersection, found) if found else self._all()
        for each in unwanted:
            documents = difference(documents, self.documents(each), self._segment.count)
        return documents

    def _or(self, query: wq.Or) -> Array:
        return union([self.documents(each) for each in query.subqueries], self._segment.count)

    def _not(self, query: wq.Not) -> Array:
        return difference(self._all(), self.documents(query.query), self._segment.count)

    def _all(self, _: Any = None) -> Array:
        return np.arange(self._segment.count)

    def _in_a_row(self, query: queries.InARow) -> Array:
        return documents_with(self._segment.characters[query.fieldname], query.text)

    def _near(self, query: queries.NearOneAnother) -> Array:
        field = self._segment.characters[query.fieldname]
        return documents_near(field, query.texts, query.distance)

    def _value(self, query: queries.HasValue) -> Array:
        table = self._snapshot.tables[query.fieldname]
        return self._where(table.has_any([query.value])[self._snapshot.sets[query.fieldname]])

    def _dates(self, query: queries.WithinDates) -> Array:
        return self._where(self._snapshot.within(query.dates))

    def _where(self, passing: Array) -> Array:
        base = self._snapshot.bases[self._at]
        return np.flatnonzero(passing[base : base + self._segment.count])


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
