"""Reprints: which texts tell the same story in nearly the same words."""

from indexer.reprints.comparison import Reading, Verdict, compare
from indexer.reprints.updating import Found, update

__all__ = ["Found", "Reading", "Verdict", "compare", "update"]
