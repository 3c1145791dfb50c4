"""Correcting what was read of a document, and hiding documents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Final

from indexer.catalog._corrections import stored_value
from indexer.catalog._database import Database
from indexer.catalog._rows import SELECT_STORED, said_of, stored_document
from indexer.catalog._writing import current_generation, set_generation
from indexer.documents import Correctable, Corrected, Correction, Hidden
from indexer.errors import UserError
from indexer.i18n import N_

_CORRECT: Final = "INSERT OR REPLACE INTO corrections VALUES (?, ?, ?, ?, ?, ?)"
_UNDO: Final = "DELETE FROM corrections WHERE document = ? AND field = ?"
_HIDE: Final = "INSERT OR REPLACE INTO hidden VALUES (?, ?, ?, ?, ?)"
_TOUCH: Final = "UPDATE documents SET generation = ? WHERE id = ?"
_CURATED: Final = (
    "WHERE d.id IN (SELECT document FROM corrections UNION SELECT document FROM hidden)"
    " ORDER BY d.id"
)
# A correction of the heir's own gives way to a later one of the same field.
_INHERIT: Final = (
    """
    INSERT INTO corrections SELECT ?2, field, value, at, by, generation
        FROM corrections WHERE document = ?1
        ON CONFLICT (document, field) DO UPDATE SET value = excluded.value, at = excluded.at,
            by = excluded.by, generation = excluded.generation
        WHERE excluded.generation > generation
    """,
    """
    INSERT INTO hidden SELECT ?2, reason, at, by, generation FROM hidden WHERE document = ?1
        ON CONFLICT (document) DO UPDATE SET reason = excluded.reason, at = excluded.at,
            by = excluded.by, generation = excluded.generation
        WHERE excluded.generation > generation
    """,
)


@dataclass(frozen=True, slots=True)
class Curated:
    """What a curator said of a document; ``title`` is the one that is shown.

    Of the ``corrections`` some may say what was read.
    """

    id: str
    title: str
    corrections: tuple[Correction, ...]
    hidden: Hidden | None

    def to_json(self) -> dict[str, object]:
        """What ``corrections --json`` prints."""
        return {
            "id": self.id,
            "title": self.title,
            "corrections": {
                each.field: {**each.to_json(), "by": each.by} for each in self.corrections
            },
            "hidden": asdict(self.hidden) if self.hidden else None,
        }


class Curation:
    """What curators say of documents, kept beside what was read.

    Ids stay what they are: they name what was read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def correct(
        self,
        id_: str,
        values: Mapping[Correctable, Corrected],
        *,
        undo: Collection[Correctable] = (),
        by: str | None = None,
    ) -> None:
        """Show these values in place of what is read, and what is read where ``undo`` says so.

        Raises UserError when there is no such document.
        """
        with self._database.transaction() as connection:
            generation = _next_generation(connection, id_)
            for field in undo:
                connection.execute(_UNDO, (id_, field))
            for field, value in values.items():
                row = (id_, field, stored_value(value), _now(), by, generation)
                connection.execute(_CORRECT, row)
            connection.execute(_TOUCH, (generation, id_))

    def hide(self, id_: str, reason: str | None = None, *, by: str | None = None) -> None:
        """Give the document nowhere until it is unhidden; its pages stay.

        Raises UserError when there is no such document.
        """
        with self._database.transaction() as connection:
            generation = _next_generation(connection, id_)
            connection.execute(_HIDE, (id_, reason, _now(), by, generation))

    def unhide(self, id_: str) -> None:
        """Give the document as before.  Raises UserError when it is not hidden."""
        with self._database.transaction() as connection:
            if not connection.execute("DELETE FROM hidden WHERE document = ?", (id_,)).rowcount:
                raise UserError(N_("文档 %(id)s 没有被隐藏。"), id=id_)
            connection.execute(_TOUCH, (_next_generation(connection, id_), id_))

    @property
    def hidden_count(self) -> int:
        """How many documents are hidden."""
        with self._database.reading() as connection:
            ((count,),) = connection.execute("SELECT count(*) FROM hidden")
            return int(count)

    def of(self, id_: str) -> Curated:
        """What was said of the document with exactly this id.

        Raises UserError when there is no such document.
        """
        for curated in self._select("WHERE d.id = ?", id_):
            return curated
        raise _unknown(id_)

    def all(self) -> list[Curated]:
        """Every document that is corrected or hidden, by id."""
        return list(self._select(_CURATED))

    def _select(self, where: str, *values: object) -> Iterator[Curated]:
        with self._database.reading() as connection:
            rows = connection.execute(SELECT_STORED + where, values).fetchall()
            for row in rows:
                shown = stored_document(row)
                yield Curated(
                    shown.id, shown.document.title, said_of(row), hidden(connection, shown.id)
                )


def hidden(connection: Connection, id_: str) -> Hidden | None:
    """Why, when and by whom the document was hidden; None when it is not."""
    query = "SELECT reason, at, by FROM hidden WHERE document = ?"
    row = connection.execute(query, (id_,)).fetchone()
    return Hidden(*row) if row else None


def follow(connection: Connection, moved: Iterable[tuple[str, str]], generation: int) -> None:
    """What was said of ids that are superseded holds for those that supersede them.

    Of two corrections of a field the later one holds.  Hidden stays hidden: what
    somebody took out of sight does not come back because it is read otherwise.
    """
    heirs = set()
    for old, new in moved:
        inherited = [connection.execute(each, (old, new)).rowcount for each in _INHERIT]
        if any(inherited):
            heirs.add(new)
        for table in ("corrections", "hidden"):
            connection.execute(f"DELETE FROM {table} WHERE document = ?", (old,))
    for heir in heirs:
        connection.execute(_TOUCH, (generation, heir))
        connection.execute(
            "UPDATE hidden SET generation = ? WHERE document = ?", (generation, heir)
        )


def _next_generation(connection: Connection, id_: str) -> int:
    """The generation that a change to this document makes."""
    if not connection.execute("SELECT 1 FROM documents WHERE id = ?", (id_,)).fetchone():
        raise _unknown(id_)
    generation = current_generation(connection) + 1
    set_generation(connection, generation)
    return generation


def _unknown(id_: str) -> UserError:
    return UserError(N_("没有编号为 %(id)s 的文档。"), id=id_)


def _now() -> str:
    return datetime.now().isoformat(timespec="seconds")
