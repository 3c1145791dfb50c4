"""Documents as one file, a piece at a time: every hit of a search, or what was collected."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple, Protocol

from indexer.documents import StoredDocument
from indexer.export import markdown
from indexer.export.citations import bibtex, csl, gbt7714, ris
from indexer.export.citations.facts import Cited, cited
from indexer.export.records import record, stored_line

_COLUMNS: Final = (
    "id", "kind", "title", "published", "precision", "date_origin", "cities", "category",
    "author", "source", "site", "tags", "appearances", "url", "permalink", "body",
)  # fmt: skip
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
MARK: Final = "\ufeff"
"""What a file of UTF-8 begins with, for else a spreadsheet does not take it for one."""

Found = Iterable[StoredDocument]
Notes = Mapping[str, str]
"""What the reader wrote beside some of the documents, by their ids."""

_NO_NOTES: Final[Notes] = {}


class Pieces(Protocol):
    """Writes a file of documents, with the notes where the form has a place for them.

    ``base_url`` is the address that permalinks start with, ``accessed`` the day of the citations.
    """

    def __call__(
        self, found: Found, base_url: str, accessed: date, notes: Notes = _NO_NOTES
    ) -> Iterator[str]:
        """The pieces of the file, in order."""
        ...


class Export(NamedTuple):
    """One kind of file: its media type, the end of its name, and what writes its pieces."""

    mimetype: str
    suffix: str
    pieces: Pieces


def _jsonl(found: Found, base_url: str, accessed: date, notes: Notes = _NO_NOTES) -> Iterator[str]:
    return (stored_line(each) + "\n" for each in found)


def _markdown(
    found: Found, base_url: str, accessed: date, notes: Notes = _NO_NOTES
) -> Iterator[str]:
    return (entry + "\n" for entry in markdown.entries(found, base_url))


def _of(write: Callable[[Cited], str], end: str) -> Pieces:
    def pieces(
        found: Found, base_url: str, accessed: date, notes: Notes = _NO_NOTES
    ) -> Iterator[str]:
        return (
            write(cited(each, base_url, accessed, notes.get(each.id, ""))) + end for each in found
        )

    return pieces


def _csl(found: Found, base_url: str, accessed: date, notes: Notes = _NO_NOTES) -> Iterator[str]:
    before = "[\n"
    for each in found:
        item = csl.item(cited(each, base_url, accessed, notes.get(each.id, "")))
        yield before + json.dumps(item, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _csv(found: Found, base_url: str, accessed: date, notes: Notes = _NO_NOTES) -> Iterator[str]:
    columns = (*_COLUMNS, "note") if notes else _COLUMNS
    yield MARK + _row(columns)
    for each in found:
        values = {
            **record(each.id, each.document),
            "cities": " ".join(each.document.cities),
            "tags": " ".join(each.document.tags),
            "appearances": each.appearances,
            "permalink": markdown.document_url(base_url, each.id),
            "note": notes.get(each.id, ""),
        }
        yield _row([harmless(values[name]) for name in columns])


def _row(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(values)
    return line.getvalue()


def harmless(value: object) -> object:
    """The value of a cell, not to be taken for a formula."""
    # Some leave out the blanks before it.
    is_formula = isinstance(value, str) and value.lstrip(" \n").startswith(_FORMULA)
    return f"'{value}" if is_formula else value


EXPORTS: Final[dict[str, Export]] = {
    "md": Export("text/markdown", "md", _markdown),
    "bib": Export("application/x-bibtex", "bib", _of(bibtex.entry, "\n\n")),
    "ris": Export("application/x-research-info-systems", "ris", _of(ris.record, "\n\n")),
    "csl": Export("application/vnd.citationstyles.csl+json", "csl.json", _csl),
    "csv": Export("text/csv", "csv", _csv),
    "jsonl": Export("application/x-ndjson", "jsonl", _jsonl),
    "gbt7714": Export("text/plain", "txt", _of(gbt7714.edition_2025, "\n")),
}
"""The kinds of file by name."""
