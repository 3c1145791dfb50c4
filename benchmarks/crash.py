"""Crashes: ``python -m benchmarks.crash --kills 500 --report docs/reliability.md``.

Commands are killed at random moments and at every one of their file operations,
and power is cut at each of these; afterwards nothing may be lost, doubled or
named otherwise.  Exit code 1 when something was.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from benchmarks.reliability import page, shim, trial
from benchmarks.reliability.kills import killed as killed_at_random
from benchmarks.reliability.stops import COMMANDS, Tally, killed, without_power

_HEAD: Final = ("sound at once", "after the next command", "failures")


@click.command(help=__doc__)
@click.option("--kills", default=0, help="how many commands to kill at random moments")
@click.option("--every", default=0, help="kill at every so manieth file operation; 1: at each")
@click.option("--cuts", default=0, help="cut the power at every so manieth file operation")
@click.option("--seed", default=1, show_default=True)
@page.option
def main(kills: int, every: int, cuts: int, seed: int, report: Path | None) -> None:
    """Run the campaigns that are asked for."""
    failures: list[str] = []
    if (every or cuts) and (reason := shim.missing()):
        page.say(f"skipped: {reason}")
        every = cuts = 0
    if every or cuts:
        shim.restart_within()
    if kills:
        failures += _kills(kills, seed, report)
    if every or cuts:
        trial.acknowledge_batches()
        with trial.temporary() as folder:
            scene = trial.Scene(folder)
            if every:
                tallies = {each.name: killed(scene, each, every, page.say) for each in COMMANDS}
                failures += _operations(tallies, every, report)
            if cuts:
                tallies = {
                    each.name: without_power(scene, each, cuts, seed, page.say) for each in COMMANDS
                }
                failures += _cuts(tallies, cuts, report)
    sys.exit(bool(failures))


def _kills(kills: int, seed: int, report: Path | None) -> list[str]:
    with trial.temporary() as folder:
        tally = killed_at_random(kills, seed, folder, page.say)
    rows = sorted(tally.kinds.items())
    text = f"""
`run.py` as a process of its own, killed by SIGKILL at a random moment, one time in two with its
helper processes (`python -m benchmarks.crash --kills {kills}`). `completion` is what an addition
does after its report: merging, suggestions, reprints. After each kill: `check`, a search, `check`
again, the same addition once more. In the end the archive is compared with one to which the same
was added undisturbed.

{page.table(("killed while running", "times"), rows)}

{tally.trials:,} kills: {tally.passed:,} times `check` passed at once (an index that is behind
passes), {tally.repaired:,} times after the next command. **{len(tally.failures)} failures**: no
acknowledged document lost, none twice, no other ids, no file left over.
"""
    page.tell(report, "Killed at random moments", text)
    return tally.failures


def _operations(tallies: dict[str, Tally], every: int, report: Path | None) -> list[str]:
    rows = _rows(tallies)
    text = f"""
A small run; at {_each(every)} write, sync, rename, creation, truncation and deletion, of SQLite and
of ours, the process kills itself after it (which is before the next one) and, when it is a write,
after half of it (benchmarks/reliability/shim.c, loaded by LD_PRELOAD;
`python -m benchmarks.crash --every {every}`). The archive has seven segments, so that the addition
makes eight of them be merged; its pages share newsflashes with earlier ones, which are corrected,
and reprints. Where kills are missing in the next two columns, there was no catalog yet.

{page.table(("command", "file operations", "kills", *_HEAD), rows)}
"""
    page.tell(report, "Killed at every file operation", text)
    return [failure for each in tallies.values() for failure in each.failures]


def _cuts(tallies: dict[str, Tally], cuts: int, report: Path | None) -> list[str]:
    losses = next(iter(tallies.values())).kinds
    rows = _rows(tallies)
    text = f"""
SIGKILL leaves to the kernel what was written; a power cut does not. All operations of a run are
logged with their data, and after {_each(cuts)} of them the files are put as a disk may have kept
them (`python -m benchmarks.crash --cuts {cuts}`): of a file what was synced, of a folder the names
that were there when the folder was synced. What came later is lost in {len(losses)} ways:
{"; ".join(losses)}.
The {_tries(tallies):,} losses made {_different(tallies):,} different states, each of which was
tried.

{page.table(("command", "file operations", "states", *_HEAD), rows)}
"""
    page.tell(report, "Power cut at every file operation", text)
    return [failure for each in tallies.values() for failure in each.failures]


def _tries(tallies: dict[str, Tally]) -> int:
    return sum(sum(each.kinds.values()) for each in tallies.values())


def _different(tallies: dict[str, Tally]) -> int:
    return sum(each.trials for each in tallies.values())


def _rows(tallies: dict[str, Tally]) -> list[tuple[object, ...]]:
    return [
        (name, each.operations, each.trials, each.passed, each.repaired, len(each.failures))
        for name, each in tallies.items()
    ]


def _each(every: int) -> str:
    return "each" if every == 1 else f"one in {every}"


if __name__ == "__main__":
    main()
