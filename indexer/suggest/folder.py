"""The files of the vocabulary and the one that says which of them count.

``current.json`` names the files and the catalog generation that they have
reached; it has a checksum and is replaced atomically, and no other file is ever changed.  What
was made for another catalog, format or fold is as good as nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from indexer import durable
from indexer.analysis import FOLD_VERSION
from indexer.published import CURRENT, Published

FORMAT: Final = 3
_NAME: Final = re.compile(r"(terms|weights|titles|cities)-[0-9a-f]{12}")


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


class Folder(Published[State]):
    """The vocabulary's files."""

    OURS = re.compile(rf"{_NAME.pattern}|{re.escape(CURRENT)}")

    def read(self) -> State | None:
        """The state on disk; None when it is of another catalog, format or fold.

        Raises Damaged when it is not what was written, and OSError.
        """
        said = durable.read_facts(self.current)
        written_for = said.get("catalog"), said.get("format"), said.get("fold")
        if written_for != (self.catalog, FORMAT, FOLD_VERSION):
            return None
        try:
            said["terms"] = tuple((run, weights) for run, weights in said["terms"])
            state = State(**{**said, "titles": tuple(said["titles"])})
            # Nothing outside of this folder is ever opened, whoever wrote the file.
            named = all(_NAME.fullmatch(name) for name in state.files)
        except (ValueError, TypeError, KeyError) as error:
            raise durable.Damaged("it is no state of a vocabulary") from error
        if not named or not isinstance(state.generation, int):
            raise durable.Damaged("it is no state of a vocabulary")
        return state

    def new_file(self, kind: str) -> Path:
        """A file that is not there yet."""
        return durable.folder(self.path) / f"{kind}-{uuid4().hex[:12]}"
