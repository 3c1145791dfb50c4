"""Every fuzz target in a short form; the long one is ``python -m benchmarks.fuzz``."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.fuzzing.generated import give, inputs
from benchmarks.fuzzing.target import Broken, Target, demand
from benchmarks.fuzzing.targets import TARGETS
from benchmarks.fuzzing.watch import Figures, Watch

ROOT = Path(__file__).parents[2]
SLOW = ("html", "segment", "vocabulary")  # each input takes milliseconds


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks(name: str) -> None:
    target = TARGETS[name]
    for seed in target.seeds():
        target.run(seed)
    run = settings(
        max_examples=30 if name in SLOW else 100,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run(given(inputs(target))(target.run))()


def watched(folder: Path, run: Callable[[bytes], None], *given: bytes) -> Figures:
    watch = Watch(Target("made up", "", run, lambda: [b""]), folder, 10)
    for data in given:
        watch(data)
    watch.save()
    return Figures.of(folder)


def test_a_fault_is_counted_by_where_it_comes_from_and_saved(tmp_path: Path) -> None:
    def run(data: bytes) -> None:
        demand(data != b"broken", "it is broken")
        if data == b"raises":
            int(data)

    figures = watched(tmp_path, run, b"broken", b"fine", b"raises", b"broken")
    assert figures.inputs == 4
    assert sorted(figures.faults.values()) == [1, 2]
    (broken,) = (fault for fault, times in figures.faults.items() if times == 2)
    assert broken.startswith(f"{Broken.__name__} at tests/reliability/test_fuzz.py:")
    saved = {each.read_bytes() for each in tmp_path.glob("fault-*") if not each.suffix}
    assert saved == {b"broken", b"raises"}


def test_what_takes_more_than_a_second_is_stopped_and_is_a_fault(tmp_path: Path) -> None:
    def run(data: bytes) -> None:
        while data:
            try:
                sum(range(1000))
            except Exception:
                continue  # what swallows every exception does not swallow the alarm

    figures = watched(tmp_path, run, b"", b"for ever")
    assert figures.faults == {"more than a second": 1}
    # The alarm counts by ticks of the system, and may come a tenth of a second early.
    assert 0.5 < figures.slowest < 2


def test_figures_go_on_where_a_process_stopped(tmp_path: Path) -> None:
    watched(tmp_path, len, b"a", b"b")
    assert watched(tmp_path, len, b"c").inputs == 3


def test_the_form_without_atheris(tmp_path: Path) -> None:
    target = TARGETS["typed"]
    watch = Watch(target, tmp_path, 300)
    give(target, watch, 300, 60)
    assert watch.figures.inputs == Figures.of(tmp_path).inputs == 300
    assert not watch.figures.faults


@pytest.mark.skipif(not importlib.util.find_spec("atheris"), reason="atheris has no wheel here")
def test_the_guided_form(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.fuzz", "--inputs", "500", "--target", "states"]
    done = subprocess.run(
        [*command, "--folder", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    figures = Figures.of(tmp_path / "states")
    assert figures.inputs >= 500
    assert figures.branches > 20
    assert f"| {figures.inputs:,} |" in done.stdout
