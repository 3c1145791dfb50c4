"""What of a document is worth being suggested: its words, likely names, its title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from indexer.analysis import HAN, Token, fold, words
from indexer.documents import StoredDocument
from indexer.query.bare import MAX_NAME, function_words
from indexer.suggest.building import Item

TITLE_LENGTH: Final = 40
"""A title is found by so many of its characters."""

# Words of two Han characters or more; Latin and mixed ones with a letter.  Numbers, amounts
# (100btc, 1.5btc), addresses (0x…) and very long tokens are no suggestions.
_worth: Final = re.compile(rf"[{HAN}]{{2,}}|(?!0x|\d{{3}}|\d+[.,])(?=.*[^\W\d_])[^%{HAN}]{{2,32}}")
_title: Final = re.compile(r"[\W_]*(.*)", re.DOTALL)


class Tally:
    """Words and titles of documents that come one by one."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._titles: list[Item] = []

    def add(self, stored: StoredDocument) -> None:
        """Count a document."""
        document = stored.document
        found: set[str] = set()
        for text in (document.title, document.body):
            tokens = words(fold(text))
            found.update(token.text for token in tokens)
            found.update(likely_names(tokens))
        self._counts.update(found)
        self._titles.append(_title_item(stored))

    def terms(self) -> list[Item]:
        """Each word and likely name in order, its weight the number of documents with it."""
        counts = self._counts.items()
        return sorted(
            Item(text.encode(), count) for text, count in counts if _worth.fullmatch(text)
        )

    def titles(self) -> list[Item]:
        """The titles in order; their weight is the day, so that the newest rank first."""
        return sorted(self._titles, key=lambda item: (item.text, item.id))


def title_key(folded: str) -> str:
    """The characters by which a folded title is found: 【 and the like before it count for nothing.

    What was typed is looked for by the same rule.
    """
    match = _title.fullmatch(folded)
    return match[1][:TITLE_LENGTH] if match else ""


def likely_names(tokens: Sequence[Token]) -> Iterator[str]:
    """Two to four Han characters in a row that belong to no longer word.

    The lexicon knows few names: 吴忌寒 may be 吴, 忌 and 寒 to it.  Function
    words stand apart, and so does what follows a number, its measure word.
    """
    apart = function_words()
    name, end, covered, number_end = "", -1, 0, -1
    for text, start, stop in tokens:
        if stop - start > 1 or text < "\u3005" or text in apart or start == number_end:
            covered = max(covered, stop)
            number_end = stop if text[-1].isdigit() else -1
        elif start >= covered:
            if start == end:
                name += text
            else:
                if 1 < len(name) <= MAX_NAME:
                    yield name
                name = text
            end = stop
    if 1 < len(name) <= MAX_NAME:
        yield name


def _title_item(stored: StoredDocument) -> Item:
    published = stored.document.published
    day = date.fromisoformat(f"{published.value[:10]}-01-01"[:10]).toordinal() if published else 0
    return Item(title_key(fold(stored.document.title)).encode(), day, stored.id.encode())
