"""Files that are on disk for good under their names, or not there at all.

A file is synced before it gets its name, and the folder after it: a name may
outlive a power cut that the content behind it does not, and the other way round.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from re import Pattern
from typing import Any, BinaryIO, Final
from zlib import crc32

DRAFT: Final = ".new"
"""What the name of a file ends with until it is finished."""

_CHECKSUM: Final = "checksum"
# A folder that may be written but not read; some file systems over a network.
_NOT_TO_BE_SYNCED: Final = (errno.EACCES, errno.EPERM, errno.EINVAL, errno.ENOTSUP)


class Damaged(Exception):
    """A file that is not what was written; the message says what is wrong with it."""


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to be written, which appears under its name when the block ends well.

    It replaces one that is there.  When the block does not end well, nothing is
    left of it.  Raises OSError.
    """
    draft = path.with_name(path.name + DRAFT)
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def folder(path: Path) -> Path:
    """The folder ``path``, made if need be, with those above it.  Raises OSError."""
    missing = [*takewhile(lambda each: not each.is_dir(), (path, *path.parents))]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        sync_folder(each.parent)
    return path


def sync(path: Path) -> None:
    """Have the content of a file that somebody else wrote on disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Have the names in a folder on disk, where the system lets a program ask for that."""
    if os.name == "nt":  # which opens no folders, and writes names by itself
        return
    try:
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as error:
        if error.errno not in _NOT_TO_BE_SYNCED:
            raise


def sweep(path: Path, used: Collection[str], ours: Pattern[str]) -> None:
    """Delete those files of a folder that are ``ours`` by name, or drafts, but not ``used``.

    Windows deletes no file that somebody has mapped; the next sweep finds it again.
    """
    with suppress(OSError):
        for each in [*path.iterdir()]:
            if each.name not in used and ours.fullmatch(each.name.removesuffix(DRAFT)):
                with suppress(OSError):
                    each.unlink()


def write_facts(path: Path, facts: Mapping[str, Any]) -> None:
    """Replace a small file of facts.  Raises OSError."""
    with new_file(path) as file:
        file.write(_with_checksum(facts))


def read_facts(path: Path) -> dict[str, Any]:
    """What a file of facts says.  Raises Damaged when it is not what was written, and OSError."""
    data = path.read_bytes()
    try:
        facts = json.loads(data)
        facts.pop(_CHECKSUM)
        sound = _with_checksum(facts) == data
    # nested too deeply, which some file from elsewhere may be, is a RecursionError
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise Damaged("it holds no facts") from error
    if not sound:
        raise Damaged("it does not have its checksum")
    return dict(facts)


def _with_checksum(facts: Mapping[str, Any]) -> bytes:
    checksum = crc32(json.dumps(facts).encode())
    return json.dumps({**facts, _CHECKSUM: checksum}).encode()
