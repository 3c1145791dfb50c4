"""Queries that Whoosh lacks: terms in a row, texts near one another, rows.

Each finds its documents segment by segment when Whoosh asks for its matcher,
and hands them over as a list; Whoosh combines them with the rest of the tree.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from whoosh.matching import ListMatcher, NullMatcher
from whoosh.query import Query
from whoosh.scoring import bm25

from indexer.engine.near import near_spans
from indexer.engine.whoosh.schema import Row

K1: Final = 1.2
B: Final = 0.75

Starts = dict[int, list[int]]
"""Document number -> the offsets at which something starts there, ascending."""


class Leaf(Query):  # type: ignore[misc]
    """A query that Whoosh does not look inside of."""

    def is_leaf(self) -> bool:
        """It has no queries in it, as far as Whoosh knows."""
        return True

    def estimate_size(self, reader: Any) -> int:
        """The most that it can match: what orders the parts of a conjunction."""
        return int(reader.doc_count_all())


class PlacesQuery(Leaf):
    """Documents in which something stands, scored by BM25 with its count there.

    The inverse document frequency is that of its rarest term, the nearest
    figure that needs no second pass over the index.
    """

    def __init__(self, fieldname: str, boost: float) -> None:
        self.fieldname = fieldname
        self.boost = boost

    @abstractmethod
    def starts(self, searcher: Any) -> Starts:
        """Where it stands in the documents of one segment."""

    @abstractmethod
    def rarest(self, searcher: Any) -> Iterable[bytes]:
        """The terms among which the rarest gives the inverse document frequency."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """A matcher over one segment, its scores computed."""
        starts = self.starts(searcher)
        if not starts:
            return NullMatcher()
        whole = searcher.get_parent()
        idf = max((whole.idf(self.fieldname, term) for term in self.rarest(searcher)), default=0.0)
        average = whole.avg_field_length(self.fieldname) or 1
        length = searcher.reader().doc_field_length
        documents = sorted(starts)
        scores = [
            self.boost * bm25(idf, len(starts[each]), length(each, self.fieldname), average, B, K1)
            for each in documents
        ]
        return ListMatcher(documents, scores)


class InARow(PlacesQuery):
    """Terms at fixed distances: ``terms`` are (term, distance from the first one)."""

    def __init__(
        self, fieldname: str, terms: Sequence[tuple[str, int]], boost: float = 1.0
    ) -> None:
        super().__init__(fieldname, boost)
        self.terms = terms

    def starts(self, searcher: Any) -> Starts:
        """Where the first term starts; the rarest term is read first."""
        reader = searcher.reader()
        if any((self.fieldname, term) not in reader for term, _ in self.terms):
            return {}
        by_rarity = sorted(
            self.terms, key=lambda term: reader.doc_frequency(self.fieldname, term[0])
        )
        (term, distance), *others = by_rarity
        starts = {
            document: [offset - distance for offset in offsets]
            for document, offsets in _postings(reader, self.fieldname, term)
        }
        for term, distance in others:
            starts = _kept(starts, reader.postings(self.fieldname, term), distance)
        return starts

    def rarest(self, searcher: Any) -> Iterable[bytes]:
        """All of its terms."""
        return (term.encode("utf-8") for term, _ in self.terms)


class OneCharacter(PlacesQuery):
    """One character, found as the start of the bigrams that begin with it."""

    def __init__(self, fieldname: str, character: str, boost: float = 1.0) -> None:
        super().__init__(fieldname, boost)
        self.character = character

    def starts(self, searcher: Any) -> Starts:
        """Every offset of the character."""
        starts: Starts = {}
        for term in self.rarest(searcher):
            for document, offsets in _postings(searcher.reader(), self.fieldname, term):
                starts.setdefault(document, []).extend(offsets)
        return {document: sorted(offsets) for document, offsets in starts.items()}

    def rarest(self, searcher: Any) -> Iterable[bytes]:
        """The bigrams of this segment that begin with the character."""
        terms: Iterable[bytes] = searcher.reader().expand_prefix(
            self.fieldname, self.character.encode("utf-8")
        )
        return terms


class NearOneAnother(PlacesQuery):
    """Texts, each found by its own query, within a number of characters."""

    def __init__(
        self, texts: Sequence[tuple[PlacesQuery, int]], distance: int, boost: float = 1.0
    ) -> None:
        super().__init__(texts[0][0].fieldname, boost)
        self.texts = texts
        self.distance = distance

    def starts(self, searcher: Any) -> Starts:
        """Where any of the texts starts that stands near all others."""
        found = [query.starts(searcher) for query, _ in self.texts]
        shared = set(found[0]).intersection(*found[1:])
        starts: Starts = {}
        for document in shared:
            places = [
                [(start, start + length) for start in each[document]]
                for each, (_, length) in zip(found, self.texts, strict=True)
            ]
            if near := near_spans(places, self.distance):
                starts[document] = [start for start, _ in near]
        return starts

    def rarest(self, searcher: Any) -> Iterable[bytes]:
        """The terms of all texts."""
        return (term for query, _ in self.texts for term in query.rarest(searcher))


class RowsWhere(Leaf):
    """Documents whose row passes a test; they all score alike."""

    def __init__(
        self, rows_of: Callable[[Any], Sequence[Row]], passes: Callable[[Row], bool]
    ) -> None:
        self.rows_of = rows_of
        self.passes = passes

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """A matcher over one segment, without its deleted documents."""
        reader = searcher.reader()
        deleted = frozenset(reader.segment().deleted_docs())
        documents = [
            number
            for number, row in enumerate(self.rows_of(reader))
            if number not in deleted and self.passes(row)
        ]
        # Whoosh takes a score of 0 for no match
        return ListMatcher(documents, [1.0] * len(documents)) if documents else NullMatcher()


def _postings(reader: Any, fieldname: str, term: str | bytes) -> Iterable[tuple[int, list[int]]]:
    matcher = reader.postings(fieldname, term)
    while matcher.is_active():
        yield matcher.id(), matcher.value_as("positions")
        matcher.next()


def _kept(starts: Starts, matcher: Any, distance: int) -> Starts:
    """The starts at which the term of the matcher stands ``distance`` further on."""
    kept: Starts = {}
    for document in sorted(starts):
        if not matcher.is_active():
            break
        matcher.skip_to(document)
        if matcher.is_active() and matcher.id() == document:
            there = set(matcher.value_as("positions"))
            if both := [start for start in starts[document] if start + distance in there]:
                kept[document] = both
    return kept
