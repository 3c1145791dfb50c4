"""The one interface behind which documents are indexed and searched."""

from indexer.engine.interface import (
    FACETS,
    Engine,
    FacetCount,
    Filters,
    Found,
    Outcome,
    Search,
    Sort,
)

__all__ = [
    "FACETS",
    "Engine",
    "FacetCount",
    "Filters",
    "Found",
    "Outcome",
    "Search",
    "Sort",
]
