"""GB/T 7714, the Chinese standard for references, for resources on the web: ``[EB/OL]``.

Author. Title[EB/OL]. (date of publication)[date of access]. address.

The edition of 2025 (in force since 2026-07-01) writes all signs but ``.`` and ``[ ]`` full
width (its clause 7), that of 2015 half width.  Both name three authors, then 等; an author who is
not known is left out, as is a date (numeric system, 2015: 8.1.4, 8.8.2; 2025: 8.11).  Western
names stand as the document has them.
"""

from __future__ import annotations

from typing import Final

from indexer.export.citations.facts import Cited

_MOST_AUTHORS: Final = 3


def edition_2025(cited: Cited) -> str:
    """As the edition of 2025 has it."""
    return _reference(cited, comma="，", brackets="（%s）")


def edition_2015(cited: Cited) -> str:
    """As the edition of 2015 has it."""
    return _reference(cited, comma=", ", brackets="(%s)")


def _reference(cited: Cited, comma: str, brackets: str) -> str:
    authors = list(cited.responsible)
    if len(authors) > _MOST_AUTHORS:
        authors[_MOST_AUTHORS:] = ["等"]
    who = f"{comma.join(authors)}. " if authors else ""
    when = brackets % cited.published if cited.published else ""
    return f"{who}{cited.title}[EB/OL]. {when}[{cited.accessed.isoformat()}]. {cited.url}."
