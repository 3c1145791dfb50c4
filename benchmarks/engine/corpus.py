"""What one size of the benchmark works on: a folder with made-up records and all made of them.

The other engines are given what our catalog holds, and the words that our
analysis finds in each body, so that all answer about the same documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.newsflashes import newsflashes, vocabulary
from indexer.analysis import fold
from indexer.analysis.bulk import Vocabulary
from indexer.catalog import Catalog
from indexer.documents import StoredDocument
from indexer.engine.whoosh import WhooshEngine

Array = NDArray[Any]
SEED: Final = 1
_CHUNK: Final = 20_000


class Corpus(NamedTuple):
    """A folder with ``size`` newsflashes."""

    folder: Path
    size: int

    @property
    def records(self) -> Path:
        """The newsflashes as JSON lines."""
        return self.folder / "newsflashes.jsonl"

    @property
    def data(self) -> Path:
        """The data folder that ``run.py add`` fills."""
        return self.folder / "data"

    @property
    def bodies(self) -> Path:
        """The folded bodies, one a line, in the catalog's order, as everything below."""
        return self.folder / "bodies.txt"

    @property
    def tokens(self) -> Path:
        """The words of each body, one document a line."""
        return self.folder / "tokens.txt"

    @property
    def kept(self) -> Path:
        """The figures of this size."""
        return self.folder / "figures.json"

    def generate(self) -> None:
        """Write the records, unless they are there."""
        if self.records.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.records.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as file:
            for record in newsflashes(self.size, vocabulary(), SEED):
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        draft.rename(self.records)

    def documents(self) -> Iterator[StoredDocument]:
        """All documents of the catalog."""
        with Catalog.open(self.data / "catalog.db", create=False) as catalog:
            yield from catalog.all_documents()

    def engine(self) -> WhooshEngine:
        """The index that ``run.py add`` made.  Raises SystemExit when it cannot be used now."""
        with Catalog.open(self.data / "catalog.db", create=False) as catalog:
            engine = WhooshEngine(self.data / "whoosh", catalog.uuid)
        if engine.document_count != self.size:
            raise SystemExit(
                f"{self.data} holds no usable index of {self.size} documents: remove the folder"
            )
        return engine

    def source_bytes(self) -> int:
        """How long all titles and bodies are, in UTF-8."""
        return sum(
            len(each.document.title.encode()) + len(each.document.body.encode())
            for each in self.documents()
        )

    def columns(self) -> Columns:
        """What is known of the documents beside their bodies."""
        stored = np.load(self.folder / "columns.npz")
        names = json.loads((self.folder / "cities.json").read_text("utf-8"))
        return Columns(**{each: stored[each] for each in stored.files}, city_names=names)

    def analyse(self) -> None:
        """Write bodies, tokens and columns from the catalog, unless they are there."""
        if (self.folder / "columns.npz").exists():
            return
        vocabulary = Vocabulary()
        days, months, counts, cities = [], [], [], []
        names: dict[str, int] = {}
        documents = self.documents()
        with (
            self.bodies.open("w", encoding="utf-8") as bodies,
            self.tokens.open("w", encoding="utf-8") as tokens,
        ):
            while chunk := [each.document for each in islice(documents, _CHUNK)]:
                folded = [fold(each.body) for each in chunk]
                assert not any("\n" in each for each in folded)
                bodies.writelines(f"{each}\n" for each in folded)
                tokens.writelines(f"{each}\n" for each in _joined_words(folded, vocabulary))
                for each in chunk:
                    assert each.published
                    day = date.fromisoformat(each.published.value[:10])
                    days.append(day.toordinal())
                    months.append(month_number(day))
                    counts.append(len(each.cities))
                    cities += [names.setdefault(city, len(names)) for city in each.cities]
        (self.folder / "cities.json").write_text(json.dumps(list(names)), "utf-8")
        np.savez(
            self.folder / "columns.npz",
            days=np.array(days),
            months=np.array(months),
            city_starts=np.cumsum([0, *counts]),
            cities=np.array(cities, np.int64),
        )


class Columns(NamedTuple):
    """For each document its day (ordinal), month and cities; those of document n stand in
    ``cities[city_starts[n]:city_starts[n + 1]]``, by their number in ``city_names``."""

    days: Array
    months: Array
    city_starts: Array
    cities: Array
    city_names: list[str]

    def rows(self) -> Iterator[tuple[int, int, list[int]]]:
        """Day, month and cities, document by document."""
        starts, cities = self.city_starts.tolist(), self.cities.tolist()
        for at, (day, month) in enumerate(
            zip(self.days.tolist(), self.months.tolist(), strict=True)
        ):
            yield day, month, cities[starts[at] : starts[at + 1]]


def month_number(day: date) -> int:
    """A month as one number."""
    return day.year * 12 + day.month - 1


def month_name(number: int) -> str:
    """The month as the date facet shows it."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _joined_words(folded: list[str], vocabulary: Vocabulary) -> list[str]:
    """The words of each text in their order, a longer one before its pieces, joined by spaces."""
    numbers, texts, offsets = vocabulary.occurrences(folded)
    words = vocabulary.words
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    order = np.lexsort([-lengths[numbers], offsets, texts])
    found = [words[number] for number in numbers[order].tolist()]
    ends = np.cumsum(np.bincount(texts, minlength=len(folded))).tolist()
    return [" ".join(found[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
