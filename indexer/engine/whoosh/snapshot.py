"""An index as it is at one generation: its segments side by side."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.tree import ValueField
from indexer.engine.whoosh.clusters import Shared
from indexer.engine.whoosh.segment import Segment
from indexer.engine.whoosh.values import Values

Array = NDArray[Any]


class Names:
    """The names that a field has in several segments, ascending.

    ``places`` holds, for each segment, where each of its names stands among all;
    ``alike`` those that fold alike and are one value, by their places.
    """

    def __init__(self, of_segments: Sequence[Values]) -> None:
        folded = {
            name: its_fold
            for values in of_segments
            for name, its_fold in zip(values.names, values.folded, strict=True)
        }
        self.all = sorted(folded)
        place = {name: at for at, name in enumerate(self.all)}
        self.places = [
            np.array([place[name] for name in values.names], np.int64) for values in of_segments
        ]
        by_value: dict[str, list[int]] = {}
        for at, name in enumerate(self.all):
            by_value.setdefault(folded[name], []).append(at)
        self.alike = [places for places in by_value.values() if len(places) > 1]


class Snapshot:
    """The segments, with the documents that are deleted in each.

    What is known of a segment alone is kept with it, so that the next snapshot,
    which shares most of them, finds it done.
    """

    def __init__(self, segments: Sequence[tuple[Segment, Array]]) -> None:
        self.segments = [segment for segment, _ in segments]
        self.alive: list[Array | None] = []
        for segment, deleted in segments:
            alive = np.ones(segment.count, bool)
            alive[deleted] = False
            self.alive.append(alive if len(deleted) else None)
        self._names: dict[ValueField, Names] = {}
        self._periods: dict[int, tuple[list[str], list[tuple[Array, Array]]]] = {}
        self._shared: Shared | None = None
        self._sharing = Lock()
        self.deleted_count = sum(len(deleted) for _, deleted in segments)
        self.live_count = sum(segment.count for segment, _ in segments) - self.deleted_count

    def names(self, field: ValueField) -> Names:
        """The names that occur in a field."""
        if field not in self._names:
            self._names[field] = Names([segment.values[field] for segment in self.segments])
        return self._names[field]

    def periods(self, digits: int) -> tuple[list[str], list[tuple[Array, Array]]]:
        """The years (4), months (7) or days (10) that occur in any segment, ascending.

        For each segment where its own (:meth:`.Segment.periods`) stand among all, and where
        each of these begins.
        """
        if digits not in self._periods:
            of_segments = [segment.periods(digits) for segment in self.segments]
            every = sorted(set().union(*(names for names, _ in of_segments)))
            place = {name: at for at, name in enumerate(every)}
            placed = [
                (np.array([place[name] for name in names], np.int64), starts)
                for names, starts in of_segments
            ]
            self._periods[digits] = every, placed
        return self._periods[digits]

    @property
    def shared(self) -> Shared:
        """The documents that have their cluster in common with others, deleted ones counted."""
        with self._sharing:  # one of the threads works it out
            if self._shared is None:
                self._shared = Shared(self.segments)
            return self._shared
