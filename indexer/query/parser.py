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

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from indexer.analysis import aliases, fold, fold_with_offsets, spelling
from indexer.engine.tree import (
    And,
    Characters,
    Everything,
    Near,
    Node,
    Not,
    Or,
    TextField,
    Value,
    ValueField,
)
from indexer.i18n import N_, Message
from indexer.query.amounts import amount_node, amount_parts, is_amount
from indexer.query.answer import AliasUse, Notice
from indexer.query.bare import (
    Piece,
    function_words,
    named_run,
    node_of,
    parts_of,
    pieces,
    prefix_nodes,
)
from indexer.query.fields import KINDS, Field, date_value
from indexer.query.lexer import Lexeme, LexemeKind, lexemes
from indexer.query.request import Match

MAX_DEPTH: Final = 20
MAX_TERMS: Final = 100
MAX_NEAR: Final = 8
MAX_NAME_CHUNKS: Final = 4

CityOf = Callable[[str], str | None]


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


class _Parser:
    def __init__(
        self, found: list[Lexeme], use_aliases: bool, city_of: CityOf, *, loose: bool
    ) -> None:
        self.notices: list[Notice] = []
        self.aliases: dict[AliasUse, None] = {}
        self._lexemes = found
        self._at = 0
        self._use_aliases = use_aliases
        self._city_of = city_of
        self._loose = loose
        self._field: Field | None = None
        self._is_excluded = False
        self._depth = 0
        self._passed_over = 0  # parentheses that were opened beyond the nesting limit
        self._terms = 0
        self._is_full = False
        # Beside other words, without any operator, a function word says nothing: 挖矿 的 四川.
        self._is_among_words = all(lexeme.kind in ("chunk", "quote") for lexeme in found) and any(
            lexeme.kind == "quote" or fold(lexeme.text) not in function_words() for lexeme in found
        )

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
        self._is_excluded ^= is_negated
        with self._strictly():
            node = self._conjunction(self._either())
        self._is_excluded ^= is_negated
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
            return [named] if named else self._text(self._field, lexeme)
        if self._field == "date":
            return self._date(lexeme)
        return self._value(self._field, lexeme)

    def _group(self, opened: Lexeme) -> list[_Operand]:
        if self._depth == MAX_DEPTH:
            self._notify(
                N_("括号套了超过 %(limit)s 层，更里面的括号已忽略。"), opened, limit=MAX_DEPTH
            )
            self._passed_over += 1
            return []
        self._depth += 1
        operands = self._or()
        self._depth -= 1
        if not self._take(")"):
            self._notify(N_("左括号没有配对，当作括到末尾。"), opened)
        elif not operands and self._lexemes[self._at - 2] is opened:
            self._notify(N_("括号里是空的，已忽略。"), opened)
        return operands

    def _fielded(self, name: Lexeme) -> list[_Operand]:
        if not self._next_is("(", "quote", "chunk"):
            self._notify(N_("“%(name)s:”后面没有内容，已忽略。"), name, name=name.text)
            return []
        outer, self._field = self._field, name.field
        with self._strictly():
            node = self._conjunction(self._either(is_value=True))
        self._field = outer
        return [_Operand(node)] if node else []

    # Leaves.

    def _date(self, lexeme: Lexeme) -> list[_Operand]:
        dates = date_value(lexeme.text)
        if dates is None:
            message = N_(
                "“%(text)s”不是有效的日期，已忽略。请写成 2020、2020-05、"
                "2020-05-01..2020-06-30 或 >=2021。"
            )
            self._notify(message, lexeme, text=lexeme.text)
            return []
        return [_Operand(node) for node in self._within_limit([dates], lexeme)]

    def _value(self, field: ValueField, lexeme: Lexeme) -> list[_Operand]:
        text = lexeme.text.strip()
        if field == "kind":
            kind = KINDS.get(fold(text))
            if kind is None:
                message = N_("没有“%(text)s”这种类型，已忽略。可用：文章、快讯。")
                self._notify(message, lexeme, text=text)
                return []
            text = kind
        elif field == "city":
            city = self._city_of(text) or self._city_of(fold(text))
            if city is None and text:
                self._notify(N_("地名表里没有城市“%(city)s”。"), lexeme, city=text)
            text = city or text
        nodes = [Value(field, fold(text))] if fold(text) else []
        return [_Operand(node) for node in self._within_limit(nodes, lexeme)]

    def _text(self, field: TextField | None, lexeme: Lexeme) -> list[_Operand]:
        is_chunk = lexeme.kind == "chunk"
        nodes = self._chunk(field, lexeme) if is_chunk else [self._quote(field, lexeme)]
        bare = is_chunk and field is None
        return [_Operand(node, bare) for node in self._within_limit(nodes, lexeme)]

    def _quote(self, field: TextField | None, lexeme: Lexeme) -> Node:
        folded = fold(lexeme.text)
        texts = tuple(dict.fromkeys(folded.split()))
        if lexeme.distance is None or len(texts) < 2:
            return Characters(folded, field)
        if len(texts) > MAX_NEAR:
            self._notify(N_("“~”只看了前 %(limit)s 个词。"), lexeme, limit=MAX_NEAR)
        return Near(texts[:MAX_NEAR], lexeme.distance, field)

    def _chunk(self, field: TextField | None, lexeme: Lexeme) -> list[Node]:
        folded = fold(lexeme.text)
        words = folded.strip("*")
        prefix: Node | None = None
        if folded.startswith("*") or "*" in words:
            self._notify(N_("“*”只能放在词尾，别处的已忽略。"), lexeme)
        if words and folded.endswith("*"):
            words, prefix = prefix_nodes(words, field)
            if prefix is None:
                self._notify(N_("“*”前面要有词，已忽略。"), lexeme)
        if self._is_among_words and words in function_words() and prefix is None:
            self._too_common([words], lexeme)
            return []
        found, left_out = pieces(words)
        if left_out:
            at = left_out[0].start + len(folded) - len(folded.lstrip("*"))
            start, _ = fold_with_offsets(lexeme.text).original(at, at + 1)
            left = replace(lexeme, position=lexeme.position + start)
            self._too_common([piece.text for piece in left_out], left)
        if words and not found and prefix is None:
            message = N_("“%(text)s”是标点，没有参与检索；要找它请加引号。")
            self._notify(message, lexeme, text=lexeme.text)
        nodes = [node for piece in found for node in self._piece(piece, field, lexeme)]
        return [*nodes, prefix] if prefix else nodes

    def _piece(self, piece: Piece, field: TextField | None, lexeme: Lexeme) -> list[Node]:
        if piece.kind != "amount":
            return [self._with_aliases(piece.text, field, lexeme)]
        if not self._loose:
            return [amount_node(piece.text, field)]
        parts = amount_parts(piece.text)
        return [
            amount_node(part, field) if is_amount(part) else node_of(part, field) for part in parts
        ]

    def _too_common(self, words: Iterable[str], lexeme: Lexeme) -> None:
        message = N_("“%(words)s”太常见，没有参与检索；要找它请加引号。")
        self._notify(message, lexeme, words="”“".join(dict.fromkeys(words)))

    def _named(self, field: TextField | None, first: Lexeme) -> _Operand | None:
        """The chunks from ``first`` on that together name a thing, as one operand."""
        if first.kind != "chunk" or not self._use_aliases:
            return None
        following = self._lexemes[self._at - 1 : self._at - 1 + MAX_NAME_CHUNKS]
        chunks = takewhile(lambda lexeme: lexeme.kind == "chunk", following)
        run = [fold(lexeme.text) for lexeme in chunks]
        size, name = named_run(run)
        if not size:
            return None
        self._at += size - 1
        words = [node_of(piece.text, field) for text in run[:size] for piece in pieces(text)[0]]
        forms = [_one_or(Or if self._loose else And, words)]
        if " " not in name:
            forms.append(node_of(name, field))
        nodes = self._within_limit([self._or_other_names(name, forms, field, first)], first)
        return _Operand(nodes[0], field is None) if nodes else None

    def _with_aliases(self, text: str, field: TextField | None, lexeme: Lexeme) -> Node:
        forms: list[Node] = [node_of(text, field)]
        if self._loose and (parts := parts_of(text)):
            forms.append(And(tuple(node_of(part, field) for part in parts)))
        return self._or_other_names(text, forms, field, lexeme)

    def _or_other_names(
        self, name: str, forms: list[Node], field: TextField | None, lexeme: Lexeme
    ) -> Node:
        others = aliases(name) if self._use_aliases else ()
        if others and not self._is_excluded:
            shown = tuple(map(spelling, others))
            self.aliases[AliasUse(spelling(name), shown, lexeme.position)] = None
        return _one_or(Or, [*forms, *(node_of(other, field) for other in others)])

    def _within_limit(self, nodes: Iterable[Node], lexeme: Lexeme) -> list[Node]:
        wanted = list(nodes)
        kept = wanted[: MAX_TERMS - self._terms]
        if len(kept) < len(wanted) and not self._is_full:
            self._notify(N_("检索词太多：只用了前 %(limit)s 个。"), lexeme, limit=MAX_TERMS)
            self._is_full = True
        self._terms += len(kept)
        return kept

    # What the rules share.

    def _conjunction(self, operands: list[_Operand]) -> Node | None:
        """The operands as one node; negations alone are taken from everything."""
        nodes = [operand.node for operand in operands]
        bare = [operand.node for operand in operands if operand.bare]
        if self._loose and len(bare) > 1:
            others = [operand.node for operand in operands if not operand.bare]
            nodes = [_one_or(Or, bare), *others]
        if not nodes:
            return None
        if all(isinstance(node, Not) for node in nodes):
            nodes.insert(0, Everything())
        return _one_or(And, nodes)

    def _any_of(self, alternatives: list[list[_Operand]]) -> list[_Operand]:
        """The operands that match one of the alternatives or more."""
        given = [operands for operands in alternatives if operands]
        if len(given) < 2:
            return given[0] if given else []
        nodes = (self._conjunction(operands) for operands in given)
        return [_Operand(_one_or(Or, (node for node in nodes if node)))]

    @contextmanager
    def _strictly(self) -> Iterator[None]:
        loose, self._loose = self._loose, False
        yield
        self._loose = loose

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
            self._notify(N_("右括号没有配对，已忽略。"), closed)

    def _ignored_operator(self, operator: Lexeme) -> None:
        self._notify(
            N_("“%(operator)s”的前面或后面没有词，已忽略。"), operator, operator=operator.text
        )

    def _notify(self, text: str, lexeme: Lexeme, /, **facts: object) -> None:
        self.notices.append(Notice(Message(text, facts), lexeme.position))


def _one_or(join: type[And] | type[Or], nodes: Iterable[Node]) -> Node:
    """The one node, or the different ones joined."""
    different = tuple(dict.fromkeys(nodes))
    return different[0] if len(different) == 1 else join(different)
