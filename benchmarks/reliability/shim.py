"""A process whose file operations can be stopped, made to fail, and written down (shim.c)."""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Final, NamedTuple

_SOURCE: Final = Path(__file__).with_name("shim.c")
_LOADED: Final = "BIWEN_SHIM"
_RECORD: Final = struct.Struct("<cQqQQ")


class Action(IntEnum):
    """What happens at one operation; with FAIL_FROM also at those after it."""

    NOTHING = 0
    KILL_BEFORE = 1
    KILL_WITHIN = 2
    KILL_AFTER = 3
    FAIL = 4
    FAIL_FROM = 5


class Operation(NamedTuple):
    """One record of the log.

    ``kind``: C(reate), W(rite), T(runcate), S(ync), R(ename), L(ink), U(nlink),
    M(ake a folder), or A, what was printed.
    """

    kind: str
    inode: int
    at: int
    path: str
    data: bytes


def missing() -> str:
    """Why there can be no shim here; nothing when there can."""
    if not sys.platform.startswith("linux"):
        return "LD_PRELOAD is of Linux"
    return "" if shutil.which("cc") else "there is no C compiler (cc)"


def restart_within() -> None:
    """Run this very program again with the shim loaded, unless it is."""
    if os.environ.get(_LOADED):
        return
    library = Path(tempfile.mkdtemp(prefix="shim")) / "shim.so"
    compile_ = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"]
    try:
        subprocess.run(compile_, check=True)
        environ = {**os.environ, "LD_PRELOAD": str(library), _LOADED: str(library)}
        done = subprocess.run([sys.executable, *sys.orig_argv[1:]], env=environ, check=False)
    finally:
        shutil.rmtree(library.parent)
    sys.exit(done.returncode)


def watch(
    folder: Path,
    at: int = 0,
    action: Action = Action.NOTHING,
    error: int = 0,
    log: Path | None = None,
) -> None:
    """From now on watch what changes under the folder, in this process alone."""
    arguments = (os.fsencode(folder), ctypes.c_long(at), int(action), error)
    ctypes.CDLL(os.environ[_LOADED]).shim_watch(*arguments, os.fsencode(log) if log else b"")


def count() -> int:
    """How many operations there were since the watching began."""
    counted = ctypes.CDLL(os.environ[_LOADED]).shim_count
    counted.restype = ctypes.c_long
    return int(counted())


def operations(log: Path) -> Iterator[Operation]:
    """What a log holds."""
    data = log.read_bytes()
    at = 0
    while at < len(data):
        kind, inode, place, path, size = _RECORD.unpack_from(data, at)
        at += _RECORD.size
        yield Operation(
            kind.decode(),
            inode,
            place,
            os.fsdecode(data[at : at + path]),
            data[at + path : at + path + size],
        )
        at += path + size
