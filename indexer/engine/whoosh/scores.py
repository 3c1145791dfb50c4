"""The scores of the hits: rough ones for all of them, exact ones for those that are shown."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine import ranking as model
from indexer.engine.whoosh.best import between, ranked
from indexer.engine.whoosh.columns import id_keys
from indexer.engine.whoosh.matches import Matches
from indexer.engine.whoosh.scoring import Scorer

Array = NDArray[Any]

# How much a score of single precision may be off, as a share of it.
_ERROR: Final = 1e-5


class Scores:
    """The scores of documents.

    ``rough``, by place, has single precision, which is quicker for very many.
    The best passages are worth something to the best of them alone, which they stay.
    """

    def __init__(self, matches: Matches, scorer: Scorer) -> None:
        self._matches = matches
        self._scorer = scorer
        parts = [
            scorer.scores(at, documents, np.float32)
            for at, documents in enumerate(matches.documents)
        ]
        self.rough = np.concatenate(parts) if len(parts) != 1 else parts[0]
        self._raised, self._raise = np.zeros(0, np.int64), np.zeros(0)
        if scorer.asks_for_passages:
            self._raise_the_best()

    def contenders(self, among: Array | None, start: int, end: int) -> tuple[Array, int]:
        """Those of the places (None for all) that may have the ranks from start up to end.

        And how many surely stand before all of these.
        """
        scores = self.rough if among is None else self.rough[among]
        chosen, before = between(scores, start, end, _ERROR)
        return (chosen if among is None else among[chosen]), before

    def exact(self, places: Array) -> Array:
        """The scores of the documents at these places, in double precision."""
        scores = self._of(places, lambda at, those: self._scorer.scores(at, those, np.float64))
        both = np.isin(places, self._raised)
        scores[both] += self._raise[np.searchsorted(self._raised, places[both])]
        return scores

    def _raise_the_best(self) -> None:
        pool, _ = self.contenders(None, 0, model.CANDIDATES)
        moments = self._matches.gather(lambda segment: segment.moments, pool)
        ids = self._matches.gather(lambda segment: segment.ids, pool)
        chosen = ranked([self.exact(pool), moments, ~id_keys(ids)], 0, model.CANDIDATES)
        raised = np.sort(pool[chosen])
        self._raise = self._of(raised, self._scorer.passages)
        self._raised = raised
        self.rough[raised] += self._raise.astype(np.float32)

    def _of(self, places: Array, score: Any) -> Array:
        scores = np.zeros(len(places))
        for at, which, documents in self._matches.by_segment(places):
            scores[which] = score(at, documents)
        return scores
