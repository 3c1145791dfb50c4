"""The instruments find what they are for: files that are written carelessly, and not others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.reliability import shim

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(bool(shim.missing()), reason=shim.missing())

# Replaces a file in a good or in a careless way, and prints what is found after a power cut or
# a kill at each of the operations.
PROGRAM = """
import os, random, sys
from pathlib import Path
from benchmarks.reliability import shim
from benchmarks.reliability.power import Disk, Loss, fresh

shim.restart_within()
folder, syncs_file, syncs_folder = Path(sys.argv[1]), "f" in sys.argv[2], "d" in sys.argv[2]
box, log = folder / "box", folder / "log"

def prepare():
    fresh(box).mkdir()
    (box / "file").write_bytes(b"old" * 1000)

def change():
    with (box / "draft").open("wb") as file:
        file.write(b"new" * 1000)
        file.flush()
        if syncs_file:
            os.fsync(file.fileno())
    (box / "draft").replace(box / "file")
    if syncs_folder:
        opened = os.open(box, os.O_RDONLY)
        os.fsync(opened)
        os.close(opened)

def seen():
    content = (box / "file").read_bytes()
    return {b"old" * 1000: "old", b"new" * 1000: "new"}.get(content, "broken")

prepare()
disk = Disk(box)
shim.watch(box, log=log)
change()
shim.watch(Path("/nowhere"))
operations = list(shim.operations(log))
print("did", *(each.kind for each in operations))
found = {loss: [] for loss in Loss}
for operation in operations:
    disk.do(operation)
    for loss in Loss:
        disk.cut(loss, random.Random(1), fresh(box))
        found[loss].append(seen())
for loss in Loss:
    print("cut", loss.name, *found[loss])
for action in (shim.Action.KILL_BEFORE, shim.Action.KILL_WITHIN, shim.Action.KILL_AFTER):
    for at in range(1, len(operations) + 1):
        prepare()
        if not (child := os.fork()):
            shim.watch(box, at, action)
            change()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        draft = box / "draft"
        size = draft.stat().st_size if draft.exists() else "-"
        print("killed", os.waitstatus_to_exitcode(status), action.name, at, seen(), size)
for error in ("ENOSPC", "EIO"):
    for at in range(1, len(operations) + 1):
        prepare()
        shim.watch(box, at, shim.Action.FAIL_FROM, getattr(__import__("errno"), error))
        try:
            change()
            told = "nothing"
        except OSError as problem:
            told = __import__("errno").errorcode[problem.errno]
        shim.watch(Path("/nowhere"))
        print("failed", error, at, told, seen())
"""


def run(folder: Path, how: str) -> list[list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), how],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return [line.split() for line in done.stdout.splitlines()]


def test_a_file_that_is_replaced_with_care(tmp_path: Path) -> None:
    lines = run(tmp_path, "fd")
    assert lines[0] == ["did", "C", "W", "S", "R", "S"]
    cuts = {line[1]: line[2:] for line in lines if line[0] == "cut"}
    assert cuts["EVERYTHING"] == ["old", "old", "old", "old", "new"]
    assert cuts["DATA"] == ["old", "old", "old", "new", "new"]
    assert all("broken" not in found for found in cuts.values())
    assert all(found[-1] == "new" for found in cuts.values())
    killed = [line[1:] for line in lines if line[0] == "killed"]
    assert {code for code, *_ in killed} <= {"-9", "0"}
    assert ["-9", "KILL_BEFORE", "4", "old", "3000"] in killed
    assert ["-9", "KILL_WITHIN", "2", "old", "1500"] in killed
    assert ["-9", "KILL_AFTER", "4", "new", "-"] in killed
    failed = [line[1:] for line in lines if line[0] == "failed"]
    assert {tuple(each[:3]) for each in failed} == {
        (error, str(at), error) for error in ("ENOSPC", "EIO") for at in range(1, 6)
    }


@pytest.mark.parametrize("how", ["d", "-"])
def test_a_file_that_was_not_synced_before_it_got_its_name(tmp_path: Path, how: str) -> None:
    cuts = {line[1]: line[2:] for line in run(tmp_path, how) if line[0] == "cut"}
    assert "broken" in cuts["DATA"]


def test_a_folder_that_was_not_synced(tmp_path: Path) -> None:
    cuts = {line[1]: line[2:] for line in run(tmp_path, "f") if line[0] == "cut"}
    assert cuts["EVERYTHING"][-1] == "old"
