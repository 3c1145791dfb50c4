"""Which files of a folder are new or changed, and finished being written.

The folder is looked through again and again: that works on every system and on network drives,
where notices of the system (inotify and its like) do not come or get lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from indexer.sources import Refusal, files_in

Stamp = tuple[int, int]

# What is written by browsers and other programs before the file has its name.
_UNFINISHED: Final = (
    ".part",
    ".partial",
    ".filepart",
    ".crdownload",
    ".opdownload",
    ".download",
    ".tmp",
    ".temp",
    ".swp",
    "~",
)
_OLD_SECONDS: Final = 10.0


class Watched:
    """A folder with all its folders, and what is known of the files in it."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._folder = str(folder)
        self._now = now
        self._seen: dict[str, Stamp] = {}
        self._taken: dict[str, Stamp] = {}
        self._ready: dict[str, Stamp] = {}
        self._unreadable: set[str] = set()

    def look(self) -> tuple[list[str], list[Refusal]]:
        """The files to take, and the folders that cannot be read any more.

        A file is ready when nothing was written to it for a while: when it is as
        it was at the last look, or is old already (as one that was moved in).
        """
        refusals: list[Refusal] = []
        stamps = {
            path: stamp for path in files_in(self._folder, refusals) if (stamp := _stamp(path))
        }
        if not refusals:  # what is out of reach is not gone
            self._taken = {path: each for path, each in self._taken.items() if path in stamps}
        self._ready = {
            path: stamp
            for path, stamp in stamps.items()
            if self._taken.get(path) != stamp
            and (self._seen.get(path) == stamp or self._is_old(stamp))
        }
        self._seen = stamps
        new = [each for each in refusals if each.name not in self._unreadable]
        self._unreadable = {each.name for each in refusals}
        return list(self._ready), new

    def took(self) -> None:
        """The files of the last look were added or refused: not again until they change."""
        self._taken |= self._ready

    def _is_old(self, stamp: Stamp) -> bool:
        return self._now() - stamp[1] / 1e9 > _OLD_SECONDS


def _stamp(path: str) -> Stamp | None:
    """The size and time of a file; None for one that is unfinished, or gone, or no file."""
    if path.lower().endswith(_UNFINISHED) or Path(path).name.startswith("~"):
        return None
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if Path(path).is_file() else None
