"""Queries that Whoosh lacks; what they match is for the executor to find."""

from __future__ import annotations

from dataclasses import dataclass

from whoosh.query import Query

from indexer.engine.tree import Dates, ValueField


class Leaf(Query):  # type: ignore[misc]
    """A query that Whoosh does not look inside of."""

    def is_leaf(self) -> bool:
        """It has no queries in it."""
        return True


@dataclass(frozen=True, slots=True)
class InARow(Leaf):
    """These folded characters stand in a row in a field of characters; see tree.Characters."""

    fieldname: str
    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class NearOneAnother(Leaf):
    """The texts stand within so many characters, as :func:`.near.near_spans` has it."""

    fieldname: str
    texts: tuple[str, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class HasValue(Leaf):
    """One of the document's values of the field folds to ``value``."""

    fieldname: ValueField
    value: str


@dataclass(frozen=True, slots=True)
class WithinDates(Leaf):
    """The document's date may lie within these."""

    dates: Dates
