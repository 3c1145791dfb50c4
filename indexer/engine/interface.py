"""What an engine is asked and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple, Protocol

from indexer.documents import StoredDocument
from indexer.engine.budget import UNLIMITED, Budget
from indexer.engine.ranking import Ranking
from indexer.engine.tree import Characters, Dates, Node, ValueField, Word

Sort = Literal["relevance", "newest", "oldest"]
Facet = Literal["date"] | ValueField
Digits = Literal[4, 7, 10]
"""The granularity of dates, by the characters that are left of them: years, months, days."""
FACETS: Final[tuple[ValueField, ...]] = ("city", "kind", "category", "source", "site")


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search beside its text.

    ``values`` holds the selected values of each field: a document matches when
    it has one of them in every field named (OR within, AND across).  With
    ``dates`` set, undated documents are left out unless ``undated``.  With
    ``added_after``, only those that came after this generation of the catalog match.
    """

    dates: Dates | None = None
    undated: bool = False
    values: Mapping[ValueField, tuple[str, ...]] = field(default_factory=dict)
    added_after: int | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """One question to an engine.

    ``query`` decides what matches, ``ranking`` how well; without one, or under
    a date sort, all match equally well.  ``limit`` None asks for every hit.
    ``facets`` names what is counted; ``date_digits`` is the granularity of the
    date facet.  ``budget`` is what finding and counting may take; listing every hit
    that was found, which takes as long as there are many, is not part of it.
    """

    query: Node
    filters: Filters = Filters()
    ranking: Ranking | None = None
    sort: Sort = "relevance"
    collapse: bool = True
    offset: int = 0
    limit: int | None = 20
    facets: tuple[Facet, ...] = ("date", *FACETS)
    date_digits: Digits = 4
    budget: Budget = UNLIMITED


class Found(NamedTuple):
    """One hit: the document shown, and those of its cluster that it stands for.

    ``score`` follows :mod:`indexer.engine.ranking`: 0 for a match that has
    nothing of what ranks, 0 for every match where nothing is ranked.
    """

    id: str
    score: float
    reprints: tuple[str, ...] = ()


class FacetCount(NamedTuple):
    """How many of the documents have this value."""

    value: str
    count: int  # type: ignore[assignment]  # a tuple's method of that name is of no use here


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of an engine; every number is exact.

    ``total`` counts documents, ``groups`` counts hits (fewer under collapse).
    ``facets`` has those asked for: ``date`` by value (a date coarser than the
    granularity is a value of its own), the fields by count; each field is
    counted over what matches all filters but its own, dates over what matches
    all of them; ``undated`` counts the documents without a date that
    match all other filters.
    """

    total: int
    groups: int
    hits: Sequence[Found]
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    undated: int = 0


class Engine(Protocol):
    """An index over the documents of one catalog."""

    @property
    def name(self) -> str:
        """What this kind of engine is called."""
        ...

    @property
    def generation(self) -> int:
        """The catalog generation that the index has reached; -1 if it must be rebuilt."""
        ...

    @property
    def is_outdated(self) -> bool:
        """Whether a rebuilt index would hold other words; false while it must be rebuilt.

        Such an index is used as it is.  Its words were cut by another
        dictionary; whatever is asked for by its characters is found exactly.
        """
        ...

    @property
    def document_count(self) -> int:
        """How many documents the index holds."""
        ...

    @property
    def segment_count(self) -> int:
        """How many parts the index has: each addition makes one, merging makes them few."""
        ...

    def update(
        self, documents: Iterable[StoredDocument], removed: Iterable[str], generation: int
    ) -> None:
        """Index the documents, each id once, in place of earlier ones with their ids, durably.

        Superseded documents, given by their ids in ``removed``, are taken out in
        the same step: a search sees all of it or nothing.
        """
        ...

    def rebuild(self, documents: Iterable[StoredDocument], generation: int) -> None:
        """Replace the whole index by these documents."""
        ...

    def merge(self) -> None:
        """Make searches quicker after many additions, which changes no answer.

        It may take long, and may be cut off at any moment; searches go on meanwhile.
        Raises Damaged when there is something that should not be merged.
        """
        ...

    def damaged(self) -> list[Path]:
        """The files of the index that are missing or not what was written.  Reads all of them."""
        ...

    def steady(self) -> AbstractContextManager[None]:
        """Within the block, searches of this thread are all of the generation it began with.

        They raise Replaced where that is impossible.
        """
        ...

    def search(self, search: Search) -> Outcome:
        """Answer over the newest generation that is on disk.

        Raises TooCostly when it would take more than its budget: there are no partial answers.
        """
        ...

    def document_frequencies(
        self, leaves: Iterable[Word | Characters], at_most: int, budget: Budget = UNLIMITED
    ) -> dict[Word | Characters, int]:
        """How many documents hold each of the leaves, those left out that none or more do.

        A leaf is looked for in titles and in bodies, whatever its field; of the two the greater
        number counts.  Raises TooCostly.
        """
        ...

    def close(self) -> None:
        """Release files; the engine is not used afterwards."""
        ...
