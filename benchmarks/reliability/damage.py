"""Any file of a data folder damaged: what ``check`` says of it, and whether all comes back."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from typing import Any, Final

from benchmarks.reliability import trial
from benchmarks.reliability.trial import Scene
from indexer.opening import CATALOG

Harm = Callable[[bytes, random.Random, bytes], bytes]

_BLOCK: Final = 512
_TABLES: Final = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"


def _flipped(data: bytes, chance: random.Random, _: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, chance: random.Random, _: bytes) -> bytes:
    return data[: chance.choice((0, len(data) - 1, chance.randrange(len(data))))]


def _zeroed(data: bytes, chance: random.Random, _: bytes) -> bytes:
    at = chance.randrange(0, len(data), _BLOCK)
    size = chance.choice((min(_BLOCK, len(data) - at), len(data) - at))
    return data[:at] + bytes(size) + data[at + size :]


def _swapped(_: bytes, __: random.Random, other: bytes) -> bytes:
    return other


def _longer(data: bytes, chance: random.Random, _: bytes) -> bytes:
    return data + chance.randbytes(chance.randint(1, _BLOCK))


HARMS: Final[dict[str, Harm]] = {
    "a bit flipped": _flipped,
    "cut": _cut,
    "zeroed": _zeroed,
    "another file in its place": _swapped,
    "bytes appended": _longer,
}


@dataclass
class Found:
    """What became of the trials with one kind of file."""

    trials: int = 0
    named: int = 0
    harmless: int = 0
    healed: int = 0
    unnoticed: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def damaged(
    scene: Scene, repeats: int, one_in: int, seed: int, say: Callable[[str], None]
) -> dict[str, Found]:
    """Damage each file in each way, so many times; what was found by kind of file.

    Of the files and ways one in so many is tried.
    """
    chance = random.Random(seed)
    original = scene.box.with_name("original")
    scene.fresh()
    trial.demand(trial.ended("add", scene.more, "--data", scene.data))
    _delete_something(scene)
    backup = scene.box.with_name("whole.db")
    trial.demand(trial.ended("backup", backup, "--data", scene.data))
    shutil.copytree(scene.data, original)
    paths = [path for path in sorted(original.rglob("*")) if path.is_file() and path.stat().st_size]
    found: dict[str, Found] = {}
    for path, (name, harm) in islice(product(paths, HARMS.items()), 0, None, one_in):
        for _ in range(repeats):
            others = [each for each in paths if each != path]
            scene.fresh(original)
            target = scene.data / path.relative_to(original)
            target.write_bytes(_harmed(target.read_bytes(), harm, chance, others))
            kind = found.setdefault(_kind(path.relative_to(original)), Found())
            kind.trials += 1
            before = len(kind.failures)
            _judge(scene, target, original, backup, kind)
            for each in kind.failures[before:]:
                say(f"{target.parent.name}/{target.name}, {name}: {each}")
    return found


def _harmed(sound: bytes, harm: Harm, chance: random.Random, others: list[Path]) -> bytes:
    """Other bytes than the sound ones: where there are zeros, zeroing does nothing."""
    harmed = sound
    while harmed == sound:
        harmed = harm(sound, chance, chance.choice(others).read_bytes())
    return harmed


def log_damaged(scene: Scene, repeats: int, seed: int) -> Counter[str]:
    """Damage the log that a killed process left; how often that was told, or lost nothing."""
    chance, outcomes = random.Random(seed), Counter[str]()
    for indexed, _, harm in product((False, True), range(repeats), HARMS.values()):
        scene.fresh()
        trial.abandon(scene.data, indexed=indexed)
        log = scene.data / f"{CATALOG}-wal"
        log.write_bytes(harm(log.read_bytes(), chance, scene.backup.read_bytes()))
        checked = trial.ended("check", "--data", scene.data)
        lost = len(scene.before["documents"]) + 4 - len(trial.content(scene.data)["documents"])
        told = "told" if checked.code else "not told"
        outcomes[told if lost else "nothing lost"] += 1
    return outcomes


def _kind(path: Path) -> str:
    if path.parent == Path():
        return path.name
    suffix = path.suffix or path.name.partition("-")[0]
    return f"{path.parent}/{path.name if path.suffix == '.json' else suffix}"


def _delete_something(scene: Scene) -> None:
    """A further page lets documents of earlier ones be superseded, which the index notes."""
    more = scene.more.with_name("further")
    more.mkdir()
    texts = sorted(scene.more.glob("*.txt"))
    for text in texts[:2]:
        (more / text.name).write_text(text.read_text("utf-8") + "\n又一段话。", "utf-8")
    trial.demand(trial.ended("add", more, "--data", scene.data))


def _judge(scene: Scene, target: Path, original: Path, backup: Path, kind: Found) -> None:
    data = scene.data
    checked = trial.ended("check", "--data", data)
    searched = trial.ended(*trial.LIST_ALL, "--data", data)
    for result in (checked, searched):
        if result.code not in (0, 1, 4) or "Traceback" in result.err:
            kind.failures.append(f"ended with {result}")
    is_named = checked.code == 4 and target.name in checked.err
    kind.named += is_named
    if target.name == CATALOG:
        if not is_named:
            changed = _changed(data, original)
            kind.harmless += not changed
            kind.unnoticed.update(changed)
        mended = trial.ended("restore", backup, "--data", data)
    else:
        if not is_named:
            kind.failures.append(f"not named: {checked}")
        mended = trial.ended("rebuild", "--data", data)
    if mended.code:
        kind.failures.append(f"not mended: {mended}")
        return
    problems = trial.problems(data, [key for key, *_ in trial.content(original)["pages"]])
    if trial.content(data) != trial.content(original):
        problems.append("another content")
    kind.healed += not problems
    kind.failures += problems


def _changed(data: Path, original: Path) -> list[str]:
    """The columns whose values are other ones."""
    then, now = (dict(_values(folder / CATALOG)) for folder in (original, data))
    return [name for name in then if then[name] != now.get(name)]


def _values(file: Path) -> Iterator[tuple[str, list[Any]]]:
    with closing(sqlite3.connect(file)) as connection:
        connection.text_factory = bytes
        for (table,) in connection.execute(_TABLES).fetchall():
            rows = connection.execute(f"SELECT * FROM {table.decode()}")
            columns = [column[0] for column in rows.description]
            for name, values in zip(columns, zip(*rows, strict=True), strict=False):
                yield f"{table.decode()}.{name}", list(values)
