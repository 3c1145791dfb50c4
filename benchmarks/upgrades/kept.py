"""A data folder as text that can be kept beside the tests, and a folder made of that again.

The catalog is kept whole, as SQL.  Of index and suggestions it is the small files
that are read before anything else, and the names of all others: what another
version wrote is as good as nothing, and no file of it is opened.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks.corpora import ROOT
from indexer.opening import CATALOG

FOLDER: Final = ROOT / "tests" / "data" / "upgrades"
PAGES: Final = tuple(
    ROOT / "index_data" / "sample" / name for name in ("e035.txt", "s027.txt", "s033.txt")
)
"""What the kept folders hold; two of them share newsflashes with each other and the next."""
FURTHER: Final = ROOT / "index_data" / "sample" / "s041.txt"
_SQL, _FILES = "catalog.sql", "files.json"


def name(schema: int, layout: int, vocabulary: int) -> str:
    """What the folder of a version is called; the commit that wrote it follows."""
    return f"schema{schema}-index{layout}-suggestions{vocabulary}"


def keep(data: Path, kept: Path) -> None:
    """Write a data folder as text into the folder ``kept``."""
    kept.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(data / CATALOG)) as catalog:
        (version,) = catalog.execute("PRAGMA user_version").fetchone()
        lines = [*catalog.iterdump(), f"PRAGMA user_version = {version};"]
    (kept / _SQL).write_text("\n".join(lines) + "\n", "utf-8")
    others = sorted(each for each in data.rglob("*") if each.is_file() and each.parent != data)
    files = {
        each.relative_to(data).as_posix(): each.read_text("utf-8") if each.suffix == ".json" else ""
        for each in others
    }
    (kept / _FILES).write_text(json.dumps(files, indent=1) + "\n", "utf-8")


def restore(kept: Path, data: Path) -> None:
    """Make the data folder of what was kept."""
    data.mkdir(parents=True)
    with closing(sqlite3.connect(data / CATALOG)) as catalog:
        catalog.executescript((kept / _SQL).read_text("utf-8"))
        catalog.execute("PRAGMA journal_mode = WAL")
    for file_name, text in json.loads((kept / _FILES).read_text("utf-8")).items():
        file = data / file_name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
