"""From what is named on the command line to pages."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, cast

from indexer.documents import Page
from indexer.i18n import N_, Message
from indexer.sources._decoding import Refusal
from indexer.sources.jsonl import read_jsonl
from indexer.sources.text import read_text

Reader = Callable[[str, BinaryIO], Iterator[Page | Refusal]]
STANDARD_INPUT: Final = "-"
_READERS: Final[Mapping[str, Reader]] = {
    ".txt": read_text,
    "": read_text,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_jsonl,
}
SUFFIXES: Final = tuple(suffix for suffix in _READERS if suffix)


def read_paths(paths: Iterable[str]) -> Iterator[Page | Refusal]:
    """The pages of files, of folders with all their folders, and of ``-``, standard input.

    Files come in the order of their names.  In folders, hidden files and
    README files are no pages; every other file that cannot be read, or whose
    format is not known, is refused, so that nothing is left out in silence.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            yield from _standard_input()
        elif Path(path).is_dir():
            yield from _folder(path)
        else:
            yield from _file(path)


def _folder(folder: str) -> Iterator[Page | Refusal]:
    refusals: list[Refusal] = []
    found = False
    for parent, folders, files in os.walk(
        folder, onerror=lambda error: refusals.append(_unreadable(error.filename, error))
    ):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and not name.upper().startswith("README"):
                found = True
                yield from _file(str(Path(parent, name)))
    yield from refusals
    if not found and not refusals:
        yield Refusal(folder, Message(N_("文件夹 %(name)s 里没有文件。"), {"name": folder}))


def _file(path: str) -> Iterator[Page | Refusal]:
    reader = _READERS.get(Path(path).suffix.lower())
    # A file name need not be text (GBK names in archives from Windows are not).
    name = os.fsencode(path).decode("utf-8", "replace")
    try:
        with Path(path).open("rb") as stream:
            yield from reader(name, stream) if reader else (_unknown_format(name),)
    except OSError as error:
        yield _unreadable(name, error)


def _standard_input() -> Iterator[Page | Refusal]:
    """JSON lines when the first character is ``{``, else one text page."""
    stream = cast(io.BufferedReader, sys.stdin.buffer)
    beginning = stream.peek(1).removeprefix(codecs.BOM_UTF8).lstrip()
    reader = read_jsonl if beginning.startswith(b"{") else read_text
    return reader(STANDARD_INPUT, stream)


def _unknown_format(name: str) -> Refusal:
    text = N_("不认识 %(name)s 的格式；可以读的是 %(suffixes)s。")
    return Refusal(name, Message(text, {"name": name, "suffixes": " ".join(SUFFIXES)}))


def _unreadable(name: str, error: OSError) -> Refusal:
    if isinstance(error, FileNotFoundError):
        return Refusal(name, Message(N_("找不到 %(name)s。"), {"name": name}))
    reason = error.strerror or str(error)
    return Refusal(
        name, Message(N_("无法读取 %(name)s：%(reason)s。"), {"name": name, "reason": reason})
    )
