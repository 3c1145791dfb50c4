"""How well the best answers stand first: ``python -m benchmarks.relevance``.

MRR@10 (the mean of 1 / rank of the right document, 0 beyond the tenth) on the
collections of queries beside the checkout, asked through ``Archive.search`` of the
embedded engine, or with ``--opensearch`` of OpenSearch.
A quotation mark in a headline is no wish for these very characters, and the
baselines pass over it, so quotation marks are left out; ``--as-typed`` leaves
them in, and with them the demand that the quote be matched.

Each collection is divided by a hash of the query's id: the weights of
``indexer.engine.ranking`` were chosen on the development half, the other half
was held out.  The order is that of relevance alone: how recent a document is
does not enter, except that of two with the same score the newer stands first.

Of each collection the table has:

- baselines, plain BM25 (k1 0.9, b 0.4) over bodies, computed in the same run;
- any word: our ranking with ``match=any``;
- defaults: the hits with all words, then, behind the border, those with some;
- all words only: the same answers without what stands behind the border.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import click
import jieba
import numpy as np

from indexer import pipeline
from indexer.analysis import fold
from indexer.archive import Archive
from indexer.documents import Document, Page, PublishedDate
from indexer.engine import ranking
from indexer.query.answer import Hit
from indexer.query.request import SearchRequest

FOLDER: Final = Path(__file__).parents[1].parent / "shared" / "relevance"
DEPTH: Final = 10
_ADDRESS: Final = "https://example.org/"
_WITHOUT_QUOTES: Final = str.maketrans(dict.fromkeys('"“”「」『』＂｢｣', " "))

Terms = Callable[[str], list[str]]


class Query(NamedTuple):
    """A query with the id of the document that answers it."""

    id: str
    text: str
    answer: str

    @property
    def is_development(self) -> bool:
        """Whether weights may be chosen by it: the half whose hash is even."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


class Result(NamedTuple):
    """The reciprocal ranks of one query."""

    any_word: float
    defaults: float
    all_words: float


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (line.rstrip("\n") for line in lines)


def queries(folder: Path, *, as_typed: bool = False) -> list[Query]:
    """The judged queries of a collection; each has one right document."""
    marks = {} if as_typed else _WITHOUT_QUOTES
    judged = (line.split("\t") for line in _lines(folder / "qrels.tsv.gz"))
    answers = {query: document for query, _, document, grade in judged if int(grade)}
    records = map(json.loads, _lines(folder / "queries.jsonl.gz"))
    return [
        Query(record["qid"], record["query"].translate(marks), answers[record["qid"]])
        for record in records
        if record["qid"] in answers
    ]


def reciprocal_rank(ids: Sequence[str], answer: str) -> float:
    """1 / rank of the answer among the first :data:`DEPTH`, else 0."""
    return next((1 / rank for rank, id_ in enumerate(ids[:DEPTH], 1) if id_ == answer), 0.0)


# Baselines.


def _words(text: str) -> list[str]:
    return [word for word in jieba.cut(text) if any(map(str.isalnum, word))]


def _characters(text: str) -> list[str]:
    single = [character for character in text if character.isalnum()]
    return single + [a + b for a, b in pairwise(text) if a.isalnum() and b.isalnum()]


BASELINES: Final[dict[str, Terms]] = {
    "jieba words": _words,
    "characters + bigrams": _characters,
    "words + bigrams + characters": lambda text: _words(text) + _characters(text),
}


def baseline(terms: Terms, documents: Mapping[str, str], asked: Sequence[Query]) -> list[float]:
    """The reciprocal rank of each query under plain BM25 over the texts, by id."""
    ids = list(documents)
    postings: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    lengths = np.zeros(len(ids))
    for number, text in enumerate(documents.values()):
        counts = Counter(terms(text))
        lengths[number] = counts.total()
        for term, count in counts.items():
            postings[term][0].append(number)
            postings[term][1].append(count)
    arrays = {
        term: (np.array(numbers), np.array(counts)) for term, (numbers, counts) in postings.items()
    }
    norms = 0.9 * (1 - 0.4 + 0.4 * lengths / lengths.mean())
    ranks = []
    for query in asked:
        scores = np.zeros(len(ids))
        for term, wanted in Counter(terms(fold(query.text))).items():
            if term in arrays:
                found, count = arrays[term]
                idf = math.log(1 + (len(ids) - len(found) + 0.5) / (len(found) + 0.5))
                scores[found] += wanted * idf * count * 1.9 / (count + norms[found])
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        ranks.append(reciprocal_rank([ids[at] for at in best if scores[at]], query.answer))
    return ranks


# Our own answers.


def fill(folder: Path, data: Path, engine: str | None) -> dict[str, str]:
    """Add a collection to an empty data folder; its folded bodies by id."""
    records = [json.loads(line) for line in _lines(folder / "corpus.jsonl.gz")]
    archive = Archive.open(data, engine=engine, create=True)
    # as they are: a reader of pages would give a body without a title its first sentence
    archive.catalog.add([(_page(record), [_document(record)]) for record in records])
    pipeline.catch_up(archive.catalog, archive.engine)
    archive.close()
    return {record["id"]: fold(record["text"]) for record in records}


