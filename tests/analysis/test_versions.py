"""What an index is compared with to tell whether its words were cut as they would be now."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import indexer.analysis as analysis
from indexer.analysis import dictionary_version
from indexer.analysis.dictionary import WORDS, jieba_dictionary


@pytest.fixture(autouse=True)
def _unread() -> Iterator[None]:
    dictionary_version.cache_clear()
    yield
    dictionary_version.cache_clear()


@pytest.mark.parametrize("changed", ["jieba's words", "the added words"])
def test_the_version_of_the_dictionary_changes_with_each_of_its_files(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dictionary_version()
    copies = [Path(shutil.copy(path, tmp_path)) for path in (jieba_dictionary(), WORDS)]
    monkeypatch.setattr(analysis, "jieba_dictionary", lambda: copies[0])
    monkeypatch.setattr(analysis, "WORDS", copies[1])
    dictionary_version.cache_clear()
    assert dictionary_version() == before
    with copies[changed == "the added words"].open("a", encoding="utf-8") as file:
        file.write("新词\t3\n")
    dictionary_version.cache_clear()
    assert dictionary_version() != before
