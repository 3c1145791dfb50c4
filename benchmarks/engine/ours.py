"""Our engine as it is asked beside the others: one field, no collapse, no passages."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.engine.corpus import Corpus
from benchmarks.engine.peer import Counted
from benchmarks.engine.questions import Question
from indexer import arrays
from indexer.analysis.bulk import Occurrences
from indexer.analysis.byte_order import ByteOrder
from indexer.engine import Engine, Filters, Outcome, Ranking, Search
from indexer.engine.tree import And, Characters, Dates, Node, Not, Or, Prefix, Word
from indexer.engine.whoosh.inversion import inverted
from indexer.workers import done_by

_FILES: Final = 7


class Ours:
    """The index that ``run.py add`` made."""

    def __init__(self, corpus: Corpus) -> None:
        self._engine = corpus.engine()

    def prepared(self, question: Question, *, facets: bool = True) -> Callable[[], Outcome]:
        """What answers the question: total, best 20, and the facets unless they are left out."""
        search = search_of(question, facets=facets)
        return lambda: self._engine.search(search)

    @staticmethod
    def counted(answer: Outcome) -> Counted:
        """What an answer with facets counts."""
        months, cities = (
            {each.value: each.count for each in answer.facets[facet]} for facet in ("date", "city")
        )
        return Counted(answer.total, months, cities)


def search_of(question: Question, *, facets: bool = True) -> Search:
    """The question as our engine is asked it."""
    ranked = {"not": question.texts[:1], "prefix": ()}.get(question.kind, question.texts)
    leaf = Characters if question.kind in ("phrase", "characters") else Word
    return Search(
        query=_tree(question),
        filters=Filters(dates=Dates(*map(date.fromordinal, question.days)))
        if question.days
        else Filters(),
        ranking=Ranking(tuple((leaf(text, "body"),) for text in ranked), passages=False)
        if ranked
        else None,
        collapse=False,
        facets=("date", "city") if facets else (),
        date_digits=7,
    )


def _tree(question: Question) -> Node:
    words = tuple(Word(text, "body") for text in question.texts)
    match question.kind:
        case "term":
            return words[0]
        case "and":
            return And(words)
        case "or":
            return Or(words)
        case "not":
            return And((words[0], Not(words[1])))
        case "phrase" | "characters":
            return Characters(question.texts[0], "body")
        case "prefix":
            return Prefix(question.texts[0], "body")


def rebuilt(engine: Engine, corpus: Corpus) -> Callable[[], None]:
    """What indexes all documents of the corpus, which are in memory already."""
    documents = list(corpus.documents())

    def write() -> None:
        engine.rebuild(documents, 1)
        engine.merge()

    return write


def words_written(folder: Path, corpus: Corpus) -> Callable[[], None]:
    """What writes the postings of the same words as the others are given, which are in memory.

    One field of words in seven files of arrays, inverted as the engine does it, in as many
    processes as there are processors; so few segments the engine does not merge.
    """
    tokens = corpus.tokens.read_text("utf-8").splitlines()
    batch = -(-len(tokens) // _FILES)

    def write() -> None:
        tasks = (
            (folder / f"{start}.words", tokens[start : start + batch])
            for start in range(0, len(tokens), batch)
        )
        for _ in done_by(_write_words, tasks, os.cpu_count() or 1, ahead=1):
            pass

    return write


def _write_words(task: tuple[Path, list[str]]) -> None:
    path, lines = task
    numbers, order = _numbering()
    words = [line.split() for line in lines]
    counts = np.fromiter(map(len, words), np.int64, len(words))
    found = np.fromiter(
        (numbers.setdefault(word, len(numbers)) for each in words for word in each),
        np.int64,
        int(counts.sum()),
    )
    owners = np.repeat(np.arange(len(lines)), counts)
    order.follow(list(numbers))
    written = inverted(Occurrences(found, owners, found), order, len(lines), 0)
    arrays.write(path, written, {"documents": len(lines)})


@cache
def _numbering() -> tuple[dict[str, int], ByteOrder]:
    """This process's words, which serve all that it writes."""
    return {}, ByteOrder()
