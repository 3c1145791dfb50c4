"""Reading pages together: each with what the others tell of its newsflashes."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from indexer.catalog import Catalog
from indexer.documents import Document, Page
from indexer.identity import page_key
from indexer.pages import Reading, read
from indexer.reading import Read, read_pages
from indexer.sources import Refusal

_BATCH: Final = 500


def read_together(
    inputs: Iterable[Page | Refusal], processes: int = 1
) -> Iterator[tuple[Page, Sequence[Document]] | Refusal]:
    """The pages with their documents, in order; what cannot be read becomes a refusal.

    From the first page on that has newsflashes, pages wait in temporary files
    until all are read, for the last may tell something of the first; those
    before it come at once, as all records do.  Refusals never wait.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "readings"
        with Catalog.open(Path(folder) / "pages.db") as catalog, file.open("w+b") as waiting:
            batch: list[Read] = []
            for each in read_pages(inputs, processes):
                if isinstance(each, Refusal):
                    yield each
                    continue
                page, reading = each
                if not (reading.tails or waiting.tell()):
                    yield page, reading.documents
                    continue
                pickle.dump(each, waiting)
                if reading.tails:
                    batch.append(each)
                if len(batch) == _BATCH:
                    _keep(batch, catalog)
                    batch = []
            _keep(batch, catalog)
            yield from _read_again(waiting, catalog)


def _keep(batch: Sequence[Read], catalog: Catalog) -> None:
    """Keep in a catalog what the pages tell of each other; their documents are not needed."""
    if batch:
        tails = {page: reading.tails for page, reading in batch}
        catalog.add([(page, ()) for page in tails], tails=tails)


def _read_again(waiting: IO[bytes], catalog: Catalog) -> Iterator[tuple[Page, Sequence[Document]]]:
    end = waiting.tell()
    waiting.seek(0)
    witnesses = catalog.witnesses()
    while waiting.tell() < end:
        each: Any = pickle.load(waiting)
        page: Page = each[0]
        reading: Reading = each[1]
        evidence = witnesses.evidence_for(page_key(page.content)) if reading.tails else None
        if evidence:
            reading = read(page, evidence)
        yield page, reading.documents
