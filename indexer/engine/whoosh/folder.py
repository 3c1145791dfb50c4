"""The files of the index and the one that says which of them count.

``current.json`` names the segments of the present index, the catalog that it
was made from, and how far it has come.  It is replaced atomically, after the
segments themselves are on disk; no other file is ever changed.  An index of
another catalog, layout or fold is as good as none.  An index whose words were
cut by another dictionary is used as it is: characters, and so quotes, are
found in it exactly, words nearly so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final
from uuid import uuid4

from indexer.analysis import ANALYSIS_VERSION, FOLD_VERSION, dictionary_version

LAYOUT_VERSION: Final = 4
"""To be raised with every change of the files."""

_CURRENT: Final = "current.json"
_OURS: Final = (".segment", ".deleted", ".new")


Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a segment, and how many documents it has, deleted ones included."""

    segment: str
    count: int
    deleted: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What ``current.json`` says.

    ``analysis`` and ``dictionary`` hold every version by which documents of
    this index were cut, oldest first.
    """

    catalog: str
    generation: int
    segments: tuple[Files, ...] = ()
    layout: int = LAYOUT_VERSION
    fold: str = FOLD_VERSION
    analysis: tuple[int, ...] = (ANALYSIS_VERSION,)
    dictionary: tuple[str, ...] = field(default_factory=lambda: (dictionary_version(),))

    @property
    def is_outdated(self) -> bool:
        """Whether some of its documents were cut otherwise than they would be now."""
        now = State(self.catalog, self.generation)
        return (self.analysis, self.dictionary) != (now.analysis, now.dictionary)

    def updated(self, generation: int, segments: Sequence[Files]) -> State:
        """The state after documents, cut as they are now, brought it to this generation."""
        now = State(self.catalog, generation)
        return replace(
            now,
            segments=tuple(segments),
            analysis=tuple(dict.fromkeys(self.analysis + now.analysis)),
            dictionary=tuple(dict.fromkeys(self.dictionary + now.dictionary)),
        )


class IndexFolder:
    """The index files under ``path`` for the catalog with this uuid."""

    def __init__(self, path: Path, catalog: str) -> None:
        self.path = path
        self.catalog = catalog
        self._current = path / _CURRENT

    def stamp(self) -> Stamp | None:
        """What tells the present state from an earlier one, at the cost of a look."""
        try:
            found = self._current.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def state(self) -> State | None:
        """The state on disk; None when there is no index that fits."""
        try:
            said = json.loads((self.path / _CURRENT).read_text("utf-8"))
            state = State(
                **{
                    **said,
                    "segments": tuple(Files(**each) for each in said["segments"]),
                    "analysis": tuple(said["analysis"]),
                    "dictionary": tuple(said["dictionary"]),
                }
            )
        except (OSError, ValueError, TypeError, KeyError):
            return None
        fits = (state.catalog, state.layout, state.fold) == (
            self.catalog,
            LAYOUT_VERSION,
            FOLD_VERSION,
        )
        return state if fits else None

    def new_file(self, suffix: str) -> Path:
        """Where a new file of the index may be written."""
        return self._made() / f"{uuid4().hex[:12]}.{suffix}"

    def publish(self, state: State) -> None:
        """Make this the present state, durably."""
        draft = self._made() / f"{_CURRENT}.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / _CURRENT)
        self._sweep(state)

    def _made(self) -> Path:
        self.path.mkdir(parents=True, exist_ok=True)
        return self.path

    def _sweep(self, state: State) -> None:
        """Delete the files of earlier states, as far as nobody holds them open."""
        used = {name for each in state.segments for name in (each.segment, each.deleted)}
        for other in self.path.iterdir():
            if other.suffix in _OURS and other.name not in used:
                try:
                    other.unlink()
                except OSError:
                    continue  # Windows deletes no mapped file; the next sweep finds it again
