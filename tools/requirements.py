"""What requirements.txt asks for, and what requirements.lock pins for whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT: Final = Path(__file__).parents[1]
ASKED: Final = "requirements.txt"
LOCK: Final = ROOT / "requirements.lock"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A distribution of the lock: who asks for it, and the hashes of its files."""

    name: str
    version: Version
    marker: Marker | None
    hashes: tuple[str, ...]
    asked_by: tuple[str, ...]


def asked(file: Path = ROOT / ASKED) -> list[Requirement]:
    """The requirements of a file, without those of files that it includes."""
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


def pinned(file: Path = LOCK) -> list[Pinned]:
    """The distributions of a lock as uv writes it.  Raises ValueError for what is none."""
    entries = re.split(r"\n(?=\w)", file.read_text("utf-8").strip())
    return [_pinned(entry) for entry in entries]


def _pinned(entry: str) -> Pinned:
    first, *rest = entry.replace("\\\n", "\n").splitlines()
    requirement = Requirement(first.strip())
    (specifier,) = requirement.specifier
    if specifier.operator != "==":
        raise ValueError(f"{first} pins no version")
    lines = [line.strip() for line in rest]
    return Pinned(
        canonicalize_name(requirement.name),
        Version(specifier.version),
        requirement.marker,
        tuple(line.removeprefix("--hash=") for line in lines if line.startswith("--hash=")),
        tuple(
            line.removeprefix("#").strip().removeprefix("via").strip()
            for line in lines
            if line.startswith("#") and line != "# via"
        ),
    )
