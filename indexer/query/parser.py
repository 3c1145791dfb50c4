"""A researcher's text as a query tree; lenient: any text gives a tree.

The grammar, NOT binding tighter than AND, AND tighter than OR::

    query    = [ or ] ;
    or       = and { "OR" and } ;
    and      = not { [ "AND" ] not } ;
    not      = { "NOT" | "-" } either ;
    either   = primary { "|" primary } ;
    primary  = "(" or ")" | field values | quote | chunk ;
    field    = name ( ":" | "：" ) ;
    values   = value { "|" value } ;
    value    = "(" or ")" | quote | chunk ;
    quote    = '"' characters '"' [ "~" digits ] ;
    chunk    = characters without white space, quotes and parentheses, [ "*" ] ;

``-`` negates at the start of a chunk only.  ``AND``, ``OR`` and ``NOT`` are
operators in upper case only.  A bar joins what stands beside it, with or
without spaces: 深圳 | 苏州 数字人民币 is (深圳 OR 苏州) 数字人民币; beside a
sentence it is the bar of a headline and says nothing.  Inside the parentheses
of a field every chunk and quote is a value of that field.  Whatever fits
nowhere is ignored and told in a notice.

Bare words beside one another are joined by And; *loosened*, or under
``match="any"``, by Or.  An ``AND`` that was typed stays, and so do quotes,
negations and fields.

Other names (BTC = 比特币) are searched for beside every word without quotes,
in ``title:`` and ``body:`` too.  Chunks beside one another that together name
a thing (Vitalik Buterin) are one operand: all their words, or another name.
``-BTC`` excludes what ``BTC`` finds, 比特币 too, so that the two share no
document; ``-"BTC"`` excludes the word alone.  It takes one chunk: a name of
several goes in parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from indexer.analysis import fold
from indexer.engine.tree import (
    And,
    Everything,
    Node,
    Not,
    Or,
    TextField,
)
from indexer.i18n import N_
from indexer.query.answer import AliasUse, Notice
from indexer.query.bare import (
    function_words,
    named_run,
    node_of,
    pieces,
)
from indexer.query.fields import Field
from indexer.query.leaves import CityOf, Leaves, one_or
from indexer.query.lexer import Lexeme, LexemeKind, lexemes
from indexer.query.request import Match

MAX_DEPTH: Final = 20
MAX_NAME_CHUNKS: Final = 4


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query tree with what there is to tell about it.

    ``loosened`` is the tree with bare words joined by Or, where it differs.
    """

    node: Node
    notices: tuple[Notice, ...] = ()
    aliases: tuple[AliasUse, ...] = ()
    loosened: Node | None = None


def parse(
    q: str,
    *,
    match: Match = "all",
    aliases: bool = True,
    city_of: CityOf = lambda name: name,
) -> Parsed:
    """The tree that ``q`` asks for; an empty ``q`` asks for everything.

    ``aliases`` searches for other names of bare words too.  ``city_of`` gives
    the canonical name of a city as typed, or None where it knows none.
    """
    notices: list[Notice] = []
    found = lexemes(q, notices.append)
    strict = _Parser(found, aliases, city_of, loose=False)
    node = strict.query()
    loose = _Parser(found, aliases, city_of, loose=True).query()
    notices = sorted(notices + strict.notices, key=lambda notice: notice.position or 0)
    uses = tuple(strict.aliases)
    if match == "any":
        return Parsed(loose, tuple(notices), uses)
    return Parsed(node, tuple(notices), uses, loose if loose != node else None)


@dataclass(frozen=True, slots=True)
class _Operand:
    """A node of a conjunction; ``bare`` when it is a word that may be loosened."""

    node: Node
    bare: bool = False


