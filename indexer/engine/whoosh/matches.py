"""Documents of several segments, each with a place among all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.whoosh.segment import Segment
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]


class Matches:
    """Some documents of each segment, by number (int64, ascending).

    The place of a document counts those before it, segment after segment.
    """

    def __init__(self, snapshot: Snapshot, documents: Sequence[Array]) -> None:
        self.segments = snapshot.segments
        self.documents = documents
        self.ends = np.cumsum([len(each) for each in documents])

    def __len__(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else 0

    def by_segment(self, places: Array) -> list[tuple[int, Array, Array]]:
        """Those at these places, segment by segment.

        For each segment that has some: its number, which of ``places`` they are,
        and the numbers of the documents.
        """
        if len(self.segments) == 1:
            return [(0, np.arange(len(places)), self.documents[0][places])]
        owners = np.searchsorted(self.ends, places, side="right")
        found = []
        for at in np.unique(owners).tolist():
            which = np.flatnonzero(owners == at)
            start = int(self.ends[at]) - len(self.documents[at])
            found.append((at, which, self.documents[at][places[which] - start]))
        return found

    def gather(self, column: Callable[[Segment], Array], places: Array) -> Array:
        """What a column holds for the documents at these places."""
        parts = self.by_segment(places)
        # ids are as long in each segment as its longest one
        kinds = [column(segment).dtype for segment in self.segments] or [np.dtype(np.int64)]
        gathered = np.zeros(len(places), np.result_type(*kinds))
        for at, which, documents in parts:
            gathered[which] = column(self.segments[at])[documents]
        return gathered

    def ids(self, places: Array) -> list[str]:
        """The ids of the documents at these places."""
        ids = [""] * len(places)
        for at, which, documents in self.by_segment(places):
            names = self.segments[at].ids
            for place, document in zip(which.tolist(), documents.tolist(), strict=True):
                ids[place] = names[document].decode()
        return ids

    def of(self, snapshot: Snapshot, places: Array) -> Matches:
        """Those at these places (ascending) alone."""
        borders = np.searchsorted(places, [0, *self.ends.tolist()]).tolist()
        starts = [0, *self.ends.tolist()]
        return Matches(
            snapshot,
            [
                documents[places[borders[at] : borders[at + 1]] - starts[at]]
                for at, documents in enumerate(self.documents)
            ],
        )
