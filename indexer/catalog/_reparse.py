"""Reading every stored page again with the present reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from sqlite3 import Connection
from typing import Any, Final

from indexer.analysis import fold
from indexer.catalog._rows import DOCUMENT_COLUMNS, SITES, document_of
from indexer.catalog._writing import Writing, set_generation, unpacked
from indexer.documents import Document, Page
from indexer.errors import Refused

_HEAD: Final = 400
_COLUMNS: Final = ", ".join(f"d.{name}" for name in DOCUMENT_COLUMNS)
_KEEP_FORMER: Final = f"""
    CREATE TEMP TABLE former AS SELECT d.*, {SITES} AS sites FROM documents d;
    CREATE TEMP TABLE former_appearances AS SELECT * FROM appearances;
    CREATE INDEX temp.former_by_id ON former (id);
    CREATE INDEX temp.former_by_number ON former (number);
    CREATE INDEX temp.former_by_page ON former_appearances (page);
    CREATE INDEX temp.former_by_document ON former_appearances (document);
    DELETE FROM appearances;
    DELETE FROM documents
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
_GONE: Final = "FROM temp.former d WHERE d.id NOT IN (SELECT id FROM documents)"
_HEIRS: Final = f"""
    SELECT d.id, max(a.position = b.position), {_COLUMNS}
    FROM temp.former_appearances b
    JOIN appearances a ON a.page = b.page JOIN documents d ON d.number = a.document
    WHERE b.document = ? GROUP BY d.number ORDER BY d.id
"""


@dataclass(frozen=True, slots=True)
class ReparseCounts:
    """What reading again did.

    ``documents`` are there now, ``changed`` of them new or otherwise than
    before; ``superseded`` ids are gone; ``kept`` pages were refused by the
    reader and keep their former documents.
    """

    documents: int
    changed: int
    superseded: int
    kept: int


def reparse(
    connection: Connection, read: Callable[[Page], Sequence[Document]], reader: str
) -> ReparseCounts:
    """As :meth:`Catalog.reparse`, within the caller's transaction."""
    for statement in _KEEP_FORMER.split(";"):
        connection.execute(statement)
    writing = Writing(connection)
    kept = 0
    for number, page in _pages(connection):
        documents = _read(read, page)
        if not documents:
            kept += 1
            documents = _former(connection, number, page)
        for document in documents:
            writing.add_reading(document, number)
    unchanged = connection.execute(_UNCHANGED).fetchall()
    connection.executemany("UPDATE documents SET generation = ? WHERE number = ?", unchanged)
    superseded = _supersede(connection, writing.generation)
    connection.execute("DELETE FROM texts WHERE text NOT IN (SELECT text FROM documents)")
    connection.execute("UPDATE pages SET reader = ?", (reader,))
    (total,) = connection.execute("SELECT count(*) FROM documents").fetchone()
    if superseded or len(unchanged) != total:
        set_generation(connection, writing.generation)
    connection.execute("DROP TABLE temp.former")
    connection.execute("DROP TABLE temp.former_appearances")
    return ReparseCounts(total, total - len(unchanged), superseded, kept)


def _pages(connection: Connection) -> Iterator[tuple[int, Page]]:
    query = "SELECT number, name, format, raw FROM pages ORDER BY number"
    for number, name, format_, raw in connection.execute(query):
        yield number, Page(name, unpacked(raw), format_)


def _read(read: Callable[[Page], Sequence[Document]], page: Page) -> Sequence[Document]:
    """What the reader gives; nothing when it refuses the page, which it once accepted."""
    try:
        return read(page)
    except Refused:
        return ()


def _former(connection: Connection, number: int, page: Page) -> list[Document]:
    rows = connection.execute(_FORMER_OF_PAGE, (number,)).fetchall()
    return [
        replace(
            document_of(values),
            page=page.name,
            position=position,
            site=site,
            url=url,
            lines=(first, last) if first else None,
        )
        for position, site, url, first, last, *values in rows
    ]


def _supersede(connection: Connection, generation: int) -> int:
    """Give every id that no page gives any more its heir; how many there were."""
    gone = connection.execute(f"SELECT d.number, d.id, {_COLUMNS} {_GONE}").fetchall()
    for number, old, *values in gone:
        document = document_of(values)
        heirs: list[Any] = connection.execute(_HEIRS, (number,)).fetchall()
        heir = max(heirs, key=lambda row: _likeness(document, document_of(row[2:]), row[1]))
        connection.execute(
            "INSERT INTO superseded VALUES (?, ?, ?) ON CONFLICT (old)"
            " DO UPDATE SET new = excluded.new, generation = excluded.generation",
            (old, heir[0], generation),
        )
    return len(gone)


def _likeness(old: Document, new: Document, same_place: int) -> tuple[float, bool, int]:
    """Alike in text first; then in date, then in place on the page."""
    was, now = (fold(f"{each.title}\n{each.body[:_HEAD]}") for each in (old, new))
    alike = SequenceMatcher(None, was, now, autojunk=False).ratio()
    return round(alike, 2), old.published == new.published, same_place
