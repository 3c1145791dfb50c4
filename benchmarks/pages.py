"""How well pages are read: ``python -m benchmarks.pages GOLD [--failures N]``.

GOLD is a ``gold.jsonl`` (a page a line) or a ``gold.json`` (one page), with
the pages beside it.  *Strict*: title, date and body of a newsflash all equal,
white space aside.  *Loose*: dates equal, titles equal, bodies at least nine
tenths equal.  *Leaked*: articles that hold text of a newsflash.  *Lost*:
paragraphs that are missing from their article.  *Speed* is that of text not
seen before: each page is read once, after the data files are loaded.  All of
it is measured twice: each page read alone, and all of them read together.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from indexer.documents import Document, Page
from indexer.pages import Reading, read_page
from indexer.reading import read_pages
from indexer.sources import Refusal
from indexer.together import read_together

_ALMOST = 0.9
_WARM_UP = "甲:乙\n他在深圳南山开会,没去过北京。\n甲链升级:据报道,甲链在上海升级。[2021/3/5]"


@dataclass
class Score:
    """What was counted over all pages; ``failures`` say what differs, a line each."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)

    def recall(self, grade: str) -> float:
        """The share of the gold's newsflashes that were found."""
        return self.counts[grade] / max(1, self.counts["expected"])

    def precision(self, grade: str) -> float:
        """The share of the newsflashes found that the gold has."""
        return self.counts[grade] / max(1, self.counts["found"])

    def f1(self, grade: str) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision(grade) + self.recall(grade)
        return 2 * self.precision(grade) * self.recall(grade) / total if total else 0.0

    @property
    def megabytes_a_second(self) -> float:
        """Pages read, in megabytes of UTF-8 a second."""
        return self.counts["bytes"] / 1e6 / self.seconds if self.seconds else 0.0

    def figures(self) -> dict[str, str]:
        """The figures by the name of the measure."""
        counts = self.counts
        return {
            **{
                f"newsflashes, {grade}": f"P {self.precision(grade):.4f}  "
                f"R {self.recall(grade):.4f}  F1 {self.f1(grade):.4f}"
                for grade in ("strict", "loose")
            },
            "categories right": f"{counts['category']} of {counts['strict']}",
            "titles right": f"{counts['title']} of {counts['pages']}",
            "authors right": f"{counts['author']} of {counts['pages']}",
            "sites right": f"{counts['site']} of {counts['pages']}",
            "leaked newsflashes": f"{counts['leaked']} of {counts['expected']}",
            "lost paragraphs": f"{counts['lost']} of {counts['paragraphs']}",
            "speed": f"{self.megabytes_a_second:.2f} MB/s",
        }


def table(alone: Score, together: Score) -> str:
    """Both scores as a Markdown table."""
    rows = zip(alone.figures().items(), together.figures().values(), strict=True)
    return "\n".join(
        [
            "| measure | each page alone | read together |",
            "|---|---|---|",
            *(f"| {name} | {one} | {other} |" for (name, one), other in rows),
        ]
    )


def measure(gold: Path, *, together: bool = False) -> Score:
    """Read every page that ``gold`` knows, each alone or all together, and compare."""
    expected = {each["page"]: each for each in _read_gold(gold)}
    pages = [Page(name, (gold.parent / name).read_text(encoding="utf-8")) for name in expected]
    score = Score()
    read_page(Page("warm-up", _WARM_UP))  # data files and dictionary are read once a process
    found: dict[str, Sequence[Document]] = {}
    started = time.process_time()
    for each in read_together(pages) if together else read_pages(pages):
        if isinstance(each, Refusal):
            score.failures.append(str(each.message))
        else:
            page, read = each
            found[page.name] = read.documents if isinstance(read, Reading) else read
    score.seconds = time.process_time() - started
    score.counts["pages"] = len(pages)
    score.counts["bytes"] = sum(len(page.content.encode()) for page in pages)
    for name, page_gold in expected.items():
        _compare(page_gold, found.get(name, ()), score)
    return score


def _read_gold(path: Path) -> list[dict[str, Any]]:
    """The pages of a gold file; the nested form of ``gold.json`` is flattened."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    page = json.loads(text)
    article = page["article"]
    return [
        {
            **page,
            "title": article["title"],
            "author": article["author"],
            "article": article["paragraphs"],
        }
    ]


def _bare(text: str | None) -> str:
    return "".join((text or "").split())


def _compare(expected: dict[str, Any], documents: Sequence[Document], score: Score) -> None:
    counts, name = score.counts, expected["page"]
    article = next((found for found in documents if found.kind == "article"), None)
    for field_name in ("title", "author", "site"):
        value = getattr(article, field_name, None)
        right = _bare(value) == _bare(expected[field_name])
        counts[field_name] += right
        if not right:
            score.failures.append(f"{name} {field_name}: {value!r} for {expected[field_name]!r}")

    found = [document for document in documents if document.kind == "newsflash"]
    counts["found"] += len(found)
    counts["expected"] += len(expected["newsflashes"])
    left = list(found)
    for flash in expected["newsflashes"]:
        match = max(left, key=lambda one: _likeness(flash, one), default=None)
        grade = _likeness(flash, match) if match else 0.0
        counts["strict"] += grade == 1.0
        counts["loose"] += grade >= _ALMOST
        if match and grade >= _ALMOST:
            left.remove(match)
            counts["category"] += grade == 1.0 and match.category == flash["category"]
        if grade < 1.0:
            score.failures.append(f"{name} missed: {flash['title']} | {flash['body'][:60]!r}")
    for one in left:
        score.failures.append(f"{name} wrong: {one.title} | {one.body[:60]!r}")

    text = _bare(article.body if article else "")
    counts["paragraphs"] += len(expected["article"])
    for paragraph in expected["article"]:
        if _bare(paragraph) not in text:
            counts["lost"] += 1
            score.failures.append(f"{name} lost: {paragraph[:60]}")
    for flash in expected["newsflashes"]:
        if any(_bare(part) in text for part in (flash["title"], *flash["body"].split("\n\n"))):
            counts["leaked"] += 1
            score.failures.append(f"{name} leaked: {flash['title']}")


def _likeness(flash: dict[str, Any], document: Document) -> float:
    """1.0 where title, date and body are equal; below, how equal the bodies are."""
    published = document.published.value if document.published else None
    if published != flash["published"] or _bare(document.title) != _bare(flash["title"]):
        return 0.0
    ours, theirs = _bare(document.body), _bare(flash["body"])
    if ours == theirs:
        return 1.0
    return min(0.999, SequenceMatcher(None, ours, theirs, autojunk=False).ratio())


def main(arguments: list[str] | None = None) -> int:
    """Print the table, and the first differences of reading together where asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.pages", description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--failures", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    alone, together = measure(options.gold), measure(options.gold, together=True)
    print(table(alone, together))
    for failure in together.failures[: options.failures]:
        print(failure, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
