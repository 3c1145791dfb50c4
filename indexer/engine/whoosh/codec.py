"""Our segments as Whoosh reads them: through its codec interface, one posting at a time.

Every query of Whoosh runs over them as over any other segment, only slowly; it
is what the executor is held against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import Codec, PerDocumentReader, TermsReader
from whoosh.codec.base import Segment as WhooshSegment
from whoosh.fields import FieldType, Schema
from whoosh.formats import Frequency
from whoosh.matching import ListMatcher
from whoosh.reading import MultiReader, SegmentReader, TermInfo
from whoosh.searching import Searcher

from indexer.engine.whoosh.segment import WORDS, Segment

Array = NDArray[Any]


class Words(FieldType):  # type: ignore[misc]
    """A field of words: documents and weights."""

    def __init__(self) -> None:
        super().__init__(Frequency(), None, scorable=True)


def searcher(segments: Sequence[tuple[Segment, Array]], weighting: Any) -> Searcher:
    """Whoosh's searcher over segments, each with the numbers of its deleted documents."""
    schema = Schema(**{name: Words() for name in WORDS.values()})
    readers = [
        SegmentReader(None, schema, SegmentOfWhoosh(segment, deleted), codec=ArraysCodec())
        for segment, deleted in segments
    ]
    return Searcher(MultiReader(readers), weighting=weighting)


class SegmentOfWhoosh(WhooshSegment):  # type: ignore[misc]
    """A segment with its deleted documents, by the name that Whoosh knows it by."""

    def __init__(self, segment: Segment, deleted: Array) -> None:
        super().__init__("biwen")
        self.segment = segment
        self.deleted = frozenset(deleted.tolist())

    def codec(self) -> Codec:
        """What reads it."""
        return ArraysCodec()


class ArraysCodec(Codec):  # type: ignore[misc]
    """Reads segments of arrays; they are written by :mod:`.segment` and :mod:`.merging`."""

    def terms_reader(self, storage: Any, segment: SegmentOfWhoosh) -> TermsReader:
        """The terms and postings of the words fields."""
        return _Terms(segment.segment)

    def per_document_reader(self, storage: Any, segment: SegmentOfWhoosh) -> PerDocumentReader:
        """Lengths and deletions."""
        return _Documents(segment)


class _Terms(TermsReader):  # type: ignore[misc]
    def __init__(self, segment: Segment) -> None:
        self._fields = segment.words

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._fields[term[0]].terms.find(term[1]) is not None

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return ((name, term) for name in sorted(self._fields) for term in self._fields[name].terms)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        terms = self._fields[fieldname].terms
        return ((fieldname, terms[at]) for at in range(terms.bisect(prefix), len(terms)))

    def indexed_field_names(self) -> Iterable[str]:
        return self._fields

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        documents, weights = self._postings(fieldname, text)
        lengths = self._fields[fieldname].lengths[documents]
        return TermInfo(
            weight=int(weights.sum(dtype=np.int64)),
            df=len(documents),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=int(weights.max()),
            minid=int(documents[0]),
            maxid=int(documents[-1]),
        )

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        documents, weights = self._postings(fieldname, text)
        weights = weights.astype(float).tolist()
        return _Matcher(
            documents.tolist(),
            weights,
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _postings(self, fieldname: str, text: bytes) -> tuple[Array, Array]:
        field = self._fields[fieldname]
        term = field.terms.find(text)
        if term is None:
            raise KeyError((fieldname, text))
        return field.postings(term)


class _Matcher(ListMatcher):  # type: ignore[misc]
    def id(self) -> int:
        # Whoosh's AndNot asks for it behind the end too
        return int(self._ids[min(self._i, len(self._ids) - 1)])


class _Documents(PerDocumentReader):  # type: ignore[misc]
    def __init__(self, of: SegmentOfWhoosh) -> None:
        self._segment = of.segment
        self._deleted = of.deleted

    def doc_count(self) -> int:
        return self._segment.count - len(self._deleted)

    def doc_count_all(self) -> int:
        return self._segment.count

    def has_deletions(self) -> bool:
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def deleted_docs(self) -> frozenset[int]:
        return self._deleted

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self._segment.words[fieldname].lengths[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        return int(self._segment.words[fieldname].lengths.sum(dtype=np.int64))

    def min_field_length(self, fieldname: str) -> int:
        return int(self._segment.words[fieldname].lengths.min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        return int(self._segment.words[fieldname].lengths.max(initial=0))
