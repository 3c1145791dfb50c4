"""Exports: what a program that opens them makes of a cell."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from indexer.documents import Document, StoredDocument
from indexer.export.streams import EXPORTS, harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5%", "@SUM(A1)", "\t=1", " =1", "\n=1", "＝1", "－5", "＠a"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    stored = StoredDocument("a" * 13, Document("newsflash", text, "正文"), "a" * 13, (), 1)
    table = "".join(EXPORTS["csv"].pieces([stored], "https://b.example", date(2026, 11, 25)))
    head, row = csv.reader(io.StringIO(table.removeprefix("\ufeff")))
    assert dict(zip(head, row, strict=True))["title"] == f"'{text}"


@pytest.mark.parametrize("value", ["比特币", "5%", "a=b", 3, None])
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert harmless(value) == value
