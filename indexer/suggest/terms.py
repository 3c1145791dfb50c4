"""Terms with the number of documents that hold each, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.suggest.columns import Array
from indexer.suggest.texts import Texts, is_first


class Terms(NamedTuple):
    """Terms by their hashes (u8), each once, with their weights (i8)."""

    hashes: Array
    texts: Texts
    weights: Array

    @classmethod
    def of(cls, texts: Sequence[str], weights: Array) -> Terms:
        """These terms, each of which comes once."""
        made = Texts.of(texts)
        hashes = made.hashes()
        return cls(hashes, made, weights).taken(np.argsort(hashes, kind="stable"))

    @classmethod
    def joined(cls, parts: Sequence[Terms]) -> Terms:
        """The terms of one part or more, each once with the sum of its weights."""
        hashes = np.concatenate([part.hashes for part in parts])
        order = np.argsort(hashes, kind="stable")
        hashes = hashes[order]
        first = np.flatnonzero(is_first(hashes))
        weights = np.concatenate([part.weights for part in parts])[order]
        sums = np.add.reduceat(weights, first) if len(first) else weights
        texts = Texts.joined([part.texts for part in parts])
        return cls(hashes[first], texts.taken(order[first]), sums)

    def taken(self, places: Array) -> Terms:
        """Those at these places, in this order."""
        return Terms(self.hashes[places], self.texts.taken(places), self.weights[places])
