"""Reading every stored page again with the present reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from sqlite3 import Connection

from indexer.catalog._rereading import Rereading
from indexer.catalog._rows import unpacked
from indexer.catalog._settle import Read, look_at, read_or_none
from indexer.catalog._tails import Witnesses, add_tails
from indexer.documents import Page


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


def reparse(connection: Connection, read: Read, reader: str) -> ReparseCounts:
    """As :meth:`Catalog.reparse`, within the caller's transaction.

    Pages are read alone first, for only then it is known what they tell of each other.
    """
    connection.execute("DELETE FROM tails")
    for number, page in _pages(connection):
        reading = read_or_none(read, page, None)
        add_tails(connection, number, reading.tails if reading else ())
    connection.execute("DELETE FROM unsettled")
    connection.execute("UPDATE pages SET reader = ?", (reader,))
    witnesses = Witnesses(connection)
    numbers = connection.execute("SELECT number FROM pages").fetchall()
    rereading = Rereading(connection, (number for (number,) in numbers))
    kept = 0
    for number, page in _pages(connection):
        disputes = witnesses.of_page(number)
        look_at(connection, number, disputes)
        reading = read_or_none(read, page, witnesses.evidence(disputes))
        if reading is None:
            kept += 1
        rereading.add(number, reading.documents if reading else rereading.former(number, page))
    replaced = rereading.finish()
    (total,) = connection.execute("SELECT count(*) FROM documents").fetchone()
    return ReparseCounts(total, total - replaced.unchanged, len(replaced.superseded), kept)


def _pages(connection: Connection) -> Iterator[tuple[int, Page]]:
    query = "SELECT number, name, format, raw FROM pages ORDER BY number"
    for number, name, format_, raw in connection.execute(query):
        yield number, Page(name, unpacked(raw), format_)
