"""Adding pages and documents within one transaction."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Final

from indexer.catalog._merge import merge
from indexer.catalog._rows import DOCUMENT_COLUMNS, document_of, document_values
from indexer.catalog._tails import add_tails
from indexer.documents import Document, Page
from indexer.identity import document_id, page_key, text_id
from indexer.pages import Tail

_INSERT: Final = (
    f"INSERT INTO documents (id, text, cluster, generation, {', '.join(DOCUMENT_COLUMNS)})"
    # A text that was compared before keeps its cluster.
    " VALUES (?1, ?2, coalesce((SELECT cluster FROM texts WHERE text = ?2), ?2), ?3"
    f"{', ?' * len(DOCUMENT_COLUMNS)})"
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
        self.generation = current_generation(connection) + 1
        self._added = self._reprints = self._unchanged = 0
        self._changed = False

    def add_page(
        self, page: Page, documents: Sequence[Document], tails: Sequence[Tail], reader: str
    ) -> None:
        """Store a page, its documents and tails, unless its content is there already."""
        inserted = self._connection.execute(
            "INSERT OR IGNORE INTO pages (key, name, format, raw, added_at, reader)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                page_key(page.content),
                page.name,
                page.format,
                zlib.compress(page.content.encode("utf-8")),
                datetime.now().isoformat(timespec="seconds"),
                reader,
            ),
        )
        if not inserted.rowcount or inserted.lastrowid is None:
            self._unchanged += 1
            return
        self._changed = True
        for document in documents:
            self.add_reading(document, inserted.lastrowid)
        add_tails(self._connection, inserted.lastrowid, tails)

    def add_reading(self, document: Document, page: int) -> None:
        """Merge what was read on the page ``page`` with what is known of the document."""
        id_ = document_id(document)
        row = self._connection.execute(_SELECT, (id_,)).fetchone()
        if row is None:
            number = self._insert(id_, document)
            self._added += 1
        else:
            number, *known = row
            merged = document_values(merge(document_of(known), document))
            if merged != tuple(known):
                self._connection.execute(_UPDATE, (*merged, number))
                self._touch(number)
            elif document.site and not self._seen_on(number, document.site):
                self._touch(number)
            self._reprints += 1
        first, last = document.lines or (None, None)
        url = document.url or document.page_url
        self._connection.execute(
            "INSERT OR IGNORE INTO appearances VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, page, document.position, document.site, url, first, last),
        )

    def finish(self) -> AddCounts:
        """Raise the generation when something changed."""
        if self._changed:
            set_generation(self._connection, self.generation)
        return AddCounts(self._added, self._reprints, unchanged=self._unchanged)

    def _insert(self, id_: str, document: Document) -> int:
        values = (id_, text_id(document), self.generation, *document_values(document))
        number = self._connection.execute(_INSERT, values).lastrowid
        assert number is not None  # an INSERT that did not raise has a row
        return number

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
