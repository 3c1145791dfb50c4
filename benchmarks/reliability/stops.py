"""Commands on a small archive, stopped at every one of their file operations.

Each trial is a real process that kills itself before, in the middle of, or
after one operation.  For power cuts the command runs through once, and what
a disk may have kept at each operation is worked out from the log.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.reliability import shim, trial
from benchmarks.reliability.power import Disk, Loss, fresh
from benchmarks.reliability.shim import Action
from benchmarks.reliability.trial import Content, Scene

_TELL: Final = 200


@dataclass
class Tally:
    """What trials found."""

    trials: int = 0
    passed: int = 0
    repaired: int = 0
    operations: int = 0
    failures: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Command:
    """What is run in a trial, on which archive, and what must be stored in the end."""

    name: str
    arguments: Callable[[Scene], tuple[object, ...]]
    before: Callable[[Scene], Path]
    wanted: Callable[[Scene], Content]
    adds: bool = False


def _copy(scene: Scene) -> Path:
    return scene.box / "copy.db"


COMMANDS: Final = (
    Command(
        "first `add`",
        lambda scene: ("add", scene.more),
        lambda scene: scene.nothing,
        lambda scene: scene.only,
        adds=True,
    ),
    Command(
        "`add`",
        lambda scene: ("add", scene.more),
        lambda scene: scene.base,
        lambda scene: scene.after,
        adds=True,
    ),
    Command(
        "`rebuild`", lambda _: ("rebuild",), lambda scene: scene.base, lambda scene: scene.before
    ),
    Command(
        "`rebuild --reparse`",
        lambda _: ("rebuild", "--reparse"),
        lambda scene: scene.base,
        lambda scene: scene.before,
    ),
    Command(
        "`backup`",
        lambda scene: ("backup", _copy(scene)),
        lambda scene: scene.base,
        lambda scene: scene.before,
    ),
    Command(
        "`restore`",
        lambda scene: ("restore", scene.backup),
        lambda scene: scene.full,
        lambda scene: scene.before,
    ),
)


def killed(scene: Scene, command: Command, every: int, say: Callable[[str], None]) -> Tally:
    """Kill the command before, within and after every so manieth operation.

    What is before one operation is after the last one, and is tried once.
    """
    tally = Tally()
    log = scene.box.with_name("log")
    _run(scene, command, lambda: shim.watch(scene.box, log=log))
    kinds = [each.kind for each in shim.operations(log) if each.kind != "A"]
    tally.operations = len(kinds)
    for at in range(1, len(kinds) + 1, every):
        ways = [Action.KILL_AFTER]
        if kinds[at - 1] == "W":
            ways.append(Action.KILL_WITHIN)
        if at == 1 or every > 1:
            ways.append(Action.KILL_BEFORE)
        for action in ways:
            result = _run(scene, command, lambda at=at, how=action: shim.watch(scene.box, at, how))
            tally.kinds[kinds[at - 1]] += 1
            before = len(tally.failures)
            name = f"{command.name} {action.name} {kinds[at - 1]} {at}"
            if result.code != -9:
                tally.failures.append(f"{name}: was not killed: {result}")
            _judge(scene, command, trial.acknowledged(result.out), name, tally, say)
            for failure in tally.failures[before:]:
                say(failure)
    return tally


def without_power(
    scene: Scene, command: Command, every: int, seed: int, say: Callable[[str], None]
) -> Tally:
    """Cut the power at every so manieth operation; each kind of loss is tried.

    What is the same as at the operation before is not tried again.
    """
    tally, chance = Tally(), random.Random(seed)
    log = scene.box.with_name("log")
    _fresh(scene, command)
    disk = Disk(scene.box)
    trial.demand(
        trial.forked(
            lambda: shim.watch(scene.box, log=log), *command.arguments(scene), "--data", scene.data
        )
    )
    printed, tried = "", set[int]()
    operations = list(shim.operations(log))
    for at, operation in enumerate(operations, 1):
        if operation.kind == "A":
            printed += operation.data.decode()
            continue
        disk.do(operation)
        tally.operations += 1
        if tally.operations % every:
            continue
        for loss in Loss:
            state = hash((disk.cut(loss, chance, fresh(scene.box)), printed))
            tally.kinds[loss] += 1
            if state in tried:
                continue
            tried.add(state)
            name = f"{command.name}, power cut after {operation.kind} {at}, {loss}"
            before = len(tally.failures)
            _judge(scene, command, trial.acknowledged(printed), name, tally, say)
            for failure in tally.failures[before:]:
                say(failure)
    return tally


def _fresh(scene: Scene, command: Command) -> None:
    scene.fresh(command.before(scene))


def _run(scene: Scene, command: Command, prepare: Callable[[], None]) -> trial.Result:
    _fresh(scene, command)
    return trial.forked(prepare, *command.arguments(scene), "--data", scene.data)


def _judge(
    scene: Scene,
    command: Command,
    safe: int,
    name: str,
    tally: Tally,
    say: Callable[[str], None],
) -> None:
    """Look at what is there after a stop; then do again what was stopped."""
    tally.trials += 1
    found = list(_found(scene, command, safe, tally))
    tally.failures += [f"{name}: {each}" for each in found]
    if tally.trials % _TELL == 0:
        say(f"{command.name}: {tally.trials} trials, {len(tally.failures)} failures")


def _found(scene: Scene, command: Command, safe: int, tally: Tally) -> Iterator[str]:
    # whatever is there first or put back has the pages of the base
    had_pages = command.before(scene).exists()
    keys = [key for key, *_ in scene.before["pages"]] if had_pages else []
    keys += scene.keys[:safe] if command.adds else []
    if not (scene.data / "catalog.db").exists():
        if keys:
            yield "the catalog is gone"
            return
    else:
        checked = trial.ended("check", "--data", scene.data)
        tally.passed += checked.code == 0
        tally.repaired += checked.code != 0
        if checked.code not in (0, 4) or "Traceback" in checked.err:
            yield f"check: {checked}"
        yield from trial.problems(scene.data, keys)
    if _copy(scene).exists():
        yield from _wrong_with_copy(scene)
    again = trial.ended(*command.arguments(scene), "--data", scene.data)
    if again.code:
        yield f"once more: {again}"
        return
    if trial.content(scene.data) != command.wanted(scene):
        yield "once more: other content than without a stop"
    trial.ended("search", "公告", "--data", scene.data)  # the command after a `restore`
    checked = trial.ended("check", "--data", scene.data)
    if checked.code or "都完好" not in checked.out:
        yield f"once more, then check: {checked}"
    if left := trial.leftovers(scene.data):
        yield f"left over: {left}"


def _wrong_with_copy(scene: Scene) -> Iterator[str]:
    """A backup that has its name is whole; it is moved out of the way of the next."""
    copy = _copy(scene).replace(scene.box.with_name("copy.db"))
    with trial.temporary() as folder:
        restored = trial.ended("restore", copy, "--data", folder)
        if restored.code or trial.content(folder) != scene.before:
            yield f"the backup is not whole: {restored}"
