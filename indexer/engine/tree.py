"""The query tree: what a researcher's text asks for, for any engine.

Texts in it are folded.  ``field`` None means the title or the body.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

TextField = Literal["title", "body"]
ValueField = Literal["city", "kind", "category", "author", "source", "site", "tag"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the lexicon, matched as a word: a longer word does not hold it."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Characters:
    """These characters in a row, whatever the words.

    With ``is_number`` they begin with a number that goes on behind no other
    digit: 12万, but not in 112万 or 1,112万.
    """

    text: str
    field: TextField | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that start with these characters."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """All texts within ``distance`` characters of one another, in any order."""

    texts: tuple[str, ...]
    distance: int
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """Documents of which one value of ``field`` is ``text``."""

    field: ValueField
    text: str


@dataclass(frozen=True, slots=True)
class Dates:
    """Documents whose date may lie from ``first`` to ``last``, both included.

    None leaves that side open.
    """

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class And:
    """Documents that match every node."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Documents that match one node or more."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Documents that do not match the node."""

    node: Node


@dataclass(frozen=True, slots=True)
class Everything:
    """All documents."""


Node = Word | Characters | Prefix | Near | Value | Dates | And | Or | Not | Everything
