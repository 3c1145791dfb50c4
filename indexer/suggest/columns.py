"""The columns of a run: arrays in one immutable, mapped file, each checked when asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from indexer.arrays import Arrays
from indexer.durable import Damaged

Array = NDArray[Any]


class Columns:
    """The arrays of a file, each held against its checksum when first asked for.

    Raises Damaged when there is no file, or it is not what was written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = Arrays(path)
        except (OSError, Damaged) as error:
            raise Damaged(path) from error
        self._path = path
        self._sound: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        """The array; raises Damaged when it is not what was written."""
        if name not in self._sound:
            try:
                self._sound[name] = self._file.checked(name)
            except Damaged as error:
                raise Damaged(self._path) from error
        return self._sound[name]
