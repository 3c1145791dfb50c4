"""The files of the index and the one that says which of them count.

``current.json`` names the folder of the present index, the catalog that it
was made from, and how far it has come.  It is replaced atomically, after the
index itself is on disk; an index of another catalog, schema or analysis is
as good as none.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from indexer.analysis import ANALYSIS_VERSION
from indexer.engine.whoosh.schema import SCHEMA_VERSION

_CURRENT: Final = "current.json"


@dataclass(frozen=True, slots=True)
class State:
    """What ``current.json`` says."""

    folder: str
    catalog: str
    generation: int
    schema: int = SCHEMA_VERSION
    analysis: str = ANALYSIS_VERSION


class IndexFolder:
    """The index files under ``path`` for the catalog with this uuid."""

    def __init__(self, path: Path, catalog: str) -> None:
        self.path = path
        self._catalog = catalog

    def state(self) -> State | None:
        """The state on disk; None when there is no index that fits."""
        try:
            state = State(**json.loads((self.path / _CURRENT).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        fits = state == State(state.folder, self._catalog, state.generation)
        return state if fits and (self.path / state.folder).is_dir() else None

    def fresh(self, generation: int) -> State:
        """The state of an index still to be made, its empty folder created."""
        state = State(uuid4().hex[:12], self._catalog, generation)
        (self.path / state.folder).mkdir(parents=True)
        return state

    def publish(self, state: State) -> None:
        """Make this the present state, durably."""
        draft = self.path / f"{_CURRENT}.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / _CURRENT)

    def sweep(self, state: State) -> None:
        """Delete the folders of earlier indexes, as far as nobody holds them open."""
        for other in self.path.iterdir():
            if other.is_dir() and other.name != state.folder:
                shutil.rmtree(other, ignore_errors=True)
