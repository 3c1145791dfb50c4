"""Commands on a small archive whose disk is full, or fails, at every one of their writes."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.reliability import shim, trial
from benchmarks.reliability.shim import Action
from benchmarks.reliability.stops import COMMANDS, Command, Tally
from benchmarks.reliability.trial import Result, Scene


class Fault(NamedTuple):
    """What the disk says, once or from some operation on."""

    name: str
    action: Action
    error: int


FAULTS: Final = (
    Fault("ENOSPC from then on", Action.FAIL_FROM, errno.ENOSPC),
    Fault("EIO once", Action.FAIL, errno.EIO),
    Fault("EIO from then on", Action.FAIL_FROM, errno.EIO),
)


def failed(scene: Scene, fault: Fault, every: int, say: Callable[[str], None]) -> Tally:
    """Let every so manieth operation of the commands fail.

    ``tally.passed`` counts the commands that succeeded all the same, for they
    could do without; ``tally.repaired`` those that ended with a sentence.
    """
    tally = Tally()
    log = scene.box.with_name("log")
    for command in COMMANDS:
        _run(scene, command, lambda: shim.watch(scene.box, log=log))
        kinds = [each.kind for each in shim.operations(log) if each.kind != "A"]
        tally.operations += len(kinds)
        for at in range(1, len(kinds) + 1, every):
            name = f"{command.name}, {fault.name}, {kinds[at - 1]} {at}"
            result = _run(scene, command, lambda at=at: _break(scene.box, fault, at))
            tally.trials += 1
            tally.kinds[kinds[at - 1]] += 1
            tally.passed += result.code == 0
            tally.repaired += result.code == 1
            for each in _found(scene, command, fault, result):
                tally.failures.append(f"{name}: {each}")
                say(tally.failures[-1])
    return tally


def _break(box: Path, fault: Fault, at: int) -> None:
    shim.watch(box, at, fault.action, fault.error)


def _run(scene: Scene, command: Command, prepare: Callable[[], None]) -> Result:
    scene.fresh(command.before(scene))
    return trial.forked(prepare, *command.arguments(scene), "--data", scene.data)


def _found(scene: Scene, command: Command, fault: Fault, result: Result) -> Iterator[str]:
    """What is wrong after the command met the fault."""
    if not is_a_sentence(result):
        yield f"ended with {result}"
    if command.before(scene).exists():
        # the disk is as it was: a search writes nothing that it could not do without
        meanwhile = trial.forked(
            lambda: _break(scene.box, fault, 1), *trial.LIST_ALL, "--data", scene.data
        )
        missing = trial.not_listed(meanwhile, scene.data, scene.before)
        if meanwhile.code or missing:
            yield f"search meanwhile lacks {len(missing)}: {meanwhile.code} {meanwhile.err}"
    (scene.box / "copy.db").unlink(missing_ok=True)
    again = trial.ended(*command.arguments(scene), "--data", scene.data)
    if again.code:
        yield f"once there is room: {again}"
        return
    trial.ended("search", "公告", "--data", scene.data)  # the command after a `restore`
    checked = trial.ended("check", "--data", scene.data)
    if checked.code or "都完好" not in checked.out:
        yield f"once there is room, then check: {checked}"
    if trial.content(scene.data) != command.wanted(scene):
        yield "other content than without a fault"
    if left := trial.leftovers(scene.data):
        yield f"left over: {left}"


def is_a_sentence(result: Result) -> bool:
    """Whether a command succeeded, or ended with 1 and a sentence of the program's own."""
    if result.code == 0:
        return "Traceback" not in result.err
    own = ("磁盘已满", "无法读写")
    return (
        result.code == 1
        and any(each in result.err for each in own)
        and ("Traceback" not in result.err)
    )
