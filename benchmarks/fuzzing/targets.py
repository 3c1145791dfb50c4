"""All targets by their names."""

from __future__ import annotations

from typing import Final

from benchmarks.fuzzing import files, pages, queries, sources, texts
from benchmarks.fuzzing.target import Target

TARGETS: Final[dict[str, Target]] = {
    target.name: target for of in (sources, pages, queries, texts, files) for target in of.TARGETS
}
