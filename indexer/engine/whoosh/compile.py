"""From the query tree to the Whoosh query that finds what matches."""

from __future__ import annotations

from collections.abc import Callable

from whoosh import query as wq

from indexer.analysis import fold
from indexer.engine import tree
from indexer.engine.whoosh.queries import HasValue, InARow, NearOneAnother, WithinDates
from indexer.engine.whoosh.segment import CHARACTERS, WORDS


def compiled(node: tree.Node) -> wq.Query:
    """The Whoosh query for a tree."""
    match node:
        case tree.Word(text, field):
            return _in_fields(field, lambda name: wq.Term(WORDS[name], text))
        case tree.Characters(text, field, is_number):
            return _in_fields(field, lambda name: InARow(CHARACTERS[name], text, is_number))
        case tree.Prefix(text, field):
            return _in_fields(field, lambda name: wq.Prefix(WORDS[name], text))
        case tree.Near(texts, distance, field):
            return _in_fields(field, lambda name: NearOneAnother(CHARACTERS[name], texts, distance))
        case tree.Value(field, text):
            return HasValue(field, fold(text))
        case tree.Dates():
            return WithinDates(node)
        case tree.And(nodes):
            return wq.And([compiled(each) for each in nodes])
        case tree.Or(nodes):
            return wq.Or([compiled(each) for each in nodes])
        case tree.Not(inner):
            return wq.Not(compiled(inner))
        case tree.Everything():
            return wq.Every()


def _in_fields(
    field: tree.TextField | None, query: Callable[[tree.TextField], wq.Query]
) -> wq.Query:
    return query(field) if field else wq.Or([query(name) for name in WORDS])