class _Parser(Leaves):
    def __init__(
        self, found: list[Lexeme], use_aliases: bool, city_of: CityOf, *, loose: bool
    ) -> None:
        # Beside other words, without any operator, a function word says nothing: 挖矿 的 四川.
        is_among_words = all(lexeme.kind in ("chunk", "quote") for lexeme in found) and any(
            lexeme.kind == "quote" or fold(lexeme.text) not in function_words() for lexeme in found
        )
        super().__init__(use_aliases, city_of, loose=loose, is_among_words=is_among_words)
        self._lexemes = found
        self._at = 0
        self._field: Field | None = None
        self._depth = 0
        self._passed_over = 0  # parentheses that were opened beyond the nesting limit

    def query(self) -> Node:
        return self._conjunction(self._or()) or Everything()

    # The grammar, a method a rule.  A conjunction is a list of operands, so
    # that the parentheses of (a b) c change nothing.

    def _or(self) -> list[_Operand]:
        alternatives: list[list[_Operand]] = []
        while True:
            alternatives.append(self._and())
            operator = self._take("OR")
            if operator is None:
                break
            if not any(alternatives) or self._next_is(None, "OR", ")"):
                self._ignored_operator(operator)
        return self._any_of(alternatives)

    def _and(self) -> list[_Operand]:
        operands: list[_Operand] = []
        operator: Lexeme | None = None
        while not self._next_is(None, "OR"):
            if self._next_is(")"):
                if not self._passed_over and self._depth:
                    break
                self._stray_parenthesis()
            elif self._next_is("|"):
                self._ignored_operator(self._next())
            elif self._next_is("AND"):
                typed = self._next()
                if operator or not operands:
                    self._ignored_operator(typed)
                else:
                    operator = typed
            elif right := self._not():
                if operator:
                    operands[-1] = replace(operands[-1], bare=False)
                    right = [replace(operand, bare=False) for operand in right]
                    operator = None
                operands += right
        if operator:
            self._ignored_operator(operator)
        return operands

    def _not(self) -> list[_Operand]:
        operators: list[Lexeme] = []
        while operator := self._take("NOT"):
            operators.append(operator)
        if not operators:
            return self._either(run=True)
        if self._next_is(None, "|", "AND", "OR", ")"):
            self._ignored_operator(operators[-1])
            return []
        is_negated = len(operators) % 2 == 1
        self.is_excluded ^= is_negated
        with self._strictly():
            node = self._conjunction(self._either())
        self.is_excluded ^= is_negated
        if node is None:
            return []
        return [_Operand(Not(node) if is_negated else node)]

    def _either(self, *, run: bool = False, is_value: bool = False) -> list[_Operand]:
        """The next primary or any that bars join to it; to a field's value other values only."""
        alternatives = [self._primary(run=run)]
        while self._next_is("|") and not (is_value and self._bar_before_field()):
            bar = self._next()
            if self._next_is("(", "field", "quote", "chunk"):
                alternatives.append(self._primary(run=run))
            else:
                self._ignored_operator(bar)
        return self._any_of(alternatives)

    def _primary(self, *, run: bool = False) -> list[_Operand]:
        """What the next lexeme asks for; with ``run``, a name of several chunks is one thing."""
        lexeme = self._next()
        if lexeme.kind == "(":
            return self._group(lexeme)
        if lexeme.kind == "field":
            return self._fielded(lexeme)
        if self._field is None or self._field == "title" or self._field == "body":
            named = self._named(self._field, lexeme) if run else None
            if named:
                return [named]
            bare = lexeme.kind == "chunk" and self._field is None
            return [_Operand(node, bare) for node in self.text(self._field, lexeme)]
        if self._field == "date":
            return list(map(_Operand, self.date(lexeme)))
        return list(map(_Operand, self.value(self._field, lexeme)))

    def _group(self, opened: Lexeme) -> list[_Operand]:
        if self._depth == MAX_DEPTH:
            self.notify(
                N_("括号套了超过 %(limit)s 层，更里面的括号已忽略。"), opened, limit=MAX_DEPTH
            )
            self._passed_over += 1
            return []
        self._depth += 1
        operands = self._or()
        self._depth -= 1
        if not self._take(")"):
            self.notify(N_("左括号没有配对，当作括到末尾。"), opened)
        elif not operands and self._lexemes[self._at - 2] is opened:
            self.notify(N_("括号里是空的，已忽略。"), opened)
        return operands

    def _fielded(self, name: Lexeme) -> list[_Operand]:
        if not self._next_is("(", "quote", "chunk"):
            self.notify(N_("“%(name)s:”后面没有内容，已忽略。"), name, name=name.text)
            return []
        outer, self._field = self._field, name.field
        with self._strictly():
            node = self._conjunction(self._either(is_value=True))
        self._field = outer
        return [_Operand(node)] if node else []

    def _named(self, field: TextField | None, first: Lexeme) -> _Operand | None:
        """The chunks from ``first`` on that together name a thing, as one operand."""
        if first.kind != "chunk" or not self.use_aliases:
            return None
        following = self._lexemes[self._at - 1 : self._at - 1 + MAX_NAME_CHUNKS]
        chunks = takewhile(lambda lexeme: lexeme.kind == "chunk", following)
        run = [fold(lexeme.text) for lexeme in chunks]
        size, name = named_run(run)
        if not size:
            return None
        self._at += size - 1
        words = [node_of(piece.text, field) for text in run[:size] for piece in pieces(text)[0]]
        forms = [one_or(Or if self.loose else And, words)]
        if " " not in name:
            forms.append(node_of(name, field))
        nodes = self.within_limit([self.or_other_names(name, forms, field, first)], first)
        return _Operand(nodes[0], field is None) if nodes else None

    # What the rules share.

    def _conjunction(self, operands: list[_Operand]) -> Node | None:
        """The operands as one node; negations alone are taken from everything."""
        nodes = [operand.node for operand in operands]
        bare = [operand.node for operand in operands if operand.bare]
        if self.loose and len(bare) > 1:
            others = [operand.node for operand in operands if not operand.bare]
            nodes = [one_or(Or, bare), *others]
        if not nodes:
            return None
        if all(isinstance(node, Not) for node in nodes):
            nodes.insert(0, Everything())
        return one_or(And, nodes)

    def _any_of(self, alternatives: list[list[_Operand]]) -> list[_Operand]:
        """The operands that match one of the alternatives or more."""
        given = [operands for operands in alternatives if operands]
        if len(given) < 2:
            return given[0] if given else []
        nodes = (self._conjunction(operands) for operands in given)
        return [_Operand(one_or(Or, (node for node in nodes if node)))]

    @contextmanager
    def _strictly(self) -> Iterator[None]:
        loose, self.loose = self.loose, False
        yield
        self.loose = loose

    def _next_is(self, *kinds: LexemeKind | None) -> bool:
        return (self._lexemes[self._at].kind if self._at < len(self._lexemes) else None) in kinds

    def _bar_before_field(self) -> bool:
        return any(each.kind == "field" for each in self._lexemes[self._at + 1 : self._at + 2])

    def _next(self) -> Lexeme:
        self._at += 1
        return self._lexemes[self._at - 1]

    def _take(self, kind: LexemeKind) -> Lexeme | None:
        return self._next() if self._next_is(kind) else None

    def _stray_parenthesis(self) -> None:
        closed = self._next()
        if self._passed_over:
            self._passed_over -= 1
        else:
            self.notify(N_("右括号没有配对，已忽略。"), closed)

    def _ignored_operator(self, operator: Lexeme) -> None:
        self.notify(
            N_("“%(operator)s”的前面或后面没有词，已忽略。"), operator, operator=operator.text
        )
