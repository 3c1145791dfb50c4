"""The catalog's public face."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from indexer.catalog._backup import backup, former
from indexer.catalog._check import findings
from indexer.catalog._clusters import Clusters
from indexer.catalog._counts import counts
from indexer.catalog._curation import Curation, hidden
from indexer.catalog._database import Database, errors_as_sentences
from indexer.catalog._reparse import ReparseCounts, reparse
from indexer.catalog._rows import (
    SELECT_STORED,
    SHOWN,
    PageRow,
    page_row,
    stored_document,
    unpacked,
)
from indexer.catalog._settle import Read, settle
from indexer.catalog._tails import Witnesses
from indexer.catalog._writing import AddCounts, Writing
from indexer.documents import (
    Appearance,
    Document,
    Hidden,
    OnPage,
    Page,
    StoredDocument,
    StoredPage,
    by_date,
)
from indexer.errors import UserError
from indexer.i18n import N_, Message
from indexer.pages import Tail

_CHUNK: Final = 500
_KNOWN: Final = "SELECT key FROM pages WHERE key IN "
# The first half has those with the text that the cluster is named by, each half by an index.
_OF_CLUSTER: Final = """
    WITH named AS (SELECT cluster FROM documents WHERE id = ?1)
    SELECT number FROM documents WHERE text = (SELECT cluster FROM named) AND cluster = text
    UNION ALL
    SELECT number FROM documents WHERE cluster = (SELECT cluster FROM named) AND cluster != text
"""
_NEXT_GENERATION: Final = "SELECT min(generation) FROM documents WHERE generation BETWEEN ? AND ?"
_OF_GENERATION: Final = (
    SELECT_STORED + f"WHERE d.generation = ? AND d.number > ? AND {SHOWN} ORDER BY d.number LIMIT ?"
)
# The first column sorts; of the rest either ``new`` or the others are there.
_REMOVED: Final = """
    SELECT old, new, NULL, NULL, NULL FROM superseded
        WHERE generation > ?1 AND old NOT IN (SELECT id FROM documents)
    UNION ALL SELECT document, NULL, reason, at, by FROM hidden WHERE generation > ?1
    ORDER BY 1
"""
_SEEN_AGAIN: Final = """
    SELECT DISTINCT a.document FROM appearances a JOIN documents d ON d.number = a.document
    WHERE a.page > ? AND d.generation <= ? ORDER BY a.document
"""
_EVER_KNOWN: Final = """
    WITH wanted AS (SELECT value FROM json_each(?))
    SELECT id FROM documents WHERE id IN wanted
    UNION SELECT old FROM superseded WHERE old IN wanted
"""
_SEEN: Final = """
    SELECT d.id, p.name, a.position, a.site, a.url, a.first_line, a.last_line, p.key
    FROM appearances a JOIN pages p ON p.number = a.page
    JOIN documents d ON d.number = a.document
