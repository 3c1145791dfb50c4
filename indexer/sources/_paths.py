"""From what is named on the command line to pages."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from indexer.documents import Page
from indexer.i18n import N_, Message
from indexer.sources._refusal import Refusal

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STANDARD_INPUT: Final = "-"

BUFFER: Final = 256 * 1024

# What a run writes into a data folder: no pages, whoever adds the folder.
_CATALOG: Final = "catalog.db"
_WRITTEN: Final = re.compile(
    r"catalog\.db(?:-\w+)?|lock(?:\.json)?|refused\.jsonl|whoosh|suggest|uploads"
)


@dataclass(slots=True)
class Meter:
    """How many bytes of the inputs were read, of how many; None where nobody knows."""

    read: int = 0
    total: int | None = None


class _Metered(io.RawIOBase):
    """A file that tells a meter what was read of it."""

    def __init__(self, file: io.FileIO, meter: Meter) -> None:
        self._file = file
        self._meter = meter

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        count = self._file.readinto(buffer)
        self._meter.read += count or 0
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def _metered(raw: io.FileIO, meter: Meter) -> io.BufferedReader:
    return io.BufferedReader(_Metered(raw, meter), BUFFER)


def read_paths(paths: Iterable[str], meter: Meter | None = None) -> Iterator[Page | Refusal]:
    """The pages of files, of folders with all their folders, and of ``-``, standard input.

    Files come in the order of their names.  In folders, hidden files, README
    files and what a run writes into a data folder are no pages; every other
    file that cannot be read, or whose format is not known, is refused, so that
    nothing is left out in silence.
    """
    meter = meter or Meter()
    for path in paths:
        if path == STANDARD_INPUT:
            raw = io.FileIO(sys.stdin.fileno(), closefd=False)
            yield from _input(path, _metered(raw, meter), "")
        elif Path(path).is_dir():
            yield from _folder(path, meter)
        else:
            yield from _file(path, meter)


def read_named(
    files: Iterable[tuple[str, Path]], meter: Meter | None = None
) -> Iterator[Page | Refusal]:
    """The pages of files that are shown under names which are not their own.

    A name with folders in it is left out where the file would be in a folder.
    """
    meter = meter or Meter()
    for name, path in files:
        *folders, last = name.split("/")
        is_hidden = any(each.startswith(".") and each.strip(".") for each in (*folders, last))
        if not (folders and (is_hidden or last.upper().startswith("README"))):
            yield from _file(str(path), meter, name)


def size_of(paths: Iterable[str]) -> int | None:
    """How many bytes there are to read; None when some come from standard input."""
    total = 0
    for path in paths:
        if path == STANDARD_INPUT:
            return None
        files = files_in(path, []) if Path(path).is_dir() else (path,)
        for file in files:
            try:
                total += Path(file).stat().st_size
            except OSError:
                continue  # refused with its reason when it is read
    return total


def _folder(folder: str, meter: Meter) -> Iterator[Page | Refusal]:
    refusals: list[Refusal] = []
    found = False
    for file in files_in(folder, refusals):
        found = True
        if Path(file).exists() and not Path(file).is_file():
            # a pipe that nobody writes to would block for ever
            yield Refusal(file, Message(N_("%(name)s 不是普通文件。"), {"name": file}))
        else:
            yield from _file(file, meter)
    yield from refusals
    if not found and not refusals:
        yield Refusal(folder, Message(N_("文件夹 %(name)s 里没有文件。"), {"name": folder}))


def files_in(folder: str, refusals: list[Refusal]) -> Iterator[str]:
    """The files that are read of a folder with all its folders, in the order of their names.

    A folder that cannot be read is added to ``refusals``.
    """
    for parent, folders, files in os.walk(
        folder, onerror=lambda error: refusals.append(_unreadable(error.filename, error))
    ):
        is_data = _CATALOG in files
        folders[:] = sorted(name for name in folders if not _is_passed_over(name, is_data))
        for name in sorted(files):
            if not _is_passed_over(name, is_data) and not name.upper().startswith("README"):
                yield str(Path(parent, name))


def _is_passed_over(name: str, is_data: bool) -> bool:
    return name.startswith(".") or (is_data and _WRITTEN.fullmatch(name) is not None)


def _file(path: str, meter: Meter, shown: str | None = None) -> Iterator[Page | Refusal]:
    # A file name need not be text (GBK names in archives from Windows are not).
    name = shown or os.fsencode(path).decode("utf-8", "replace")
    try:
        with (
            Path(path).open("rb", buffering=0) as raw,
            _metered(raw, meter) as stream,
        ):
            yield from _input(name, stream, Path(shown or path).name)
    except OSError as error:
        yield _unreadable(name, error)


def _input(name: str, stream: io.BufferedReader, called: str) -> Iterator[Page | Refusal]:
    # All readers come with it, and a search does without.
    from indexer.sources._formats import read_input

    return read_input(name, stream, called)


def _unreadable(name: str, error: OSError) -> Refusal:
    if isinstance(error, FileNotFoundError):
        return Refusal(name, Message(N_("找不到 %(name)s。"), {"name": name}))
    reason = error.strerror or str(error)
    return Refusal(
        name, Message(N_("无法读取 %(name)s：%(reason)s。"), {"name": name, "reason": reason})
    )
