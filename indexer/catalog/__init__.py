"""The truth: pages, documents, appearances, superseded ids and corrections, in one SQLite file."""

from indexer.catalog._backup import restore
from indexer.catalog._catalog import Catalog
from indexer.catalog._clusters import Clusters, Text
from indexer.catalog._curation import Curated, Curation
from indexer.catalog._reparse import ReparseCounts
from indexer.catalog._rows import PageRow, page_row
from indexer.catalog._writing import AddCounts

__all__ = [
    "AddCounts",
    "Catalog",
    "Clusters",
    "Curated",
    "Curation",
    "PageRow",
    "ReparseCounts",
    "Text",
    "page_row",
    "restore",
]
