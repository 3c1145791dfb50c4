"""docs/benchmarks.md, from figures."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.engine import growth
from benchmarks.engine.alone import DEEP
from benchmarks.engine.corpus import SEED
from benchmarks.engine.figures import Figures
from benchmarks.engine.questions import CLASSES
from benchmarks.engine.stages import STAGES
from benchmarks.engine.tantivy_peer import HEAP, THREADS
from benchmarks.engine.targets import Judged, judged

_PACKAGES: Final = ("numpy", "Whoosh", "tantivy", "rjieba")
_ENGINES: Final = {"ours": "ours", "tantivy": "tantivy", "fts5": "FTS5"}
_SMALL: Final = 0.01
"""An array of a smaller share of the source text has no line of its own."""
_VERDICTS: Final = {True: "met", False: "**missed**", None: "not measured"}


def report(by_size: Mapping[int, Figures], docs: int) -> str:
    """The page about ``docs`` documents, and about the growth where there are several sizes."""
    figures = dict(by_size[docs])
    if len(by_size) > 1:
        figures["growth.bending"] = len(growth.bending(by_size))
    parts = [
        _head(docs),
        "## Targets",
        _targets(judged(figures)),
        "## Indexing",
        _indexing(figures),
        "## Queries, side by side",
        _queries(figures),
        "## The full search",
        _full(figures),
        "## Server and command line",
        _serving(figures),
    ]
    if len(by_size) > 1:
        parts += ["## Growth", _growth(by_size)]
    return "\n\n".join(parts) + "\n"


def _head(docs: int) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"# Benchmarks at {docs:,} newsflashes\n\n"
        "Written by `python -m benchmarks.engine`; what it prints replaces this page. The "
        "newsflashes are made up (benchmarks/newsflashes.py): about 90 words each, "
        "Zipf-distributed words of jieba's dictionary, dates over nine years, 0 to 2 of 20 cities "
        "inserted and whatever other places the words happen to name.\n\n"
        f"{date.today().isoformat()}; seed {SEED}. Python {platform.python_version()}, {versions}, "
        f"SQLite {sqlite3.sqlite_version}. {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {_processor()}."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "processor unknown"


def _targets(found: Sequence[Judged]) -> str:
    rows = []
    for target, wanted, measured, is_met in found:
        least = "at least" if target.at_least else "at most"
        limit = f"{least} {_number(target.limit)} {target.unit}".rstrip()
        if target.of:
            share = f"1/{1 / target.limit:.0f}" if target.limit < 0.1 else f"{target.limit:g}"
            limit = f"{least} {share} of {target.of_name}"
            limit += f", or {target.floor:g} {target.unit}" if target.floor else ""
            limit += f" ({_number(wanted)})" if wanted is not None else ""
        rows.append((target.line, limit, f"{_number(measured)} {target.unit}", _VERDICTS[is_met]))
    missed = sum(each.is_met is False for each in found)
    absent = sum(each.is_met is None for each in found)
    said = f"{len(found)} lines, {missed} missed, {absent} not measured."
    return f"{said}\n\n{_table(('', 'target', 'measured', ''), rows)}"


def _indexing(figures: Figures) -> str:
    added = _table(
        ("`run.py add`, JSON lines to searchable", ""),
        [
            ("documents a second", _of(figures, "add.documents_per_s")),
            ("seconds until everything is searchable", _of(figures, "add.reported_s")),
            ("seconds until reprints are compared as well", _of(figures, "add.ended_s")),
            ("most memory of all processes, MB, private", _of(figures, "add.memory.private")),
            ("the same with mapped and shared pages", _of(figures, "add.memory.resident")),
            ("with what follows, private", _of(figures, "add.memory.ended.private")),
        ],
    )
    seconds = {name: figures[f"stage.{name}_s"] for name in STAGES}
    total = sum(seconds.values()) or 1
    stages = _table(
        ("stage", "s", "share"),
        [(STAGES[each], _number(took), f"{took / total:.0%}") for each, took in seconds.items()],
    )
    engines = _table(
        ("index stage", "documents/s", "MB on disk"),
        [
            (
                shown,
                _of(figures, f"index.{name}.documents_per_s"),
                _of(figures, f"disk.{'index' if name == 'ours' else name}"),
            )
            for name, shown in {**_ENGINES, "words": "ours, the same words alone"}.items()
        ],
    )
    source = figures["disk.source"]
    parts = {"source text (titles and bodies, UTF-8)": source}
    parts |= {each: figures[f"disk.{each}"] for each in ("catalog", "index", "suggest")}
    arrays = {
        f"index: {name.removeprefix('disk.array.')}": size
        for name, size in sorted(figures.items(), key=lambda each: -each[1])
        if name.startswith("disk.array.")
    }
    small = [name for name, size in arrays.items() if size < _SMALL * source]
    arrays[f"index: {len(small)} more arrays"] = sum(arrays.pop(name) for name in small)
    disk = _table(
        ("disk", "MB", "of the source"),
        [(name, _number(size), f"{size / source:.2f}") for name, size in (parts | arrays).items()],
    )
    return "\n\n".join(
        (
            added,
            f"The stages in one process, measured with {figures['stage.documents']:,.0f} documents "
            "(an addition reads in several):",
            stages,
            "The index stage alone, all documents in memory. Ours starts from the documents, so it "
            "finds the words itself, and indexes titles, bigrams and every column besides; the "
            "others are given the words of the bodies joined by spaces, days, months and cities. "
            "The same words alone: seven segments, as many processes as processors. "
            f"tantivy: {HEAP >> 20} MiB heap, {THREADS} threads, one commit, merging waited for, "
            f"{figures['tantivy.segments']:.0f} segments; FTS5: `content=''`, `detail=full`, "
            "optimised.",
            engines,
            disk,
        )
    )


def _queries(figures: Figures) -> str:
    p50_p95 = [
        (
            f"{shown} (median total {_of(figures, f'query.{name}.total')})",
            *(_both(figures, f"query.{name}.{engine}") for engine in _ENGINES),
            _ratio(figures, f"query.{name}.ours.p50", f"query.{name}.tantivy.p50"),
            _ratio(figures, f"query.{name}.fts5.p50", f"query.{name}.ours.p50"),
        )
        for name, shown in CLASSES.items()
    ]
    bare = [
        (shown, *(_both(figures, f"query.{name}.{engine}-bare") for engine in ("ours", "tantivy")))
        for name, shown in CLASSES.items()
    ]
    cold = [
        (shown, _of(figures, f"first.{name}.worst"), _of(figures, f"first.{name}.times"))
        for name, shown in CLASSES.items()
    ]
    least = min(int(figures[f"query.{name}.questions"]) for name in CLASSES)
    return "\n\n".join(
        (
            "Milliseconds, p50 / p95, with total, best 20 by BM25, and month and city facets; the "
            f"body alone, no collapse, no passages. At least {least} different questions a class, "
            "the same for all. In a first round each is asked once and the answers are compared: "
            "totals and all counts agree. In the second, which is timed, ours and tantivy answer "
            "each question in turn, so that noise hits both alike (a fixed piece of work timed in "
            f"the same turns took {_both(figures, 'noise')} ms); FTS5 follows, whose searches read "
            "so much that the others would find nothing of theirs in the processor's caches. "
            "Each uses one thread. tantivy and "
            "FTS5 pay for facets with further passes. Phrases and quoted characters are "
            "exact characters to our engine, held against a substring search of all bodies; to the "
            "others a phrase is these words in a row, whatever stands between "
            "them, and what is no row of words they cannot be asked.",
            _table(
                ("ms", *_ENGINES.values(), "ours / tantivy", "FTS5 / ours"),
                p50_p95,
            ),
            "Without facets, total and best 20 alone:",
            _table(("ms", "ours", "tantivy"), bare),
            "The first search of a new process, files in the page cache, the worst of some; "
            f"opening took at most {_of(figures, 'open.worst')} ms:",
            _table(("", "ms", "times warm p95"), cold),
        )
    )


def _full(figures: Figures) -> str:
    names = {**CLASSES, "newest": "frequent term, newest first", "everything": "all documents"}
    page = figures["page.deep.number"]
    pages = [
        (
            order,
            _both(figures, f"page.{order}.first"),
            _both(figures, f"page.{order}.deep"),
            _ratio(figures, f"page.{order}.deep.p50", f"page.{order}.first.p50"),
        )
        for order in ("relevance", "newest")
    ]
    why = "" if page == DEEP else f" (there are not enough hits for page {DEEP:,})"
    return "\n\n".join(
        (
            "What the archive asks the engine for such a query: title and body, words and pairs, "
            "best passages, reprints collapsed, every facet; without snippets. p50 / p95:",
            _table(
                ("", "ms"),
                [(shown, _both(figures, f"full.{name}")) for name, shown in names.items()],
            ),
            "Related documents, as the page of a document asks for them, reading them from the "
            f"catalog included: {_both(figures, 'related')} ms.",
            f"Page {page:,.0f}{why} beside page 1, the most frequent terms:",
            _table(("order", "page 1, ms", "deep, ms", "deep / first"), pages),
        )
    )


def _serving(figures: Figures) -> str:
    http = [
        (name.removesuffix(".p95").removeprefix("http."), _both(figures, name[:-4]))
        for name in figures
        if name.startswith("http.") and name.endswith(".p95")
    ]
    more = {
        "100 documents more: seconds until `run.py add` reports them": "more.committed_s",
        "seconds until a running server finds one": "more.visible_s",
        "slowest answer of the server meanwhile, ms": "more.slowest",
        "seconds until `serve` answers": "serve.start_s",
        "8 connections, requests/s": "http.mixed.requests_per_s",
        "memory of `serve`, private, MB": "serve.private",
        "`run.py search`, cold process, s": "cli.search_s",
    }
    return "\n\n".join(
        (
            "Over HTTP, one connection, p50 / p95:",
            _table(("", "ms"), http),
            _table(("", ""), [(said, _of(figures, name)) for said, name in more.items()]),
        )
    )


def _growth(by_size: Mapping[int, Figures]) -> str:
    sizes = sorted(by_size)
    rows = [
        (
            name,
            *map(_number, values),
            "yes" if growth.is_linear(name, values, sizes) else "**bends**",
        )
        for name, values in growth.lines(by_size).items()
    ]
    return "\n\n".join(
        (
            "Times in ms (`_s`: seconds), sizes in MB. A line bends when it grows by more than the "
            "documents do, and 10 % for noise; documents a second must stay, and requests a second "
            "may be as many fewer as there are more documents. `alone.`: the questions that other "
            "engines are asked beside ours, ours alone.",
            _table(("", *(f"{size:,}" for size in sizes), "at most linear"), rows),
            *(
                f"Why {', '.join(f'`{name}`' for name in names)} bend: {reason}."
                for reason, names in growth.why(growth.bending(by_size)).items()
            ),
        )
    )


def _of(figures: Figures, name: str) -> str:
    return _number(figures.get(name))


def _both(figures: Figures, name: str) -> str:
    if f"{name}.p50" not in figures:
        return "–"
    return f"{_of(figures, f'{name}.p50')} / {_of(figures, f'{name}.p95')}"


def _ratio(figures: Figures, over: str, under: str) -> str:
    return _number(figures[over] / figures[under]) if {over, under} <= figures.keys() else "–"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:#.3g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    def lines() -> Iterator[str]:
        yield line(head)
        yield line(["---", *("---:" for _ in head[1:])])
        yield from map(line, rows)

    return "\n".join(lines())
