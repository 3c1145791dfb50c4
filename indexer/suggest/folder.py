"""The files of the vocabulary and the one that says which of them count.

``current.json`` names the files and the catalog generation that they have
reached; it is replaced atomically, and no other file is ever changed.  What
was made for another catalog, format or fold is as good as nothing.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from indexer.analysis import FOLD_VERSION

FORMAT: Final = 2
_CURRENT: Final = "current.json"


@dataclass(frozen=True, slots=True)
class State:
    """What ``current.json`` says.

    ``terms`` are the runs of terms, each with the file of its weights;
    ``titles`` are the runs of titles, ``cities`` is the run of the cities.
    """

    catalog: str
    generation: int
    terms: tuple[tuple[str, str], ...] = ()
    titles: tuple[str, ...] = ()
    cities: str = ""
    format: int = FORMAT
    fold: str = FOLD_VERSION

    @property
    def files(self) -> set[str]:
        """The files that count."""
        return {file for pair in self.terms for file in pair} | {*self.titles, self.cities}


class Folder:
    """The vocabulary's files under ``path`` for the catalog with this uuid."""

    def __init__(self, path: Path, catalog: str) -> None:
        self.path = path
        self.catalog = catalog

    def stamp(self) -> tuple[int, int] | None:
        """Changes whenever another state is published; None when there is none."""
        try:
            status = (self.path / _CURRENT).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def state(self) -> State | None:
        """The state on disk; None when there is none that fits."""
        try:
            found = json.loads((self.path / _CURRENT).read_text("utf-8"))
            found["terms"] = tuple((run, weights) for run, weights in found["terms"])
            state = State(**{**found, "titles": tuple(found["titles"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None
        fits = (state.catalog, state.format, state.fold) == (self.catalog, FORMAT, FOLD_VERSION)
        return state if fits else None

    def new_file(self, kind: str) -> Path:
        """A file that is not there yet."""
        self.path.mkdir(parents=True, exist_ok=True)
        return self.path / f"{kind}-{uuid4().hex[:12]}"

    def publish(self, state: State) -> None:
        """Make this the present state, durably, and delete the files that count no more."""
        self.path.mkdir(parents=True, exist_ok=True)
        draft = self.path / f"{_CURRENT}.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / _CURRENT)
        for other in self.path.iterdir():
            if other.name not in state.files and other.name != _CURRENT:
                try:
                    other.unlink()
                except OSError:
                    continue  # a reader has it mapped (Windows); the next one deletes it
