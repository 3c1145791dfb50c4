"""Files that are whole or not there, and facts that are what was written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer import durable
from indexer.durable import Damaged

FACTS = {"catalog": "比特币", "generation": 12, "segments": [{"segment": "a", "deleted": None}]}


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with durable.new_file(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("problem", [OSError, KeyboardInterrupt])
def test_nothing_is_left_of_a_file_that_failed(
    tmp_path: Path, problem: type[BaseException]
) -> None:
    failing = durable.new_file(tmp_path / "file")
    with pytest.raises(problem), failing:
        raise problem
    assert not [*tmp_path.iterdir()]


class Unplugged(type(Path())):  # type: ignore[misc]
    """A path on a drive that is not there, as only Windows has: its root is no folder either."""

    def is_dir(self) -> bool:
        return False


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c"
    assert durable.folder(path) == path
    assert durable.folder(path).is_dir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        durable.folder(tmp_path / "file" / "a")
    with pytest.raises(OSError, match="Err"):
        durable.folder(Unplugged("/data"))


def test_facts_are_read_as_they_were_written_and_every_changed_bit_is_noticed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "facts.json"
    durable.write_facts(path, FACTS)
    assert durable.read_facts(path) == FACTS
    sound = path.read_bytes()
    for at in range(len(sound)):
        for bit in range(8):
            path.write_bytes(sound[:at] + bytes([sound[at] ^ 1 << bit]) + sound[at + 1 :])
            with pytest.raises(Damaged):
                durable.read_facts(path)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"1", b"\x80\x04K\x01.", b"[" * 100_000, b'{"a": 1}']
)
def test_what_holds_no_facts(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(data)
    with pytest.raises(Damaged):
        durable.read_facts(path)


def test_a_sweep_leaves_what_is_used_and_what_is_not_ours(tmp_path: Path) -> None:
    names = ["run-1", "run-2", "run-2.new", "notes.txt", "notes.new", "run-x"]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "run-3").mkdir()
    durable.sweep(tmp_path, {"run-1"}, re.compile(r"run-\d"))
    left = sorted(each.name for each in tmp_path.iterdir())
    assert left == ["notes.new", "notes.txt", "run-1", "run-3", "run-x"]
