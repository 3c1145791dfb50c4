"""One document from all its readings, whatever the order in which they came.

:func:`merge` is commutative, associative and idempotent, so adding the same
pages in any order, at once or one by one, gives the same document.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, get_args

from indexer.documents import DateOrigin, Document, Precision, PublishedDate

_FINENESS: Final = {precision: rank for rank, precision in enumerate(get_args(Precision))}
_TRUST: Final = {origin: rank for rank, origin in enumerate(get_args(DateOrigin))}


def merge(first: Document, second: Document) -> Document:
    """The document of which both are readings; both have the same id.

    The finer date wins, then the earlier; inferred ones never meet stated ones
    here, for they are no part of the id.  Of two spellings of a text the longer
    is kept, because white space and paragraph breaks are
    lost more often than invented.  Where the page matters (name, position,
    lines), the appearances tell; here the first by name is kept.
    """
    return replace(
        min(first, second, key=lambda reading: (reading.page, reading.position)),
        kind=min(first.kind, second.kind),
        title=_fuller(first.title, second.title),
        body=_fuller(first.body, second.body),
        published=_better_date(first.published, second.published),
        category=_known(first.category, second.category),
        author=_known(first.author, second.author),
        source=_known(first.source, second.source),
        site=_known(first.site, second.site),
        url=_known(first.url, second.url),
        tags=_union(first.tags, second.tags),
        cities=_union(first.cities, second.cities),
    )


def _fuller(first: str, second: str) -> str:
    return min(first, second, key=lambda text: (-len(text), text))


def _known(first: str | None, second: str | None) -> str | None:
    known = [value for value in (first, second) if value]
    return min(known, default=None)


def _better_date(first: PublishedDate | None, second: PublishedDate | None) -> PublishedDate | None:
    known = [date for date in (first, second) if date]
    return min(known, key=_date_rank, default=None)


def _date_rank(date: PublishedDate) -> tuple[int, str, int]:
    return (-_FINENESS[date.precision], date.value, _TRUST[date.origin])


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Both lists; in the order of the text while all readings agree on it, else sorted."""
    return first if first == second else tuple(sorted({*first, *second}))
