"""Files of arrays: what is read is what was written, or it is said what is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.arrays import Arrays, is_sound, write, writing
from indexer.durable import Damaged

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
    with writing(path, {"a": ("<u4", 3), "b": ("|u1", 2)}, {}) as writer:
        writer.append("a", np.array([1]))
        writer.append("b", np.array([9]))
        writer.append("a", np.array([2, 3]))
        writer.append("b", np.array([8]))
    assert {name: each.tolist() for name, each in Arrays(path).items()} == {
        "a": [1, 2, 3],
        "b": [9, 8],
    }


def test_nothing_is_left_of_what_was_not_finished(tmp_path: Path) -> None:
    short = writing(tmp_path / "c", {"a": ("<u4", 3)}, {})
    with pytest.raises(ValueError, match="planned"), short as writer:
        writer.append("a", np.array([1]))
    assert not list(tmp_path.iterdir())


def test_views_cannot_be_written_to(file: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        Arrays(file)["numbers"][0] = 1


def test_every_changed_byte_is_noticed(file: Path) -> None:
    sound = file.read_bytes()
    for at in range(len(sound)):
        damaged = bytearray(sound)
        damaged[at] ^= 0x10
        file.write_bytes(damaged)
        assert not is_sound(file)
    file.write_bytes(sound + b"\0")
    assert not is_sound(file)
    file.write_bytes(sound)
    assert is_sound(file)


def test_a_file_in_the_place_of_another(file: Path) -> None:
    other = file.rename(file.with_name("b.segment"))
    with pytest.raises(Damaged, match="another file"):
        Arrays(other)


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
