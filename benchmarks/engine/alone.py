"""Our engine by itself: what the archive asks, other orders, deep pages, cold starts."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from typing import Final, TypeVar

from benchmarks.engine.corpus import Corpus
from benchmarks.engine.figures import Figures, milliseconds, percentiles
from benchmarks.engine.ours import search_of
from benchmarks.engine.questions import Question, questions
from indexer.archive import Archive
from indexer.catalog import Catalog
from indexer.engine import Filters, Search
from indexer.engine.tree import Dates, Everything, Word
from indexer.query.parser import parse
from indexer.query.ranking import ranking_of
from indexer.query.request import PAGE_SIZE

DEEP: Final = 5000
"""The page that may take at most twice as long as the first."""

_COLD: Final = 20

Asked = TypeVar("Asked")


def bare(corpus: Corpus, count: int) -> Figures:
    """The searches that others are asked beside us, ours alone: ``alone.CLASS.p50``, ``.p95``."""
    engine = corpus.engine()
    figures: Figures = {}
    for name, of_class in questions(corpus, count).items():
        searches = [search_of(each) for each in of_class]
        figures |= percentiles(f"alone.{name}", _second_round(engine.search, searches))
    return figures


def full(corpus: Corpus, count: int) -> Figures:
    """The searches of the archive: both fields, pairs, passages, collapse, every facet.

    As ``full.CLASS.p50`` and ``.p95``; besides, those sorted by date, and all documents.
    """
    engine = corpus.engine()
    asked = questions(corpus, count)
    searches = {name: [full_search(each) for each in asked[name]] for name in asked}
    frequent = searches["term"]
    searches["newest"] = [replace(each, sort="newest") for each in frequent]
    searches["everything"] = [Search(Everything(), sort="newest")] * count
    figures: Figures = {}
    for name, of_class in searches.items():
        figures |= percentiles(f"full.{name}", _second_round(engine.search, of_class))
    return figures


def full_search(question: Question) -> Search:
    """The question as the archive asks it for what a person would type."""
    q = _typed(question)
    return Search(
        query=parse(q).node,
        filters=Filters(dates=Dates(*map(date.fromordinal, question.days)))
        if question.days
        else Filters(),
        ranking=ranking_of(q),
    )


def _typed(question: Question) -> str:
    match question.kind:
        case "or":
            return " OR ".join(question.texts)
        case "not":
            return " -".join(question.texts)
        case "phrase" | "characters":
            return f'"{question.texts[0]}"'
        case "prefix":
            return f"{question.texts[0]}*"
        case _:
            return " ".join(question.texts)


def deep_pages(corpus: Corpus, count: int) -> Figures:
    """Page 5000, or the last where there are fewer, beside page 1, as ``page.ORDER.deep.p50``.

    Asked are the most frequent of the words, by relevance and by date.
    """
    engine = corpus.engine()
    words = [each.texts[0] for each in questions(corpus, count)["term"]]
    totals = {word: engine.search(Search(Word(word, "body"), limit=0)).total for word in words}
    most = sorted(words, key=totals.__getitem__)[-10:]
    page = min(DEEP, totals[most[0]] // PAGE_SIZE)
    figures: Figures = {"page.deep.number": page}
    for sort in ("relevance", "newest"):
        first = [
            replace(search_of(Question("term", (word,))), sort=sort) for word in most for _ in "123"
        ]
        deep = [replace(each, offset=(page - 1) * PAGE_SIZE) for each in first]
        times = _second_round(
            engine.search, [each for both in zip(first, deep, strict=True) for each in both]
        )
        figures |= percentiles(f"page.{sort}.first", times[::2])
        figures |= percentiles(f"page.{sort}.deep", times[1::2])
    return figures


def related(corpus: Corpus, count: int) -> Figures:
    """Related documents, as a document's page asks for them: ``related.p50``, ``.p95``.

    Of documents from all years; with what the catalog has to do for it.
    """
    with closing(Archive.open(corpus.data)) as archive:
        one = Search(Everything(), sort="newest", limit=1, facets=())
        places = range(0, corpus.size, -(-corpus.size // count))
        hits = [archive.engine.search(replace(one, offset=at)).hits for at in places]
        stored = archive.catalog.documents([hit.id for (hit,) in hits])
        return percentiles("related", _second_round(archive.related, list(stored.values())))


def cold(corpus: Corpus, warm: Mapping[str, float], count: int) -> Figures:
    """First searches in new processes, the files in the page cache: ``first.CLASS.worst``.

    Every twentieth question is asked so.
    ``open.worst`` is the longest that opening the index took in one of them; ``first.CLASS.times``
    is the worst first search as a multiple of the ``warm`` 95th percentile of its class:
    beside the others where it was asked beside them.
    """
    with Catalog.open(corpus.data / "catalog.db", create=False) as catalog:
        uuid = catalog.uuid
    figures: Figures = {}
    opened: list[float] = []
    for name, of_class in questions(corpus, count).items():
        firsts = []
        for question in of_class[::_COLD]:
            told = json.dumps(
                {"folder": str(corpus.data / "whoosh"), "uuid": uuid, **asdict(question)}
            )
            command = [sys.executable, "-m", "benchmarks.engine.first", told]
            run = subprocess.run(command, check=True, capture_output=True, text=True)
            took = json.loads(run.stdout)
            opened.append(took["open"])
            firsts.append(took["search"])
        figures[f"first.{name}.worst"] = max(firsts)
        usual = warm.get(f"query.{name}.ours.p95", warm[f"alone.{name}.p95"])
        figures[f"first.{name}.times"] = max(firsts) / usual
    figures["open.worst"] = max(opened)
    return figures


def _second_round(ask: Callable[[Asked], object], questions: Sequence[Asked]) -> list[float]:
    """How long each question takes once each was asked."""
    for question in questions:
        ask(question)
    gc.collect()
    return [milliseconds(partial(ask, question)) for question in questions]
