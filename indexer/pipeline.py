"""From inputs to a searchable archive: sources, pages, catalog, then the index.

Every step may be cut off at any moment.  A batch of pages is acknowledged
once the catalog's transaction is durable; the index follows from the catalog,
and whatever it lacks the next command adds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from indexer.catalog import AddCounts, Catalog
from indexer.documents import Document, Page
from indexer.engine import Engine
from indexer.errors import Refused
from indexer.i18n import N_, Message
from indexer.pages import READER_VERSION, read_page
from indexer.sources import Refusal

_BATCH_PAGES: Final = 500
_BATCH_CHARACTERS: Final = 4 * 1024 * 1024

Read = tuple[Page, Sequence[Document]]


@dataclass(frozen=True, slots=True)
class Report:
    """What an addition did; ``refused`` counts inputs and lines of inputs."""

    counts: AddCounts = field(default_factory=AddCounts)
    refused: int = 0


def read_pages(inputs: Iterable[Page | Refusal]) -> Iterator[Read | Refusal]:
    """The pages with their documents; what cannot be read becomes a refusal."""
    for page in inputs:
        if isinstance(page, Refusal):
            yield page
            continue
        try:
            documents = read_page(page)
        except Refused as refused:
            yield Refusal(page.name, refused.message)
            continue
        if documents:
            yield page, documents
        else:
            yield Refusal(
                page.name, Message(N_("%(name)s 里没有文章，也没有快讯。"), {"name": page.name})
            )


def add(
    inputs: Iterable[Page | Refusal],
    catalog: Catalog,
    engine: Engine,
    refused_file: Path,
    progress: Callable[[int], None],
    refused: Callable[[Refusal], None],
) -> Report:
    """Add what the inputs hold and bring the index up to date.

    ``progress`` hears how many inputs were acknowledged; every refusal is
    appended to ``refused_file`` as a JSON line and handed to ``refused``.
    """
    catch_up(catalog, engine)
    report = Report()
    for pages, refusals in _batches(read_pages(inputs)):
        counts = catalog.add(pages, reader=str(READER_VERSION)) if pages else AddCounts()
        _write_down(refusals, refused_file)
        for refusal in refusals:
            refused(refusal)
        report = Report(report.counts + counts, report.refused + len(refusals))
        progress(len(pages) + len(refusals))
    catch_up(catalog, engine)
    return report


def is_behind(catalog: Catalog, engine: Engine) -> bool:
    """Whether the index lacks something that the catalog has, or is of a later state than it."""
    return engine.generation != catalog.generation


def catch_up(catalog: Catalog, engine: Engine) -> None:
    """Bring the index to the catalog's generation; nothing is written when it is there.

    An index ahead of its catalog means that a backup of the catalog was put
    back; it is written anew, as is one that cannot be used.
    """
    reached, generation = engine.generation, catalog.generation
    if 0 <= reached < generation:
        # What is added meanwhile has a later generation, and is indexed again.
        engine.update(catalog.changed_since(reached), catalog.removed_since(reached), generation)
    elif reached != generation:
        engine.rebuild(catalog.all_documents(), generation)


def _batches(read: Iterable[Read | Refusal]) -> Iterator[tuple[list[Read], list[Refusal]]]:
    pages: list[Read] = []
    refusals: list[Refusal] = []
    characters = 0
    for each in read:
        if isinstance(each, Refusal):
            refusals.append(each)
        else:
            pages.append(each)
            characters += len(each[0].content)
        if len(pages) + len(refusals) >= _BATCH_PAGES or characters >= _BATCH_CHARACTERS:
            yield pages, refusals
            pages, refusals, characters = [], [], 0
    if pages or refusals:
        yield pages, refusals


def _write_down(refusals: Sequence[Refusal], file: Path) -> None:
    if not refusals:
        return
    now = datetime.now().isoformat(timespec="seconds")
    with file.open("a", encoding="utf-8") as stream:
        for refusal in refusals:
            line = {
                "name": refusal.name,
                "position": refusal.position,
                "reason": str(refusal.message),
                "time": now,
            }
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
