"""From the query tree to the query of OpenSearch that finds what matches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import permutations
from math import factorial
from string import digits
from typing import Any, Final

from indexer.analysis import END, fold
from indexer.engine import tree
from indexer.engine.opensearch.mapping import FIRST, PAIRS, TITLE_AND_BODY, WORDS
from indexer.engine.opensearch.tokens import LONGEST, pair_tokens, safe, value_token, word_token
from indexer.errors import TooCostly
from indexer.i18n import N_

Query = dict[str, Any]

# Ids that were given up have no such field.
EVERYTHING: Final[Query] = {"exists": {"field": "id"}}
NOTHING: Final[Query] = {"match_none": {}}

MOST_LEAVES: Final = 1000
"""How many terms and the like a query may have in all: OpenSearch's own limit is 1,024."""

_MOST_GAPS: Final = 1 << 30
_SIGNS: Final = ",."
_TOO_MANY: Final = N_(
    "这个检索对 OpenSearch 来说太长：拆开后超过 %(count)s 项。"
    "请减少词数；限定距离的检索（~）要减得更多，长的引文请加引号。"
)


def compiled(node: tree.Node) -> Query:
    """The query for a tree.  Raises TooCostly when OpenSearch would not take it."""
    query = _compiled(node)
    if leaf_count(query) > MOST_LEAVES:
        raise TooCostly(_TOO_MANY, count=MOST_LEAVES)
    return query


def leaf_count(query: Any) -> int:
    """How many leaves Lucene counts in a query, or in several: each token of an interval is one."""
    if isinstance(query, list):
        return sum(map(leaf_count, query))
    if not isinstance(query, dict):
        return 0
    if "intervals" in query:
        return _tokens(query)
    inner = [each for name in ("bool", "dis_max") if name in query for each in query[name].values()]
    return leaf_count(inner) if inner else int(bool(query))


def _tokens(rule: Any) -> int:
    if isinstance(rule, list):
        return sum(map(_tokens, rule))
    if not isinstance(rule, dict):
        return 0
    own = len(rule["query"].split(" ")) if "query" in rule else 0
    return own + sum(map(_tokens, rule.values()))


def _compiled(node: tree.Node) -> Query:
    match node:
        case tree.Word(text, field):
            return _in_fields(field, lambda name: _term(WORDS[name], word_token(text)))
        case tree.Characters(text, field, is_number):
            return _in_fields(field, lambda name: characters(text, name, is_number))
        case tree.Prefix(text, field):
            return _in_fields(field, lambda name: _prefix(text, name))
        case tree.Near(texts, distance, field):
            return _in_fields(field, lambda name: _near(texts, distance, name))
        case tree.Value(field, text):
            return _term(f"folded.{field}", value_token(fold(text)))
        case tree.Dates():
            return within(node)
        case tree.And(nodes):
            return all_of(map(_compiled, nodes))
        case tree.Or(nodes):
            return any_of(map(_compiled, nodes))
        case tree.Not(inner):
            return {"bool": {"filter": [EVERYTHING], "must_not": [_compiled(inner)]}}
        case tree.Everything():
            return EVERYTHING


def all_of(queries: Iterable[Query]) -> Query:
    """What every one of the queries finds, without scores."""
    return {"bool": {"filter": [*queries]}}


def any_of(queries: Iterable[Query]) -> Query:
    """What one of the queries finds, or several."""
    return {"bool": {"should": [*queries], "minimum_should_match": 1}}


def within(dates: tree.Dates) -> Query:
    """Documents whose date may lie within these days."""
    found = [has("first")]
    if dates.last:
        found.append({"range": {"first": {"lte": dates.last.isoformat()}}})
    if dates.first:
        found.append({"range": {"last": {"gte": dates.first.isoformat()}}})
    return all_of(found)


def has(field: str) -> Query:
    """Documents that have a value in the field."""
    return {"exists": {"field": field}}


def characters(text: str, name: tree.TextField, is_number: bool = False) -> Query:
    """Documents in which the characters stand in a row; see tree.Characters."""
    if END in text:
        return NOTHING
    if is_number:
        return {"intervals": {_field(text, name): _not_going_on(text)}}
    if len(text) == 1:
        return _term(FIRST[name], safe(text))
    return {"match_phrase": {PAIRS[name]: " ".join(_pairs(text))}}


def _in_fields(field: tree.TextField | None, query: Callable[[tree.TextField], Query]) -> Query:
    return query(field) if field else any_of(map(query, TITLE_AND_BODY))


def _term(field: str, token: str) -> Query:
    return {"term": {field: token}}


def _pairs(text: str) -> list[str]:
    """The bigrams within the text."""
    return pair_tokens(text)[:-1]


def _prefix(text: str, name: tree.TextField) -> Query:
    token = safe(text)
    query = {"prefix": {WORDS[name]: token[:LONGEST]}}
    return query if len(token) <= LONGEST else all_of([query, characters(text, name)])


# Intervals.  Each of these is a rule; positions are characters.


def _field(text: str, name: tree.TextField) -> str:
    return FIRST[name] if len(text) == 1 else PAIRS[name]


def _in_a_row(tokens: Sequence[str]) -> Query:
    return {"match": {"query": " ".join(tokens), "max_gaps": 0, "ordered": True}}


def _not_going_on(text: str) -> Query:
    """A number, but not where a digit of the same number stands before it."""
    first = safe(text)[0]
    if len(text) == 1:
        number = _in_a_row([first])
        before = [[_one_of(digits)], [_one_of(digits), _one_of(_SIGNS)]]
    else:
        number = _in_a_row(_pairs(text))
        before = [[_one_of(digit + first for digit in digits)]]
        for sign in _SIGNS:
            before.append([_one_of(digit + sign for digit in digits), _one_of([sign + first])])
    rule = number
    for each in before:
        # One after the other: against an any_of of these some are let pass (Lucene 9.12).
        longer = _followed([*each, number])
        rule = {"all_of": {"intervals": [rule], "filter": {"not_contained_by": longer}}}
    return rule


def _one_of(tokens: Iterable[str]) -> Query:
    return _any_interval([_in_a_row([token]) for token in tokens])


def _any_interval(rules: Sequence[Query]) -> Query:
    return {"any_of": {"intervals": [*rules]}}


def _followed(rules: Sequence[Query], gaps: int = 0) -> Query:
    return {"all_of": {"intervals": [*rules], "ordered": True, "max_gaps": gaps}}


def _near(texts: Sequence[str], distance: int, name: tree.TextField) -> Query:
    if any(END in text for text in texts):
        return NOTHING
    # Unordered intervals may share characters: each order is asked for by itself.
    if factorial(len(texts)) * sum(map(len, texts)) > MOST_LEAVES:
        raise TooCostly(_TOO_MANY, count=MOST_LEAVES)
    orders = sorted(set(permutations(texts)))
    rules = [
        _followed([_in_a_row([*safe(text)]) for text in order], min(distance, _MOST_GAPS))
        for order in orders
    ]
    return {"intervals": {FIRST[name]: _any_interval(rules)}}
