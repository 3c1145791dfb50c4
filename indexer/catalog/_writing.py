"""Adding pages and documents within one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Final

from indexer.catalog._merge import merge
from indexer.catalog._rows import (
    DOCUMENT_COLUMNS,
    DocumentRow,
    PageRow,
    document_of,
    document_values,
)
from indexer.catalog._tails import add_tails

_INSERT_PAGE: Final = (
    "INSERT INTO pages (key, name, format, raw, added_at, reader) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (key) DO NOTHING"
)
_INSERT: Final = (
    f"INSERT INTO documents (id, text, cluster, generation, added, {', '.join(DOCUMENT_COLUMNS)})"
    # A text that was compared before keeps its cluster.
    " VALUES (?1, ?2, coalesce((SELECT cluster FROM texts WHERE text = ?2), ?2), ?3, ?3"
    f"{', ?' * len(DOCUMENT_COLUMNS)}) ON CONFLICT (id) DO NOTHING"
)
_SELECT: Final = f"SELECT number, {', '.join(DOCUMENT_COLUMNS)} FROM documents WHERE id = ?"
_UPDATE: Final = (
    f"UPDATE documents SET {', '.join(f'{name} = ?' for name in DOCUMENT_COLUMNS)} WHERE number = ?"
)


@dataclass(frozen=True, slots=True)
class AddCounts:
    """What an addition did.

    ``added`` counts new documents, ``reprints`` further appearances of known
    ones, ``corrected`` documents of earlier pages that were read otherwise
    after what the new pages tell, ``unchanged`` pages that were there already.
    """

    added: int = 0
    reprints: int = 0
    corrected: int = 0
    unchanged: int = 0

    def __add__(self, other: AddCounts) -> AddCounts:
        return AddCounts(
            self.added + other.added,
            self.reprints + other.reprints,
            self.corrected + other.corrected,
            self.unchanged + other.unchanged,
        )


class Writing:
    """One transaction's worth of additions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._now = datetime.now().isoformat(timespec="seconds")
        self.generation = current_generation(connection) + 1
        self._added = self._reprints = self._unchanged = 0
        self._changed = False

    def add_page(self, page: PageRow, reader: str) -> None:
        """Store a page, its documents and tails, unless its content is there already."""
        values = (page.key, page.name, page.format, page.raw, self._now, reader)
        number = self._inserted(_INSERT_PAGE, values)
        if number is None:
            self._unchanged += 1
            return
        self._changed = True
        for document in page.documents:
            self.add_reading(document, number)
        if page.tails:
            add_tails(self._connection, number, page.tails)

    def add_reading(self, document: DocumentRow, page: int) -> None:
        """Merge what was read on the page ``page`` with what is known of the document."""
        values = (document.id, document.text, self.generation, *document.values)
        number = self._inserted(_INSERT, values)
        if number is None:
            number = self._merged(document)
            self._reprints += 1
        else:
            self._added += 1
        self._cursor.execute(
            "INSERT OR IGNORE INTO appearances VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, page, document.position, document.site, document.url, *document.lines),
        )

    def finish(self) -> AddCounts:
        """Raise the generation when something changed."""
        if self._changed:
            set_generation(self._connection, self.generation)
        return AddCounts(self._added, self._reprints, unchanged=self._unchanged)

    def _inserted(self, statement: str, values: Sequence[object]) -> int | None:
        """The number of the new row; None when there is one already."""
        inserted = self._cursor.execute(statement, values)
        return inserted.lastrowid if inserted.rowcount else None

    def _merged(self, reading: DocumentRow) -> int:
        """Merge a reading into the row that is there; the row's number."""
        number, *known = self._cursor.execute(_SELECT, (reading.id,)).fetchone()
        merged = document_values(merge(document_of(known), document_of(reading.values)))
        if merged != tuple(known):
            self._cursor.execute(_UPDATE, (*merged, number))
            self._touch(number)
        elif reading.site and not self._seen_on(number, reading.site):
            self._touch(number)
        return int(number)

    def _seen_on(self, number: int, site: str) -> bool:
        query = "SELECT 1 FROM appearances WHERE document = ? AND site = ? LIMIT 1"
        return self._connection.execute(query, (number, site)).fetchone() is not None

    def _touch(self, number: int) -> None:
        self._connection.execute(
            "UPDATE documents SET generation = ? WHERE number = ?", (self.generation, number)
        )


def current_generation(connection: Connection) -> int:
    """The generation that the catalog is at."""
    (value,) = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    return int(value)


def set_generation(connection: Connection, generation: int) -> None:
    """Write down the generation that this transaction makes."""
    connection.execute("UPDATE meta SET value = ? WHERE key = 'generation'", (str(generation),))
