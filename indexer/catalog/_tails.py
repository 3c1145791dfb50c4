"""Which pages share a newsflash, and what they tell of its borders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sqlite3 import Connection
from typing import Final

from indexer.catalog._rows import unpacked
from indexer.documents import Page
from indexer.pages import Dispute, Evidence, Tail, Trace, dispute, traces

_SHARED: Final = """
    INSERT OR IGNORE INTO unsettled
    SELECT ?1 WHERE EXISTS (SELECT 1 FROM tails WHERE key = ?1 AND run != ?2)
"""
_TAILS: Final = "SELECT DISTINCT key, run, length, above FROM tails WHERE key = ?"
_OF_PAGE: Final = "SELECT key, length FROM tails WHERE page = ?"
_WITNESS: Final = """
    SELECT name, format, raw FROM pages
    WHERE number = (SELECT min(page) FROM tails WHERE key = ? AND run = ?)
"""
_MOST_KEPT: Final = 50_000


def add_tails(connection: Connection, page: int, tails: Sequence[Tail]) -> None:
    """Keep the tails of a page; the keys that other pages have become unsettled."""
    connection.executemany(
        "INSERT OR IGNORE INTO tails VALUES (?, ?, ?, ?, ?, 0)",
        ((tail.key, page, tail.run, tail.length, tail.above) for tail in tails),
    )
    connection.executemany(_SHARED, ((tail.key, tail.run) for tail in tails))


class Witnesses:
    """What the stored pages tell of each other, as long as no page is added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._disputes: dict[int, Dispute | None] = {}
        self._traces: dict[int, Trace] = {}

    def dispute(self, key: int) -> Dispute | None:
        """What the pages with this newsflash disagree on."""
        if key not in self._disputes:
            if len(self._disputes) > _MOST_KEPT:
                self._disputes.clear()
            rows = self._connection.execute(_TAILS, (key,))
            self._disputes[key] = dispute([Tail(*row) for row in rows])
        return self._disputes[key]

    def of_page(self, page: int) -> dict[int, Dispute]:
        """By key, what the page is to look at, being among those that may be wrong."""
        return {
            key: found
            for key, length in self._connection.execute(_OF_PAGE, (page,)).fetchall()
            if (found := self.dispute(key)) and length != found.settled
        }

    def evidence_for(self, key: str) -> Evidence:
        """What the other pages tell of the page of this key."""
        ((page,),) = self._connection.execute("SELECT number FROM pages WHERE key = ?", (key,))
        return self.evidence(self.of_page(page))

    def evidence(self, disputes: Mapping[int, Dispute]) -> Evidence:
        """The traces of the runs that are to be compared."""
        return {
            key: [trace for run in each.runs if (trace := self._trace(key, run))]
            for key, each in disputes.items()
        }

    def _trace(self, key: int, run: int) -> Trace | None:
        if run not in self._traces:
            if len(self._traces) > _MOST_KEPT:
                self._traces.clear()
            name, format_, raw = self._connection.execute(_WITNESS, (key, run)).fetchone()
            found = traces(Page(name, unpacked(raw), format_))
            self._traces.update((trace.name, trace) for trace in found)
        # A page read by a former reader may give other runs now.
        return self._traces.get(run)
