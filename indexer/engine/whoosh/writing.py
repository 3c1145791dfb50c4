"""Changing an index: documents in, documents out, segments merged as they grow in number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.bulk import Vocabulary
from indexer.documents import StoredDocument
from indexer.engine.whoosh import arrays
from indexer.engine.whoosh.folder import Files, IndexFolder
from indexer.engine.whoosh.merging import merge
from indexer.engine.whoosh.segment import Segment, write

Array = NDArray[Any]

_BATCH_CHARACTERS: Final = 6_000_000
_BATCH_DOCUMENTS: Final = 50_000
_FANOUT: Final = 8


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


class IndexWriter:
    """Builds the next state of an index; nothing that exists is changed.  Raises OSError."""

    def __init__(self, folder: IndexFolder, files: Iterable[Files] = ()) -> None:
        self._folder = folder
        self._vocabulary = Vocabulary()
        self._parts = [
            Part(each, Segment(folder.path / each.segment), deleted(folder, each)) for each in files
        ]

    def remove(self, ids: Iterable[str]) -> None:
        """Delete the documents with these ids, as far as they are there."""
        for document_id in ids:
            for part in self._parts:
                number = part.segment.number(document_id)
                if number is not None and number not in part.deleted:
                    part.newly_deleted.add(number)

    def add(self, documents: Iterable[StoredDocument], *, replacing: bool) -> None:
        """Add the documents; ``replacing`` those that have their ids."""
        for batch in _batches(documents):
            batch = list({each.id: each for each in batch}.values())
            if replacing:
                self.remove(each.id for each in batch)
            path = self._folder.new_file("segment")
            write(path, batch, self._vocabulary)
            self._parts.append(_part(path))

    def merge(self) -> bool:
        """Merge segments of about one size, if there are many; whether there was anything to do."""
        tiers: dict[int, list[Part]] = {}
        for part in self._parts:
            tiers.setdefault(int(log(max(part.live, 1), _FANOUT)), []).append(part)
        for parts in tiers.values():
            if len(parts) >= _FANOUT:
                self._merge(parts)
                return True
        return False

    def files(self) -> tuple[Files, ...]:
        """The files of the index as it is now, all of them on disk."""
        return tuple(self._written(part) for part in self._parts if part.live)

    def _merge(self, parts: list[Part]) -> None:
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

    Raises arrays.Damaged and OSError.
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


def _batches(documents: Iterable[StoredDocument]) -> Iterator[list[StoredDocument]]:
    batch: list[StoredDocument] = []
    characters = 0
    for each in documents:
        batch.append(each)
        characters += len(each.document.title) + len(each.document.body)
        if characters >= _BATCH_CHARACTERS or len(batch) >= _BATCH_DOCUMENTS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
