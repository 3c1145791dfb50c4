"""The measured sections of docs/scale.md."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.engine.figures import Figures
from benchmarks.engine.questions import CLASSES
from benchmarks.reliability import page
from benchmarks.scale import growing, sizing

_ALL: Final[Mapping[str, str]] = {**CLASSES, **growing.CLASSES}
_ENGINES: Final = ("embedded", "opensearch")
_SHARDS: Final = 3


def tell(to: Path | None, docs: int, by_size: Mapping[int, Figures]) -> None:
    """Write the comparison at one size, the growth over all and what follows, or print them."""
    page.tell(to, "Side by side", _side_by_side(docs, by_size[docs]))
    page.tell(to, "Growth", _growth(by_size))
    page.tell(to, "Sizing", _sizing(by_size))


def _side_by_side(docs: int, figures: Figures) -> str:
    made = [
        (what, *(round(figures[name.format(engine)]) for engine in _ENGINES))
        for what, name in (
            ("documents indexed a second", "index.{}.documents_per_s"),
            ("index on disk, MB (one copy)", "disk.{}"),
        )
    ]
    asked = [
        (
            what,
            *(
                f"{figures[f'query.{name}.{engine}.p50']:.1f} / "
                f"{figures[f'query.{name}.{engine}.p95']:.1f}"
                for engine in _ENGINES
            ),
            f"{figures[_p50(name, 'opensearch')] / figures[_p50(name, 'embedded')]:.1f}",
        )
        for name, what in _ALL.items()
    ]
    return f"""
{docs:,} documents, the same for both engines, and the same questions, asked in turn; both
counted alike. The cluster has three nodes, {_SHARDS} shards and one replica, all on this machine:
it shares {os.cpu_count()} cores with the client, and writes everything twice.

{page.table(("", "embedded", "OpenSearch"), made)}

Milliseconds for a total, the best 20 and the facets, p50 / p95, and how many times as long
OpenSearch takes (p50):

{page.table(("question", "embedded", "OpenSearch", "times"), asked)}
"""


def _growth(by_size: Mapping[int, Figures]) -> str:
    sizes = sorted(by_size)
    lines: dict[str, str] = {
        "documents/s, embedded": "index.embedded.documents_per_s",
        "documents/s, OpenSearch": "index.opensearch.documents_per_s",
        "MB on disk, embedded": "disk.embedded",
        "MB on disk, OpenSearch, one copy": "disk.opensearch",
        "MB of old heap in use, three nodes": "heap.opensearch",
        "a fixed piece of work, ms": "noise.p50",
        **{f"{what}, {engine}": _p50(name, engine) for name, what, engine in _asked()},
    }
    rows = [
        (what, *(_short(by_size[size][name]) for size in sizes), _foretold(by_size, name))
        for what, name in lines.items()
    ]
    head = ("documents", *(f"{size:,}" for size in sizes), f"{sizes[-1]:,} foretold")
    return f"""
One archive that grows, both engines asked at each size; queries in milliseconds (p50). The last
column is what a straight line through the smaller sizes foretells for the largest. How quick the
machine was meanwhile is seen by a fixed piece of work, timed between the questions.

{page.table(head, rows)}
{_compared(by_size) if len(sizes) > 2 else ""}"""


def _sizing(by_size: Mapping[int, Figures]) -> str:
    sizes = sorted(by_size)
    needs = [sizing.need(by_size, documents) for documents in sizing.SIZES]
    rows = [
        (f"{each.documents:,}", each.shards, f"{each.disk_gb:,.0f}", each.nodes, each.nodes * 64)
        for each in needs
    ]
    most = sizing.most(by_size)
    costs = []
    for name, what in _ALL.items():
        embedded, opensearch = (
            sizing.line(by_size, _p50(name, engine), sizes) for engine in _ENGINES
        )
        # On one shard after the other, as on this machine; shards of several nodes work at once.
        a_shard = [opensearch.at(round(each.documents / each.shards * _SHARDS)) for each in needs]
        taken = [embedded.at(most), *a_shard]
        each = (f"{line.each * 1e6:.1f}" for line in (embedded, opensearch))
        costs.append((what, *each, *(f"{figure:,.0f}" for figure in taken)))
    cost_head = (
        "question",
        "embedded, a million",
        "OpenSearch, a million",
        f"embedded, {most / 1e6:,.0f} million",
        *(f"OpenSearch, {each:,}" for each in sizing.SIZES),
    )
    return f"""
Worked out from the figures above, of documents of about 90 words; a long article takes as many
times more as it is longer.

**On one machine**, the embedded engine takes {_bytes(by_size, "embedded"):,.0f} bytes a document.
With {sizing.NODE_GB} GB of memory, of which half is left to the files, {most / 1e6:,.0f} million
are read from memory. That is where it ends; adding that many takes
{most / by_size[sizes[-1]]["index.embedded.documents_per_s"] / 3600:.1f} hours.

**On OpenSearch**, a document takes {_bytes(by_size, "opensearch"):,.0f} bytes a copy. With one
replica, shards of {sizing.SHARD_GB} GB at most, and nodes of {sizing.NODE_GB} GB of memory of which
half is left to the files, which may be {sizing.DISK_PER_MEMORY} times as large:

{page.table(("documents", "shards", "GB on disk", "nodes", "GB of memory"), rows)}

What a query costs: milliseconds for every million documents more on this machine's
{os.cpu_count()} cores, and how long it takes at these sizes, on a cluster where every node works on
{_SHARDS} shards at once with as many cores as this machine has:

{page.table(cost_head, costs)}
"""


def _bytes(by_size: Mapping[int, Figures], engine: str) -> float:
    largest = max(by_size)
    return by_size[largest][f"disk.{engine}"] * 1e6 / largest


def _asked() -> Iterator[tuple[str, str, str]]:
    return ((name, what, engine) for name, what in _ALL.items() for engine in _ENGINES)


def _p50(name: str, engine: str) -> str:
    return f"query.{name}.{engine}.p50"


def _foretold(by_size: Mapping[int, Figures], name: str) -> str:
    *smaller, largest = sorted(by_size)
    if len(smaller) < 2 or name.endswith("per_s") or name == "noise.p50":
        return "-"
    return _short(sizing.line(by_size, name, smaller).at(largest))


def _compared(by_size: Mapping[int, Figures]) -> str:
    queries = [_p50(name, engine) for name, _, engine in _asked()]
    disks = [f"disk.{engine}" for engine in _ENGINES]
    half, disk = median(_off(by_size, queries)), max(_off(by_size, disks))
    return f"""
At the largest size, half of the queries take within {half:.0%} of what was foretold; the disk is
within {disk:.0%}.
"""


def _off(by_size: Mapping[int, Figures], names: Sequence[str]) -> list[float]:
    """By which share of what was foretold each of the measured figures is off."""
    *smaller, largest = sorted(by_size)
    told = (sizing.line(by_size, name, smaller).at(largest) for name in names)
    pairs = zip(names, told, strict=True)
    return [abs(by_size[largest][name] / foretold - 1) for name, foretold in pairs]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
