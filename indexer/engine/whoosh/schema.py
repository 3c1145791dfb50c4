"""How a document is laid out in the Whoosh index.

Each text is carried twice: as the words of its most probable cut and their
pieces, and as the bigrams of all its characters.  The position of a term is
the offset of its first character in the folded text.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from whoosh.fields import ID, STORED, FieldType, Schema
from whoosh.formats import Positions

from indexer.analysis import bigrams, fold, words
from indexer.days import days_of
from indexer.documents import StoredDocument
from indexer.engine.tree import TextField

SCHEMA_VERSION: Final = 1
WORDS: Final[dict[TextField, str]] = {"title": "title_words", "body": "body_words"}
CHARACTERS: Final[dict[TextField, str]] = {"title": "title_characters", "body": "body_characters"}

Occurrences = Iterable[tuple[str, int]]


class Offsets(Positions):  # type: ignore[misc]
    """Positions written as 32-bit integers rather than as a pickle per posting."""

    def encode(self, positions: Sequence[int]) -> bytes:
        """The posting's value: its positions, ascending."""
        return array("I", positions).tobytes()

    def decode_positions(self, value: bytes) -> list[int]:
        """The positions of one posting."""
        return list(array("I", value))

    def decode_frequency(self, value: bytes) -> int:
        """How often the term stands in the document."""
        return len(value) // 4


class Terms(FieldType):  # type: ignore[misc]
    """A field given as (term, offset) pairs: the analysis was done before."""

    def __init__(self) -> None:
        super().__init__(Offsets(), None, scorable=True)

    def index(self, value: Occurrences, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """One posting a distinct term: term, frequency, weight, encoded offsets."""
        offsets: dict[str, list[int]] = {}
        for term, offset in value:
            offsets.setdefault(term, []).append(offset)
        encode = self.format.encode
        for term, where in offsets.items():
            yield term.encode("utf-8"), len(where), float(len(where)), encode(sorted(where))


class Row(NamedTuple):
    """What is known of a document beside its text: for filters, facets and order.

    ``first_day`` and ``last_day`` are proleptic ordinals, 0 when undated;
    ``published`` is "" then.  ``values`` holds what facets and filters ask for.
    """

    id: str
    cluster: str
    published: str
    first_day: int
    last_day: int
    values: Values


class Values(NamedTuple):
    """The values of a document by field, as the catalog has them."""

    city: tuple[str, ...]
    kind: tuple[str, ...]
    category: tuple[str, ...]
    source: tuple[str, ...]
    site: tuple[str, ...]
    author: tuple[str, ...]
    tag: tuple[str, ...]


def schema() -> Schema:
    """The schema of every index of ours."""
    texts = {name: Terms() for name in (*WORDS.values(), *CHARACTERS.values())}
    return Schema(id=ID(unique=True), row=STORED(), **texts)


def fields_of(stored: StoredDocument) -> dict[str, Any]:
    """The field values of one document, for a Whoosh writer."""
    texts: dict[TextField, str] = {
        "title": fold(stored.document.title),
        "body": fold(stored.document.body),
    }
    return {
        "id": stored.id,
        "row": _row(stored),
        **{
            WORDS[name]: [(token.text, token.start) for token in words(text)]
            for name, text in texts.items()
        },
        **{CHARACTERS[name]: bigrams(text) for name, text in texts.items()},
    }


def _row(stored: StoredDocument) -> tuple[Any, ...]:
    document = stored.document
    published = document.published.value if document.published else ""
    days = days_of(published)
    first, last = (days[0].toordinal(), days[1].toordinal()) if days else (0, 0)
    values = (
        document.cities,
        (document.kind,),
        _optional(document.category),
        _optional(document.source),
        stored.sites,
        _optional(document.author),
        document.tags,
    )
    # plain tuples: what is pickled into the index names no class of ours
    return stored.id, stored.cluster, published, first, last, values


def _optional(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
