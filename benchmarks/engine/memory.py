"""The most memory that a process takes together with those that it starts.  Linux alone says so."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.engine.figures import Figures

_PROCESSES: Final = Path("/proc")
_SECONDS: Final = 0.1
_FIELDS: Final = {"VmRSS:": "resident", "RssAnon:": "private"}


class Watch:
    """Looks at a process and its descendants ten times a second inside a ``with`` block.

    ``peaks`` has the greatest sums in MB: ``resident`` counts mapped files too, and what
    processes share once for each; ``private`` is memory of their own.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peaks: Figures = {}

    def __enter__(self) -> Self:
        if _PROCESSES.exists():
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()
        if self._thread.ident:
            self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(_SECONDS):
            for name, used in _memory(self._pid).items():
                self.peaks[name] = max(self.peaks.get(name, 0.0), used)


def _memory(pid: int) -> Figures:
    """What a process and its descendants take now."""
    used = dict.fromkeys(_FIELDS.values(), 0.0)
    for each in _family(pid):
        try:
            lines = (_PROCESSES / str(each) / "status").read_text().splitlines()
        except OSError:  # it ended meanwhile
            continue
        for line in lines:
            name, *values = line.split()
            if name in _FIELDS:
                used[_FIELDS[name]] += int(values[0]) * 1024 / 1e6
    return used


def _family(pid: int) -> list[int]:
    family = [pid]
    for each in family:
        for children in _PROCESSES.glob(f"{each}/task/*/children"):
            try:
                family += map(int, children.read_text().split())
            except OSError:
                continue
    return family
