"""Suggestions while typing and corrections afterwards, from the words of the documents.

The vocabulary is a set of files derived from the catalog, which follows it as
the index does.  Searching does without it when it is not there.
"""

from indexer.suggest.suggester import MAX_DOUBTED, Suggester, damaged, follow, rebuild

__all__ = ["MAX_DOUBTED", "Suggester", "damaged", "follow", "rebuild"]
