"""Changing an index: documents in, documents out, segments merged as they grow in number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, islice
from math import log
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer import arrays
from indexer.analysis.bulk import Vocabulary
from indexer.documents import StoredDocument
from indexer.engine.whoosh.folder import Files, IndexFolder
from indexer.engine.whoosh.merging import merge
from indexer.engine.whoosh.segment import Segment, write
from indexer.workers import done_by

Array = NDArray[Any]
Batch = tuple[Path, list[StoredDocument]]

_FANOUT: Final = 8
# What the process that hands the documents out takes, what one that indexes takes with the words
# that it knows, and for every character of a batch (measured: 200 MB, 360, 45).
_BYTES_OF_MAIN: Final = 220_000_000
_BYTES_A_PROCESS: Final = 370_000_000
_BYTES_A_CHARACTER: Final = 50
_FEWEST_CHARACTERS: Final = 200_000
# What it takes to number a document, however short.
_CHARACTERS_A_DOCUMENT: Final = 20
_MOST_WORDS: Final = 300_000


MEMORY: Final = 1 << 30
"""How many bytes indexing takes unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Resources:
    """How many processes may cut and invert documents, and how many bytes all may take."""

    processes: int = 1
    memory: int = MEMORY

    @property
    def fitting(self) -> int:
        """How many of the processes the memory has room for, one at least."""
        return max(min(self.processes, (self.memory - _BYTES_OF_MAIN) // _BYTES_A_PROCESS), 1)

    def batch_characters(self) -> int:
        """How long the texts of a segment may be that one of the processes writes."""
        for_each = (self.memory - _BYTES_OF_MAIN) // self.fitting - _BYTES_A_PROCESS
        return max(for_each // _BYTES_A_CHARACTER, _FEWEST_CHARACTERS)


ALONE: Final = Resources()


@dataclass(slots=True)
class Part:
    """A segment of an index that is being changed."""

    files: Files
    segment: Segment
    deleted: Array
    newly_deleted: set[int] = field(default_factory=set)

    @property
    def live(self) -> int:
        """How many documents count."""
        return self.segment.count - len(self.deleted) - len(self.newly_deleted)

    def delete(self, ids: Array) -> None:
        """Delete the documents with these ids (bytes), as far as they are there."""
        deleted = set(self.deleted.tolist())
        self.newly_deleted.update(set(self.segment.numbers(ids)) - deleted)


class IndexWriter:
    """Builds the next state of an index; nothing that exists is changed.  Raises OSError."""

    def __init__(
        self, folder: IndexFolder, files: Iterable[Files] = (), resources: Resources = ALONE
    ) -> None:
        self._folder = folder
        self._resources = resources
        self._parts = [
            Part(each, Segment(folder.path / each.segment), deleted(folder, each)) for each in files
        ]

    def remove(self, ids: Array) -> None:
        """Delete the documents with these ids (bytes), as far as they are there."""
        for part in self._parts:
            part.delete(ids)

    def add(self, documents: Iterable[StoredDocument], *, replacing: bool) -> None:
        """Add the documents, each id once; ``replacing`` those that have their ids.

        Once there is more than a batch of them, several processes share the work.
        """
        batches = self._batches(documents)
        first = list(islice(batches, 2))
        before = list(self._parts)
        processes = self._resources.fitting
        if len(first) < 2 or processes < 2:
            paths: Iterator[Path] = map(_write, chain(first, batches))
        else:
            paths = done_by(_write, chain(first, batches), processes, ahead=2)
        for path in paths:
            part = _part(path)
            if replacing:
                for earlier in before:
                    earlier.delete(part.segment.ids)
            self._parts.append(part)

    def merge(self) -> bool:
        """Merge segments of about one size, if there are many; whether there was anything to do.

        Smaller ones go with them.  Raises Damaged.
        """
        tiers = [int(log(max(part.live, 1), _FANOUT)) for part in self._parts]
        for tier in sorted(set(tiers)):
            if tiers.count(tier) >= _FANOUT:
                self._merge(
                    [part for part, its in zip(self._parts, tiers, strict=True) if its <= tier]
                )
                return True
        return False

    def _batches(self, documents: Iterable[StoredDocument]) -> Iterator[Batch]:
        most = self._resources.batch_characters()
        batch: dict[str, StoredDocument] = {}
        characters = 0
        for each in documents:
            batch[each.id] = each
            characters += len(each.document.title) + len(each.document.body)
            characters += _CHARACTERS_A_DOCUMENT
            if characters >= most:
                yield self._folder.new_file("segment"), list(batch.values())
                batch, characters = {}, 0
        if batch:
            yield self._folder.new_file("segment"), list(batch.values())

    def files(self) -> tuple[Files, ...]:
        """The files of the index as it is now, all of them on disk."""
        return tuple(self._written(part) for part in self._parts if part.live)

    def _merge(self, parts: list[Part]) -> None:
        for part in parts:
            part.segment.file.check()
        path = self._folder.new_file("segment")
        merge(path, [(part.segment, np.flatnonzero(_alive(part))) for part in parts])
        first = self._parts.index(parts[0])
        merged = {id(part) for part in parts}
        self._parts = [part for part in self._parts if id(part) not in merged]
        self._parts.insert(first, _part(path))

    def _written(self, part: Part) -> Files:
        if not part.newly_deleted:
            return part.files
        path = self._folder.new_file("deleted")
        part.deleted = np.flatnonzero(~_alive(part))
        part.newly_deleted = set()
        arrays.write(path, {"deleted": part.deleted.astype("<u4")}, {})
        part.files = replace(part.files, deleted=path.name)
        return part.files


def deleted(folder: IndexFolder, files: Files) -> Array:
    """The numbers of the deleted documents of a segment, ascending.

    Raises Damaged and OSError.
    """
    if files.deleted is None:
        return np.zeros(0, np.int64)
    file = arrays.Arrays(folder.path / files.deleted)
    file.check()
    return file["deleted"].astype(np.int64)


def _part(path: Any) -> Part:
    segment = Segment(path)
    return Part(Files(path.name, segment.count), segment, np.zeros(0, np.int64))


def _alive(part: Part) -> Array:
    alive = np.ones(part.segment.count, bool)
    alive[part.deleted] = False
    alive[list(part.newly_deleted)] = False
    return alive


def _write(batch: Batch) -> Path:
    path, documents = batch
    vocabulary = _vocabulary()
    write(path, documents, vocabulary)
    if len(vocabulary.words) > _MOST_WORDS:
        _vocabulary.cache_clear()
    return path


@cache
def _vocabulary() -> Vocabulary:
    """This process's words: what is known of them serves all batches."""
    return Vocabulary()
