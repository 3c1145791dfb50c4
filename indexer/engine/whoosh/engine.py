"""The engine over an index of array segments, exact and quick.

An index is derived from a catalog: when it is missing, unreadable, of another
catalog or of another layout, its generation is -1 and it wants to be rebuilt.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from indexer.documents import StoredDocument
from indexer.durable import Damaged
from indexer.engine.budget import UNLIMITED, Budget
from indexer.engine.interface import Outcome, Search
from indexer.engine.tree import Characters, Word
from indexer.engine.whoosh.collect import outcome
from indexer.engine.whoosh.compile import compiled
from indexer.engine.whoosh.executor import matching
from indexer.engine.whoosh.folder import IndexFolder, State
from indexer.engine.whoosh.frequencies import document_frequency
from indexer.engine.whoosh.scoring import Collection, Scorer
from indexer.engine.whoosh.segment import Segment
from indexer.engine.whoosh.snapshot import Snapshot
from indexer.engine.whoosh.writing import ALONE, IndexWriter, Resources, deleted
from indexer.errors import TooCostly, UserError
from indexer.i18n import N_
from indexer.published import Stamp


class _Open(NamedTuple):
    """An index as it was opened: searches that run keep theirs while another is opened."""

    state: State
    snapshot: Snapshot
    collection: Collection


class WhooshEngine:
    """An index in ``folder`` over the catalog with the uuid ``catalog``.

    Safe to use from several threads.  Indexing takes no more than the ``resources``.
    """

    name: Final = "whoosh"

    def __init__(self, folder: Path, catalog: str, resources: Resources = ALONE) -> None:
        self._folder = IndexFolder(folder, catalog)
        self._resources = resources
        self._lock = threading.Lock()
        self._open: _Open | None = None
        self._stamp: Stamp | None = None
        self._held = threading.local()

    @property
    def generation(self) -> int:
        """The catalog generation that the index has reached; -1 if it must be rebuilt."""
        current = self._current()
        return current.state.generation if current else -1

    @property
    def is_outdated(self) -> bool:
        """Whether a rebuilt index would hold other words; false while it must be rebuilt."""
        current = self._current()
        return current is not None and current.state.is_outdated

    @property
    def document_count(self) -> int:
        """How many documents the index holds."""
        current = self._current()
        return current.snapshot.live_count if current else 0

    @property
    def segment_count(self) -> int:
        """How many parts the index has."""
        current = self._current()
        return len(current.snapshot.segments) if current else 0

    def update(
        self, documents: Iterable[StoredDocument], removed: Iterable[str], generation: int
    ) -> None:
        """Index the documents, each in place of an earlier one with its id, durably."""
        current = self._current()
        if current is None:
            raise ValueError("there is no index to update: rebuild it")
        state = current.state
        with self._folder.changing():
            writer = IndexWriter(self._folder, state.segments, self._resources)
            writer.remove(np.array([each.encode() for each in removed], "S"))
            writer.add(documents, replacing=True)
            self._folder.publish(state.updated(generation, writer.files()))

    def rebuild(self, documents: Iterable[StoredDocument], generation: int) -> None:
        """Replace the whole index by these documents; searches go on meanwhile."""
        with self._folder.changing():
            writer = IndexWriter(self._folder, resources=self._resources)
            writer.add(documents, replacing=False)
            self._folder.publish(State(self._folder.catalog, generation, writer.files()))

    def merge(self) -> None:
        """Bring segments of about one size together, as far as there are many.

        What an earlier writer left behind when it was killed is deleted.  Raises
        Damaged when a segment is not what was written.
        """
        if current := self._current():
            with self._folder.changing():
                self._folder.sweep(current.state)
                writer = IndexWriter(self._folder, current.state.segments)
                while writer.merge():
                    self._folder.publish(replace(current.state, segments=writer.files()))

    def damaged(self) -> list[Path]:
        """The files that are missing or not what was written.  All of them are read."""
        return self._folder.damaged()

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Within the block, this thread's searches are all of one generation."""
        self._held.current = self._current()
        try:
            yield
        finally:
            del self._held.current

    def search(self, search: Search) -> Outcome:
        """Answer over the newest generation that is on disk; nothing when there is none."""
        try:
            return _outcome(self._searched(), search)
        except TooCostly:
            raise
        except Exception as error:
            # Opening a file looks at its directory alone: arrays may hold anything.
            for path in self.damaged():
                raise UserError(
                    N_("索引文件 %(file)s 已损坏，请运行 python run.py rebuild。"), file=path
                ) from error
            raise

    def document_frequencies(
        self, leaves: Iterable[Word | Characters], at_most: int, budget: Budget = UNLIMITED
    ) -> dict[Word | Characters, int]:
        """How many documents hold each of the leaves, those left out that none or more do."""
        current = self._searched()
        if current is None:
            return {}
        held = {}
        for leaf in leaves:
            budget.check()
            holding = document_frequency(current.snapshot, leaf, at_most)
            if 0 < holding <= at_most:
                held[leaf] = holding
        return held

    def close(self) -> None:
        """Release files; the engine is not used afterwards."""
        self._open = self._stamp = None

    def _searched(self) -> _Open | None:
        """What this thread searches: within :meth:`steady`, what there was when it began."""
        held: _Open | None = getattr(self._held, "current", None)
        return held or self._current()

    def _current(self) -> _Open | None:
        """What is on disk now, opened; None when nothing there can be used."""
        with self._lock:
            stamp = self._folder.stamp()
            if stamp and stamp == self._stamp:
                return self._open
            failed: State | None = None
            while True:
                # looked at before the state is read: what comes between is seen next time
                self._stamp = self._folder.stamp()
                state = self._folder.state()
                if state is None or state == failed:
                    # with the next look it may open: files or memory were short
                    self._open = self._stamp = None
                elif not self._open or state != self._open.state:
                    try:
                        self._open = self._opened(state)
                    except (OSError, Damaged, LookupError):
                        # Either a writer published another state meanwhile and removed what
                        # this one names, or the index is damaged: then it fails once more.
                        failed = state
                        continue
                return self._open

    def _opened(self, state: State) -> _Open:
        known = {}
        if self._open:
            known = {each.path.name: each for each in self._open.snapshot.segments}
        snapshot = Snapshot(
            [
                (
                    known.get(files.segment) or Segment(self._folder.path / files.segment),
                    deleted(self._folder, files),
                )
                for files in state.segments
            ]
        )
        return _Open(state, snapshot, Collection(snapshot))


def _outcome(current: _Open | None, search: Search) -> Outcome:
    snapshot = current.snapshot if current else Snapshot([])
    budget = search.budget
    documents = matching(snapshot, compiled(search.query), search.filters.dates, budget)
    scorer = None
    ranking = search.ranking
    if current and ranking and (ranking.words or ranking.pairs) and search.sort == "relevance":
        scorer = Scorer(current.collection, ranking, budget)
    return outcome(snapshot, documents, search, scorer)
