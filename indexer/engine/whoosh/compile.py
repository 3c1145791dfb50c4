"""From the query tree to a Whoosh query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from whoosh import query as wq

from indexer.analysis import END, bigrams, fold
from indexer.engine import tree
from indexer.engine.whoosh.queries import (
    InARow,
    NearOneAnother,
    OneCharacter,
    PlacesQuery,
    RowsWhere,
)
from indexer.engine.whoosh.schema import CHARACTERS, WORDS, Row

BOOSTS: Final[dict[tree.TextField, float]] = {"title": 2.0, "body": 1.0}
RowsOf = Callable[[Any], Sequence[Row]]


def compiled(node: tree.Node, rows_of: RowsOf) -> wq.Query:
    """The Whoosh query for a tree; ``rows_of`` gives the rows of a segment's reader."""
    match node:
        case tree.Word(text, field):
            return _in_fields(field, lambda name: wq.Term(WORDS[name], text, BOOSTS[name]))
        case tree.Characters(text) if END in text:
            return wq.NullQuery  # it stands in no text: the mark is the index's own
        case tree.Characters(text, field):
            return _in_fields(field, lambda name: _characters(name, text))
        case tree.Prefix(text, field):
            return _in_fields(field, lambda name: wq.Prefix(WORDS[name], text, BOOSTS[name]))
        case tree.Near(texts, distance, field):
            return _in_fields(field, lambda name: _near(name, texts, distance))
        case tree.Value() | tree.Dates():
            return RowsWhere(rows_of, test_of(node))
        case tree.And(nodes):
            return wq.And([compiled(each, rows_of) for each in nodes])
        case tree.Or(nodes):
            return wq.Or([compiled(each, rows_of) for each in nodes])
        case tree.Not(inner):
            # Whoosh's Not finds deleted documents again
            return wq.AndNot(_everything(rows_of), compiled(inner, rows_of))
        case tree.Everything():
            return _everything(rows_of)


def test_of(node: tree.Value | tree.Dates) -> Callable[[Row], bool]:
    """Whether a row has the value (folded alike), or may lie within the dates."""
    if isinstance(node, tree.Value):
        field, wanted = node.field, fold(node.text)

        @cache
        def has(values: tuple[str, ...]) -> bool:
            return any(fold(value) == wanted for value in values)

        return lambda row: has(getattr(row.values, field))
    first = node.first.toordinal() if node.first else 1
    last = node.last.toordinal() if node.last else 10**9
    # an undated row has 0 for both and never passes
    return lambda row: row.last_day >= first and row.first_day <= last


def _everything(rows_of: RowsOf) -> RowsWhere:
    return RowsWhere(rows_of, lambda row: True)


def _in_fields(
    field: tree.TextField | None, query: Callable[[tree.TextField], wq.Query]
) -> wq.Query:
    return query(field) if field else wq.Or([query(name) for name in BOOSTS])


def _characters(name: tree.TextField, text: str) -> PlacesQuery:
    """As few bigrams as cover the text."""
    if len(text) == 1:
        return OneCharacter(CHARACTERS[name], text, BOOSTS[name])
    last = len(text) - 2
    terms = [
        (bigram, offset)
        for bigram, offset in bigrams(text)
        if not bigram.endswith(END) and (offset % 2 == 0 or offset == last)
    ]
    return InARow(CHARACTERS[name], terms, BOOSTS[name])


def _near(name: tree.TextField, texts: Sequence[str], distance: int) -> PlacesQuery:
    parts = [(_characters(name, text), len(text)) for text in texts]
    return NearOneAnother(parts, distance, BOOSTS[name])
