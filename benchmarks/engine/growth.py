"""Which figures grow faster than the documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from itertools import pairwise
from typing import Final

from benchmarks.engine.figures import Figures

_NOISE: Final = 1.1
_NO_COST: Final = (
    "*.total",
    "*.questions",
    "*.number",
    "*.segments",
    "*.documents",
    "*.times",
    "took.*",
    "stage.*",
    "query.*",  # in turn with others, and at one size alone
    "index.*",
    "growth.*",
    "noise.*",
)

WHY: Final = {
    "add.*": (
        "the catalog writes hashes at random places of its indexes, which outgrow SQLite's cache "
        "(128 MiB); what else an addition does grows with the documents"
    ),
    "*": (
        "arrays with an entry a document, or a match, outgrow the processor's second-level cache: "
        "flags of a million documents take 1 MB, scores and numbers of frequent matches 4 and 8"
    ),
}
"""What makes lines bend, by the first pattern that fits their names."""


def lines(by_size: Mapping[int, Figures]) -> dict[str, list[float]]:
    """The figures that cost something and that every size has, from the smallest size on."""
    sizes = sorted(by_size)
    return {
        name: [by_size[size][name] for size in sizes]
        for name in by_size[sizes[-1]]
        if not any(fnmatch(name, pattern) for pattern in _NO_COST)
        and all(name in by_size[size] for size in sizes)
    }


def is_linear(name: str, values: list[float], sizes: list[int]) -> bool:
    """Whether a figure grows at most as the documents do, noise apart.

    How many documents are added a second has to stay; of requests, as many fewer may be
    answered as there are more documents.
    """
    if name.endswith("requests_per_s"):
        values = [1 / value for value in values]
    return all(
        before <= _NOISE * after
        if name.endswith("documents_per_s")
        else after <= _NOISE * before * more / size
        for (before, after), (size, more) in zip(pairwise(values), pairwise(sizes), strict=True)
    )


def why(names: Iterable[str]) -> dict[str, list[str]]:
    """The names of lines by what makes them bend."""
    found: dict[str, list[str]] = {}
    for name in names:
        reason = next(reason for pattern, reason in WHY.items() if fnmatch(name, pattern))
        found.setdefault(reason, []).append(name)
    return found


def bending(by_size: Mapping[int, Figures]) -> list[str]:
    """The names of the figures that grow faster."""
    sizes = sorted(by_size)
    return [name for name, values in lines(by_size).items() if not is_linear(name, values, sizes)]
