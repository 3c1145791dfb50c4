"""A folder of files and ``current.json``, which says which of them count.

Index and suggestions are such folders.  Files never change; ``current.json`` has a
checksum and is replaced atomically, after the files that it names are on disk.
Nothing in a folder that was made for another catalog is used.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict
from pathlib import Path
from re import Pattern
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from indexer import durable

CURRENT: Final = "current.json"

Stamp = tuple[int, int, int]


class State(Protocol):
    """What ``current.json`` says: a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def files(self) -> set[str]:
        """The names of the files that count."""


_Of = TypeVar("_Of", bound=State)


class Published(ABC, Generic[_Of]):
    """The files under ``path`` for the catalog with this uuid; ``OURS`` are their names."""

    OURS: ClassVar[Pattern[str]]

    def __init__(self, path: Path, catalog: str) -> None:
        self.path = path
        self.catalog = catalog
        self.current = path / CURRENT

    @abstractmethod
    def read(self) -> _Of | None:
        """The state on disk; None when it is of another catalog or version.

        Raises Damaged when it is not what was written, and OSError.
        """

    def stamp(self) -> Stamp | None:
        """What tells the present state from an earlier one, at the cost of a look."""
        try:
            found = self.current.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def state(self) -> _Of | None:
        """The state on disk; None when there is none that fits."""
        try:
            return self.read()
        except (OSError, durable.Damaged):
            return None

    def publish(self, state: _Of) -> None:
        """Make this the present state, durably.  Raises OSError."""
        durable.folder(self.path)
        durable.write_facts(self.current, asdict(state))
        self.sweep(state)

    def sweep(self, state: _Of) -> None:
        """Delete what does not belong to this state, the present one, or was never finished."""
        durable.sweep(self.path, {*state.files, CURRENT}, self.OURS)

    def damaged(self) -> list[Path]:
        """The files that are missing or not what was written.  All of them are read."""
        while True:
            stamp = self.stamp()
            found = self._damaged()
            if not found or stamp == self.stamp():
                return found  # else a writer may have removed what it replaced

    def _damaged(self) -> list[Path]:
        from indexer import arrays  # it takes numpy along, and suggestions mostly do without

        try:
            state = self.read()
        except FileNotFoundError:
            return []
        except (OSError, durable.Damaged):
            return [self.current]
        paths = sorted(self.path / name for name in (state.files if state else ()))
        return [path for path in paths if not arrays.is_sound(path)]
