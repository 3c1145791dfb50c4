"""From inputs to a searchable archive: sources, pages, catalog, then the index.

Every step may be cut off at any moment.  A batch of pages is acknowledged
once the catalog's transaction is durable; the index follows from the catalog,
and whatever it lacks the next command adds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final

from indexer import heap, suggest
from indexer.catalog import AddCounts, Catalog, PageRow
from indexer.documents import Page
from indexer.durable import Damaged
from indexer.engine import Engine
from indexer.identity import page_key
from indexer.pages import READER_VERSION, read
from indexer.sources import Refusal

REFUSED: Final = "refused.jsonl"  # where refusals are written, in a data folder
_BATCH_PAGES: Final = 500
_MOST_PAGES: Final = 8_000
_BATCH_BYTES: Final = 8 * 1024 * 1024
# A batch writes its hashes all over the catalog's indexes.  When it grows with them, each of
# their pages is written as often as before: at a million documents, this halves the time.
_PART: Final = 64
_CHUNK: Final = 50


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long the stages of an addition took: to read and store, to settle, to index."""

    catalog: float = 0.0
    settle: float = 0.0
    index: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What an addition did.

    ``reasons`` holds, by the form of the sentence, how many inputs and parts
    of inputs were refused for one reason, and the first of these refusals.
    """

    counts: AddCounts = field(default_factory=AddCounts)
    reasons: Mapping[str, tuple[int, Refusal]] = field(default_factory=dict)
    seconds: Seconds = field(default_factory=Seconds, compare=False)

    @property
    def refused(self) -> int:
        """How many inputs and parts of inputs were refused."""
        return sum(count for count, _ in self.reasons.values())

    def after(self, counts: AddCounts, refusals: Iterable[Refusal]) -> Report:
        """The report of this and of what came after it."""
        reasons = dict(self.reasons)
        for refusal in refusals:
            count, first = reasons.get(refusal.message.text, (0, refusal))
            reasons[refusal.message.text] = (count + 1, first)
        return replace(self, counts=self.counts + counts, reasons=reasons)


def add(
    inputs: Iterable[Page | Refusal],
    catalog: Catalog,
    engine: Engine,
    refused_file: Path,
    progress: Callable[[int], None],
    refused: Callable[[Refusal], None],
    processes: int = 1,
) -> Report:
    """Add what the inputs hold and bring the index up to date.

    What else follows from the catalog is left to :func:`complete`.
    ``progress`` hears how many inputs were acknowledged; every refusal is
    appended to ``refused_file`` as a JSON line and handed to ``refused``.  Pages
    that are there already are not read again; the others are read in so many
    ``processes`` once there is enough to do.
    """
    # It takes the tools for several processes along, which a search does without.
    from indexer.reading import page_rows

    _settle_and_index(catalog, engine)
    report = Report()
    began = perf_counter()
    unread = _Unread(catalog, progress)
    for pages, refusals in _batches(page_rows(unread.of(inputs), processes), catalog):
        counts = AddCounts()
        if pages:
            counts = catalog.add_rows(pages, reader=str(READER_VERSION))
        _write_down(refusals, refused_file)
        for refusal in refusals:
            refused(refusal)
        report = report.after(counts, refusals)
        progress(len(pages) + len(refusals))
    stored = perf_counter()
    report = report.after(catalog.settle(read) + AddCounts(unchanged=unread.known), ())
    settled = perf_counter()
    _settle_and_index(catalog, engine)
    seconds = Seconds(stored - began, settled - stored, perf_counter() - settled)
    return replace(report, seconds=seconds)


class _Unread:
    """Passes over the pages that the catalog has: what is done is not read again.

    To decode and hash a page takes a small part of the time that it takes to
    find its documents, and is right whatever was renamed, restored or moved.
    """

    def __init__(self, catalog: Catalog, progress: Callable[[int], None]) -> None:
        self.known = 0
        self._catalog = catalog
        self._progress = progress

    def of(self, inputs: Iterable[Page | Refusal]) -> Iterator[Page | Refusal]:
        """The inputs that are not known."""
        if not self._catalog.page_count:
            yield from inputs
            return
        inputs = iter(inputs)
        while chunk := list(islice(inputs, _CHUNK)):
            keys = [page_key(each.content) if isinstance(each, Page) else "" for each in chunk]
            known = self._catalog.known([key for key in keys if key])
            unread = [each for each, key in zip(chunk, keys, strict=True) if key not in known]
            yield from unread
            if count := len(chunk) - len(unread):
                self.known += count
                self._progress(count)


def is_behind(catalog: Catalog, engine: Engine) -> bool:
    """Whether an addition was cut off, or the index is of another state than the catalog."""
    return not catalog.settled or engine.generation != catalog.generation


def must_rebuild(catalog: Catalog, engine: Engine) -> bool:
    """Whether the index can only be written anew: it cannot be used, or is ahead of its catalog."""
    return engine.generation < 0 or is_ahead(catalog, engine)


def is_ahead(catalog: Catalog, engine: Engine) -> bool:
    """Whether the index knows of changes that the catalog, always the first to, knows nothing of.

    The catalog's log was lost or damaged, or an older copy of the file put in its place.
    """
    return engine.generation > catalog.generation


def catch_up(catalog: Catalog, engine: Engine, processes: int = 1) -> None:
    """Bring index and suggestions to the catalog's generation; at best nothing is to be done.

    ``processes`` share the work once there is enough to do.
    """
    _settle_and_index(catalog, engine)
    suggest.follow(catalog, processes)


def _settle_and_index(catalog: Catalog, engine: Engine) -> None:
    catalog.settle(read)
    # What reading and writing took is needed by the processes that index.
    catalog.give_back_memory()
    heap.trim()
    reached, generation = engine.generation, catalog.generation
    if must_rebuild(catalog, engine):
        engine.rebuild(catalog.all_documents(), generation)
    elif reached < generation:
        # What is added meanwhile has a later generation, and is indexed again.
        engine.update(catalog.changed_since(reached), catalog.removed_since(reached), generation)


def rebuild(catalog: Catalog, engine: Engine, processes: int = 1) -> None:
    """Write all that is derived from the catalog anew, in so many processes if it pays."""
    engine.rebuild(catalog.all_documents(), catalog.generation)
    engine.merge()
    suggest.rebuild(catalog, processes)


def complete(catalog: Catalog, engine: Engine, processes: int = 1) -> None:
    """Do what must not hold up an addition: fewer segments, suggestions, clusters of reprints.

    An interruption is gone on from with the next call.  ``processes`` share the
    work once there is enough to do.
    """
    merge(catalog, engine)
    suggest.follow(catalog, processes)
    join_reprints(catalog, engine, processes)


def merge(catalog: Catalog, engine: Engine) -> None:
    """Let the index have few segments; it is written anew when one is not what was written."""
    try:
        engine.merge()
    except Damaged:  # what was merged would have sound checksums, whatever it holds
        engine.rebuild(catalog.all_documents(), catalog.generation)


def join_reprints(catalog: Catalog, engine: Engine, processes: int = 1) -> None:
    """Cluster the documents that were not compared yet; an interruption is gone on from.

    ``processes`` share the work once there is enough to do.
    """
    from indexer import reprints  # it takes numpy along, which a search does without

    if reprints.update(catalog, processes=processes).moved:
        catch_up(catalog, engine, processes)


def _batches(
    rows: Iterable[PageRow | Refusal], catalog: Catalog
) -> Iterator[tuple[list[PageRow], list[Refusal]]]:
    pages: list[PageRow] = []
    refusals: list[Refusal] = []
    size, most = 0, _batch_pages(catalog)
    for each in rows:
        if isinstance(each, Refusal):
            refusals.append(each)
        else:
            pages.append(each)
            size += len(each.raw)
        if len(pages) + len(refusals) >= most or size >= _BATCH_BYTES:
            yield pages, refusals
            pages, refusals, size = [], [], 0
            most = _batch_pages(catalog)
    if pages or refusals:
        yield pages, refusals


def _batch_pages(catalog: Catalog) -> int:
    return max(_BATCH_PAGES, min(_MOST_PAGES, catalog.page_count // _PART))


def _write_down(refusals: Sequence[Refusal], file: Path) -> None:
    if not refusals:
        return
    now = datetime.now().isoformat(timespec="seconds")
    lines = [
        {
            "name": refusal.name,
            "position": refusal.position,
            "reason": str(refusal.message),
            "time": now,
        }
        for refusal in refusals
    ]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    with file.open("a+b") as stream:
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":  # the line that was being written when a process died
                text = "\n" + text
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())
