"""The scores of the hits: rough ones for all of them, exact ones for those that are shown."""

from __future__ import annotations

import itertools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine import ranking as model
from indexer.engine.whoosh.best import best
from indexer.engine.whoosh.scoring import Scorer
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]

# How much a score of single precision may be off, as a share of it.
_ERROR: Final = 1e-5


class Scores:
    """The scores of some documents (ascending).

    ``rough`` has single precision, which is quicker for very many.  The best
    passages are worth something to the best of them alone, which they stay.
    """

    def __init__(self, snapshot: Snapshot, documents: Array, scorer: Scorer) -> None:
        self._snapshot = snapshot
        self._documents = documents
        self._scorer = scorer
        self.rough = self._by_segment(
            documents, lambda at, those: scorer.scores(at, those, np.float32)
        )
        self._raised, self._raise = np.zeros(0, np.int64), np.zeros(0)
        pool = self.contenders(np.arange(len(documents)), model.CANDIDATES)
        chosen = documents[pool]
        keys = [self.exact(pool), snapshot.moments[chosen], ~snapshot.id_keys[chosen]]
        self._raised = np.sort(pool[best(keys, model.CANDIDATES)[: model.CANDIDATES]])
        self._raise = self._by_segment(documents[self._raised], scorer.passages)
        self.rough[self._raised] += self._raise.astype(np.float32)

    def contenders(self, among: Array, needed: int) -> Array:
        """Those of the documents at these places (ascending) that may be among the best."""
        scores = self.rough[among]
        if not 0 < needed < len(scores):
            return among[:needed]
        worst = np.partition(scores, len(scores) - needed)[len(scores) - needed]
        contenders: Array = among[scores >= worst * (1 - _ERROR)]
        return contenders

    def exact(self, places: Array) -> Array:
        """The scores of the documents at these places (ascending), in double precision."""
        scores = self._by_segment(
            self._documents[places], lambda at, those: self._scorer.scores(at, those, np.float64)
        )
        both = np.isin(places, self._raised)
        scores[both] += self._raise[np.searchsorted(self._raised, places[both])]
        return scores

    def _by_segment(self, documents: Array, score: Any) -> Array:
        bases = self._snapshot.bases
        borders = [*np.searchsorted(documents, bases).tolist(), len(documents)]
        parts = [
            score(at, documents[start:end] - bases[at])
            for at, (start, end) in enumerate(itertools.pairwise(borders))
        ]
        return np.concatenate(parts) if parts else np.zeros(0)