def _page(record: Mapping[str, str]) -> Page:
    return Page(record["id"], json.dumps(record), "record")


def _document(record: Mapping[str, str]) -> Document:
    date = record.get("date")
    return Document(
        "article",
        record.get("title", ""),
        record["text"],
        PublishedDate(date, "day", "record") if date else None,
        url=_ADDRESS + record["id"],
    )


def _answered(
    data: Path, engine: str | None, constants: Mapping[str, float], asked: Sequence[Query]
) -> list[Result]:
    _use(constants)
    archive = Archive.open(data, engine=engine)
    results = [_result(archive, query) for query in asked]
    archive.close()
    return results


def _result(archive: Archive, query: Query) -> Result:
    # Each document is judged by itself, so reprints are not put behind one hit.
    request = SearchRequest(q=query.text, collapse=False)
    loose = archive.search(replace(request, match="any"))
    strict = archive.search(request)
    beyond = strict.partial.hits if strict.partial else ()
    lists = (loose.hits, (*strict.hits, *beyond), strict.hits)
    return Result(*(reciprocal_rank([_id(hit) for hit in hits], query.answer) for hits in lists))


def _id(hit: Hit) -> str:
    return str(hit.stored.document.url).removeprefix(_ADDRESS)


def _use(constants: Mapping[str, float]) -> None:
    for name, value in constants.items():
        setattr(ranking, name, value)


def _row(name: str, asked: Sequence[Query], ranks: Sequence[float]) -> None:
    halves: dict[bool, list[float]] = {True: [], False: []}
    for query, rank in zip(asked, ranks, strict=True):
        halves[query.is_development].append(rank)
    means = (sum(half) / len(half) if half else math.nan for half in halves.values())
    print(f"  {name:32}" + "".join(f"{mean:13.4f}" for mean in means), flush=True)


def _constants(given: Sequence[str]) -> dict[str, float]:
    pairs = (each.partition("=") for each in given)
    known = {name: type(value) for name, value in vars(ranking).items() if name.isupper()}
    try:
        return {name: known[name](float(value)) for name, _, value in pairs}
    except (KeyError, ValueError):
        names = " ".join(known)
        raise click.BadParameter(f"NAME=VALUE is wanted, of: {names}") from None


@click.command(help=__doc__)
@click.option("--set", "names", multiple=True, help="Only this collection; may be repeated.")
@click.option("--every", default=1, show_default=True, help="Ask every n-th query only.")
@click.option("--as-typed", is_flag=True, help="Keep quotation marks, which demand their text.")
@click.option("--with", "given", multiple=True, help="NAME=VALUE: another value of a weight.")
@click.option("--opensearch", is_flag=True, help="Ask an index on OpenSearch, started for this.")
@click.option("--processes", default=os.cpu_count() or 1, show_default=True)
def main(
    names: Sequence[str],
    every: int,
    as_typed: bool,
    given: Sequence[str],
    opensearch: bool,
    processes: int,
) -> None:
    """Print the table."""
    constants = _constants(given)
    _use(constants)
    folders = [each for each in sorted(FOLDER.glob("*")) if not names or each.name in names]
    if not folders:
        raise SystemExit(f"There is no collection of queries in {FOLDER}.")
    jieba.setLogLevel("ERROR")
    with _node() if opensearch else nullcontext() as node:
        for folder in folders:
            asked = queries(folder, as_typed=as_typed)[::every]
            engine = f"{node}/{folder.name}?shards=1&replicas=0" if node else None
            _judge(folder, asked, engine, constants, processes)


@contextmanager
def _node() -> Iterator[str]:
    """The address of a node of OpenSearch."""
    from tests.opensearch.cluster import Cluster

    with tempfile.TemporaryDirectory() as place, Cluster.start(Path(place), 1) as cluster:
        (address,) = cluster.addresses
        yield address.replace("http:", "opensearch:")


def _judge(
    folder: Path,
    asked: Sequence[Query],
    engine: str | None,
    constants: Mapping[str, float],
    processes: int,
) -> None:
    """Print the table of a collection."""
    with tempfile.TemporaryDirectory() as data:
        texts = fill(folder, Path(data), engine)
        halves = Counter("development" if q.is_development else "held out" for q in asked)
        counts = ", ".join(f"{count} {name}" for name, count in sorted(halves.items()))
        print(f"{folder.name}: {len(texts)} documents, queries: {counts}")
        print(f"  {'MRR@10':32}{'development':>13}{'held out':>13}")
        for name, terms in BASELINES.items():
            _row(name, asked, baseline(terms, texts, asked))
        parts = [asked[at::processes] for at in range(processes)]
        with ProcessPoolExecutor(processes) as pool:
            answer = partial(_answered, Path(data), engine, constants)
            answered = list(pool.map(answer, parts))
    order = [query for part in parts for query in part]
    results = [result for part in answered for result in part]
    _row("any word", order, [result.any_word for result in results])
    _row("defaults", order, [result.defaults for result in results])
    _row("defaults, all words only", order, [result.all_words for result in results])


if __name__ == "__main__":
    main()
