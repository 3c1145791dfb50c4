"""Data folders written anew by the earlier versions themselves, out of the git history."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.corpora import ROOT
from indexer.opening import CATALOG

# What a change of the data has always come with.
_SCHEMA: Final = ("--", "indexer/catalog/schema")
_NUMBERS: Final = ("-G", r"^(LAYOUT_VERSION|FORMAT)\b", "--", "indexer")


class Version(NamedTuple):
    """The form of the three parts of a data folder; 0 where there was none, or it had no number."""

    schema: int
    layout: int
    vocabulary: int


class Folder(NamedTuple):
    """A data folder and the commit that wrote it."""

    version: Version
    commit: str
    data: Path


def version_of(data: Path) -> Version:
    """The version of a data folder, by what stands in it."""
    with closing(sqlite3.connect(data / CATALOG)) as catalog:
        (schema,) = catalog.execute("PRAGMA user_version").fetchone()
    return Version(schema, _said(data / "whoosh", "layout"), _said(data / "suggest", "format"))


def _said(folder: Path, name: str) -> int:
    file = folder / "current.json"
    return int(json.loads(file.read_bytes()).get(name, 0)) if file.exists() else 0


def written(pages: Iterable[Path], work: Path, say: Callable[[str], None]) -> Iterator[Folder]:
    """A folder of every version that a commit wrote, with ``pages`` added; latest commits first.

    Commits at which nothing could be added are told by ``say``: they have no folder to keep.
    """
    seen: set[Version] = set()
    for commit in _commits():
        place = work / commit
        try:
            data = _added(commit, pages, place)
        except subprocess.CalledProcessError as error:
            say(f"{commit} could not add: {error.stderr.strip().splitlines()[-1]}")
            continue
        finally:
            shutil.rmtree(place / "program", ignore_errors=True)
        version = version_of(data)
        if version not in seen:
            seen.add(version)
            yield Folder(version, commit, data)


def _commits() -> list[str]:
    """Those which changed the data and those before them, the latest first."""
    changing = {*_git("log", "--format=%h", *_SCHEMA), *_git("log", "--format=%h", *_NUMBERS)}
    before = {parent for each in changing for parent in _git("log", "-1", "--format=%p", each)}
    wanted = {each for line in before for each in line.split()} | changing
    return [each for each in _git("log", "--topo-order", "--format=%h") if each in wanted]


def _added(commit: str, pages: Iterable[Path], work: Path) -> Path:
    """The data folder after the program of a commit added the pages, and corrected one document.

    Raises CalledProcessError when it could not; the first programs know of no corrections.
    """
    program, data = work / "program", work / "data"
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(program, filter="data")
    names = []
    for page in pages:
        # named from the program: a folder that is kept says nothing of the machine
        names.append(page.relative_to(ROOT).as_posix())
        place = program / names[-1]
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, place)
    _run(program, "add", *names, "--data", str(data))
    if (program / "indexer" / "cli" / "curating.py").exists():
        with closing(sqlite3.connect(data / CATALOG)) as catalog:
            (first,) = catalog.execute("SELECT min(id) FROM documents").fetchone()
        _run(program, "correct", first, "--author", "更正者", "--data", str(data))
    return data


def _run(program: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "run.py", *command],
        cwd=program,
        env={**os.environ, "PYTHONPATH": "", "LOGNAME": "curator", "USER": "curator"},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )


def _git(*command: str) -> list[str]:
    done = subprocess.run(
        ["git", *command], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.splitlines()
