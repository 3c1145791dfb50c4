"""Replacing what was read on some pages, so that no link breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import add
from sqlite3 import Connection
from typing import Any, Final

from indexer.analysis import fold
from indexer.catalog._curation import follow
from indexer.catalog._rows import DOCUMENT_COLUMNS, SITES, document_of, document_row
from indexer.catalog._writing import Writing, set_generation
from indexer.documents import Document, Page

_HEAD: Final = 2000
_COLUMNS: Final = ", ".join(f"d.{name}" for name in DOCUMENT_COLUMNS)
# A document that stands on these pages alone is merged anew from its new readings.
_BEGIN: Final = f"""
    CREATE TEMP TABLE former_appearances AS
        SELECT * FROM appearances WHERE page IN (SELECT number FROM temp.concerned);
    CREATE TEMP TABLE former AS SELECT d.*, {SITES} AS sites FROM documents d
        WHERE d.number IN (SELECT document FROM temp.former_appearances);
    CREATE INDEX temp.former_by_id ON former (id);
    CREATE INDEX temp.former_by_number ON former (number);
    CREATE INDEX temp.former_by_page ON former_appearances (page);
    CREATE INDEX temp.former_by_document ON former_appearances (document);
    DELETE FROM appearances WHERE page IN (SELECT number FROM temp.concerned);
    DELETE FROM documents WHERE number IN (SELECT number FROM temp.former)
        AND NOT EXISTS (SELECT 1 FROM appearances WHERE document = documents.number)
"""
_END: Final = """
    DELETE FROM texts WHERE text IN (SELECT text FROM temp.former)
        AND text NOT IN (SELECT text FROM documents);
    DROP TABLE temp.former;
    DROP TABLE temp.former_appearances;
    DROP TABLE temp.concerned
"""
_FORMER_OF_PAGE: Final = f"""
    SELECT a.position, a.site, a.url, a.first_line, a.last_line, {_COLUMNS}
    FROM temp.former_appearances a JOIN temp.former d ON d.number = a.document
    WHERE a.page = ? ORDER BY a.position
"""
_UNCHANGED: Final = f"""
    SELECT f.generation, d.number FROM documents d JOIN temp.former f ON f.id = d.id
    WHERE ({_COLUMNS}) IS ({_COLUMNS.replace("d.", "f.")})
        AND d.cluster = f.cluster AND f.sites IS {SITES}
"""
# Who follows knows of other appearances by the pages that were added, of which these are none.
_SEEN_OTHERWISE: Final = """
    WITH was AS (
        SELECT f.id, a.page, a.position, a.site, a.url, a.first_line, a.last_line
        FROM temp.former_appearances a JOIN temp.former f ON f.number = a.document
    ), now AS (
        SELECT d.id, a.page, a.position, a.site, a.url, a.first_line, a.last_line
        FROM appearances a JOIN documents d ON d.number = a.document
        WHERE a.page IN (SELECT number FROM temp.concerned)
    )
    UPDATE documents SET generation = ? WHERE id IN (
        SELECT id FROM (SELECT * FROM was EXCEPT SELECT * FROM now)
        UNION SELECT id FROM (SELECT * FROM now EXCEPT SELECT * FROM was)
    )
"""
# What is read anew is not newly added.
_KEEP_ADDED: Final = """
    UPDATE documents SET added = (SELECT f.added FROM temp.former f WHERE f.id = documents.id)
    WHERE id IN (SELECT id FROM temp.former)
"""
_INHERIT_ADDED: Final = """
    UPDATE documents SET added =
        min(added, (SELECT f.added FROM temp.former f WHERE f.number = ?))
    WHERE id = ? AND generation = ?
"""
_GONE: Final = f"""
    SELECT d.number, d.id,
        (SELECT min(page) FROM temp.former_appearances WHERE document = d.number), {_COLUMNS}
    FROM temp.former d WHERE d.id NOT IN (SELECT id FROM documents)
"""
_HEIRS: Final = f"""
    SELECT d.id, max(a.position = b.position), {_COLUMNS}
    FROM temp.former_appearances b
    JOIN appearances a ON a.page = b.page JOIN documents d ON d.number = a.document
    WHERE b.document = ? GROUP BY d.number ORDER BY d.id
"""
_NEW: Final = """
    SELECT id FROM documents
    WHERE generation = ? AND id NOT IN (SELECT id FROM temp.former)
