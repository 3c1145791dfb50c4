"""A file of named arrays: written once, mapped into memory, held to its checksums.

All numbers are little-endian::

    offset  size  what
    0       8     magic, b"BIWENARR"
    8       4     version of the format, u32
    12      4     CRC-32 of the directory, u32
    16      8     where the directory begins, u64
    24      8     how long it is in bytes, u64
    32      32    zero
    64      ...   the arrays, each from a multiple of 64 on, zeros between them
    ...     ...   the directory, JSON in UTF-8, at the end of the file

The directory is ``{"file": name, "facts": {...}, "arrays": {name: [type, count,
offset, crc32]}}``: the file knows its own name, so that no other can stand in its
place.  A type is one of numpy's names for little-endian numbers (``<u4``) or for
bytes of one length (``|S13``).
Nothing in a file is ever executed.
"""

from __future__ import annotations

import json
import mmap
import os
import re
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from indexer.durable import Damaged, new_file

Array = NDArray[Any]
Plan = Mapping[str, tuple[str, int]]
"""The type and the count of every array of a file."""

_MAGIC: Final = b"BIWENARR"
_VERSION: Final = 2
_HEADER: Final = struct.Struct("<8sIIQQ32x")
_ZEROS: Final = 32
_ALIGNMENT: Final = 64
_TYPE: Final = re.compile(r"\|u1|<[ui][48]|<u2|\|S[1-9]\d{0,2}")
_CHUNK: Final = 1 << 24


@contextmanager
def writing(path: Path, plan: Plan, facts: Mapping[str, Any]) -> Iterator[ArraysWriter]:
    """A new file, on disk for good under its name when the block ends well.

    Else nothing is left of it.  Raises OSError when the disk is full.
    """
    with new_file(path) as file:
        writer = ArraysWriter(file, plan)
        yield writer
        writer.finish({"file": path.name, "facts": facts})


class ArraysWriter:
    """Writes one file; the arrays may grow in turns, each up to its planned count."""

    def __init__(self, file: BinaryIO, plan: Plan) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._types = {name: np.dtype(kind) for name, (kind, _) in plan.items()}
        self._counts = {name: count for name, (_, count) in plan.items()}
        self._begins: dict[str, int] = {}
        self._written = dict.fromkeys(plan, 0)
        self._checksums = dict.fromkeys(plan, 0)
        offset = _HEADER.size
        for name, count in self._counts.items():
            self._begins[name] = offset = -(-offset // _ALIGNMENT) * _ALIGNMENT
            offset += count * self._types[name].itemsize
        self._end = offset

    def append(self, name: str, values: Array) -> None:
        """Put ``values`` behind what the array has.

        Several threads may write, each an array of its own.
        """
        kind = self._types[name]
        data = np.ascontiguousarray(values, dtype=kind).view(np.uint8).data
        with self._lock:
            self._file.seek(self._begins[name] + self._written[name] * kind.itemsize)
            self._file.write(data)
        self._written[name] += len(values)
        self._checksums[name] = crc32(data, self._checksums[name])

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write the directory, with what it says ``about`` the file."""
        if self._written != self._counts:
            raise ValueError(f"planned {self._counts}, written {self._written}")
        arrays = {
            name: [kind.str, self._counts[name], self._begins[name], self._checksums[name]]
            for name, kind in self._types.items()
        }
        directory = json.dumps({**about, "arrays": arrays}).encode()
        self._file.seek(self._end)
        self._file.write(directory)
        header = _HEADER.pack(_MAGIC, _VERSION, crc32(directory), self._end, len(directory))
        self._file.seek(0)
        self._file.write(header)


def write(path: Path, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> None:
    """Write a file of arrays that are all there already."""
    plan = {name: (each.dtype.newbyteorder("<").str, len(each)) for name, each in arrays.items()}
    with writing(path, plan, facts) as writer:
        for name, each in arrays.items():
            writer.append(name, each)


def is_sound(path: Path) -> bool:
    """Whether there is such a file, and it is what was written.  Reads all of it."""
    try:
        Arrays(path).check()
    except (OSError, Damaged):
        return False
    return True


class Arrays(Mapping[str, Array]):
    """The arrays of a file, read-only views of the mapped file, and its ``facts``.

    Raises Damaged when header or directory are not sound; OSError when the
    file cannot be opened.  The arrays themselves are only looked at by
    :meth:`check`, so that opening costs the same for any size.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.size = os.fstat(file.fileno()).st_size
            if self.size < _HEADER.size:
                raise Damaged("it is cut off")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        directory = self._directory()
        try:
            about = json.loads(directory)
            own_name, self.facts, self._places = (about[of] for of in ("file", "facts", "arrays"))
            self._views = {name: self._view(*place) for name, place in self._places.items()}
        # Its checksum is right, but who made it?
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise Damaged("its directory is none") from error
        if own_name != path.name or not isinstance(self.facts, dict):
            raise Damaged("it is another file")

    def _directory(self) -> bytes:
        magic, version, checksum, start, length = _HEADER.unpack_from(self._map)
        if magic != _MAGIC or version != _VERSION:
            raise Damaged("it is no file of arrays of this version")
        data = self._map[start : start + length]
        if start + length != self.size or crc32(data) != checksum:
            raise Damaged("its directory is damaged or cut off")
        self._begin_of_directory = start
        return data

    def _view(self, kind: str, count: int, offset: int, checksum: int) -> Array:
        numbers = (count, offset, checksum)
        if not _TYPE.fullmatch(kind) or not all(isinstance(each, int) for each in numbers):
            raise Damaged("an array is of no kind that there is")
        if min(numbers) < 0:
            raise Damaged("an array is of no size that there is")
        if offset + count * np.dtype(kind).itemsize > self.size:
            raise Damaged("an array lies outside of it")
        return np.frombuffer(self._map, kind, count, offset)

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def __iter__(self) -> Any:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    def checked(self, name: str) -> Array:
        """The array, read once.  Raises Damaged when it is not as written, or not there."""
        if name not in self._views:
            raise Damaged(f"there is no array {name}")
        _, _, offset, checksum = self._places[name]
        data, found, end = memoryview(self._map), 0, offset + self._views[name].nbytes
        for start in range(offset, end, _CHUNK):
            found = crc32(data[start : min(start + _CHUNK, end)], found)
        if found != checksum:
            raise Damaged(f"the array {name} is damaged")
        return self._views[name]

    def check(self) -> None:
        """Read everything once.  Raises Damaged, naming the array that is not as written."""
        between = _HEADER.size - _ZEROS
        for name, (_, _, offset, _) in sorted(self._places.items(), key=lambda each: each[1][2]):
            self._check_zeros(between, offset)
            between = offset + self.checked(name).nbytes
        self._check_zeros(between, self._begin_of_directory)

    def _check_zeros(self, start: int, end: int) -> None:
        if self._map[start:end].strip(b"\0"):
            raise Damaged("there is something between the arrays")
