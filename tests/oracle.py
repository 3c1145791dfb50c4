"""Which documents a query tree matches, read off the contract: simple and slow.

The independent oracle of the engine's tests: it looks at one document at a
time, and asks the analysis only for the fold, the cut, and the tokens of rule.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise, product

from indexer.analysis import cut, fold, words
from indexer.analysis.segmenter import fine_cut, pieces
from indexer.days import days_of
from indexer.documents import StoredDocument
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
    Value,
    Word,
)

Span = tuple[int, int]

HAN = re.compile("[々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def matches(node: Node, stored: StoredDocument) -> bool:
    """Whether the tree matches the document.  A Word must be ``analysis.is_word``."""
    document = stored.document
    match node:
        case Everything():
            return True
        case And(nodes):
            return all(matches(each, stored) for each in nodes)
        case Or(nodes):
            return any(matches(each, stored) for each in nodes)
        case Not(inner):
            return not matches(inner, stored)
        case Value(field, text):
            given: dict[str, tuple[str | None, ...]] = {
                "city": document.cities,
                "kind": (document.kind,),
                "category": (document.category,),
                "author": (document.author,),
                "source": (document.source,),
                "site": stored.sites,
                "tag": document.tags,
            }
            return fold(text) in [fold(value) for value in given[field] if value]
        case Dates(first, last):
            days = days_of(document.published.value) if document.published else None
            return (
                days is not None
                and days[0] <= (last or date.max)
                and days[1] >= (first or date.min)
            )
        case Word() | Characters() | Prefix() | Near():
            texts = {"title": document.title, "body": document.body}
            return any(
                matches_text(node, fold(text))
                for name, text in texts.items()
                if node.field in (None, name)
            )


def matches_text(leaf: Word | Characters | Prefix | Near, folded: str) -> bool:
    """Whether the leaf matches in this folded title or body."""
    match leaf:
        case Characters(text, _, is_number):
            return any(not (is_number and goes_on(at, folded)) for at, _ in places(text, folded))
        case Word(text):
            return any(is_word_at(start, end, folded) for start, end in places(text, folded))
        case Prefix(text):
            return any(token.text.startswith(text) for token in words(folded))
        case Near(texts, distance):
            return any(
                all(a[1] <= b[0] for a, b in pairwise(sorted(chosen)))
                and chosen_end(chosen) - min(chosen)[0] <= sum(map(len, texts)) + distance
                for chosen in product(*(places(text, folded) for text in texts))
            )


def goes_on(at: int, folded: str) -> bool:
    """Whether the place is behind a digit of the same number."""
    return bool(re.search(r"[0-9][,.]?$", folded[:at]))


def chosen_end(chosen: tuple[Span, ...]) -> int:
    """Where the last of the places ends."""
    return max(end for _, end in chosen)


def places(part: str, text: str) -> list[Span]:
    """Everywhere ``part`` stands in ``text``."""
    return [(at, at + len(part)) for at in range(len(text)) if text.startswith(part, at)]


def is_word_at(start: int, end: int, folded: str) -> bool:
    """Whether ``folded[start:end]`` stands there as a word.

    It does on whole words of the most probable cut, in which a phrase stands for
    its plain words, or as a piece of one of them.
    """
    for run in HAN.finditer(folded):
        if run.start() <= start and end <= run.end():
            at, borders = run.start(), {run.start()}
            for word in cut(run.group()):
                if (folded[start:end], start - at, end - at) in pieces(word):
                    return True
                for plain in fine_cut(word):
                    at += len(plain)
                    borders.add(at)
            return start in borders and end in borders
    return any(token[1:] == (start, end) for token in words(folded))
