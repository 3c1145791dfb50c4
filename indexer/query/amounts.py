"""Numbers with the units behind them, as a query means them: 12万美元, 2月8日, 第100期."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Final

from indexer.analysis import HAN, Token, cut
from indexer.engine.tree import Characters, Node, Or, TextField

_UNITS: Final = Path(__file__).with_name("units.txt")
_ORDINAL: Final = "第"
# What says how an amount is meant, and is no part of it: 约12万美元, 融资超1亿元.
HEDGES: Final = frozenset("约近逾超达共仅")

_number: Final = re.compile(r"\d[\d,.]*")
_amount: Final = re.compile(rf"[{_ORDINAL}{''.join(HEDGES)}]?(?:{_number.pattern}[{HAN}]+)+")
_part: Final = re.compile(rf"({_number.pattern})([{HAN}]+)")
_han: Final = re.compile(f"[{HAN}]+")
_border: Final = re.compile(rf"(?<=\d)(?=[{HAN}])|(?<=[{HAN}])(?=\d)")


def with_amounts(runs: Iterable[Token], left_out: frozenset[str]) -> list[Token]:
    """The runs of a folded chunk, those that are a number and its unit made one.

    A unit is made of what ``units.txt`` has, or is any lone character that is none
    of ``left_out``.  What follows the unit is a run of its own.  A hedge before the
    number (约) stays with it.
    """
    done: list[Token] = []
    for run in runs:
        if not (done and done[-1].end == run.start and _number.fullmatch(done[-1].text)):
            done.append(run)
            continue
        border = run.start + _unit_length(run.text, left_out)
        unit, rest = run.text[: border - run.start], run.text[border - run.start :]
        if unit:
            number = done.pop()
            amount = Token(number.text + unit, number.start, border)
            done += _after(done.pop(), amount) if done else [amount]
        if rest:
            done.append(Token(rest, border, run.end))
    return done


def is_amount(text: str) -> bool:
    """Whether a run is a number with its unit."""
    return bool(_amount.fullmatch(text))


def amount_node(text: str, field: TextField | None) -> Node:
    """What finds the amount, also with spaces at its borders: 12 万美元, but not 112万美元."""
    forms = dict.fromkeys((text, _border.sub(" ", text)))
    # behind 第 no digit can stand before the number
    is_number = not text.startswith(_ORDINAL)
    return Or(tuple(Characters(form, field, is_number) for form in forms))


def amount_parts(text: str) -> list[str]:
    """The amounts that make up one (2月, 8日), or the number and the unit where it is one."""
    parts = [match.group() for match in _part.finditer(text)]
    if len(parts) > 1:
        return parts
    only = _part.search(text)
    assert only, "an amount has a number and a unit"
    return [part for part in only.groups() if part[0].isdigit() or len(part) > 1]


def _after(before: Token, amount: Token) -> list[Token]:
    """The amount behind another run, with what of that belongs to it: 2月|8日, 第|3季度, 约|3亿."""
    if before.end == amount.start:
        if is_amount(before.text):
            return [Token(before.text + amount.text, before.start, amount.end)]
        lead = cut(before.text)[-1] if _han.fullmatch(before.text) else ""
        if lead == _ORDINAL or lead in HEDGES:
            whole = Token(lead + amount.text, amount.start - 1, amount.end)
            rest = before.text[:-1]
            return [Token(rest, before.start, before.end - 1), whole] if rest else [whole]
    return [before, amount]


def _unit_length(run: str, left_out: frozenset[str]) -> int:
    parts = cut(run)
    units = list(takewhile(_units().fullmatch, parts))
    if not units and [len(part) > 1 for part in parts[:2]] in ([False], [False, True]):
        units = [part for part in parts[:1] if part not in left_out]
    return sum(map(len, units))


@cache
def _units() -> re.Pattern[str]:
    lines = _UNITS.read_text(encoding="utf-8").split("\n")
    units = [line for line in lines if line and not line.startswith("#")]
    return re.compile(f"(?:{'|'.join(sorted(units, key=len, reverse=True))})+")
