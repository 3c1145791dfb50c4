"""Reading the data files beside this package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "data"


def entries(name: str) -> tuple[str, ...]:
    """The lines of a data file, without comments and empty lines."""
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def sections(name: str) -> dict[str, tuple[str, ...]]:
    """The lines of a data file by the ``[heading]`` that they stand under."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in entries(name):
        if line.startswith("[") and line.endswith("]"):
            current = found.setdefault(line[1:-1], [])
        else:
            current.append(line)
    return {heading: tuple(lines) for heading, lines in found.items()}
