"""Files of arrays: what is read is what was written, or it is said what is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.engine.whoosh.arrays import Arrays, ArraysWriter, Damaged, write

ARRAYS = {
    "empty": np.zeros(0, "<u8"),
    "bytes": np.frombuffer("比特币".encode(), "|u1"),
    "numbers": np.array([0, 1, 2**63], "<u8"),
    "signed": np.array([-5, 7], "<i8"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.segment"
    write(path, ARRAYS, {"documents": 3})
    return path


def test_what_was_written(file: Path) -> None:
    arrays = Arrays(file)
    assert arrays.facts == {"documents": 3}
    assert list(arrays) == list(ARRAYS)
    for name, expected in ARRAYS.items():
        assert arrays[name].dtype == expected.dtype
        assert arrays[name].tolist() == expected.tolist()
    arrays.check()
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_arrays_that_grow_in_turns(tmp_path: Path) -> None:
    path = tmp_path / "b"
    with ArraysWriter(path, {"a": ("<u4", 3), "b": ("|u1", 2)}, {}) as writer:
        writer.append("a", np.array([1]))
        writer.append("b", np.array([9]))
        writer.append("a", np.array([2, 3]))
        writer.append("b", np.array([8]))
    assert {name: each.tolist() for name, each in Arrays(path).items()} == {
        "a": [1, 2, 3],
        "b": [9, 8],
    }


def test_nothing_is_left_of_what_was_not_finished(tmp_path: Path) -> None:
    short = ArraysWriter(tmp_path / "c", {"a": ("<u4", 3)}, {})
    with pytest.raises(ValueError, match="planned"), short as writer:
        writer.append("a", np.array([1]))
    assert not list(tmp_path.iterdir())


def test_views_cannot_be_written_to(file: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        Arrays(file)["numbers"][0] = 1


def test_every_changed_byte_is_noticed(file: Path) -> None:
    sound = file.read_bytes()
    padding = set(range(32, 64))
    arrays = Arrays(file)
    used = {
        at
        for name in arrays
        for start in [arrays[name].ctypes.data - np.frombuffer(arrays._map, "u1").ctypes.data]
        for at in range(start, start + arrays[name].nbytes)
    }
    directory = int.from_bytes(sound[16:24], "little")
    padding |= set(range(64, directory)) - used
    for at in range(len(sound)):
        if at in padding:
            continue
        damaged = bytearray(sound)
        damaged[at] ^= 0x10
        other = file.with_name("damaged")
        other.write_bytes(damaged)
        with pytest.raises(Damaged):
            Arrays(other).check()


@pytest.mark.parametrize("length", [0, 1, 63, 64, 100, -1])
def test_a_file_that_is_cut_off(file: Path, length: int) -> None:
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(Damaged):
        Arrays(file)


def test_a_file_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_bytes(b"\x80\x04 a pickle, say" * 20)
    with pytest.raises(Damaged, match="no file of arrays"):
        Arrays(path)
