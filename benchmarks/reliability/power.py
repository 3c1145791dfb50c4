"""What a power cut may leave of files, worked out from the log of what was done to them.

A disk owes a program only what was synced: of a file its content, of a folder
the names in it.  Whatever came after the last sync may be there or not, in any
choice and order, torn at any sector; so may names.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from benchmarks.reliability.shim import Operation

_SECTOR: Final = 512


class Loss(StrEnum):
    """What of that which was not synced is lost."""

    EVERYTHING = "all that was not synced"
    DATA = "unsynced data, where names and sizes are there"
    NAMES = "unsynced names, where data is there"
    SOME = "some of both, torn at sectors"


@dataclass
class _File:
    """A file: what is synced, and what was done to it since (offset and data; None: a cut)."""

    synced: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def after(self, changes: Iterable[tuple[int, bytes | None]]) -> bytes:
        content = bytearray(self.synced)
        for at, data in changes:
            if data is None:
                content[at:] = bytes(max(at - len(content), 0))
                continue
            content.extend(bytes(max(at - len(content), 0)))
            content[at : at + len(data)] = data
        return bytes(content)

    def sync(self) -> None:
        self.synced, self.since = self.after(self.since), []


_Node = _File | None  # None: a folder


class Disk:
    """A disk on which operations are done, and whose power may be cut after any of them."""

    def __init__(self, folder: Path) -> None:
        """What lies under the folder now is synced."""
        self._folder = folder
        self._durable: dict[str, _Node] = {}
        self._inodes: dict[int, _Node | str] = {folder.stat().st_ino: str(folder)}
        for path in folder.rglob("*"):
            name, inode = str(path), path.stat().st_ino
            self._durable[name] = None if path.is_dir() else _File(path.read_bytes())
            self._inodes[inode] = name if path.is_dir() else self._durable[name]
        self._names = dict(self._durable)
        self._changes: list[tuple[str, _Node | bool]] = []  # False: the name is gone

    def do(self, operation: Operation) -> None:
        """One more operation was done."""
        kind, inode, at, path, data = operation
        match kind:
            case "C":
                self._inodes[inode] = node = _File()
                self._named(path, node)
            case "M":
                self._inodes[inode] = path
                self._named(path, None)
            case "W" | "T":
                node = self._inodes[inode]
                assert isinstance(node, _File)
                node.since.append((at, data if kind == "W" else None))
            case "R" | "L":
                self._named(os.fsdecode(data), self._names[path])
                if kind == "R":
                    self._named(path, False)
            case "U":
                self._named(path, False)
            case "S":
                node = self._inodes[inode]
                if isinstance(node, _File):
                    node.sync()
                elif node is not None:
                    self._sync_names(node)

    def _named(self, path: str, node: _Node | bool) -> None:
        _name(self._names, path, node)
        self._changes.append((path, node))

    def _sync_names(self, folder: str) -> None:
        kept = []
        for path, node in self._changes:
            if path.rpartition("/")[0] == folder:
                _name(self._durable, path, node)
            else:
                kept.append((path, node))
        self._changes = kept

    def cut(self, loss: Loss, chance: random.Random, into: Path) -> tuple[object, ...]:
        """Write into a new folder what is there when the power comes back; that, as a value."""
        names = dict(self._durable)
        if loss is Loss.DATA:
            names = dict(self._names)
        elif loss is Loss.SOME:
            # a file system keeps the order of the names of one folder, not of several
            folders = sorted({path.rpartition("/")[0] for path, _ in self._changes})
            for folder in folders:
                own = [each for each in self._changes if each[0].rpartition("/")[0] == folder]
                for path, node in own[: chance.randint(0, len(own))]:
                    _name(names, path, node)
        into.mkdir()
        written: list[tuple[str, bytes | None]] = []
        folders_first = sorted(names.items(), key=lambda each: (each[1] is not None, each[0]))
        for path, node in folders_first:
            target = into / Path(path).relative_to(self._folder)
            if not target.parent.is_dir():
                continue  # its folder has no name yet
            content = None if node is None else _left(node, loss, chance)
            written.append((path, content))
            if content is None:
                target.mkdir()
            else:
                target.write_bytes(content)
        return tuple(written)


def _name(names: dict[str, _Node], path: str, node: _Node | bool) -> None:
    if isinstance(node, bool):
        names.pop(path, None)
    else:
        names[path] = node


def _left(file: _File, loss: Loss, chance: random.Random) -> bytes:
    match loss:
        case Loss.EVERYTHING:
            return file.synced
        case Loss.NAMES:
            return file.after(file.since)
        case Loss.DATA:
            size = len(file.after(file.since))
            return file.synced[:size].ljust(size, b"\0")
        case Loss.SOME:
            return file.after(_torn(file.since, chance))


def _torn(
    changes: Iterable[tuple[int, bytes | None]], chance: random.Random
) -> Iterable[tuple[int, bytes | None]]:
    for at, data in changes:
        if data is None:
            if chance.random() < 0.5:
                yield at, None
            continue
        kept = chance.choice((0.0, 0.5, 1.0))
        start = 0
        while start < len(data):
            end = min(len(data), start + _SECTOR - (at + start) % _SECTOR)
            if chance.random() < kept:
                yield at + start, data[start:end]
            start = end


def fresh(folder: Path) -> Path:
    """The folder, which is not there yet, or no more."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder
