"""The vocabulary follows the catalog.

New terms and titles become a run; the last runs are merged while they are not
much smaller than the one before them.  So there are few, and an entry is
written a few times only.  A term stands in the one run that had it first; its
weight, the number of documents with it, is in a small file that is written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Final, TypeVar

import numpy as np

from indexer.analysis import fold
from indexer.arrays import write
from indexer.catalog import Catalog
from indexer.documents import PublishedDate, StoredDocument
from indexer.durable import Damaged
from indexer.suggest.building import term_columns, title_columns
from indexer.suggest.columns import Array, Columns
from indexer.suggest.counting import count, title_key
from indexer.suggest.folder import Folder, State
from indexer.suggest.runs import Run, TermRun, TitleRun
from indexer.suggest.terms import Terms
from indexer.suggest.texts import Texts
from indexer.suggest.vocabulary import encoded

# Runs are merged with the one before them unless that one is so many times as large.
_RATIO: Final = 4
_CHUNK: Final = 1000

_Run = TypeVar("_Run", bound=Run)


def follow(folder: Folder, catalog: Catalog, processes: int) -> None:
    """Bring the vocabulary to the catalog's generation; what cannot be used is made anew.

    Superseded and hidden documents stay counted until it is rebuilt, and so do titles and
    cities that were corrected.
    """
    state, generation = folder.state(), catalog.generation
    if state is None or state.generation > generation:
        rebuild(folder, catalog, processes)
    elif state.generation < generation:
        try:
            making = _Making(folder, state)
            making.add(catalog.changed_since(state.generation), processes)
            making.publish(generation)
        except Damaged:
            rebuild(folder, catalog, processes)


def rebuild(folder: Folder, catalog: Catalog, processes: int) -> None:
    """Make the vocabulary of all documents anew."""
    generation = catalog.generation
    making = _Making(folder, State(folder.catalog, generation))
    making.add(catalog.all_documents(), processes)
    making.publish(generation)


class _Making:
    """A state in the making; the runs that are new are in memory until it is published."""

    def __init__(self, folder: Folder, state: State) -> None:
        self._folder = folder
        self._files: dict[Run, str] = {}  # of the runs that are on disk
        self._terms: list[TermRun] = []
        self._titles: list[TitleRun] = []
        self._cities: Counter[str] = Counter()
        for file, weights in state.terms:
            changing = Columns(folder.path / weights)["weight"].copy()
            self._terms.append(TermRun(Columns(folder.path / file), changing))
            self._files[self._terms[-1]] = file
        for file in state.titles:
            self._titles.append(TitleRun(Columns(folder.path / file)))
            self._files[self._titles[-1]] = file
        if state.cities:
            run = Run(Columns(folder.path / state.cities))
            self._cities.update(dict(zip(run.texts.strings(), run.weights.tolist(), strict=True)))

    def add(self, documents: Iterable[StoredDocument], processes: int) -> None:
        """Count the documents that are not counted yet."""
        titles = _Titles()
        terms = count(self._uncounted(documents, titles), processes)
        if len(titles):
            self._titles.append(titles.run())
            self._add_terms(terms)

    def publish(self, generation: int) -> None:
        """Write what is new, and make all of it the present state; all of it or nothing."""
        try:
            self._publish(generation)
        except BaseException:
            if state := self._folder.state():
                self._folder.sweep(state)
            raise

    def _publish(self, generation: int) -> None:
        self._terms = _few(self._terms, _merged_terms)
        self._titles = _few(self._titles, _merged_titles)
        terms = []
        for run in self._terms:
            weights = self._written("weights", {"weight": run.weights})
            terms.append((self._file_of(run, "terms"), weights))
        titles = tuple(self._file_of(run, "titles") for run in self._titles)
        counts = np.fromiter(self._cities.values(), np.int64, len(self._cities))
        cities = self._written("cities", term_columns(Texts.of([*self._cities]), counts))
        state = State(self._folder.catalog, generation, tuple(terms), titles, cities)
        self._folder.publish(state)

    def _uncounted(
        self, documents: Iterable[StoredDocument], titles: _Titles
    ) -> Iterator[list[str]]:
        """The titles and bodies of those whose title is in no run, which are noted here.

        A change of sites or of cluster is no new text; one with another title is counted again.
        """
        unread = iter(documents)
        while chunk := list(islice(unread, _CHUNK)):
            ids = np.array([stored.id.encode() for stored in chunk], "S13")
            keys = [encoded(title_key(fold(stored.document.title))) for stored in chunk]
            is_new = np.ones(len(ids), bool)
            for run in self._titles:
                is_new &= ~run.has(ids, keys)
            new = [chunk[at] for at in np.flatnonzero(is_new)]
            titles.add(new)
            self._cities.update(city for stored in new for city in stored.document.cities)
            # That of a correction is there at least.
            for city in {city for stored in chunk for city in stored.document.cities}:
                self._cities.setdefault(city, 1)
            yield [text for stored in new for text in (stored.document.title, stored.document.body)]

    def _add_terms(self, terms: Terms) -> None:
        is_new = np.ones(len(terms.hashes), bool)
        for run in self._terms:
            entries = run.entry_of(terms.hashes)
            known = entries >= 0
            run.weights[entries[known]] += terms.weights[known].astype(np.uint32)
            is_new &= ~known
        if is_new.any():
            new = terms.taken(np.flatnonzero(is_new))
            self._terms.append(TermRun(term_columns(new.texts, new.weights)))

    def _file_of(self, run: Run, kind: str) -> str:
        if file := self._files.get(run):
            return file
        assert isinstance(run.columns, dict), "a run that is in no file is in memory"
        return self._written(kind, run.columns)

    def _written(self, kind: str, columns: Mapping[str, Array]) -> str:
        path = self._folder.new_file(kind)
        write(path, columns, {})
        return path.name


class _Titles:
    """Titles of documents, by which these are found, with their days, by which they rank."""

    def __init__(self) -> None:
        self._parts: list[tuple[Texts, Array, Array]] = []

    def __len__(self) -> int:
        return sum(len(ids) for _, _, ids in self._parts)

    def add(self, documents: Sequence[StoredDocument]) -> None:
        """Note the titles of these documents."""
        texts = Texts.of([title_key(fold(stored.document.title)) for stored in documents])
        days = np.array([_day(stored.document.published) for stored in documents], np.uint32)
        ids = np.array([stored.id.encode() for stored in documents], "S13")
        self._parts.append((texts, days, ids))

    def run(self) -> TitleRun:
        """A run of them."""
        texts, days, ids = zip(*self._parts, strict=True)
        self._parts = []
        return TitleRun(
            title_columns(Texts.joined(texts), np.concatenate(days), np.concatenate(ids))
        )


def _day(published: PublishedDate | None) -> int:
    """The newer a document, the greater."""
    return date.fromisoformat(f"{published.value[:10]}-01-01"[:10]).toordinal() if published else 0


def _few(runs: list[_Run], merged: Callable[[list[_Run]], _Run]) -> list[_Run]:
    """The runs, the last of them merged into one while the one before is not much larger."""
    start, size = len(runs), 0
    while start and (not size or len(runs[start - 1]) < _RATIO * size):
        start -= 1
        size += len(runs[start])
    if len(runs) - start < 2:
        return runs
    return [*runs[:start], merged(runs[start:])]


def _merged_terms(runs: list[TermRun]) -> TermRun:
    texts = Texts.joined([run.texts for run in runs])
    weights = np.concatenate([run.weights for run in runs])
    guesses = np.concatenate([run.columns["guess"] for run in runs])
    return TermRun(term_columns(texts, weights, guesses))


def _merged_titles(runs: list[TitleRun]) -> TitleRun:
    texts = Texts.joined([run.texts for run in runs])
    weights = np.concatenate([run.weights for run in runs])
    ids = np.concatenate([run.columns["id"] for run in runs])
    return TitleRun(title_columns(texts, weights, ids))
