"""The real commands on a growing archive, killed by SIGKILL at random moments.

``add`` is killed anywhere, or while it merges, updates suggestions and compares
reprints after its report; ``rebuild`` anywhere.  After each kill the next
command looks at the archive, and the addition is done again.
"""

from __future__ import annotations

import json
import os
import random
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from benchmarks.newsflashes import newsflashes, vocabulary
from benchmarks.reliability import trial
from benchmarks.reliability.stops import Tally
from indexer.archive import Archive
from indexer.identity import document_id
from indexer.pages import read
from indexer.sources import Refusal, read_paths

_RECORDS: Final = 100
_MOST_DOCUMENTS: Final = 4_000
_LARGE: Final = 16  # one addition of so many is large enough for several processes
_TIMES_LARGER: Final = 30
_STARTING: Final = 0.3  # seconds before there is anything to kill
_COMMAND: Final = """
import sys
from benchmarks.reliability import trial
trial.acknowledge_batches()
import run
from indexer import console
if __name__ == "__main__":
    sys.exit(console.run(run.cli, sys.argv[1:]))
"""


@dataclass
class Growing:
    """An archive that is added to, and what it must hold: the ids by file."""

    folder: Path
    records: Iterator[dict[str, Any]]
    ids: dict[Path, list[str]] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """Where the archive is."""
        return self.folder / "data"

    @property
    def documents(self) -> int:
        """How many documents it must hold."""
        return sum(map(len, self.ids.values()))

    def next_file(self, count: int, chance: random.Random) -> Path:
        """Records that are new, some of them reprints of another."""
        path = self.folder / f"{len(self.ids)}.jsonl"
        records = list(islice(self.records, count))
        for record in chance.sample(records, len(records) // 20):
            records.append({**record, "title": record["title"] + "！", "published": "2025-06-01"})
        lines = (json.dumps(each, ensure_ascii=False) + "\n" for each in records)
        path.write_text("".join(lines), "utf-8")
        pages = read_paths([str(path)])
        self.ids[path] = [
            document_id(read(page).documents[0]) for page in pages if not isinstance(page, Refusal)
        ]
        return path

    def restart(self) -> None:
        """Begin with nothing again."""
        shutil.rmtree(self.data, ignore_errors=True)
        for path in self.ids:
            path.unlink()
        self.ids.clear()


def killed(kills: int, seed: int, folder: Path, say: Callable[[str], None]) -> Tally:
    """Kill so many commands; what is wrong afterwards is told and tallied."""
    chance = random.Random(seed)
    growing = Growing(folder, newsflashes(10_000_000, vocabulary(), seed))
    tally, took = Tally(), {"add": 2.0, "large add": 6.0, "completion": 1.0, "rebuild": 2.0}
    while tally.trials < kills:
        if growing.documents > _MOST_DOCUMENTS:
            growing.restart()
        kind = chance.choice(("add", "add", "completion", "rebuild"))
        if kind == "add" and tally.trials % _LARGE == 0:
            kind = "large add"
        if not growing.ids:
            kind = "add"
        count = _RECORDS * (_TIMES_LARGER if kind == "large add" else 1)
        path = None if kind == "rebuild" else growing.next_file(count, chance)
        arguments = ["add", str(path)] if path else ["rebuild"]
        out, was_killed, seconds = _run(arguments, growing.data, kind, took[kind], chance)
        if not was_killed:  # it was quicker than the time before
            took[kind] = seconds
        tally.trials += was_killed
        tally.kinds[kind] += was_killed
        name = f"{kind} {tally.trials}"
        for each in _found(growing, path, trial.acknowledged(out), tally if was_killed else None):
            tally.failures.append(f"{name}: {each}")
            say(tally.failures[-1])
        if tally.trials % 20 == 0 and was_killed:
            say(f"{tally.trials} kills, {len(tally.failures)} failures")
    for each in _as_if_never_killed(growing):
        tally.failures.append(each)
        say(each)
    return tally


def _run(
    arguments: list[str], data: Path, kind: str, took: float, chance: random.Random
) -> tuple[str, bool, float]:
    """Run a command and kill it at a random moment; what it printed, whether it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *arguments, "--data", str(data)],
        cwd=trial.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    began = time.monotonic()
    wait = chance.uniform(0 if kind == "completion" else _STARTING, took)
    printed, deadline = b"", None if kind == "completion" else began + wait
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while deadline is None or time.monotonic() < deadline:
            left = None if deadline is None else max(deadline - time.monotonic(), 0)
            if not ready.select(left):
                continue
            piece = os.read(process.stdout.fileno(), 1 << 16)
            if not piece:
                break
            printed += piece
            if deadline is None and "新增文档".encode() in printed:
                began = time.monotonic()
                deadline = began + wait
    was_killed = process.poll() is None
    if was_killed and chance.random() < 0.5:
        process.kill()  # its helpers see that it is gone
    elif was_killed:
        os.killpg(process.pid, signal.SIGKILL)
    seconds = time.monotonic() - began
    process.wait()
    printed += process.stdout.read()
    process.stdout.close()
    return printed.decode(), was_killed and process.returncode == -signal.SIGKILL, seconds


def _found(growing: Growing, path: Path | None, safe: int, tally: Tally | None) -> Iterator[str]:
    data, ids = growing.data, growing.ids
    checked = trial.ended("check", "--data", data) if data.exists() else None
    if checked and tally:
        tally.passed += checked.code == 0
        tally.repaired += checked.code != 0
    acknowledged = {id_ for file in ids if file != path for id_ in ids[file]}
    if path:
        acknowledged.update(ids[path][:safe])
    if data.exists():
        yield from _wrong(data, acknowledged, {id_ for file in ids for id_ in ids[file]})
    if path:
        again = trial.ended("add", path, "--data", data)
        if again.code:
            yield f"once more: {again}"
        every = {id_ for file in ids for id_ in ids[file]}
        yield from _wrong(data, every, every)
        if left := trial.leftovers(data):
            yield f"left over: {left}"


def _wrong(data: Path, least: set[str], most: set[str]) -> Iterator[str]:
    searched = trial.ended("search", "比特币", "--json", "--data", data)
    if searched.code or "Traceback" in searched.err:
        yield f"search: {searched}"
    checked = trial.ended("check", "--data", data)
    if checked.code or "都完好" not in checked.out:
        yield f"check: {checked}"
    with closing(Archive.open(data)) as archive:
        stored, indexed = archive.catalog.ids(), archive.indexed_ids()
        counts = archive.catalog.stats()
    if lost := least - set(stored):
        yield f"{len(lost)} acknowledged documents are lost"
    if strange := set(stored) - most:
        yield f"{len(strange)} ids are other ones"
    if indexed != stored or len(set(stored)) != len(stored):
        yield f"{len(indexed)} documents in the index, {len(stored)} in the catalog"
    if counts["appearances"] != counts["pages"]:
        yield f"{counts['appearances']} appearances of {counts['pages']} records"


def _as_if_never_killed(growing: Growing) -> Iterator[str]:
    """The archive in the end beside one to which all was added undisturbed."""
    other = growing.folder / "undisturbed"
    trial.demand(trial.ended("add", *growing.ids, "--data", other))
    trial.demand(trial.ended("add", *growing.ids, "--data", growing.data))
    if trial.content(other) != trial.content(growing.data):
        yield "the archive is another one than if nothing had been killed"
    shutil.rmtree(other)
