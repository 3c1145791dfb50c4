"""The answer to a search, ready to be shown or written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final, NamedTuple

from indexer.documents import StoredDocument
from indexer.engine.interface import Sort
from indexer.i18n import Message
from indexer.query.request import PAGE_SIZE, Mark, SearchRequest


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of original text, marked when the query matched it."""

    text: str
    marked: bool = False


Marked = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was ignored or assumed, with its place in the query text, if it has one."""

    message: Message
    position: int | None = None


@dataclass(frozen=True, slots=True)
class AliasUse:
    """Other names that were searched for beside a word of the query; as the lexicon spells them."""

    word: str
    names: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: the document shown, and the reprints that it stands for.

    ``is_new`` tells whether any of these was added after the mark of the request.
    """

    stored: StoredDocument
    title: Marked
    snippet: Marked
    score: float
    reprints: tuple[StoredDocument, ...] = ()
    is_new: bool = False


class FacetValue(NamedTuple):
    """A value of a facet; an active one is listed even at 0."""

    value: str
    count: int  # type: ignore[assignment]  # a tuple's method of that name is of no use here
    active: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """A query that may have been meant: what ``q`` was to say, its changed parts marked."""

    q: str
    text: Marked


@dataclass(frozen=True, slots=True)
class Partial:
    """The best of the documents that have some of the bare words, but not all.

    ``total`` counts such documents.
    """

    total: int
    hits: tuple[Hit, ...]


class News(NamedTuple):
    """How many documents a search finds, and how many are new; as in :class:`Answer`."""

    total: int
    new: int | None
    mark: Mark
    notices: tuple[Notice, ...]


class Timeline(NamedTuple):
    """How many documents a search finds, and how many of each month; other dates are too coarse."""

    total: int
    months: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of results.

    ``total`` counts documents, ``groups`` counts hits.  ``facets`` has
    ``date`` and the fields of :data:`indexer.engine.FACETS`; ``histogram`` counts months, or the
    days of a short range; ``undated``
    counts the undated documents that match all but the date filter.  ``sort``
    is the order that the hits are in, asked for or not.  ``partial`` follows
    the last of the hits, behind a visible border; ``corrections`` are offered
    when a word finds nothing or next to nothing.  ``mark`` is what to ask with for
    what is new since this answer; ``new`` counts the documents that are new since
    that of the request, None without one or where it says nothing.
    """

    request: SearchRequest
    sort: Sort
    total: int
    groups: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    histogram: tuple[FacetValue, ...]
    undated: int
    took_ms: float
    mark: Mark
    notices: tuple[Notice, ...] = ()
    aliases: tuple[AliasUse, ...] = ()
    partial: Partial | None = None
    corrections: tuple[Correction, ...] = ()
    new: int | None = None

    @property
    def also_searched(self) -> tuple[str, ...]:
        """The names that were searched for without standing in the query, each once."""
        words = {use.word for use in self.aliases}
        names = dict.fromkeys(name for use in self.aliases for name in use.names)
        return tuple(name for name in names if name not in words)

    @property
    def pages(self) -> int:
        """How many pages of hits there are; 1 when there is no hit."""
        return max(1, -(-self.groups // PAGE_SIZE))

    def to_json(self) -> dict[str, Any]:
        """What ``/search.json`` and ``search --json`` answer."""
        return {
            "query": self.request.q,
            "total": self.total,
            "total_is_exact": True,
            "groups": self.groups,
            "page": self.request.page,
            "pages": self.pages,
            "took_ms": round(self.took_ms, 2),
            "warnings": [
                {"position": notice.position, "message": str(notice.message)}
                for notice in self.notices
            ],
            "aliases": [{"word": use.word, "names": use.names} for use in self.aliases],
            "corrections": [correction.q for correction in self.corrections],
            "hits": [_hit_json(hit) for hit in self.hits],
            "partial": self.partial
            and {
                "total": self.partial.total,
                "hits": [_hit_json(hit) for hit in self.partial.hits],
            },
            "mark": str(self.mark),
            "new": self.new,
            "undated": self.undated,
            "histogram": [{"value": each.value, "count": each.count} for each in self.histogram],
            "facets": {
                name: [
                    {"value": each.value, "count": each.count, "active": each.active}
                    for each in values
                ]
                for name, values in self.facets.items()
            },
        }


_MARK: Final = "<mark>%s</mark>"


def marked_html(segments: Marked) -> str:
    """Escaped HTML in which the marked segments stand in ``<mark>``."""
    return "".join(
        _MARK % escape(segment.text) if segment.marked else escape(segment.text)
        for segment in segments
    )


def _hit_json(hit: Hit) -> dict[str, Any]:
    document = hit.stored.document
    published = document.published
    return {
        "id": hit.stored.id,
        "kind": document.kind,
        "title": document.title,
        "snippet": marked_html(hit.snippet),
        "published": published.value if published else None,
        "precision": published.precision if published else None,
        "date_origin": published.origin if published else None,
        "cities": list(document.cities),
        "category": document.category,
        "author": document.author,
        "source": document.source,
        "appearances": hit.stored.appearances,
        "reprints": [
            {
                "id": reprint.id,
                "title": reprint.document.title,
                "published": published.value if (published := reprint.document.published) else None,
                "site": next(iter(reprint.sites), None),
            }
            for reprint in hit.reprints
        ],
        "url": document.url,
        "is_new": hit.is_new,
        "corrections": {each.field: each.to_json() for each in hit.stored.corrections},
        "score": round(hit.score, 6),
    }
