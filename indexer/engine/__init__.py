"""The one interface behind which documents are indexed and searched."""

from indexer.engine.budget import UNLIMITED, Budget
from indexer.engine.interface import (
    FACETS,
    Digits,
    Engine,
    Facet,
    FacetCount,
    Filters,
    Found,
    Outcome,
    Search,
    Sort,
)
from indexer.engine.ranking import Ranking

__all__ = [
    "FACETS",
    "UNLIMITED",
    "Budget",
    "Digits",
    "Engine",
    "Facet",
    "FacetCount",
    "Filters",
    "Found",
    "Outcome",
    "Ranking",
    "Search",
    "Sort",
]
