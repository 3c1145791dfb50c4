"""The fields of the query language and the values that they take."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final, Literal
from unicodedata import normalize

from indexer.analysis import aliases, fold
from indexer.days import days_of
from indexer.documents import Kind
from indexer.engine.tree import Dates, TextField, ValueField
from indexer.i18n import N_

Field = TextField | ValueField | Literal["date"]

FIELDS: Final[dict[str, Field]] = {
    "title": "title",
    "标题": "title",
    "標題": "title",
    "body": "body",
    "正文": "body",
    "city": "city",
    "城市": "city",
    "kind": "kind",
    "类型": "kind",
    "類型": "kind",
    "category": "category",
    "栏目": "category",
    "欄目": "category",
    "author": "author",
    "作者": "author",
    "source": "source",
    "来源": "source",
    "來源": "source",
    "tag": "tag",
    "标签": "tag",
    "標籤": "tag",
    "date": "date",
    "日期": "date",
}

FIELD_NAMES: Final = N_("标题、正文、城市、类型、栏目、作者、来源、标签、日期")

_NAMES_ELSEWHERE: Final = Path(__file__).with_name("names_elsewhere.txt")
_latin_name: Final = re.compile("[a-z][a-z_]+")

KINDS: Final[dict[str, Kind]] = {
    "article": "article",
    "文章": "article",
    "newsflash": "newsflash",
    "快讯": "newsflash",
}

_DAY: Final = timedelta(days=1)
_comparison: Final = re.compile(r"([<>]=?)(.+)")


def is_meant_as_field(name: str, colon: str, value: str) -> bool:
    """Whether ``name`` and the colon before ``value``, as typed, look like a field that is none.

    A heading with a colon is no field (央行：…, Uniswap：…), nor is a time, a
    ratio, an address or a known name (btc:usdt).  A field's name that other
    tools have is one behind any colon; else it is a word in small letters with
    a half-width colon.
    """
    if fold(name) in _names_elsewhere():
        return True
    is_name = _latin_name.fullmatch(name) and not aliases(name)
    return bool(is_name and colon == ":" and value and not value.startswith("//"))


@cache
def _names_elsewhere() -> frozenset[str]:
    lines = _NAMES_ELSEWHERE.read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line and not line.startswith("#"))


def date_value(text: str) -> Dates | None:
    """The days that ``2020-05``, ``2020-05..2020-06``, ``>=2021`` or ``<2019-06`` names.

    None when it is no such date or the range runs backwards.
    """
    text = re.sub(r"\s", "", normalize("NFKC", text)).replace("≥", ">=").replace("≤", "<=")
    text = re.sub(r"\.{3,}", "..", text)  # … is one key of an input method
    comparison = _comparison.fullmatch(text)
    if comparison:
        return _compared(comparison[1], comparison[2])
    first, dots, last = text.partition("..")
    if not dots:
        days = days_of(text)
        return Dates(*days) if days else None
    start = days_of(first) if first else None
    end = days_of(last) if last else None
    if (first and not start) or (last and not end) or not (start or end):
        return None
    if start and end and start[0] > end[1]:
        return None
    return Dates(start[0] if start else None, end[1] if end else None)


def _compared(operator: str, text: str) -> Dates | None:
    days = days_of(text)
    if days is None:
        return None
    first, last = days
    try:
        if operator.startswith(">"):
            return Dates(first if operator == ">=" else last + _DAY, None)
        return Dates(None, last if operator == "<=" else first - _DAY)
    except OverflowError:  # before the first or after the last day of the calendar
        return None
