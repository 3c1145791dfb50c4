"""Compressed inputs: .gz and .zip, within bounds.

A small file that unpacks to a flood is an attack or a mistake; neither may
fill the memory or keep the program busy for ever.
"""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from operator import itemgetter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from indexer.i18n import N_, Message
from indexer.sources._paths import BUFFER
from indexer.sources._refusal import Refusal, RefusedHere

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Text packs to a fifth, repetitive records to a fiftieth of their size.
MAX_RATIO: Final = 200
MAX_UNPACKED: Final = 64 * 1024**3
# Nothing is said of a ratio before there is enough to tell.
_FREE: Final = 64 * 1024**2
_SPOOL: Final = 16 * 1024**2

# What zipfile and the decompressors raise for files that are none: what their docs name, and what
# a byte in the wrong place makes of an offset, a name or a version.
_FAULTS: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(ValueError, LookupError, ArithmeticError, RuntimeError),
)

_BOMB: Final = N_(
    "%(name)s 解压后大得不合理（超过原大小的 %(ratio)s 倍或 %(limit)s GB），不再读取。"
)
_DAMAGED: Final = N_("%(name)s 的压缩数据已损坏或不完整：%(reason)s；请重新下载。")
_ENCRYPTED: Final = N_("%(name)s 有密码；请解压后再加入。")
_NESTED: Final = N_("%(name)s 是压缩包里的压缩包；请先解压外面一层再加入。")
_NOTHING: Final = N_("压缩包 %(name)s 里没有文件。")


class _Unpacked(io.RawIOBase):
    """What comes out of a decompressor, counted."""

    def __init__(self, name: str, stream: BinaryIO, packed: Callable[[], int]) -> None:
        self._name = name
        self._stream = stream
        self._packed = packed
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        try:
            data = self._stream.read(len(view))
        except _FAULTS as error:
            raise _refused(self._name, _DAMAGED, reason=str(error)) from error
        view[: len(data)] = data
        self._count += len(data)
        flood = self._count > _FREE and self._count > MAX_RATIO * self._packed()
        if flood or self._count > MAX_UNPACKED:
            raise _refused(self._name, _BOMB, ratio=MAX_RATIO, limit=MAX_UNPACKED // 1024**3)
        return len(data)


class _Counted(io.RawIOBase):
    """A stream whose bytes are counted on their way."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self.count += len(data)
        return len(data)


def gunzipped(name: str, stream: BinaryIO) -> io.BufferedReader:
    """What a gzip stream holds; reading it raises RefusedHere where it is damaged or a bomb."""
    packed = _Counted(stream)
    unpacking = gzip.GzipFile(fileobj=io.BufferedReader(packed, BUFFER))
    unpacked = _Unpacked(name, cast(BinaryIO, unpacking), lambda: packed.count)
    return io.BufferedReader(unpacked, BUFFER)


def unzipped(name: str, stream: BinaryIO) -> Iterator[tuple[str, io.BufferedReader] | Refusal]:
    """The files of a zip by their names in it, in the order of names, hidden ones left out."""
    if not stream.seekable():
        stream = _spooled(stream)
    try:
        archive = zipfile.ZipFile(stream)
        # Of a member without a name zipfile cannot tell whether it is a folder.
        infos = [info for info in archive.infolist() if info.filename and not info.is_dir()]
    except _FAULTS as error:
        raise _refused(name, _DAMAGED, reason=str(error)) from error
    if sum(info.compress_size for info in infos) > archive.start_dir:
        # The same bytes, unpacked again and again.
        raise _refused(name, _DAMAGED, reason="members overlap")
    found = False
    # Two may have one name.
    for member, info in sorted(zip(map(_name, infos), infos, strict=True), key=itemgetter(0)):
        if _is_hidden(member):
            continue
        found = True
        path = f"{name}/{member}"
        if info.flag_bits & 0x1:
            yield Refusal(path, Message(_ENCRYPTED, {"name": path}))
            continue
        try:
            opened = archive.open(info)
        except _FAULTS as error:
            yield _refused(path, _DAMAGED, reason=str(error)).refusal
            continue
        unpacked = _Unpacked(path, cast(BinaryIO, opened), partial(int, info.compress_size))
        with opened:
            yield member, io.BufferedReader(unpacked, BUFFER)
    if not found:
        yield Refusal(name, Message(_NOTHING, {"name": name}))


def nested(name: str) -> Refusal:
    """The refusal of an archive within an archive."""
    return Refusal(name, Message(_NESTED, {"name": name}))


def _spooled(stream: BinaryIO) -> BinaryIO:
    """A copy that can be read from any place: a zip has its table of contents at the end."""
    copy = tempfile.SpooledTemporaryFile(_SPOOL)  # noqa: SIM115
    while data := stream.read(BUFFER):
        copy.write(data)
    copy.seek(0)
    return cast(BinaryIO, copy)


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; Windows writes names in its own encoding and does not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        written = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _is_hidden(member: str) -> bool:
    *folders, name = PurePosixPath(member).parts or ("",)
    aside = any(part.startswith(".") or part == "__MACOSX" for part in (*folders, name))
    return aside or name.upper().startswith("README")


def _refused(name: str, text: str, **facts: object) -> RefusedHere:
    return RefusedHere(Refusal(name, Message(text, {"name": name, **facts})))
