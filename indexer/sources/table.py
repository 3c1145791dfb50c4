"""Records in tables: comma- or tab-separated values whose first row names the columns.

CSV is RFC 4180's; Excel writes GB18030 with commas, or UTF-16 with tabs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO, Final

from indexer.documents import BODY_FIELDS, Page
from indexer.i18n import N_, Message
from indexer.sources._decoding import text_lines
from indexer.sources._records import record_page
from indexer.sources._refusal import MAX_PAGE_BYTES, Refusal, empty, too_long

_SEPARATORS: Final = ",\t;"
_NO_HEADER: Final = N_(
    "%(name)s 的第一行不是列名；请在第一行写上各列的名字，正文一列叫 body、text 或 content。"
)
_TOO_MANY: Final = N_("%(name)s 有 %(found)s 列，列名只有 %(expected)s 个；请检查引号和分隔符。")
_BROKEN: Final = N_("%(name)s 起的一行不是完整的表格行，引号可能没有成对。")


def read_table(name: str, stream: BinaryIO) -> Iterator[Page | Refusal]:
    """The rows of the table, named ``name:12`` by the line on which they start.

    A row that cannot be read is refused and the others go on; without a row
    of names the file is refused.
    """
    lines = text_lines(name, stream)
    header = next(lines, "")
    if not header.strip():
        yield empty(name)
        return
    separator = separator_of(header)
    if separator is None:
        yield Refusal(name, Message(_NO_HEADER, {"name": name}), "1:1")
        return
    names = _names(header, separator)
    csv.field_size_limit(MAX_PAGE_BYTES)
    whole = _Lines(lines)
    rows = csv.reader(whole, delimiter=separator, strict=True)
    start = 2
    while True:
        row_name = f"{name}:{start}"
        whole.left = MAX_PAGE_BYTES
        try:
            row = next(rows)
        except _TooLong:
            yield too_long(row_name)
            return
        except StopIteration:
            return
        except csv.Error:
            yield Refusal(row_name, Message(_BROKEN, {"name": row_name}), f"{start}:1")
            row = []
        if len(row) > len(names) and any(row[len(names) :]):
            facts = {"name": row_name, "found": len(row), "expected": len(names)}
            yield Refusal(row_name, Message(_TOO_MANY, facts), f"{start}:1")
        elif any(field.strip() for field in row):
            yield record_page(row_name, dict(zip(names, row, strict=False)))
        start = rows.line_num + 2


class _TooLong(Exception):
    """Raised where a row does not end."""


class _Lines:
    """Lines, of which only so many characters are given until there are more ``left``."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.left = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.left -= len(line)
        if self.left < 0:
            raise _TooLong
        return line


def separator_of(header: str) -> str | None:
    """What separates the names of the columns; None where the line holds no such names."""
    return next(
        (s for s in _SEPARATORS if not set(BODY_FIELDS).isdisjoint(_names(header, s))), None
    )


def _names(header: str, separator: str) -> list[str]:
    return [name.strip(' "\r\n\ufeff').lower() for name in header.split(separator)]
