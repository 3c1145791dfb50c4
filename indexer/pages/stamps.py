"""The stamp that ends a newsflash: ``[2020/7/13]``, ``[2021/11/30 12:41:29]``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from indexer.documents import PublishedDate
from indexer.pages._text import Line
from indexer.pages.dates import read_date

# A bracket may be missing where the page was cut off; a date followed by
# punctuation or 的 is spoken of in a sentence and ends nothing.
_STAMP: Final = re.compile(
    r"""\[\ ?(?P<date>
        (?: \d{4}([-/])\d{1,2}\2\d{1,2} | \d{4}年\d{1,2}月\d{1,2}日 | \d{1,2}/\d{1,2}/\d{4} )
        (?: [ T]{0,2}\d{1,2}:\d{2} (?: :\d{2} )? )? (?: \ ?[AP]M )?
    )\ ?(?:\](?![,。、;:的])|$)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Run:
    """Lines up to and with a stamp; ``stamped`` is False for what follows the last one.

    ``published`` is None where the stamp holds no possible date (1900/1/1).
    """

    lines: tuple[Line, ...]
    stamped: bool
    published: PublishedDate | None = None


def stamp_end(view: str) -> int:
    """Where the stamp ends that a text begins with; 0 where it begins with none."""
    match = _STAMP.match(view, len(view) - len(view.lstrip()))
    return match.end() if match else 0


def split_at_stamps(lines: Iterable[Line]) -> list[Run]:
    """Cut the text behind each stamp.

    A stamp closes the text before it, on its own line or, where it stands
    alone, on the lines above; one that opens a line of text (as in a
    chronicle) or has nothing before it at all stays in the text.
    """
    runs: list[Run] = []
    open_lines: list[Line] = []
    for line in lines:
        done = 0
        for match in _STAMP.finditer(line.view):
            before = line.cut(done, match.start())
            if not before.text and (match.end() < len(line.view) or not open_lines):
                continue
            if before.text:
                open_lines.append(before)
            runs.append(Run(tuple(open_lines), True, read_date(match["date"], "stamp")))
            open_lines = []
            done = match.end()
        if (rest := line.cut(done)).text:
            open_lines.append(rest)
    if open_lines:
        runs.append(Run(tuple(open_lines), False))
    return runs
