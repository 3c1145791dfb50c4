"""Which texts are reprints of each other, as the catalog keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from indexer.catalog._database import Database
from indexer.catalog._writing import current_generation, set_generation

_CHUNK: Final = 20_000
_PENDING: Final = """
    SELECT d.generation, d.number, d.text, d.title, d.body FROM documents d
    WHERE (d.generation, d.number) > (?, ?)
        AND NOT EXISTS (SELECT 1 FROM texts t WHERE t.text = d.text)
    ORDER BY d.generation, d.number LIMIT ?
"""
_WIDOWED: Final = """
    SELECT * FROM reprints
    WHERE first NOT IN (SELECT text FROM texts) OR second NOT IN (SELECT text FROM texts)
"""
_MOVE: Final = """
    UPDATE documents SET cluster = :cluster, generation = :generation
    WHERE text = :text AND cluster != :cluster
"""


class Text(NamedTuple):
    """What documents share that differ in their date alone: its name, and one spelling of it."""

    key: str
    title: str
    body: str


Pair = tuple[str, str, int]
"""Two texts, by name in order, and how much they are alike."""


class Clusters:
    """The texts that were compared, their signatures, pairs and clusters.

    Finding them is the business of ``indexer.reprints``.  A signature is opaque here.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, version: str) -> None:
        """Prepare for a comparison of this version, which forgets what another one found.

        Documents stay in their clusters until they are found to be in others.
        """
        if self._meta("clustering") == version:
            return
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM texts")
            connection.execute("DELETE FROM reprints")
            self._set_meta("clustering", version)
            self._set_meta("clustered", "0")

    def widowed(self) -> list[Pair]:
        """The stored pairs of which one text is in no document any more."""
        return self._rows(_WIDOWED)

    def pending(self, limit: int) -> Iterator[list[Text]]:
        """The texts not yet compared, those of at most ``limit`` documents at a time.

        What one list holds is to be stored before the next is asked for.
        """
        # Greater than every document of the generation up to which all is compared.
        start = (int(self._meta("clustered")), 1 << 62)
        while rows := self._rows(_PENDING, *start, limit):
            yield [*{key: Text(key, title, body) for _, _, key, title, body in rows}.values()]
            start = rows[-1][:2]

    def signatures(self) -> Iterator[list[tuple[str, bytes]]]:
        """The texts compared so far with their signatures, in chunks."""
        number = 0
        while rows := self._rows(
            "SELECT number, text, signature FROM texts WHERE number > ? ORDER BY number LIMIT ?",
            number,
            _CHUNK,
        ):
            yield [(key, signature) for _, key, signature in rows]
            number = rows[-1][0]

    def text(self, key: str) -> Text | None:
        """The text of this name; None when no document has it."""
        rows = self._rows(
            "SELECT text, title, body FROM documents WHERE text = ? ORDER BY number LIMIT 1", key
        )
        return Text(*rows[0]) if rows else None

    def pairs(self, key: str) -> list[Pair]:
        """The stored pairs of which this text is one."""
        return self._rows("SELECT * FROM reprints WHERE first = ?1 OR second = ?1", key)

    def store(
        self,
        compared: Sequence[tuple[str, bytes]],
        pairs: Iterable[Pair],
        clusters: Mapping[str, str],
        *,
        gone: Iterable[Pair] = (),
    ) -> int:
        """Write down what was found, in one transaction; how many documents change cluster.

        ``compared`` are texts with their signatures; ``clusters`` gives the
        cluster of each of them and of every other text whose cluster may have
        changed; ``gone`` are pairs to forget.
        """
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO texts (text, cluster, signature) VALUES (?, ?, ?)",
                ((key, clusters[key], signature) for key, signature in compared),
            )
            connection.executemany(
                "DELETE FROM reprints WHERE (first, second, alike) = (?, ?, ?)", gone
            )
            connection.executemany("INSERT OR IGNORE INTO reprints VALUES (?, ?, ?)", pairs)
            connection.executemany(
                "UPDATE texts SET cluster = :cluster WHERE text = :text AND cluster != :cluster",
                [{"text": key, "cluster": cluster} for key, cluster in clusters.items()],
            )
            generation = current_generation(connection) + 1
            moves = connection.executemany(
                _MOVE,
                [
                    {"text": key, "cluster": cluster, "generation": generation}
                    for key, cluster in clusters.items()
                ],
            )
            if moves.rowcount:
                set_generation(connection, generation)
            return moves.rowcount

    def finish(self, generation: int) -> None:
        """Every text of the documents up to this generation was compared."""
        if int(self._meta("clustered")) != generation:
            with self._database.transaction():
                self._set_meta("clustered", str(generation))

    def _meta(self, key: str) -> str:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", key)
        return str(rows[0][0])

    def _set_meta(self, key: str, value: str) -> None:
        self._rows("UPDATE meta SET value = ? WHERE key = ?", value, key)

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._database.reading() as connection:
            return connection.execute(query, values).fetchall()
