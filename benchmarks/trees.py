"""The engine held to its oracles on random query trees: ``python -m benchmarks.trees``.

Made-up documents stand in several segments, some deleted.  For every tree the
documents found, the total and all facets must be those of a count that looks at
one document at a time (tests/oracle.py); where the tree has only words, prefixes, And and
Or, stock Whoosh must find the same; and the words of the tree rank the hits, whose scores
(to 1e-6) and order (up to ties) must be those of stock Whoosh.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice, pairwise
from math import isclose
from pathlib import Path
from time import perf_counter
from typing import Final

import click

from benchmarks.random_trees import documents, is_simple, trees, words_of
from benchmarks.stock_whoosh import StockWhoosh
from indexer.documents import StoredDocument
from indexer.engine import FACETS, Engine, Outcome, Ranking, Search
from indexer.engine.tree import And, Node, Not, Or
from indexer.engine.whoosh import WhooshEngine
from tests.oracle import matches

_CATALOG: Final = "catalog"
_SEGMENT: Final = 80
_TREES: Final = 1000  # of one corpus
_ERROR: Final = 1e-6


@click.command(help=__doc__)
@click.option("--trees", "count", default=20_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(count: int, seed: int) -> None:
    """Check so many trees, and say what was compared."""
    began = perf_counter()
    compared: Counter[str] = Counter()
    for at, start in enumerate(range(0, count, _TREES)):
        with tempfile.TemporaryDirectory() as folder:
            compared += checked(Path(folder), min(_TREES, count - start), seed + at)
    for what, number in compared.items():
        print(f"{number:>9,} {what}")
    print(f"all alike; {perf_counter() - began:.0f} s")


def checked(folder: Path, count: int, seed: int) -> Counter[str]:
    """What was compared for so many trees.  Raises AssertionError with the tree that differs."""
    chance = random.Random(seed)
    engine = WhooshEngine(folder, _CATALOG)
    corpus = _filled(engine, chance)
    stock = StockWhoosh(folder, _CATALOG, corpus)
    brute = _BruteForce(corpus)
    assert stock.segments > 1
    assert stock.deletions
    compared: Counter[str] = Counter()
    for tree in islice(trees(chance, corpus), count):
        ranked = words_of(tree)
        ranking = Ranking(tuple((word,) for word in ranked), passages=False) if ranked else None
        digits = chance.choice((4, 7, 10))
        search = Search(tree, ranking=ranking, collapse=False, limit=None, date_digits=digits)
        outcome = engine.search(search)
        found = [hit.id for hit in outcome.hits]
        expected = brute.matching(tree)
        assert sorted(found) == sorted(expected), tree
        assert outcome.total == outcome.groups == len(expected), tree
        assert _facets(outcome) == brute.facets(expected, digits), tree
        scores = stock.scores(ranked) if ranked else {}
        _compare_scores(tree, outcome, scores)
        compared += Counter({"trees": 1, "hits": len(found), "scores above 0": len(scores)})
        if is_simple(tree):
            assert stock.matching(tree) == expected, tree
            compared["trees that stock Whoosh was asked as well"] += 1
    engine.close()
    return compared


def _compare_scores(tree: Node, outcome: Outcome, scores: Mapping[str, float]) -> None:
    expected = [scores.get(hit.id, 0.0) for hit in outcome.hits]
    for hit, score in zip(outcome.hits, expected, strict=True):
        assert isclose(hit.score, score, rel_tol=_ERROR, abs_tol=_ERROR), tree
    for before, after in pairwise(expected):
        assert after <= before + _ERROR, tree


def _filled(engine: Engine, chance: random.Random) -> list[StoredDocument]:
    """Index documents in three segments, two with deletions; those that are to be found.

    Each update adds documents, gives others another text, and removes some.
    """
    live: dict[str, StoredDocument] = {}
    for generation in (1, 2, 3):
        known = chance.sample(sorted(live), 5 * (generation - 1))
        changed, removed = known[::2], known[1::2]
        added = [f"{generation}-{number:03}" for number in range(_SEGMENT)]
        written = documents(chance, [*added, *changed])
        if generation == 1:
            engine.rebuild(written, generation)
        else:
            engine.update(written, removed, generation)
        live |= {each.id: each for each in written}
        for each in removed:
            del live[each]
    return list(live.values())


class _BruteForce:
    """Counts one document at a time."""

    def __init__(self, corpus: Sequence[StoredDocument]) -> None:
        self._corpus = {each.id: each for each in corpus}
        self._leaf = cache(self._matching_leaf)

    def matching(self, node: Node) -> set[str]:
        """The ids of what a tree matches."""
        match node:
            case And(nodes):
                return set.intersection(*map(self.matching, nodes))
            case Or(nodes):
                return set.union(*map(self.matching, nodes))
            case Not(inner):
                return self._corpus.keys() - self.matching(inner)
            case _:
                return set(self._leaf(node))

    def facets(self, ids: set[str], digits: int) -> dict[str, Counter[str]]:
        """The counts of every facet over these documents, that of undated ones included."""
        found = [self._corpus[each].document for each in ids]
        dates = [each.published.value[:digits] if each.published else "" for each in found]
        counted = {
            field: Counter(
                value
                for each in found
                for value in (each.cities if field == "city" else [getattr(each, field)])
                if value
            )
            for field in FACETS
        }
        return {
            **counted,
            "date": Counter(filter(None, dates)),
            "undated": Counter("" for each in dates if not each),
        }

    def _matching_leaf(self, leaf: Node) -> frozenset[str]:
        return frozenset(id_ for id_, each in self._corpus.items() if matches(leaf, each))


def _facets(outcome: Outcome) -> dict[str, Counter[str]]:
    counted = {
        facet: Counter({each.value: each.count for each in counts})
        for facet, counts in outcome.facets.items()
    }
    return {**counted, "undated": Counter({"": outcome.undated} if outcome.undated else {})}


if __name__ == "__main__":
    main()
