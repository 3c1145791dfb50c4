"""Telling the newsflashes from the article that they are woven into."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from indexer.documents import PARAGRAPH_BREAK, PublishedDate
from indexer.pages._text import Line
from indexer.pages.evidence import Comparison, Evidence, Tail, key_of, tail_of
from indexer.pages.stamps import Run, split_at_stamps
from indexer.pages.titles import Start, find_start

# The medium in brackets stands behind the last full stop: "...。(Cointelegraph)".
_SOURCE: Final = re.compile(
    r"[。！？!?.…”\"][”\"’」]?\s*[(（](?P<source>[^\s()（）。，,；;：:\d][^()（）。，,；;：:]{1,29})[)）]$"
)
_NO_SOURCE: Final = re.compile(r"完|未完.*|待续|图.*|注.*|编译.*|单位.*")


@dataclass(frozen=True, slots=True)
class Newsflash:
    """A newsflash as it stands on the page; ``lines`` are its first and last.

    ``run`` and ``start`` tell from what it was cut, and where.
    """

    title: str
    body: str
    category: str | None
    published: PublishedDate | None
    lines: tuple[int, int]
    run: Run
    start: Start

    @property
    def tail(self) -> Tail:
        """What finds other pages with this newsflash."""
        return tail_of(self.run, self.start.line, self.start.flash_start)


def unweave(
    lines: Sequence[Line], evidence: Evidence | None = None
) -> tuple[list[Line], list[Newsflash]]:
    """The article's paragraphs and the newsflashes, each in page order.

    ``evidence`` is what other pages tell of the newsflashes' borders.
    """
    article: list[Line] = []
    newsflashes: list[Newsflash] = []
    for run in split_at_stamps(lines):
        if run.stamped:
            above, newsflash = _cut(run, evidence)
            article.extend(above)
            newsflashes.append(newsflash)
        else:
            article.extend(run.lines)
    return article, newsflashes


def _cut(run: Run, evidence: Evidence | None) -> tuple[list[Line], Newsflash]:
    """The article's lines above a newsflash, and the newsflash."""
    others = evidence.get(key_of(run)) if evidence else None
    start = find_start(run.lines, run.published, Comparison(run.lines, others) if others else None)
    first, last = run.lines[start.line], run.lines[-1]
    above = [*run.lines[: start.line], first.cut(0, start.flash_start)]
    body = [first.cut(start.body_start), *run.lines[start.line + 1 :]]
    return [line for line in above if line.text], Newsflash(
        title=first.text[start.title_start : start.title_end].strip(),
        body=PARAGRAPH_BREAK.join(line.text for line in body if line.text),
        category=first.text[start.flash_start :][: len(start.category or "")] or None,
        published=run.published,
        lines=(first.number, last.number),
        run=run,
        start=start,
    )


def closing_source(body: str) -> str | None:
    """The medium that a text names in brackets at its very end."""
    match = _SOURCE.search(body, max(0, len(body) - 40))
    if match and not _NO_SOURCE.fullmatch(match["source"]):
        return match["source"].strip()
    return None
