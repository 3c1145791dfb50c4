"""Named arrays in one immutable, memory-mapped file.

The layout, all numbers little-endian::

    magic     8 bytes, b"BIWENCOL"
    version   u32
    length    u32 of the header
    crc       u32 of the header
    header    JSON: {name: [dtype, count, offset, crc]}, offsets from the end of the header
    arrays    each at a multiple of 64 bytes
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MAGIC: Final = b"BIWENCOL"
VERSION: Final = 1
_PREFIX: Final = struct.Struct("<8sIII")
_ALIGNMENT: Final = 64

Array = NDArray[Any]


class Damaged(Exception):
    """A file is missing, cut short, of another version, or not what was written."""


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write one-dimensional arrays to a new file, durably."""
    header: dict[str, list[object]] = {}
    parts = [np.ascontiguousarray(array).astype(_little(array.dtype)) for array in arrays.values()]
    at = 0
    for name, part in zip(arrays, parts, strict=True):
        header[name] = [part.dtype.str, len(part), at, zlib.crc32(part.data)]
        at += _aligned(part.nbytes)
    text = json.dumps(header).encode("ascii")
    text += b" " * (_aligned(_PREFIX.size + len(text)) - _PREFIX.size - len(text))
    with path.open("wb") as file:
        file.write(_PREFIX.pack(MAGIC, VERSION, len(text), zlib.crc32(text)))
        file.write(text)
        for part in parts:
            file.write(part.data)
            file.write(b"\0" * (_aligned(part.nbytes) - part.nbytes))
        file.flush()
        os.fsync(file.fileno())


class Columns:
    """The arrays of a file, mapped; each is held against its checksum when first asked for."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            magic, version, length, crc = _PREFIX.unpack_from(self._map)
            text = self._map[_PREFIX.size : _PREFIX.size + length]
            if (magic, version, crc) != (MAGIC, VERSION, zlib.crc32(text)):
                raise Damaged(path)
            self._header: dict[str, tuple[str, int, int, int]] = json.loads(text)
        except (OSError, ValueError, struct.error) as error:
            raise Damaged(path) from error
        self._start = _PREFIX.size + length
        self._path = path
        self._sound: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        """The array; raises Damaged when it is not what was written."""
        array = self._sound.get(name)
        if array is None:
            try:
                dtype, count, offset, crc = self._header[name]
                array = np.frombuffer(self._map, dtype, count, self._start + offset)
            except (KeyError, ValueError) as error:
                raise Damaged(self._path) from error
            if zlib.crc32(array.data) != crc:
                raise Damaged(self._path)
            self._sound[name] = array
        return array


def _little(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return dtype.newbyteorder("<")


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
