"""The files of the index and the one that says which of them count.

``current.json`` names the segments of the present index, the catalog that it
was made from, and how far it has come.  It has a checksum and is replaced
atomically, after the segments themselves are on disk; no other file is ever changed.  An index of
another catalog, layout or fold is as good as none.  An index whose words were
cut by another dictionary is used as it is: characters, and so quotes, are
found in it exactly, words nearly so.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from uuid import uuid4

from indexer import durable
from indexer.analysis import ANALYSIS_VERSION, FOLD_VERSION, dictionary_version
from indexer.published import CURRENT, Published

LAYOUT_VERSION: Final = 5
"""To be raised with every change of the files."""

_NAME: Final = re.compile(r"[0-9a-f]{12}\.(segment|deleted)")
# The first indexes were Whoosh's own, each a folder: of no use, and larger than any of today.
_FORMER: Final = re.compile(r"[0-9a-f]{12}")


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
    def files(self) -> set[str]:
        """The names of the files that count."""
        return {each.segment for each in self.segments} | {
            each.deleted for each in self.segments if each.deleted
        }

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


class IndexFolder(Published[State]):
    """The files of the index."""

    OURS = re.compile(rf"{_NAME.pattern}|{re.escape(CURRENT)}")

    def read(self) -> State | None:
        """The state on disk; None when it is of another catalog, layout or fold.

        Raises Damaged when it is not what was written, and OSError.
        """
        said = durable.read_facts(self.current)
        if "segments" not in said:  # those of some other file
            raise durable.Damaged("it is no state of an index")
        written_for = said.get("catalog"), said.get("layout"), said.get("fold")
        if written_for != (self.catalog, LAYOUT_VERSION, FOLD_VERSION):
            return None
        try:
            state = State(
                **{
                    **said,
                    "segments": tuple(Files(**each) for each in said["segments"]),
                    "analysis": tuple(said["analysis"]),
                    "dictionary": tuple(said["dictionary"]),
                }
            )
            # Nothing outside of this folder is ever opened, whoever wrote the file.
            is_sound = (
                all(_NAME.fullmatch(name) for name in state.files)
                and all(isinstance(each, str) for each in state.dictionary)
                and all(isinstance(each, int) for each in (state.generation, *state.analysis))
            )
        except (TypeError, KeyError) as error:
            raise durable.Damaged("it is no state of an index") from error
        if not is_sound:
            raise durable.Damaged("it is no state of an index")
        return state

    def new_file(self, suffix: str) -> Path:
        """Where a new file of the index may be written."""
        return durable.folder(self.path) / f"{uuid4().hex[:12]}.{suffix}"

    @contextmanager
    def changing(self) -> Iterator[None]:
        """A block that writes files and publishes them; when it fails, they are deleted."""
        try:
            yield
        except BaseException:
            if state := self.state():
                self.sweep(state)
            raise

    def sweep(self, state: State) -> None:
        """Delete what does not belong to this state, the present one, or was never finished."""
        super().sweep(state)
        for each in self.path.iterdir():
            if _FORMER.fullmatch(each.name):
                shutil.rmtree(each, ignore_errors=True)
