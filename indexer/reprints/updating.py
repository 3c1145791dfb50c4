"""Bringing the clusters of a catalog up to date with its documents.

Runs after documents are acknowledged, outside of their transaction; cut off
at any moment, it goes on where it was.  The result depends on the texts alone,
not on the order or the batches in which they came.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.catalog import Catalog, Clusters, Text
from indexer.reprints.buckets import Buckets, Link
from indexer.reprints.comparison import Reading, Verdict, compare
from indexer.reprints.groups import clusters
from indexer.reprints.signature import COLUMNS, Keys, signatures
from indexer.reprints.words import WORDS_VERSION
from indexer.workers import done_by

# To be raised with every change of the code that changes a signature or a verdict.
_CODE_VERSION: Final = 1
VERSION: Final = sha256(f"{_CODE_VERSION} {WORDS_VERSION}".encode()).hexdigest()[:12]

_CHUNK: Final = 50_000
# So many texts are worth starting processes for, which sign so many at a time.
_WORTH_SHARING: Final = 10_000
_SHARE: Final = 1_000
_READINGS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Found:
    """What an update did: ``texts`` compared for the first time, documents ``moved``."""

    texts: int = 0
    moved: int = 0


def update(
    catalog: Catalog,
    progress: Callable[[int], None] = lambda _: None,
    *,
    processes: int = 1,
    chunk: int = _CHUNK,
) -> Found:
    """Compare every text not yet compared with all others, and cluster anew what that touches.

    Documents that change their cluster are of a new generation of the catalog,
    so the index follows.  ``progress`` hears how many texts were compared; so many
    ``processes`` share the work once there is enough to do.
    """
    return _Update(catalog.clusters, processes).run(catalog.generation, progress, chunk)


class _Update:
    def __init__(self, store: Clusters, processes: int) -> None:
        self._store = store
        self._processes = processes
        self._buckets = Buckets()
        self._reading = lru_cache(_READINGS)(self._read)
        self._verdict = lru_cache(1 << 16)(self._compare)

    def run(self, generation: int, progress: Callable[[int], None], chunk: int) -> Found:
        self._store.begin(VERSION)
        moved, compared = self._without_the_gone(), 0
        for texts in self._store.pending(chunk):
            if not compared:
                self._load()
            moved += self._add(texts)
            compared += len(texts)
            progress(len(texts))
        self._store.finish(generation)
        return Found(compared, moved)

    def _without_the_gone(self) -> int:
        """Cluster anew the texts that lost a reprint of theirs; how many documents moved."""
        if not (gone := {Link(*row) for row in self._store.widowed()}):
            return 0
        names = {name for link in gone for name in (link.first, link.second)}
        left = [name for name in names if self._store.text(name)]
        return self._store.store([], [], self._clusters(left, {}, gone), gone=gone)

    def _load(self) -> None:
        for known in self._store.signatures():
            long = [(key, signature) for key, signature in known if signature]
            keys = np.frombuffer(b"".join(signature for _, signature in long), "<u4")
            self._buckets.add([key for key, _ in long], keys.reshape(-1, COLUMNS))

    def _add(self, texts: list[Text]) -> int:
        """Compare these texts with all, and store what was found."""
        keys, long = self._signatures([f"{text.title}\n{text.body}" for text in texts])
        names = [text.key for text in texts]
        self._buckets.add([name for name, has in zip(names, long, strict=True) if has], keys[long])
        links = [
            link
            for link in self._buckets.pairs_of_last()
            if self._verdict(link.first, link.second) is Verdict.REPRINTS
        ]
        neighbours: dict[str, set[Link]] = {}
        for link in links:
            for name in (link.first, link.second):
                neighbours.setdefault(name, set()).add(link)
        found = dict(zip(names, names, strict=True)) | self._clusters(neighbours, neighbours)
        stored = (
            row.astype("<u4").tobytes() if has else b"" for row, has in zip(keys, long, strict=True)
        )
        return self._store.store([*zip(names, stored, strict=True)], links, found)

    def _signatures(self, texts: list[str]) -> tuple[Keys, NDArray[np.bool_]]:
        if self._processes < 2 or len(texts) < _WORTH_SHARING:
            return signatures(texts)
        shares = (texts[start : start + _SHARE] for start in range(0, len(texts), _SHARE))
        signed = list(done_by(signatures, shares, self._processes - 1, helping=True))
        return np.concatenate([keys for keys, _ in signed]), np.concatenate(
            [has for _, has in signed]
        )

    def _clusters(
        self,
        touched: Iterable[str],
        new: Mapping[str, set[Link]],
        gone: Collection[Link] = frozenset(),
    ) -> dict[str, str]:
        """The cluster of every text of the components in which the touched texts are."""
        found: dict[str, str] = {}
        for start in touched:
            if start in found:
                continue
            members, links, ahead = {start}, set[Link](), [start]
            while ahead:
                name = ahead.pop()
                stored = {Link(*row) for row in self._store.pairs(name)}
                beside = stored.union(new.get(name, ())).difference(gone)
                links |= beside
                reached = {each for link in beside for each in (link.first, link.second)} - members
                members |= reached
                ahead += reached
            found |= clusters(members, links, self._verdict)
        return found

    def _compare(self, first: str, second: str) -> Verdict:
        return compare(self._reading(first), self._reading(second))

    def _read(self, key: str) -> Reading:
        text = self._store.text(key)
        assert text is not None  # a text leaves the store with its last document
        return Reading.of(text.title, text.body)
