"""Stock Whoosh over the segments of our index: the oracle of what matches, and of scores.

Whoosh reads them through our codec and is asked with ``limit=None``, the one way in
which its answers are right.  Two things are not asked of it: its AndNot loses its
place when it is skipped ahead, and its Not finds deleted documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any

from whoosh import query as wq
from whoosh.scoring import WeightingModel, WeightLengthScorer

from indexer.analysis import fold, words
from indexer.documents import StoredDocument
from indexer.engine import ranking as model
from indexer.engine.tree import Node, TextField, Word
from indexer.engine.whoosh.codec import searcher
from indexer.engine.whoosh.compile import compiled
from indexer.engine.whoosh.folder import IndexFolder
from indexer.engine.whoosh.segment import WORDS, Segment
from indexer.engine.whoosh.writing import deleted

_BOOSTS: dict[TextField, float] = {"title": model.TITLE_BOOST, "body": 1.0}


class StockWhoosh:
    """The index in ``folder``; its live documents are ``documents``."""

    def __init__(self, folder: Path, catalog: str, documents: Sequence[StoredDocument]) -> None:
        index = IndexFolder(folder, catalog)
        state = index.state()
        assert state is not None
        segments = [
            (Segment(folder / each.segment), deleted(index, each)) for each in state.segments
        ]
        self.segments = len(segments)
        self.deletions = sum(len(gone) for _, gone in segments)
        self._ids = [
            segment.ids[number].decode()
            for segment, _ in segments
            for number in range(segment.count)
        ]
        self._searcher = searcher(segments, _Bm25(documents))

    def matching(self, node: Node) -> set[str]:
        """The ids of what a tree of words, prefixes, And and Or matches."""
        return set(self._scores(compiled(node)))

    def scores(self, ranked: Sequence[Word]) -> dict[str, float]:
        """By id, what the documents that hold any of the words are worth by them."""
        return self._scores(
            wq.Or(
                [
                    wq.Term(WORDS[name], word.text, boost=boost)
                    for word in ranked
                    for name, boost in _BOOSTS.items()
                    if word.field in (None, name)
                ]
            )
        )

    def _scores(self, query: wq.Query) -> dict[str, float]:
        found = self._searcher.search(query, limit=None)
        return {self._ids[number]: score for number, score in found.items()}


class _Bm25(WeightingModel):
    """The formula of :mod:`indexer.engine.ranking` with figures counted document by document."""

    def __init__(self, documents: Sequence[StoredDocument]) -> None:
        self._count = len(documents)
        self._holding: Counter[tuple[str, str]] = Counter()
        self._averages: dict[str, float] = {}
        for name, fieldname in WORDS.items():
            texts = [words(fold(getattr(each.document, name))) for each in documents]
            for text in texts:
                self._holding.update({(fieldname, token.text) for token in text})
            self._averages[fieldname] = sum(map(len, texts)) / self._count

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: int = 1) -> _Scorer:
        """What scores one term."""
        holding = self._holding[fieldname, text.decode()]
        idf = log(1 + (self._count - holding + 0.5) / (holding + 0.5))
        return _Scorer(searcher, fieldname, text, idf, self._averages[fieldname])


class _Scorer(WeightLengthScorer):
    def __init__(
        self, searcher: Any, fieldname: str, text: bytes, idf: float, average: float
    ) -> None:
        self._idf, self._average = idf, average
        self.setup(searcher, fieldname, text)

    def _score(self, weight: float, length: float) -> float:
        norm = model.K1 * (1 - model.B + model.B * length / self._average)
        return self._idf * weight * (model.K1 + 1) / (weight + norm)
