"""The first line of a page: column, title, tags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from indexer.pages._data import entries
from indexer.pages._text import Line, plain_view

COLUMNS: Final = frozenset(name.casefold() for name in entries("columns.txt"))
# Longer first lines are text; real titles end near 80 characters.
_LONGEST_TITLE: Final = 160
# A space stands inside a Latin name: _The DAO, _Mt. Gox.
_TAGS: Final = re.compile(r"_(?P<tags>(?:[^_\s,。;!?]|(?<=[A-Za-z0-9.:]) (?=[A-Za-z0-9])){1,30})$")
_COLUMN: Final = re.compile(r"(?P<column>[^\s:,。;!?|]{1,12}): ?(?=\S)")
_MARK: Final = re.compile("[:：]")
_LATIN: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Header:
    """What a page's first line says; ``title`` is empty where it is not a header."""

    title: str = ""
    column: str | None = None
    tags: tuple[str, ...] = ()


def read_header(line: Line) -> Header:
    """Read ``栏目:标题_标签``, each part but the title optional.

    The word before the first colon is a column when it is a listed one, when
    the page repeats it as a tag, or when it was cut out of a Latin word of the
    title (``LAY`` of ``PlayDapp``), as sites do that make tags by machine;
    otherwise it belongs to the title (``CoinShares:...``).
    """
    if len(line.view) > _LONGEST_TITLE:
        return Header()
    rest, tags = line, list[str]()
    while match := _TAGS.search(rest.view):
        words = match["tags"].casefold().split(":")
        if (tags or len(set(words)) > 1) and not COLUMNS.issuperset(words):
            break
        tags[:0] = _MARK.split(rest.text[match.start("tags") :])
        rest = rest.cut(0, match.start())
    tags = [tag for tag in dict.fromkeys(tags) if tag]
    if not tags and rest.view.endswith("。"):
        return Header()
    column = None
    if (match := _COLUMN.match(rest.view)) and _is_column(
        match["column"], rest.view[match.end() :], tags
    ):
        column = rest.text[: match.end("column")]
        rest = rest.cut(match.end())
    return Header(rest.text, column, tuple(tags))


def _is_column(word: str, title: str, tags: list[str]) -> bool:
    folded = word.casefold()
    if folded in COLUMNS or folded in (plain_view(tag).casefold() for tag in tags):
        return True
    return word.isascii() and any(
        folded in latin and folded != latin for latin in _LATIN.findall(title.casefold())
    )
