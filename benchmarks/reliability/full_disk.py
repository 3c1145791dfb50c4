"""Commands on a real file system that has no room left: a tmpfs of a few hundred kilobytes."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.reliability import trial
from benchmarks.reliability.failing import is_a_sentence
from benchmarks.reliability.stops import Tally
from benchmarks.reliability.trial import Result, Scene

_KIB: Final = 1024
_ROOM: Final = 64 * _KIB * _KIB
_BLOCK: Final = 4 * _KIB


def missing() -> str:
    """Why there can be no such file system here; nothing when there can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root may mount a file system of limited size"
    with trial.temporary() as folder:
        mounted = subprocess.run(_mount(folder), capture_output=True, text=True, check=False)
        if not mounted.returncode:
            subprocess.run(["umount", folder], check=True)
    return mounted.stderr.strip()


def _mount(folder: Path) -> list[str]:
    return ["mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "tmpfs", str(folder)]


@contextmanager
def _mounted(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(_mount(folder), check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def filled(scene: Scene, trials: int, seed: int, say: Callable[[str], None]) -> Tally:
    """Add to an archive on a disk with so little room that it does not suffice.

    The room is a random part of what the addition takes; the rest of the disk
    is taken by another file.
    """
    tally, chance = Tally(), random.Random(seed)
    commands = (("add", scene.more), ("rebuild",), ("backup", "copy.db"))
    with _mounted(scene.box.with_name("disk")) as disk:
        for number in range(trials):
            command = commands[number % 4 % 3]
            room = chance.randrange(0, 600, 4) * _KIB
            result, found = _tried(scene, disk, command, room)
            tally.trials += 1
            tally.passed += result.code == 0
            tally.repaired += result.code == 1
            tally.kinds[command[0]] += 1
            for each in found:
                tally.failures.append(f"{command[0]} with {room} bytes of room: {each}")
                say(tally.failures[-1])
    return tally


def _tried(
    scene: Scene, disk: Path, command: tuple[object, ...], room: int
) -> tuple[Result, list[str]]:
    for each in disk.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    data, ballast = disk / "data", disk / "ballast"
    shutil.copytree(scene.base, data)
    arguments = [disk / each if each == "copy.db" else each for each in command]
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, _free(disk) - room)
    result = trial.forked(lambda: None, *arguments, "--data", data)
    found = [] if is_a_sentence(result) else [f"ended with {result}"]
    # nothing at all is left now
    with (disk / "rest").open("wb") as file:
        if left := _free(disk):
            os.posix_fallocate(file.fileno(), 0, left)
    listed = trial.forked(lambda: None, *trial.LIST_ALL, "--data", data)
    ballast.unlink()
    (disk / "rest").unlink()
    if lacking := trial.not_listed(listed, data, scene.before):
        found.append(f"search on a full disk: {len(lacking)} documents are missing, {listed.err}")
    (disk / "copy.db").unlink(missing_ok=True)
    again = trial.ended(*arguments, "--data", data)
    if again.code:
        found.append(f"once there is room: {again}")
    wanted = scene.after if command[0] == "add" else scene.before
    if trial.content(data) != wanted:
        found.append("other content than with room")
    return result, found + trial.leftovers(data) + trial.problems(data, [])


def _free(disk: Path) -> int:
    """How much can be written, whole blocks alone."""
    status = os.statvfs(disk)
    return status.f_bavail * status.f_frsize // _BLOCK * _BLOCK
