"""The vocabulary follows the catalog.

New terms and titles become a run; the last runs are merged while they are not
much smaller than the one before them.  So there are few, and an entry is
written a few times only.  A term stands in the one run that had it first; its
weight, the number of documents with it, is in a small file that is written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Final, TypeVar

import numpy as np

from indexer.catalog import Catalog
from indexer.documents import StoredDocument
from indexer.suggest.building import Item, hash_of, merged, term_columns, title_columns
from indexer.suggest.columns import Array, Columns, Damaged, write
from indexer.suggest.counting import Tally
from indexer.suggest.folder import Folder, State
from indexer.suggest.runs import Run, TermRun, TitleRun

# Runs are merged with the one before them unless that one is so many times as large.
_RATIO: Final = 4
_PART: Final = 100_000
_CHUNK: Final = 500

_Run = TypeVar("_Run", bound=Run)


def follow(folder: Folder, catalog: Catalog) -> None:
    """Bring the vocabulary to the catalog's generation; what cannot be used is made anew.

    Superseded documents stay counted until it is rebuilt: their texts are gone.
    """
    state, generation = folder.state(), catalog.generation
    if state is None or state.generation > generation:
        rebuild(folder, catalog)
    elif state.generation < generation:
        try:
            making = _Making(folder, state)
            making.add(catalog.changed_since(state.generation))
            making.publish(generation)
        except Damaged:
            rebuild(folder, catalog)


def rebuild(folder: Folder, catalog: Catalog) -> None:
    """Make the vocabulary of all documents anew."""
    generation = catalog.generation
    making = _Making(folder, State(folder.catalog, generation))
    making.add(catalog.all_documents())
    making.publish(generation)


class _Making:
    """A state in the making; the runs that are new are in memory until it is published."""

    def __init__(self, folder: Folder, state: State) -> None:
        self._folder = folder
        self._files: dict[Run, str] = {}  # of the runs that are on disk
        self._terms: list[TermRun] = []
        self._titles: list[TitleRun] = []
        for file, weights in state.terms:
            changing = Columns(folder.path / weights)["weight"].copy()
            self._terms.append(TermRun(Columns(folder.path / file), changing))
            self._files[self._terms[-1]] = file
        for file in state.titles:
            self._titles.append(TitleRun(Columns(folder.path / file)))
            self._files[self._titles[-1]] = file

    def add(self, documents: Iterable[StoredDocument]) -> None:
        """Count the documents that are not counted yet, a part at a time to save memory."""
        unread = iter(documents)
        while chunk := list(islice(unread, _CHUNK)):
            tally, size = Tally(), 0
            while chunk:
                for stored in self._uncounted(chunk):
                    tally.add(stored)
                size += len(chunk)
                chunk = list(islice(unread, _CHUNK)) if size < _PART else []
            if titles := tally.titles():
                self._titles.append(TitleRun(title_columns(titles)))
                self._add_terms(tally.terms())

    def publish(self, generation: int) -> None:
        """Write what is new, and make all of it the present state."""
        self._terms = _few(self._terms, lambda items: TermRun(term_columns(items)))
        self._titles = _few(self._titles, lambda items: TitleRun(title_columns(items)))
        terms = []
        for run in self._terms:
            weights = self._written("weights", {"weight": run.weights})
            terms.append((self._file_of(run, "terms"), weights))
        titles = tuple(self._file_of(run, "titles") for run in self._titles)
        self._folder.publish(State(self._folder.catalog, generation, tuple(terms), titles))

    def _uncounted(self, chunk: list[StoredDocument]) -> list[StoredDocument]:
        """Those without a title in a run: a change of sites or of cluster is no new text."""
        ids = np.array([stored.id.encode() for stored in chunk], "S13")
        counted = np.zeros(len(ids), bool)
        for run in self._titles:
            counted |= run.has(ids)
        return [stored for stored, is_counted in zip(chunk, counted, strict=True) if not is_counted]

    def _add_terms(self, items: list[Item]) -> None:
        hashes = np.array([hash_of(item.text) for item in items], np.uint64)
        weights = np.array([item.weight for item in items], np.uint32)
        is_new = np.ones(len(items), bool)
        for run in self._terms:
            entries = run.entry_of(hashes)
            known = entries >= 0
            run.weights[entries[known]] += weights[known]
            is_new &= ~known
        if is_new.any():
            new = [items[at] for at in np.flatnonzero(is_new)]
            self._terms.append(TermRun(term_columns(new)))

    def _file_of(self, run: Run, kind: str) -> str:
        if file := self._files.get(run):
            return file
        assert isinstance(run.columns, dict), "a run that is in no file is in memory"
        return self._written(kind, run.columns)

    def _written(self, kind: str, columns: Mapping[str, Array]) -> str:
        path = self._folder.new_file(kind)
        write(path, columns)
        return path.name


def _few(runs: list[_Run], made: Callable[[Iterable[Item]], _Run]) -> list[_Run]:
    """The runs, the last of them merged into one while the one before is not much larger."""
    start, size = len(runs), 0
    while start and (not size or len(runs[start - 1]) < _RATIO * size):
        start -= 1
        size += len(runs[start])
    if len(runs) - start < 2:
        return runs
    return [*runs[:start], made(merged(run.items() for run in runs[start:]))]
