"""Made-up documents and random query trees over them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from indexer.analysis import fold
from indexer.documents import Document, PublishedDate, StoredDocument
from indexer.engine.tree import (
    And,
    Characters,
    Dates,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Prefix,
    TextField,
    Value,
    ValueField,
    Word,
)

_FRAGMENTS: Final = (
    *("以太坊", "比特币", "证监会", "区块链", "深圳", "人民银行", "中国人民银行", "价格", "上涨"),
    *("BTC", "ERC-20", "12,000", "發展中國家", "哈哈哈", "的", "，", " "),
)
_WORDS: Final = (
    *("以太坊", "以太", "比特币", "人民", "银行", "人民银行", "btc", "深圳", "价格", "上涨"),
    *("区块", "区块链", "链", "中国", "发展", "erc", "20", "12,000", "瑞士"),
)
_VALUES: Final[dict[ValueField, tuple[str, ...]]] = {
    "city": ("北京", "深圳", "香港", "巴黎"),
    "kind": ("newsflash", "article"),
    "category": ("声音", "行情"),
    "source": ("CoinDesk", "新华社"),
    "tag": ("NFT",),
}
_FIELDS: Final[tuple[TextField | None, ...]] = (None, None, "title", "body")
_FIRST: Final = date(2019, 11, 1)
_DAYS: Final = 500
_LEAST_OPERATORS: Final = 0.7


def documents(chance: random.Random, ids: Sequence[str]) -> list[StoredDocument]:
    """A document of each id."""
    return [StoredDocument(id_, _document(chance), id_, (), 1) for id_ in ids]


def _document(chance: random.Random) -> Document:
    day = (_FIRST + timedelta(chance.randrange(_DAYS))).isoformat()
    published = chance.choice((None, day[:4], day[:7], day, day, f"{day}T10:20:30"))
    return Document(
        kind=chance.choice(("newsflash", "article")),
        title=_text(chance, 4),
        body=_text(chance, chance.choice((3, 12, 60))),
        published=PublishedDate(published, "day", "stamp") if published else None,
        category=chance.choice((None, "声音", "行情")),
        source=chance.choice((None, "CoinDesk", "新华社")),
        cities=tuple(chance.sample(_VALUES["city"][:3], chance.randrange(3))),
        tags=tuple(chance.sample(("NFT", "DeFi"), chance.randrange(3))),
    )


def _text(chance: random.Random, most: int) -> str:
    return "".join(chance.choices(_FRAGMENTS, k=chance.randint(0, most)))


def trees(chance: random.Random, corpus: Sequence[StoredDocument]) -> Iterator[Node]:
    """Trees without end; half of them only of what stock Whoosh finds rightly."""
    texts = [fold(each.document.body) for each in corpus if len(each.document.body) > 8]
    while True:
        yield _Trees(chance, texts, simple=chance.random() < 0.5).tree(4)


class _Trees:
    """Random trees; ``simple`` ones are of words, prefixes, And and Or."""

    def __init__(self, chance: random.Random, texts: Sequence[str], *, simple: bool) -> None:
        self._chance = chance
        self._texts = texts
        self._simple = simple

    def tree(self, depth: int) -> Node:
        """A tree of at most ``depth`` levels of operators."""
        chance = self._chance
        if not depth or chance.random() > _LEAST_OPERATORS:
            return self._word_or_prefix() if self._simple else self._leaf()
        if not self._simple and chance.random() < 0.25:
            return Not(self.tree(depth - 1))
        inner = tuple(self.tree(depth - 1) for _ in range(chance.randint(1, 3)))
        return chance.choice((And, Or))(inner)

    def _word_or_prefix(self) -> Node:
        chance = self._chance
        word, field = chance.choice(_WORDS), chance.choice(_FIELDS)
        if chance.random() < 0.15:
            return Prefix(word[: chance.randint(1, 2)], field)
        return Word(word, field)

    def _leaf(self) -> Node:
        chance = self._chance
        field = chance.choice(_FIELDS)
        match chance.randrange(12):
            case 0 | 1 | 2:
                return Characters(self._stretch(chance.randint(1, 8)), field)
            case 3:
                texts = tuple(self._stretch(chance.randint(1, 3)) for _ in range(2))
                return Near(texts, chance.randrange(9), field)
            case 4 | 5:
                name = chance.choice(list(_VALUES))
                return Value(name, chance.choice(_VALUES[name]))
            case 6 | 7:
                first = _FIRST + timedelta(chance.randrange(-30, _DAYS))
                last = first + timedelta(chance.choice((0, 20, 200)))
                return Dates(chance.choice((None, first)), chance.choice((None, last)))
            case 8:
                return Everything()
            case _:
                return self._word_or_prefix()

    def _stretch(self, length: int) -> str:
        text = self._chance.choice(self._texts)
        at = self._chance.randrange(len(text))
        return text[at : at + length]


def words_of(node: Node) -> tuple[Word, ...]:
    """The different words of a tree, wherever they stand in it."""

    def all_of(node: Node) -> Iterator[Word]:
        match node:
            case Word():
                yield node
            case And(nodes) | Or(nodes):
                for each in nodes:
                    yield from all_of(each)
            case Not(inner):
                yield from all_of(inner)

    return tuple(dict.fromkeys(all_of(node)))


def is_simple(node: Node) -> bool:
    """Whether the tree has only what stock Whoosh finds rightly."""
    match node:
        case Word() | Prefix():
            return True
        case And(nodes) | Or(nodes):
            return all(map(is_simple, nodes))
        case _:
            return False
