"""tantivy over the same words: count, best 20 and two aggregations.

The words of a body, joined by spaces, are cut again at the spaces.  Month, day
and cities are integer columns; of what tantivy-py offers, aggregations of
terms over integers are the quickest (over strings and by histogram, they
took longer), and counting beside the best 20 costs next to nothing.  tantivy-py cannot
collect hits and aggregations in one pass: facets take it a second one.  A
search runs on one thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import tantivy
from tantivy import Document, FieldType, Index, Occur, Query, SchemaBuilder

from benchmarks.engine.corpus import Columns, Corpus, month_name
from benchmarks.engine.peer import Counted
from benchmarks.engine.questions import Question
from indexer.analysis import words

HEAP: Final = 1 << 30
THREADS: Final = os.cpu_count() or 1
_FACETS: Final = {
    # more buckets than there are different values
    name: {"terms": {"field": name, "size": 10_000}}
    for name in ("month", "city")
}


class Tantivy:
    """An index in ``folder``, which :func:`written` made."""

    def __init__(self, folder: Path, columns: Columns) -> None:
        self._index = _index(folder)
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        self._columns = columns

    @property
    def segments(self) -> int:
        """How many segments the index has."""
        return self._searcher.num_segments

    def prepared(
        self, question: Question, *, facets: bool = True
    ) -> Callable[[], tuple[int, Any]] | None:
        """What answers the question; characters that are no words cannot be asked for."""
        if question.kind == "characters":
            return None
        query, searcher = self._query(question), self._searcher

        def answer() -> tuple[int, Any]:
            found = searcher.search(query, 20, count=True)
            counts = searcher.aggregate(query, _FACETS) if facets else {}
            return found.count, counts

        return answer

    def counted(self, answer: tuple[int, Any]) -> Counted:
        """What an answer with facets counts."""
        total, facets = answer
        months, cities = (
            {each["key"]: each["doc_count"] for each in facets[name]["buckets"]}
            for name in ("month", "city")
        )
        return Counted(
            total,
            {month_name(month): count for month, count in months.items()},
            {self._columns.city_names[city]: count for city, count in cities.items()},
        )

    def _query(self, question: Question) -> Query:
        terms = [self._term(text) for text in question.texts]
        match question.kind:
            case "and":
                return Query.boolean_query([(Occur.Must, each) for each in terms])
            case "or":
                return Query.boolean_query([(Occur.Should, each) for each in terms])
            case "not":
                return Query.boolean_query([(Occur.Must, terms[0]), (Occur.MustNot, terms[1])])
            case "phrase":
                tokens = [token.text for token in words(question.texts[0])]
                return Query.phrase_query(self._schema, "body", list(tokens))
            case "prefix":
                return Query.regex_query(self._schema, "body", f"{question.texts[0]}.*")
        if question.days:
            first, last = question.days
            days = Query.range_query(self._schema, "day", FieldType.Integer, first, last)
            # the range narrows and does not rank
            days = Query.const_score_query(days, 0.0)
            return Query.boolean_query([(Occur.Must, terms[0]), (Occur.Must, days)])
        return terms[0]

    def _term(self, text: str) -> Query:
        return Query.term_query(self._schema, "body", text)


def written(folder: Path, corpus: Corpus) -> Callable[[], None]:
    """What indexes all documents of the corpus, whose words are in memory already."""
    folder.mkdir()
    rows = list(corpus.columns().rows())
    tokens = corpus.tokens.read_text("utf-8").splitlines()
    index = _index(folder)

    def write() -> None:
        writer = index.writer(HEAP, THREADS)
        for (day, month, cities), body in zip(rows, tokens, strict=True):
            document = Document(body=body, day=day, month=month)
            for city in cities:
                document.add_integer("city", city)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    return write


def _index(folder: Path) -> Index:
    schema = SchemaBuilder().add_text_field("body", tokenizer_name="spaces")
    schema.add_integer_field("day", indexed=True, fast=True)
    schema.add_integer_field("month", fast=True)
    schema.add_integer_field("city", fast=True)
    index = Index(schema.build(), str(folder))
    at_spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaces", at_spaces)
    return index
