"""An index as it is at one generation: its segments side by side, documents counted through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold
from indexer.engine.tree import Dates, ValueField
from indexer.engine.whoosh.columns import VALUE_FIELDS, period_of
from indexer.engine.whoosh.segment import Segment

Array = NDArray[Any]
_DAY: Final = 10


class ValueTable:
    """The sets of values that one field has anywhere in the index.

    Spellings that fold alike are one value.  ``owners`` and ``values`` hold,
    for each set and each of its different values, the set's number and the
    value's; ``spelled`` the number of its spelling.
    """

    def __init__(self, sets: Sequence[tuple[str, ...]]) -> None:
        folded: dict[str, int] = {}
        spelled: dict[str, int] = {}
        entries: list[tuple[int, int, int]] = []
        for number, values in enumerate(sets):
            first = {fold(value): value for value in reversed(values)}
            entries += [
                (
                    number,
                    folded.setdefault(value, len(folded)),
                    spelled.setdefault(spelling, len(spelled)),
                )
                for value, spelling in first.items()
            ]
        columns = np.array(entries, np.int64).reshape(-1, 3).T
        self.count = len(sets)
        self.owners, self.values, self.spellings = columns
        self.folded = folded
        self.spelled = list(spelled)

    def has_any(self, wanted: Sequence[str]) -> Array:
        """Which of the sets hold one of these values (bool)."""
        has = np.zeros(self.count, bool)
        numbers = [self.folded[each] for value in wanted if (each := fold(value)) in self.folded]
        has[self.owners[np.isin(self.values, numbers)]] = True
        return has


@dataclass(frozen=True, slots=True)
class Days:
    """Every date that occurs, cut to days, and which of them each document has.

    ``dates`` are moments, ascending, 0 for none.
    """

    dates: Array
    of: Array


class Snapshot:
    """The segments with the documents that are deleted in each, as one sequence of documents."""

    def __init__(self, segments: Sequence[tuple[Segment, Array]]) -> None:
        self.segments = [segment for segment, _ in segments]
        counts = [segment.count for segment in self.segments]
        self.bases = [sum(counts[:at]) for at in range(len(counts))]
        self.count = sum(counts)
        self.alive: list[Array | None] = []
        for segment, deleted in segments:
            alive = np.ones(segment.count, bool)
            alive[deleted] = False
            self.alive.append(alive if len(deleted) else None)
        self.live_count = self.count - sum(len(deleted) for _, deleted in segments)

    def column(self, name: str) -> Array:
        """A column over all documents."""
        if len(self.segments) == 1:
            return self.segments[0].columns.columns[name]
        columns = [segment.columns.columns[name] for segment in self.segments]
        return np.concatenate(columns) if columns else np.zeros(0, np.int64)

    @cached_property
    def moments(self) -> Array:
        """When each document was published (int64), 0 when undated."""
        return self.column("moments")

    @cached_property
    def first_days(self) -> Array:
        """The first day that each document's date covers (int32 ordinal), 0 when undated."""
        return self.column("first_days")

    @cached_property
    def last_days(self) -> Array:
        """The last day that each document's date covers (int32 ordinal), 0 when undated."""
        return self.column("last_days")

    @cached_property
    def id_keys(self) -> Array:
        """The first eight bytes of each id as a number (uint64): in the order of the ids."""
        return self.column("id_keys")

    @cached_property
    def clusters(self) -> Array:
        """The number of each document's cluster (int64)."""
        return np.unique(self.column("clusters"), return_inverse=True)[1]

    @cached_property
    def shares_cluster(self) -> Array:
        """Whether another document has the same cluster (bool)."""
        return np.bincount(self.clusters)[self.clusters] > 1

    @cached_property
    def days(self) -> Days:
        """The dates of the documents."""
        return Days(*np.unique(period_of(self.moments, _DAY), return_inverse=True))

    @cached_property
    def sets(self) -> Mapping[ValueField, Array]:
        """For each value field, the number of each document's set."""
        return {field: self._tables[field][1] for field in VALUE_FIELDS}

    @cached_property
    def tables(self) -> Mapping[ValueField, ValueTable]:
        """For each value field, the sets that occur."""
        return {field: self._tables[field][0] for field in VALUE_FIELDS}

    @cached_property
    def _tables(self) -> dict[ValueField, tuple[ValueTable, Array]]:
        made: dict[ValueField, tuple[ValueTable, Array]] = {}
        for field in VALUE_FIELDS:
            numbers: dict[tuple[str, ...], int] = {}
            columns = [
                np.array(
                    [
                        numbers.setdefault(each, len(numbers))
                        for each in segment.columns.sets[field]
                    ],
                    np.int64,
                )[segment.columns.columns[field]]
                for segment in self.segments
            ]
            column = np.concatenate(columns) if columns else np.zeros(0, np.int64)
            made[field] = ValueTable(list(numbers)), column
        return made

    def within(self, dates: Dates) -> Array:
        """Whether each document may lie within the dates; an undated one does not (bool)."""
        first = dates.first.toordinal() if dates.first else 1
        last = dates.last.toordinal() if dates.last else 10**9
        return cast(Array, (self.last_days >= first) & (self.first_days <= last))

    def id(self, number: int) -> str:
        """The id of a document."""
        at = int(np.searchsorted(self.bases, number, side="right")) - 1
        return self.segments[at].ids[number - self.bases[at]].decode()
