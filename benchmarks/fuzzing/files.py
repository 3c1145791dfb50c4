"""The program's own files: what is in them is what was written, or it is said that it is not."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from zlib import crc32

import numpy as np

from benchmarks import corpora
from benchmarks.fuzz_queries import archive_of
from benchmarks.fuzzing.target import Target, demand
from indexer import arrays, durable, pipeline
from indexer.analysis import FOLD_VERSION
from indexer.archive import Archive
from indexer.durable import Damaged
from indexer.engine.interface import Outcome
from indexer.engine.whoosh.folder import LAYOUT_VERSION, IndexFolder
from indexer.engine.whoosh.segment import Segment
from indexer.errors import UserError
from indexer.query.question import question
from indexer.query.request import SearchRequest
from indexer.suggest.columns import Columns
from indexer.suggest.folder import FORMAT, Folder
from webui.passwords import read_passwords

_HEADER: Final = arrays._HEADER
_CATALOG: Final = "c"
_ARRAYS: Final = {
    "empty": np.zeros(0, "<u8"),
    "bytes": np.frombuffer("比特币".encode(), "|u1"),
    "numbers": np.array([0, 1, 2**63], "<u8"),
    "ids": np.array([b"abcdefghijklm"], "|S13"),
}
_QUERIES: Final = ("比特币", '"区块链"', "深圳 OR 北京", "-币", "date:2020", "title:以太*", "")


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="biwen-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def edited(sound: bytes, edits: bytes) -> bytes:
    """``sound`` with edits: each a byte for what to do, three for where, one for how many."""
    data = bytearray(sound)
    at = 0
    while at + 5 <= len(edits) and data:
        what, size = edits[at], edits[at + 4]
        where = int.from_bytes(edits[at + 1 : at + 4], "little")
        at += 5
        where %= len(data)
        match what % 5:
            case 0:
                data[where : where + size] = bytes(len(data[where : where + size]))
            case 1:
                del data[where : where + size]
            case 2:
                del data[where:]
            case 3:
                data[where : where + size] = edits[at : at + size][: len(data) - where]
                at += size
            case _:
                data[where:where] = edits[at : at + size]
                at += size
    return bytes(data)


def forged(directory: bytes, body: bytes = bytes(256)) -> bytes:
    """A file with this directory, and the checksum that goes with it."""
    header = _HEADER.pack(
        arrays._MAGIC, arrays._VERSION, crc32(directory), _HEADER.size + len(body), len(directory)
    )
    return header + body + directory


@cache
def _sound_arrays() -> bytes:
    path = _folder() / "a.segment"
    arrays.write(path, _ARRAYS, {"documents": 3})
    return path.read_bytes()


def _arrays(data: bytes) -> None:
    """Edits of a sound file; or any directory, with its right checksum."""
    path = _folder() / "a.segment"
    is_forged = data[:1] == b"{"
    sound = _sound_arrays()
    written = forged(data) if is_forged else edited(sound, data)
    path.write_bytes(written)
    try:
        file = arrays.Arrays(path)
        file.check()
    except Damaged:
        demand(written != sound, "a sound file is refused")
        demand(not arrays.is_sound(path), "sound all the same")
        return
    demand(is_forged or written == sound, "a damaged file passes")
    for each in file.values():
        demand(each.nbytes <= len(written), "an array that is longer than its file")
    facts = file.facts
    demand(isinstance(facts, dict), f"facts {facts!r}")


def _states(data: bytes) -> None:
    """The files that say which files count, with the right checksum where they are JSON."""
    try:
        said = json.loads(data)
        written = durable._with_checksum(said) if isinstance(said, dict) else data
    except (ValueError, RecursionError):
        written = data
    for folder in (IndexFolder(_folder(), _CATALOG), Folder(_folder(), _CATALOG)):
        folder.current.write_bytes(written)
        try:
            state = folder.read()
        except Damaged:
            continue
        if state is not None:
            demand(isinstance(state.generation, int), "a generation that is no number")
            for name in state.files:
                demand("/" not in name and ".." not in name, f"a file outside: {name!r}")


class _Sound(NamedTuple):
    """A small archive, its answers, and the files that it has."""

    archive: Archive
    answers: dict[str, Outcome]
    suggested: list[Any]
    segments: dict[Path, bytes]
    runs: dict[Path, bytes]


@cache
def _sound() -> _Sound:
    folder = _folder() / "data"
    archive = archive_of(corpora.sample()[:6], folder)
    pipeline.complete(archive.catalog, archive.engine)
    return _Sound(
        archive,
        {q: _answer(archive, q) for q in _QUERIES},
        _suggested(archive),
        {path: path.read_bytes() for path in sorted((folder / "whoosh").glob("*.segment"))},
        {path: path.read_bytes() for path in sorted((folder / "suggest").glob("*-*"))},
    )


def _answer(archive: Archive, q: str) -> Outcome:
    return archive.engine.search(question(SearchRequest(q))[1])


def _suggested(archive: Archive) -> list[Any]:
    asked = [archive.suggester.suggestions(q) for q in ("比", "bit", "深", "以太")]
    return [*asked, archive.suggester.corrections("必特币", lambda word: 0)]


def _segment(data: bytes) -> None:
    """Edits of a segment: it opens as it was, or not at all, or a search tells of it.

    The first byte chooses the search.
    """
    archive, answers, _, segments, _ = _sound()
    path, sound = next(iter(segments.items()))
    q = _QUERIES[data[0] % len(_QUERIES) if data else 0]
    written = edited(sound, data[1:])
    path.write_bytes(written)
    try:
        Segment(path)
    except Damaged:
        demand(written != sound, "a sound segment is refused")
        return
    archive.engine.close()
    try:
        found = _answer(archive, q)
    except UserError as error:
        demand(path.name in str(error), f"it names another file: {error}")
        demand(written != sound, "a sound segment is refused")
        return
    # A search reads no checksums: check does.
    demand(
        found == answers[q] or path in archive.engine.damaged(), "another answer, and check passes"
    )


def _vocabulary(data: bytes) -> None:
    """Edits of a file of the vocabulary, which the first byte chooses."""
    archive, _, suggested, _, runs = _sound()
    path, sound = list(runs.items())[data[0] % len(runs) if data else 0]
    path.write_bytes(edited(sound, data[1:]))
    archive.suggester._read = (None, None)
    try:
        Columns(path)
        found = _suggested(archive)
    except Damaged:
        return
    finally:
        path.write_bytes(sound)
    for now, then in zip(found, suggested, strict=True):
        demand(now == then or not now, f"{now} is suggested for {then}")


def _passwords(data: bytes) -> None:
    path = _folder() / "passwords"
    path.write_bytes(data)
    try:
        named = read_passwords(path)
    except UserError as error:
        str(error)
        return
    demand(named and all(":" in hashed for hashed in named.values()), "no hash")


def _edits(data: bytes) -> Iterator[bytes]:
    """An edit of each kind, at places all over a file."""
    for where in range(0, len(data), max(len(data) // 8, 1)):
        place = where.to_bytes(3, "little")
        yield from (bytes([what]) + place + b"\4\1\2\3\4" for what in range(5))


def _arrays_seeds() -> Sequence[bytes]:
    sound = _sound_arrays()
    _, _, _, start, length = _HEADER.unpack_from(sound)
    directory = sound[start : start + length]
    return [b"", directory, b'{"file": "a.segment", "facts": {}, "arrays": {}}', *_edits(sound)]


def _state_seeds() -> Sequence[bytes]:
    index = {
        **{"catalog": _CATALOG, "layout": LAYOUT_VERSION, "fold": FOLD_VERSION, "generation": 3},
        **{"analysis": [1], "dictionary": ["x"]},
        "segments": [{"segment": "0123456789ab.segment", "count": 3, "deleted": None}],
    }
    vocabulary = {
        **{"catalog": _CATALOG, "format": FORMAT, "fold": FOLD_VERSION, "generation": 3},
        "terms": [["terms-0123456789ab", "weights-0123456789ab"]],
        **{"titles": ["titles-0123456789ab"], "cities": "cities-0123456789ab"},
    }
    return [json.dumps(each).encode() for each in (index, vocabulary)]


def _segment_seeds() -> Sequence[bytes]:
    (sound,) = _sound().segments.values()
    return [b"", *(bytes([at]) + each for at, each in enumerate(_edits(sound)))]


def _vocabulary_seeds() -> Sequence[bytes]:
    runs = _sound().runs.values()
    return [bytes([at]) + each for at, data in enumerate(runs) for each in (b"", *_edits(data))]


def _password_seeds() -> Sequence[bytes]:
    return ["# 谁可以进来\n林间:scrypt:32768:8:1$abc$0123ef\n".encode(), b"a:b\n"]


TARGETS: Final = (
    Target("arrays", "files of arrays", _arrays, _arrays_seeds, 1024),
    Target("states", "current.json of index and vocabulary", _states, _state_seeds, 1024),
    Target("segment", "segments, opened and searched", _segment, _segment_seeds, 256),
    Target("vocabulary", "runs of the vocabulary, asked", _vocabulary, _vocabulary_seeds, 256),
    Target("passwords", "files of passwords", _passwords, _password_seeds),
)
