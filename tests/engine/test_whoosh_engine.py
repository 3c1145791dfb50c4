"""What is of the embedded engine alone: its files, and what becomes of damaged ones."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from stored import newsflash

from indexer.arrays import Arrays
from indexer.durable import Damaged
from indexer.engine import Ranking, Search
from indexer.engine.tree import (
    Everything,
    Node,
    Or,
    Word,
)
from indexer.engine.whoosh import WhooshEngine
from indexer.engine.whoosh import engine as engine_module
from indexer.errors import UserError


def ids(engine: WhooshEngine, query: Node, **options: object) -> str:
    if isinstance(query, Word):
        options = {"ranking": Ranking(((query,),)), **options}
    found = engine.search(Search(query, **options)).hits  # type: ignore[arg-type]
    return " ".join("+".join((hit.id, *hit.reprints)) for hit in found)


def damage_nothing(folder: Path) -> None:
    del folder


def remove_state(folder: Path) -> None:
    (folder / "current.json").unlink()


def garble_state(folder: Path) -> None:
    (folder / "current.json").write_text('{"folder": "..')


def another_fold(folder: Path) -> None:
    state = folder / "current.json"
    state.write_text(state.read_text().replace('"fold": "', '"fold": "x'))


def another_layout(folder: Path) -> None:
    state = folder / "current.json"
    state.write_text(state.read_text().replace('"layout": ', '"layout": 9'))


def empty_files(folder: Path) -> None:
    for file in folder.glob("*.segment"):
        file.write_bytes(b"")


@pytest.mark.parametrize(
    ("damage", "catalog", "generation"),
    [
        (damage_nothing, "catalog", 7),
        (damage_nothing, "another", -1),
        (remove_state, "catalog", -1),
        (garble_state, "catalog", -1),
        (another_fold, "catalog", -1),
        (another_layout, "catalog", -1),
        (empty_files, "catalog", -1),
    ],
)
def test_an_index_that_does_not_fit_is_as_good_as_none(
    tmp_path: Path, damage: object, catalog: str, generation: int
) -> None:
    before = WhooshEngine(tmp_path, "catalog")
    before.rebuild([newsflash("a", "减半")], 7)
    before.close()
    assert callable(damage)
    damage(tmp_path)
    after = WhooshEngine(tmp_path, catalog)
    assert after.generation == generation
    assert ids(after, Word("减半")) == ("a" if generation == 7 else "")
    after.rebuild([newsflash("b", "减半")], 8)
    assert (after.generation, ids(after, Word("减半"))) == (8, "b")
    after.close()


def test_an_index_that_did_not_open_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    WhooshEngine(tmp_path, "catalog").rebuild([newsflash("a", "减半")], 7)
    engine = WhooshEngine(tmp_path, "catalog")

    def too_many_open_files(path: Path) -> None:
        raise OSError(24, "Too many open files", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(engine_module, "Segment", too_many_open_files)
        assert engine.generation == -1
    assert (engine.generation, ids(engine, Everything())) == (7, "a")
    engine.close()


def test_readers_see_one_generation_or_the_next_while_another_engine_writes(
    tmp_path: Path,
) -> None:
    """Every update moves all documents from one word to the other."""
    terms = ("减半", "空投")
    writer, reader = (WhooshEngine(tmp_path, "catalog") for _ in range(2))
    writer.rebuild([newsflash(f"n{number}", terms[0]) for number in range(5)], 0)
    seen: set[tuple[int, int]] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            either = Or((Word(terms[0]), Word(terms[1])))
            outcome = reader.search(Search(either, facets=()))
            first = sum(hit.id in {h.id for h in outcome.hits} for hit in outcome.hits)
            seen.add((outcome.total, first))

    thread = threading.Thread(target=read)
    thread.start()
    for generation in range(1, 15):
        text = terms[generation % 2]
        writer.update([newsflash(f"n{number}", text) for number in range(5)], [], generation)
    done.set()
    thread.join()
    assert seen == {(5, 5)}
    reader.close()
    writer.close()


def test_damaged_deletions_are_no_index(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path, "catalog")
    engine.rebuild([newsflash("a", "减半"), newsflash("b", "减半")], 1)
    engine.update([], ["a"], 2)
    (file,) = tmp_path.glob("*.deleted")
    data = bytearray(file.read_bytes())
    data[64] ^= 0xFF
    file.write_bytes(data)
    assert WhooshEngine(tmp_path, "catalog").generation == -1


def test_arrays_that_cannot_be_searched_are_told_of_by_file(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path, "catalog")
    engine.rebuild([newsflash(f"d{number}", "比特币减半") for number in range(50)], 1)
    (segment,) = tmp_path.glob("*.segment")
    file = Arrays(segment)
    kind, count, offset, _ = file._places["body_words.documents"]
    content = bytearray(segment.read_bytes())
    size = count * np.dtype(kind).itemsize
    content[offset : offset + size] = b"\xff" * size
    segment.write_bytes(content)
    damaged = WhooshEngine(tmp_path, "catalog")
    assert damaged.damaged() == [segment]
    with pytest.raises(UserError, match=segment.name):
        damaged.search(Search(Word("比特币")))
    damaged.rebuild([newsflash("a", "比特币")], 2)
    assert damaged.damaged() == []


def test_what_is_damaged_is_not_merged(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path, "catalog")
    engine.rebuild([newsflash("d0", "比特币")], 1)
    for number in range(1, 8):
        engine.update([newsflash(f"d{number}", "比特币")], [], number + 1)
    segment = min(tmp_path.glob("*.segment"))
    file = Arrays(segment)
    _, _, offset, _ = file._places["body_words.documents"]
    content = bytearray(segment.read_bytes())
    content[offset] ^= 1
    segment.write_bytes(content)
    with pytest.raises(Damaged):
        engine.merge()