"""
_NO_TAILS: Final[Mapping[Page, Sequence[Tail]]] = {}


class Catalog:
    """Pages, documents, appearances and superseded ids, in one SQLite file.

    May be used from several threads.  Its generation rises by one with every
    transaction that changes something; an index that has reached a generation
    asks for what :meth:`changed_since` and :meth:`removed_since` it.

    Documents are given as a curator corrected them, without those that are
    hidden; both is done by :attr:`curation`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.path = database.path
        self.clusters = Clusters(database)
        self.curation = Curation(database)

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Self:
        """Open the catalog at ``path``, bringing its schema up to date.

        Raises UserError when there is none and ``create`` is false, when a
        newer version of the program wrote it, or when it cannot be read.
        """
        if not create and not path.is_file():
            raise UserError(N_("没有目录库 %(path)s。请先用 add 加入页面。"), path=path)
        return cls(Database(path))

    def close(self) -> None:
        """Release the file; the catalog is not used afterwards."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def generation(self) -> int:
        """How many transactions changed the catalog."""
        return int(self._meta("generation"))

    @property
    def uuid(self) -> str:
        """What tells this catalog from any other."""
        return self._meta("uuid")

    @property
    def former(self) -> frozenset[str]:
        """The uuids of the catalogs in the place of which this one was put by a restoration."""
        with self._database.reading() as connection:
            return former(connection)

    def add(
        self,
        pages: Sequence[tuple[Page, Sequence[Document]]],
        *,
        tails: Mapping[Page, Sequence[Tail]] = _NO_TAILS,
        reader: str = "",
    ) -> AddCounts:
        """Add pages with the documents read from each alone, in one durable transaction.

        ``tails`` are those of the pages that have any; for the rest see :meth:`add_rows`.
        """
        rows = [page_row(page, documents, tails.get(page, ())) for page, documents in pages]
        return self.add_rows(rows, reader=reader)

    def add_rows(self, pages: Iterable[PageRow], *, reader: str = "") -> AddCounts:
        """Add pages of which the rows were made elsewhere, in one durable transaction.

        A page whose content is there already, under whatever name, is left as
        it is.  ``reader`` is the version of the reader, kept with the pages.
        """
        with self._database.transaction() as connection:
            writing = Writing(connection)
            for page in pages:
                writing.add_page(page, reader)
            return writing.finish()

    @property
    def settled(self) -> bool:
        """Whether every page was read with what all the others tell of it."""
        return not self._rows("SELECT 1 FROM unsettled LIMIT 1")

    def settle(self, read: Read) -> AddCounts:
        """Read those pages again of which pages added since tell something new.

        Then the documents are those of the set of pages, in whatever order and
        parts these were added.  An id that no page gives any more is superseded.
        May be cut off at any moment and goes on with the next call.  The
        counts say what changes in those of the additions since.
        """
        counts = AddCounts()
        while True:
            with self._database.transaction() as connection:
                some = settle(connection, read)
            if some is None:
                return counts
            counts += some

    @property
    def page_count(self) -> int:
        """How many pages there are: told by the last number, for no page is ever deleted."""
        ((count,),) = self._rows("SELECT coalesce(max(number), 0) FROM pages")
        return int(count)

    def give_back_memory(self) -> None:
        """Let go of what this thread keeps of the file in memory."""
        self._database.give_back_memory()

    def known(self, keys: Sequence[str]) -> set[str]:
        """Those of these page keys (:func:`indexer.identity.page_key`) that are there."""
        found: set[str] = set()
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            found.update(key for (key,) in self._rows(_KNOWN + f"({marks})", *chunk))
        return found

    def witnesses(self) -> Witnesses:
        """What the pages tell of each other, for as long as none is added."""
        return Witnesses(self._database.connection)

    def reparse(self, read: Read, *, reader: str = "") -> ReparseCounts:
        """Read every page again, in one transaction.

        A page that ``read`` refuses keeps its former documents.  An id that no
        page gives any more is superseded by the most alike document of the
        pages on which it appeared.
        """
        with self._database.transaction() as connection:
            return reparse(connection, read, reader)

    def document(self, id_: str) -> StoredDocument | None:
        """The document with exactly this id; None when it is hidden, too."""
        return next(self._select(f"WHERE d.id = ? AND {SHOWN}", id_), None)

    def documents(self, ids: Iterable[str]) -> dict[str, StoredDocument]:
        """Those of the documents that are there, by id."""
        wanted = list(dict.fromkeys(ids))
        found = {each.id: each for each in self._select_each("d.id", wanted)}
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def reprints(self, id_: str) -> tuple[StoredDocument, ...]:
        """The other documents of the cluster of the document with this id, oldest first."""
        found = self._select(f"WHERE d.number IN ({_OF_CLUSTER}) AND d.id != ?1 AND {SHOWN}", id_)
        return tuple(sorted(found, key=by_date))

    def ids(self) -> list[str]:
        """The ids of all documents but hidden ones, ascending."""
        rows = self._rows(f"SELECT d.id FROM documents d WHERE {SHOWN} ORDER BY d.id")
        return [id_ for (id_,) in rows]

    def all_documents(self) -> Iterator[StoredDocument]:
        """Every document, in the order of adding."""
        number = 0
        # One short query a chunk: no reader stays open while others write.
        while rows := self._rows(
            SELECT_STORED + f"WHERE d.number > ? AND {SHOWN} ORDER BY d.number LIMIT ?",
            number,
            _CHUNK,
        ):
            yield from map(stored_document, rows)
            number = rows[-1][0]

    def changed_since(self, generation: int) -> Iterator[StoredDocument]:
        """The documents that are new or changed after ``generation``, by their generation.

        Only a number of appearances that grew is no change, see :meth:`seen_again`.  What
        changes while they are read is left to the next time.
        """
        latest = self.generation
        while found := self._rows(_NEXT_GENERATION, generation + 1, latest)[0][0]:
            generation, number = found, 0
            while rows := self._rows(_OF_GENERATION, generation, number, _CHUNK):
                yield from map(stored_document, rows)
                number = rows[-1][0]

    def seen_again(self, page: int, generation: int) -> Iterator[StoredDocument]:
        """The documents that are older, but stand on pages that were added since, too.

        That is, since there were so many pages (:attr:`page_count`); not among them are those
        that :meth:`changed_since` gives for the generation.
        """
        numbers = [number for (number,) in self._rows(_SEEN_AGAIN, page, generation)]
        return self._select_each("d.number", numbers)

    def removed_since(self, generation: int) -> dict[str, str | Hidden]:
        """The ids that were superseded after ``generation`` and are gone, or hidden after it.

        With each, in ascending order, what superseded it, or why it is hidden.
        """
        rows = self._rows(_REMOVED, generation)
        return {old: new if new else Hidden(*said) for old, new, *said in rows}

    def hidden(self, id_: str) -> Hidden | None:
        """Why, when and by whom the document was hidden; None when it is not."""
        with self._database.reading() as connection:
            return hidden(connection, id_)

    def current_id(self, id_: str) -> str | None:
        """``id_``, or the id that superseded it in the end; None if it was never known."""
        seen = {id_}
        while not self._rows("SELECT 1 FROM documents WHERE id = ?", id_):
            rows = self._rows("SELECT new FROM superseded WHERE old = ?", id_)
            if not rows or rows[0][0] in seen:
                return None
            id_ = rows[0][0]
            seen.add(id_)
        return id_

    def current_ids(self, ids: Iterable[str]) -> dict[str, str]:
        """:meth:`current_id` of each of these ids that was ever known."""
        current = {id_: self.current_id(id_) for id_ in ids}
        return {id_: now for id_, now in current.items() if now}

    def ever_known(self, ids: Iterable[str]) -> set[str]:
        """Those of these ids that a document has or had."""
        rows = self._rows(_EVER_KNOWN, json.dumps(list(ids)))
        return {id_ for (id_,) in rows}

    def appearances(self, id_: str) -> tuple[Appearance, ...]:
        """Where the document with exactly this id was seen, by page name."""
        return self.appearances_of([id_]).get(id_, ())

    def appearances_of(self, ids: Sequence[str]) -> dict[str, tuple[Appearance, ...]]:
        """Where each of these documents, of which there are not very many, was seen."""
        marks = ",".join("?" * len(ids))
        query = f"{_SEEN} WHERE d.id IN ({marks}) ORDER BY p.name, p.number, a.position"
        seen: dict[str, list[Appearance]] = {}
        for id_, *row in self._rows(query, *ids):
            seen.setdefault(id_, []).append(_appearance(row))
        return {id_: tuple(each) for id_, each in seen.items()}

    def page(self, id_: str) -> StoredPage | None:
        """The page with this id, which its appearances name."""
        rows = self._rows("SELECT name, raw, format, added_at FROM pages WHERE key = ?", id_)
        return next(
            (
                StoredPage(id_, Page(name, unpacked(raw), format_), added)
                for name, raw, format_, added in rows
            ),
            None,
        )

    def on_page(self, id_: str) -> tuple[OnPage, ...]:
        """The documents of the page with this id, in the order of the page, but hidden ones."""
        rows = self._rows(_SEEN + "WHERE p.key = ? ORDER BY a.position, d.number", id_)
        stored = self.documents(document for document, *_ in rows)
        return tuple(
            OnPage(stored[document], _appearance(row))
            for document, *row in rows
            if document in stored
        )

    def pages(self) -> Iterator[Page]:
        """Every raw page, in the order of adding."""
        number = 0
        while rows := self._rows(
            "SELECT number, name, format, raw FROM pages WHERE number > ? ORDER BY number LIMIT ?",
            number,
            _CHUNK,
        ):
            yield from (Page(name, unpacked(raw), format_) for _, name, format_, raw in rows)
            number = rows[-1][0]

    def stats(self) -> dict[str, int]:
        """How many documents, articles, newsflashes, appearances and pages; the generation.

        ``hidden`` documents are not among the others; their pages are.
        """
        with self._database.reading() as connection:
            found = counts(connection)
        return {**found, "generation": self.generation}

    def check(self) -> list[Message]:
        """What is wrong with the catalog; nothing when it is sound."""
        with self._database.reading() as connection:
            connection.execute("BEGIN")  # what others add meanwhile is not looked at
            try:
                return list(findings(connection))
            finally:
                connection.execute("ROLLBACK")

    def backup(self, file: Path) -> None:
        """Write all of it into a new file, while others read and write.

        The copy can be put back by :func:`indexer.catalog.restore`.  Raises
        UserError when there is such a file, or it cannot be written; Unsound.
        """
        with errors_as_sentences(file):
            backup(self._database.connection, file)

    def _meta(self, key: str) -> str:
        ((value,),) = self._rows("SELECT value FROM meta WHERE key = ?", key)
        return str(value)

    def _select(self, where: str, *values: object) -> Iterator[StoredDocument]:
        return map(stored_document, self._rows(SELECT_STORED + where, *values))

    def _select_each(self, column: str, values: Sequence[object]) -> Iterator[StoredDocument]:
        """The documents of which the column has one of these values, some hundreds at a time."""
        for start in range(0, len(values), _CHUNK):
            chunk = values[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            yield from self._select(f"WHERE {column} IN ({marks}) AND {SHOWN}", *chunk)

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._database.reading() as connection:
            return connection.execute(query, values).fetchall()


def _appearance(row: Sequence[Any]) -> Appearance:
    page, position, site, url, first, last, page_id = row
    return Appearance(page, position, site, url, (first, last) if first else None, page_id)
