"""What a chunk, a quote or a value of a field asks for, and what there is to tell about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from indexer.analysis import aliases, fold, fold_with_offsets, spelling
from indexer.engine.tree import And, Characters, Near, Node, Or, TextField, Value, ValueField
from indexer.i18n import N_, Message
from indexer.query.amounts import amount_node, amount_parts, is_amount
from indexer.query.answer import AliasUse, Notice
from indexer.query.bare import Piece, function_words, node_of, parts_of, pieces, prefix_nodes
from indexer.query.fields import KINDS, date_value
from indexer.query.lexer import Lexeme

MAX_TERMS: Final = 100
MAX_NEAR: Final = 8

_written_date: Final = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?|月?)")

CityOf = Callable[[str], str | None]


class Leaves:
    """The leaves of one query's tree, with their notices and the other names searched for.

    ``loose`` and ``is_excluded`` are as the grammar finds them round the next leaf.
    """

    def __init__(
        self, use_aliases: bool, city_of: CityOf, *, loose: bool, is_among_words: bool
    ) -> None:
        self.notices: list[Notice] = []
        self.aliases: dict[AliasUse, None] = {}
        self.use_aliases = use_aliases
        self.loose = loose
        self.is_excluded = False
        self._city_of = city_of
        self._is_among_words = is_among_words
        self._terms = 0
        self._is_full = False

    def date(self, lexeme: Lexeme) -> list[Node]:
        """The days that a value of the field of dates names."""
        dates = date_value(lexeme.text)
        if dates is None:
            message = N_(
                "“%(text)s”不是有效的日期，已忽略。请写成 2020、2020-05、"
                "2020-05-01..2020-06-30 或 >=2021。"
            )
            self.notify(message, lexeme, text=lexeme.text)
            return []
        return self.within_limit([dates], lexeme)

    def value(self, field: ValueField, lexeme: Lexeme) -> list[Node]:
        """A value of any other field."""
        text = lexeme.text.strip()
        if field == "kind":
            kind = KINDS.get(fold(text))
            if kind is None:
                message = N_("没有“%(text)s”这种类型，已忽略。可用：文章、快讯。")
                self.notify(message, lexeme, text=text)
                return []
            text = kind
        elif field == "city":
            city = self._city_of(text) or self._city_of(fold(text))
            if city is None and text:
                self.notify(N_("地名表里没有城市“%(city)s”。"), lexeme, city=text)
            text = city or text
        nodes = [Value(field, fold(text))] if fold(text) else []
        return self.within_limit(nodes, lexeme)

    def text(self, field: TextField | None, lexeme: Lexeme) -> list[Node]:
        """What a chunk or quote asks for in the title, in the body, or in either."""
        is_chunk = lexeme.kind == "chunk"
        nodes = self._chunk(field, lexeme) if is_chunk else [self._quote(field, lexeme)]
        return self.within_limit(nodes, lexeme)

    def _quote(self, field: TextField | None, lexeme: Lexeme) -> Node:
        folded = fold(lexeme.text)
        texts = tuple(dict.fromkeys(folded.split()))
        if lexeme.distance is None or len(texts) < 2:
            return Characters(folded, field)
        if len(texts) > MAX_NEAR:
            self.notify(N_("“~”只看了前 %(limit)s 个词。"), lexeme, limit=MAX_NEAR)
        return Near(texts[:MAX_NEAR], lexeme.distance, field)

    def _chunk(self, field: TextField | None, lexeme: Lexeme) -> list[Node]:
        folded = fold(lexeme.text)
        if field is None and not self.is_excluded and _written_date.fullmatch(folded):
            self.notify(
                N_("这里找的是写着“%(date)s”的文档；要找这个日期的，请写 日期:%(date)s。"),
                lexeme,
                date=lexeme.text,
            )
        words = folded.strip("*")
        prefix: Node | None = None
        if folded.startswith("*") or "*" in words:
            self.notify(N_("“*”只能放在词尾，别处的已忽略。"), lexeme)
        if words and folded.endswith("*"):
            words, prefix = prefix_nodes(words, field)
            if prefix is None:
                self.notify(N_("“*”前面要有词，已忽略。"), lexeme)
        stars = len(folded) - len(folded.lstrip("*"))
        if self._is_among_words and words in function_words() and prefix is None:
            self._too_common([words], lexeme, stars)
            return []
        found, left_out = pieces(words)
        if left_out:
            self._too_common([each.text for each in left_out], lexeme, left_out[0].start + stars)
        if words and not found and prefix is None:
            message = N_("“%(text)s”是标点，没有参与检索；要找它请加引号。")
            self.notify(message, lexeme, text=lexeme.text)
        nodes = [node for piece in found for node in self._piece(piece, field, lexeme)]
        return [*nodes, prefix] if prefix else nodes

    def _piece(self, piece: Piece, field: TextField | None, lexeme: Lexeme) -> list[Node]:
        if piece.kind != "amount":
            return [self._with_aliases(piece.text, field, lexeme)]
        if not self.loose:
            return [amount_node(piece.text, field)]
        parts = amount_parts(piece.text)
        return [
            amount_node(part, field) if is_amount(part) else node_of(part, field) for part in parts
        ]

    def _too_common(self, words: Iterable[str], lexeme: Lexeme, at: int) -> None:
        """Tell of words that are left out, the first of which stands there in the folded text."""
        start, _ = fold_with_offsets(lexeme.text).original(at, at + 1)
        first = replace(lexeme, position=lexeme.position + start)
        message = N_("“%(words)s”太常见，没有参与检索；要找它请加引号。")
        self.notify(message, first, words="”“".join(dict.fromkeys(words)))

    def _with_aliases(self, text: str, field: TextField | None, lexeme: Lexeme) -> Node:
        forms: list[Node] = [node_of(text, field)]
        if self.loose and (parts := parts_of(text)):
            forms.append(And(tuple(node_of(part, field) for part in parts)))
        return self.or_other_names(text, forms, field, lexeme)

    def or_other_names(
        self, name: str, forms: list[Node], field: TextField | None, lexeme: Lexeme
    ) -> Node:
        """One of the forms, or another name of what they name, which is told."""
        others = aliases(name) if self.use_aliases else ()
        if others and not self.is_excluded:
            shown = tuple(map(spelling, others))
            self.aliases[AliasUse(spelling(name), shown, lexeme.position)] = None
        return one_or(Or, [*forms, *(node_of(other, field) for other in others)])

    def within_limit(self, nodes: Iterable[Node], lexeme: Lexeme) -> list[Node]:
        """The nodes, as long as the query has not too many."""
        wanted = list(nodes)
        kept = wanted[: MAX_TERMS - self._terms]
        if len(kept) < len(wanted) and not self._is_full:
            self.notify(N_("检索词太多：只用了前 %(limit)s 个。"), lexeme, limit=MAX_TERMS)
            self._is_full = True
        self._terms += len(kept)
        return kept

    def notify(self, text: str, lexeme: Lexeme, /, **facts: object) -> None:
        """Tell of something that was ignored or assumed, with its place."""
        self.notices.append(Notice(Message(text, facts), lexeme.position))


def one_or(join: type[And] | type[Or], nodes: Iterable[Node]) -> Node:
    """The one node, or the different ones joined."""
    different = tuple(dict.fromkeys(nodes))
    return different[0] if len(different) == 1 else join(different)
