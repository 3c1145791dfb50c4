"""Which pages share a newsflash, and what they tell of its borders."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from sqlite3 import Connection
from typing import Final

from indexer.documents import Page
from indexer.pages import Evidence, Tail, Trace, evidence_name, traces, witnesses

_SHARED: Final = """
    INSERT OR IGNORE INTO unsettled
    SELECT ?1 WHERE EXISTS (SELECT 1 FROM tails WHERE key = ?1 AND run != ?2)
"""
_TAILS: Final = "SELECT DISTINCT key, run, length, above FROM tails WHERE key = ?"
_KEYS: Final = "SELECT DISTINCT key FROM tails WHERE page = ? ORDER BY key"
_WITNESS: Final = """
    SELECT name, format, raw FROM pages
    WHERE number = (SELECT min(page) FROM tails WHERE key = ? AND run = ?)
"""
_MOST_TRACES: Final = 50_000


def unpacked(raw: bytes) -> str:
    """The text of a stored page."""
    return zlib.decompress(raw).decode("utf-8")


def add_tails(connection: Connection, page: int, tails: Sequence[Tail]) -> None:
    """Keep the tails of a page; the keys that other pages have become unsettled."""
    connection.executemany(
        "INSERT OR IGNORE INTO tails VALUES (?, ?, ?, ?, ?)",
        ((tail.key, page, tail.run, tail.length, tail.above) for tail in tails),
    )
    connection.executemany(_SHARED, ((tail.key, tail.run) for tail in tails))


class Witnesses:
    """What the stored pages tell of each other, as long as no page is added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._of_key: dict[int, tuple[int, ...]] = {}
        self._traces: dict[int, Trace] = {}

    def of_key(self, key: int) -> tuple[int, ...]:
        """The runs that are to be compared for this newsflash; none where nothing is disputed."""
        if key not in self._of_key:
            rows = self._connection.execute(_TAILS, (key,))
            self._of_key[key] = witnesses([Tail(*row) for row in rows])
        return self._of_key[key]

    def of_page(self, page: int) -> dict[int, tuple[int, ...]]:
        """By key, the runs that are to be compared for the newsflashes of a page."""
        keys = self._connection.execute(_KEYS, (page,)).fetchall()
        return {key: runs for (key,) in keys if (runs := self.of_key(key))}

    def evidence(self, runs: dict[int, tuple[int, ...]]) -> Evidence:
        """The traces of these runs."""
        return {
            key: [trace for run in each if (trace := self._trace(key, run))]
            for key, each in runs.items()
        }

    def _trace(self, key: int, run: int) -> Trace | None:
        if run not in self._traces:
            if len(self._traces) > _MOST_TRACES:
                self._traces.clear()
            name, format_, raw = self._connection.execute(_WITNESS, (key, run)).fetchone()
            found = traces(Page(name, unpacked(raw), format_))
            self._traces.update((trace.name, trace) for trace in found)
        # A page read by a former reader may give other runs now.
        return self._traces.get(run)
