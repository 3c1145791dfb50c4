"""The engine over a Whoosh index, exact where stock Whoosh is not.

Whoosh's own collectors give wrong totals under a limit, so the matcher is
walked to its end and counted in one pass of ours.  An index is derived from
a catalog: when it is missing, unreadable, of another catalog or of another
analysis, its generation is -1 and it wants to be rebuilt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import FileIndex, create_in, open_dir
from whoosh.scoring import BM25F

from indexer.documents import StoredDocument
from indexer.engine.interface import Outcome, Search
from indexer.engine.whoosh.collect import Scored, outcome
from indexer.engine.whoosh.compile import compiled
from indexer.engine.whoosh.folder import IndexFolder, State
from indexer.engine.whoosh.queries import K1, B
from indexer.engine.whoosh.schema import Row, Values, fields_of, schema

_WRITER_MEGABYTES: Final = 256
_OPEN_ATTEMPTS: Final = 5


class WhooshEngine:
    """An index in ``folder`` over the catalog with the uuid ``catalog``.

    Safe to use from several threads: searches take turns.
    """

    def __init__(self, folder: Path, catalog: str) -> None:
        self._folder = IndexFolder(folder, catalog)
        self._lock = threading.Lock()
        self._state: State | None = None
        self._searcher: Any = None
        self._rows: dict[str, list[Row]] = {}

    @property
    def generation(self) -> int:
        """The catalog generation that the index has reached; -1 if it must be rebuilt."""
        with self._lock:
            self._refresh()
            return self._state.generation if self._state else -1

    @property
    def document_count(self) -> int:
        """How many documents the index holds."""
        with self._lock:
            self._refresh()
            return int(self._searcher.doc_count()) if self._searcher else 0

    def update(
        self, documents: Iterable[StoredDocument], removed: Iterable[str], generation: int
    ) -> None:
        """Index the documents, each in place of an earlier one with its id, durably."""
        state = self._folder.state()
        if state is None:
            raise ValueError("there is no index to update: rebuild it")

        def write(writer: Any) -> None:
            for superseded in removed:
                writer.delete_by_term("id", superseded)
            for stored in documents:
                writer.update_document(**fields_of(stored))

        _write(open_dir(self._folder.path / state.folder), write)
        self._folder.publish(replace(state, generation=generation))

    def rebuild(self, documents: Iterable[StoredDocument], generation: int) -> None:
        """Replace the whole index by these documents; searches go on meanwhile."""
        state = self._folder.fresh(generation)

        def write(writer: Any) -> None:
            for stored in documents:
                writer.add_document(**fields_of(stored))

        _write(create_in(self._folder.path / state.folder, schema()), write)
        self._folder.publish(state)
        self._folder.sweep(state)

    def search(self, search: Search) -> Outcome:
        """Answer over the newest generation that is on disk; nothing when there is none."""
        with self._lock:
            self._refresh()
            return outcome(self._matches(search), search)

    def close(self) -> None:
        """Release files; the engine is not used afterwards."""
        with self._lock:
            self._release()

    def _matches(self, search: Search) -> Iterator[Scored]:
        if self._searcher is None or self._searcher.doc_count_all() == 0:
            return  # Whoosh's reader of an empty index has no segment to ask
        query = compiled(search.query, self._rows_of)
        context = self._searcher.context()
        for segment, _ in self._searcher.leaf_searchers():
            rows = self._rows_of(segment.reader())
            matcher = query.matcher(segment, context)
            while matcher.is_active():
                yield matcher.score(), rows[matcher.id()]
                matcher.next()

    def _rows_of(self, reader: Any) -> Sequence[Row]:
        """The rows of a segment by document number, deleted ones included."""
        name = reader.segment().segment_id()
        if name not in self._rows:
            self._rows[name] = [
                _row(reader.stored_fields(number)["row"])
                for number in range(reader.doc_count_all())
            ]
        return self._rows[name]

    def _refresh(self) -> None:
        """Open what is on disk now, unless it is open already."""
        for _ in range(_OPEN_ATTEMPTS):
            state = self._folder.state()
            if state == self._state:
                return
            self._release()
            if state is None:
                return
            try:
                index = open_dir(self._folder.path / state.folder)
                self._searcher = index.searcher(weighting=BM25F(B=B, K1=K1))
            except Exception:
                # A writer that commits meanwhile removes the files of merged
                # segments under the reader; a damaged index fails each time
                # and is then as good as none.
                self._searcher = None
                continue
            self._state = state
            return

    def _release(self) -> None:
        if self._searcher is not None:
            self._searcher.close()
        self._searcher, self._state, self._rows = None, None, {}


def _write(index: FileIndex, write: Callable[[Any], None]) -> None:
    """Run ``write`` in one commit; whatever it raises, the index stays as it was."""
    try:
        # zlib on blocks of a few postings costs a fifth of the time and saves little
        writer = index.writer(limitmb=_WRITER_MEGABYTES, codec=W3Codec(compression=0))
        try:
            write(writer)
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
    finally:
        index.close()


def _row(stored: tuple[Any, ...]) -> Row:
    *known, values = stored
    return Row._make([*known, Values._make(values)])
