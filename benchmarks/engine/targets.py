"""What is to be reached at 1,000,000 documents: a table, and how a line of it is judged."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Final, NamedTuple

from benchmarks.engine.figures import Figures
from benchmarks.engine.questions import CLASSES


class Target(NamedTuple):
    """One line.

    ``figure`` may be a pattern: then the worst that fits it counts.  The limit is an upper one,
    or, with ``at_least``, a lower one; with ``of`` a multiple of that figure, but not below
    ``floor``.
    """

    line: str
    figure: str
    limit: float
    unit: str = "ms"
    at_least: bool = False
    of: str = ""
    of_name: str = ""
    floor: float = 0.0


class Judged(NamedTuple):
    """A target as it was measured; ``measured`` and ``is_met`` are None where it was not."""

    target: Target
    wanted: float | None
    measured: float | None
    is_met: bool | None


def _beside(names: tuple[str, ...], peer: str, limit: float, floor: float = 0.0) -> list[Target]:
    """The p50 and the p95 of the classes as multiples of those of a peer."""
    return [
        Target(
            f"{CLASSES[name]}, {p}",
            f"query.{name}.ours.{p}",
            limit,
            of=f"query.{name}.{peer}.{p}",
            of_name={"tantivy": "tantivy", "fts5": "FTS5"}[peer],
            floor=floor,
        )
        for name in names
        for p in ("p50", "p95")
    ]


_WORDS: Final = tuple(name for name in CLASSES if name != "characters")

TARGETS: Final = (
    Target(
        "indexing, raw JSON lines to searchable", "add.documents_per_s", 5000, "documents/s", True
    ),
    Target(
        "the index stage alone, the same words",
        "index.words.documents_per_s",
        0.5,
        "documents/s",
        True,
        "index.tantivy.documents_per_s",
        "tantivy",
    ),
    Target("memory of the addition, private", "add.memory.private", 1074, "MB"),
    *_beside(("term", "range"), "tantivy", 0.6),
    *_beside(("mid", "and2", "and3", "or3", "not"), "tantivy", 1.0, floor=1.0),
    *(
        Target(f"{CLASSES[name]}, p95", f"query.{name}.ours.p95", 5)
        for name in ("rare", "phrase", "characters", "prefix")
    ),
    *_beside(_WORDS, "fts5", 1 / 20),
    Target("first search of a process, times warm p95 (worst class)", "first.*.times", 10, ""),
    Target("opening the index in a new process", "open.worst", 1000),
    *(
        Target(
            f"a deep page by {order}, p50",
            f"page.{order}.deep.p50",
            2,
            of=f"page.{order}.first.p50",
            of_name="page 1",
        )
        for order in ("relevance", "newest")
    ),
    Target("related documents, p95", "related.p95", 20),
    Target("`/search.json`, one connection, p95 (slowest class)", "http.json.*.p95", 15),
    Target("HTML page, p95 (slowest class)", "http.html.*.p95", 40),
    Target(
        "8 connections, 2 workers, mixed queries",
        "http.mixed.requests_per_s",
        200,
        "requests/s",
        True,
    ),
    Target("errors with 8 connections", "http.mixed.errors", 0, ""),
    Target("memory of `serve`, private", "serve.private", 400, "MB"),
    Target("disk: index", "disk.index", 2.5, "MB", of="disk.source", of_name="the source text"),
    Target("`run.py search`, cold process, to the first result", "cli.search_s", 0.7, "s"),
    Target("100 documents more: committed", "more.committed_s", 1, "s"),
    Target("100 documents more: found by a running server", "more.visible_s", 2, "s"),
    Target("lines that grow faster than the documents", "growth.bending", 0, ""),
)


def judged(figures: Figures) -> list[Judged]:
    """Every target beside what was measured."""
    return [_judged(each, figures) for each in TARGETS]


def _judged(target: Target, figures: Figures) -> Judged:
    found = [value for name, value in figures.items() if fnmatch(name, target.figure)]
    if not found or (target.of and target.of not in figures):
        return Judged(target, None, None, None)
    worst = min(found) if target.at_least else max(found)
    wanted = target.limit
    if target.of:
        wanted = max(wanted * figures[target.of], target.floor)
    return Judged(target, wanted, worst, worst >= wanted if target.at_least else worst <= wanted)
