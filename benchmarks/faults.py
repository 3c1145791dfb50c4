"""Full disks and I/O errors: ``python -m benchmarks.faults --every 1 --full 200``.

At every file operation of some commands the disk is full, or fails, once or from
then on; and the same on a real file system without room.  Exit code 1 when a
command did not end as it must.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmarks.reliability import full_disk, page, shim, trial
from benchmarks.reliability.failing import FAULTS, failed
from benchmarks.reliability.stops import COMMANDS


@click.command(help=__doc__)
@click.option("--every", default=0, help="fail at every so manieth file operation; 1: at each")
@click.option("--full", default=0, help="how many commands to run on a real full disk")
@click.option("--seed", default=1, show_default=True)
@page.option
def main(every: int, full: int, seed: int, report: Path | None) -> None:
    """Run the campaigns that are asked for."""
    failures: list[str] = []
    if every and (reason := shim.missing()):
        page.say(f"skipped: {reason}")
    elif every:
        shim.restart_within()
    if every or full:
        trial.acknowledge_batches()
        with trial.temporary() as folder:
            scene = trial.Scene(folder)
            if every and not shim.missing():
                failures += _faults(scene, every, report)
            if full and (reason := full_disk.missing()):
                page.say(f"skipped: {reason}")
            elif full:
                failures += _full(scene, full, seed, report)
    sys.exit(bool(failures))


def _faults(scene: trial.Scene, every: int, report: Path | None) -> list[str]:
    tallies = {each.name: failed(scene, each, every, page.say) for each in FAULTS}
    rows = [
        (name, each.operations, each.trials, each.passed, each.repaired, len(each.failures))
        for name, each in tallies.items()
    ]
    head = ("what the disk says", "file operations", "trials", "done without", "a sentence, exit 1")
    how_many = "each" if every == 1 else f"one in {every}"
    text = f"""
{", ".join(each.name for each in COMMANDS)}: at {how_many} of their file operations, SQLite's and
ours, the disk refuses (`python -m benchmarks.faults --every {every}`). Then, with the disk as it
is, a search must show all that was stored before; with room again the same command must end well,
and the archive be the same as without the fault. A write to a full disk first takes half.

{page.table((*head, "failures"), rows)}
"""
    page.tell(report, "Full disk and I/O errors", text)
    return [failure for each in tallies.values() for failure in each.failures]


def _full(scene: trial.Scene, trials: int, seed: int, report: Path | None) -> list[str]:
    tally = full_disk.filled(scene, trials, seed, page.say)
    commands = ", ".join(f"{count} `{name}`" for name, count in sorted(tally.kinds.items()))
    text = f"""
A real file system of limited size (tmpfs), of which all but a random 0 to 600 KB is taken
(`python -m benchmarks.faults --full {trials}`): {commands}. {tally.passed} had room enough,
{tally.repaired} ended with a sentence and exit code 1. Then the rest was filled up to the last
block, and a search, by a new process, had to show all that was stored before; then the room was
given back. **{len(tally.failures)} failures.**
"""
    page.tell(report, "A disk that is really full", text)
    return tally.failures


if __name__ == "__main__":
    main()