"""
_MORE_APPEARANCES: Final = """
    SELECT (SELECT count(*) FROM appearances WHERE page IN (SELECT number FROM temp.concerned))
        - (SELECT count(*) FROM temp.former_appearances)
"""


@dataclass(frozen=True, slots=True)
class Superseded:
    """An id that no page gives any more, where it went, and the first page that it stood on."""

    old: str
    new: str
    page: int


@dataclass(frozen=True, slots=True)
class Replaced:
    """What reading again did.

    ``new`` ids were not there before, ``superseded`` ones are gone;
    ``unchanged`` counts documents, and ``appearances`` how many more there are.
    """

    new: frozenset[str]
    superseded: tuple[Superseded, ...]
    unchanged: int
    appearances: int


class Rereading:
    """Replaces all readings of some pages, within the caller's transaction.

    Every reading that the pages give now is to be added; then an id that no
    page gives any more is superseded by the most alike document of the pages
    on which it appeared, and what a curator said of it holds for that.  A
    document that some page outside of these gives too, and one of these no
    longer does, would keep what was merged into it: the caller takes all pages
    of it or none.
    """

    def __init__(self, connection: Connection, pages: Iterable[int]) -> None:
        self._connection = connection
        connection.execute("CREATE TEMP TABLE concerned (number INTEGER PRIMARY KEY)")
        connection.executemany(
            "INSERT INTO temp.concerned VALUES (?)", ((number,) for number in pages)
        )
        self._execute(_BEGIN)
        self._writing = Writing(connection)

    def add(self, page: int, documents: Iterable[Document]) -> None:
        """Add what a page gives now."""
        for document in documents:
            self._writing.add_reading(document_row(document), page)

    def former(self, number: int, page: Page) -> Iterator[Document]:
        """What the page gave before."""
        rows = self._connection.execute(_FORMER_OF_PAGE, (number,)).fetchall()
        for position, site, url, first, last, *values in rows:
            yield replace(
                document_of(values, page.name, position),
                site=site,
                url=url,
                lines=(first, last) if first else None,
            )

    def finish(self) -> Replaced:
        """Supersede what is gone, and raise the generation where something changed."""
        connection, generation = self._connection, self._writing.generation
        unchanged = connection.execute(_UNCHANGED).fetchall()
        connection.executemany("UPDATE documents SET generation = ? WHERE number = ?", unchanged)
        connection.execute(_KEEP_ADDED)
        superseded = tuple(self._supersede())
        new = frozenset(id_ for (id_,) in connection.execute(_NEW, (generation,)))
        follow(connection, [(each.old, each.new) for each in superseded], generation)
        connection.execute(_SEEN_OTHERWISE, (generation,))
        query = "SELECT 1 FROM documents WHERE generation = ? LIMIT 1"
        if superseded or connection.execute(query, (generation,)).fetchone():
            set_generation(connection, generation)
        ((appearances,),) = connection.execute(_MORE_APPEARANCES)
        self._execute(_END)
        return Replaced(new, superseded, len(unchanged), appearances)

    def _supersede(self) -> Iterator[Superseded]:
        for number, old, page, *values in self._connection.execute(_GONE).fetchall():
            document = document_of(values)
            heirs: list[Any] = self._connection.execute(_HEIRS, (number,)).fetchall()
            heir = max(heirs, key=lambda row: _likeness(document, document_of(row[2:]), row[1]))
            self._connection.execute(
                "INSERT INTO superseded VALUES (?, ?, ?) ON CONFLICT (old)"
                " DO UPDATE SET new = excluded.new, generation = excluded.generation",
                (old, heir[0], self._writing.generation),
            )
            self._connection.execute(_INHERIT_ADDED, (number, heir[0], self._writing.generation))
            yield Superseded(old, heir[0], page)

    def _execute(self, script: str) -> None:
        for statement in script.split(";"):
            self._connection.execute(statement)


def _likeness(old: Document, new: Document, same_place: int) -> tuple[float, bool, int]:
    """Alike in text first; then in date, then in place on the page."""
    was, now = _pairs(old), _pairs(new)
    # Of the shorter text: a newsflash that is let go by an article is the heir, not the article.
    alike = len(was & now) / max(1, min(len(was), len(now)))
    return round(alike, 2), old.published == new.published, same_place


def _pairs(document: Document) -> set[str]:
    """The pairs of characters that stand side by side."""
    text = fold(f"{document.title}\n{document.body[:_HEAD]}")
    return set(map(add, text, text[1:]))
