"""Figures by name, and how they are taken."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

Figures = dict[str, float]
"""Names have dots (``query.term.ours.p95``); docs/benchmarks.md shows each with its unit.

Times are in milliseconds, those that end in ``_s`` in seconds, sizes in MB (10^6 bytes),
``per_s`` a second.
"""

Given = TypeVar("Given")
_WORK: Final = 20_000


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(text, file=sys.stderr, flush=True)


def apart(function: Callable[..., Given], *arguments: object) -> Given:
    """The value of a function that runs in a new process, so that nothing of it stays behind."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def milliseconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def steady_work() -> int:
    """A fixed piece of work, by which one sees how quick the machine is at a moment."""
    return sum(range(_WORK))


def percentiles(name: str, times: Sequence[float]) -> Figures:
    """The median and the 95th percentile of some times, as ``name.p50`` and ``name.p95``."""
    ordered = sorted(times)
    return {
        f"{name}.p50": ordered[len(ordered) // 2],
        f"{name}.p95": ordered[int(len(ordered) * 0.95)],
    }


def megabytes(path: Path) -> float:
    """The size of a file, or of all files of a folder; 0 when there is none."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files) / 1e6


def load(path: Path) -> Figures:
    """The figures that were kept in a file; none when it is not there."""
    kept: Figures = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return kept


def keep(path: Path, figures: Figures) -> None:
    """Add figures to those that are kept in a file."""
    path.write_text(json.dumps(load(path) | figures, ensure_ascii=False, indent=1), "utf-8")
