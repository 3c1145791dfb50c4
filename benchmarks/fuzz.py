"""Hostile input: ``python -m benchmarks.fuzz --inputs 1000000 --report docs/reliability.md``.

Every reader is given inputs that are made to break it: under atheris, guided by the branches
that they take; where there is no atheris, at random out of what valid inputs are made of.  What
is found is kept in ``--folder``, so that a campaign goes on where it stopped.  Exit code 1 when
a property was broken.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from benchmarks.corpora import ROOT
from benchmarks.fuzzing.generated import give
from benchmarks.fuzzing.hostile import CASES, Measured, measured
from benchmarks.fuzzing.targets import TARGETS
from benchmarks.fuzzing.watch import Figures, Watch
from benchmarks.reliability import page

_COVERED: Final = re.compile(r" cov: (\d+) ")
# Where there is such a place: a target of files writes a million of them.
_MEMORY: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None
_IS_GUIDED: Final = importlib.util.find_spec("atheris") is not None


@click.command(help=__doc__)
@click.option("--inputs", default=1_000_000, show_default=True, help="for each target")
@click.option("--seconds", default=86_400, show_default=True, help="at most for each target")
@click.option("--target", "names", multiple=True, type=click.Choice([*TARGETS]), help="only these")
@click.option(
    "--folder",
    default=ROOT / ".fuzz",
    type=click.Path(path_type=Path),
    help="where the campaign is kept",
)
@page.option
def main(
    inputs: int, seconds: int, names: Sequence[str], folder: Path, report: Path | None
) -> None:
    """Fuzz the targets, and tell what of it came."""
    found: dict[str, Figures] = {}
    for name in names or TARGETS:
        here = folder / name
        here.mkdir(parents=True, exist_ok=True)
        if Figures.of(here).inputs < inputs:
            _fuzz(name, here, inputs, seconds)
        found[name] = Figures.of(here)
        for fault, times in found[name].faults.items():
            page.say(f"{name}: {fault}, {times} times; see {here}")
    large = [] if names else [*measured(CASES)]
    _tell(found, large, inputs, report)
    wrong = [case.name for case, came in zip(CASES, large, strict=False) if not case.holds(came)]
    for name in wrong:
        page.say(f"{name}: not what it should be")
    sys.exit(bool(wrong) or any(figures.faults for figures in found.values()))


def _fuzz(name: str, here: Path, inputs: int, seconds: int) -> None:
    """Give a target so many inputs, or as many as there is time for."""
    if not _IS_GUIDED:
        give(TARGETS[name], Watch(TARGETS[name], here, inputs), inputs, seconds)
        return
    end = time.monotonic() + seconds
    while (left := round(end - time.monotonic())) > 0:
        before = Figures.of(here).inputs
        command = [sys.executable, "-m", "benchmarks.fuzzing.guided", name, str(here)]
        with (here / "log").open("wb") as log, tempfile.TemporaryDirectory(dir=_MEMORY) as scratch:
            done = subprocess.run(
                [*command, str(inputs), str(left)],
                cwd=ROOT,
                env={**os.environ, "TMPDIR": scratch},
                stdout=log,
                stderr=log,
                check=False,
            )
        told = (here / "log").read_text("utf-8", "replace")
        figures = Figures.of(here)
        figures.branches = max([figures.branches, *map(int, _COVERED.findall(told))])
        if done.returncode:
            # The process itself died: the next goes on, with what this one has learnt.
            fault = f"ended with {done.returncode}: {told.strip()[-200:]}"
            figures.faults[fault] = figures.faults.get(fault, 0) + 1
        figures.save(here)
        if not before < figures.inputs < inputs:
            return


def _tell(
    found: dict[str, Figures], large: Sequence[Measured], inputs: int, report: Path | None
) -> None:
    rows = [
        (
            *(f"{name}: {TARGETS[name].what}", each.inputs, round(each.seconds)),
            *(round(each.slowest * 1000), each.megabytes, each.branches or "-"),
            sum(each.faults.values()),
        )
        for name, each in found.items()
    ]
    head = ("target", "inputs", "seconds", "slowest, ms", "most memory, MB", "branches", "faults")
    text = f"""
Every reader, given inputs that are made to break it (`python -m benchmarks.fuzz --inputs
{inputs}`): mutations of valid files, pages and queries, guided by the branches of the code that
they take (atheris, libFuzzer). Only refusals, which are sentences, may come out, and what is read
must obey its types: no half characters, texts that stand on their page, spans within the text,
arrays as they were written. No input may take more than a second, of the processor's time, as all
seconds here are. A campaign goes on where it stopped; what it has not come to yet has 0 inputs.

{page.table(head, rows)}

What is large is measured one by one:

{page.table(("input", "bytes", "seconds", "most memory, MB", "outcome"), large)}
"""
    page.tell(report, "Hostile input", text)


if __name__ == "__main__":
    main()
