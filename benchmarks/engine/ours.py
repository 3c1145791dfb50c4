"""Our engine as it is asked beside the others: one field, no collapse, no passages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from benchmarks.engine.corpus import Corpus
from benchmarks.engine.peer import Counted
from benchmarks.engine.questions import Question
from indexer.engine import Engine, Filters, Outcome, Ranking, Search
from indexer.engine.tree import And, Characters, Dates, Node, Not, Or, Prefix, Word


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
    return lambda: engine.rebuild(documents, 1)
