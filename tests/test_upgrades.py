"""Every data folder that an earlier version wrote is used by this one as if it had written it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.reliability.trial import demand, ended
from benchmarks.upgrades import kept, present
from benchmarks.upgrades.history import Version, version_of
from indexer.catalog._database import SCHEMA_VERSION
from indexer.engine.whoosh.folder import LAYOUT_VERSION
from indexer.suggest.folder import FORMAT

KEPT = {each.name: each for each in sorted(kept.FOLDER.iterdir())}
# Committed together with the next one, and never in use by itself: no commit that had it could add.
NEVER_WRITTEN = {2}
HOW = "python -m benchmarks.upgrades --keep"


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What this version makes of the pages that all folders hold, and one more."""
    data = tmp_path_factory.mktemp("fresh") / "data"
    demand(ended("add", *kept.PAGES, "--data", data))
    demand(ended("add", kept.FURTHER, "--data", data))
    return data


@pytest.mark.parametrize("name", KEPT)
def test_it_is_found_shown_checked_read_again_and_added_to(
    name: str, tmp_path: Path, fresh: Path
) -> None:
    data = tmp_path / "data"
    kept.restore(KEPT[name], data)
    assert name.startswith(kept.name(*version_of(data)))
    assert len(present.documents(data)) == 12
    assert present.broken(data, fresh) == []


def test_there_is_a_folder_of_every_earlier_version() -> None:
    """Who raises a number keeps a folder of the version before, or this fails."""
    versions = [Version(*map(int, re.findall(r"[a-z](\d+)-", name))) for name in KEPT]
    schemas, layouts, vocabularies = map(set, zip(*versions, strict=True))
    assert schemas >= set(range(1, SCHEMA_VERSION)) - NEVER_WRITTEN, HOW
    assert layouts >= set(range(LAYOUT_VERSION)), HOW
    assert vocabularies >= set(range(FORMAT)), HOW
    now = Version(SCHEMA_VERSION, LAYOUT_VERSION, FORMAT)
    assert all(each < now for each in versions)


def test_a_folder_is_kept_as_it_was(tmp_path: Path, fresh: Path) -> None:
    data = shutil.copytree(fresh, tmp_path / "data")
    kept.keep(data, tmp_path / "kept")
    kept.restore(tmp_path / "kept", tmp_path / "again")
    assert version_of(tmp_path / "again") == version_of(data)
    assert present.documents(tmp_path / "again") == present.documents(data)


@pytest.mark.parametrize("command", [("search", "比特币"), ("add", kept.FURTHER), ("check",)])
def test_a_folder_of_a_later_version_is_refused_and_left_as_it_is(
    command: tuple[object, ...], tmp_path: Path, fresh: Path
) -> None:
    data = shutil.copytree(fresh, tmp_path / "data")
    with closing(sqlite3.connect(data / "catalog.db")) as catalog:
        catalog.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = present.documents(data)
    done = ended(*command, "--data", data)
    assert done.code == 1
    assert "由更新的版本写成" in done.err
    assert "请升级本程序" in done.err
    assert present.documents(data) == before
    assert version_of(data).schema == SCHEMA_VERSION + 1
