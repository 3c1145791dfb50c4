"""The campaigns of docs/reliability.md in a short form, by the commands of the long one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.reliability import full_disk, shim

ROOT = Path(__file__).parents[2]
needs_shim = pytest.mark.skipif(bool(shim.missing()), reason=shim.missing())
# Different operations than the figures of another day: one in a prime number of them.
SHORT = {
    "kills": ("crash", "--kills", "4"),
    "operations": ("crash", "--every", "131"),
    "power cuts": ("crash", "--cuts", "67"),
    "faults": ("faults", "--every", "131"),
    "damage": ("damage", "--repeats", "1", "--one-in", "5"),
    "concurrency": ("concurrency", "--searches", "2000", "--commits", "40", "--rounds", "1"),
}


def campaign(*arguments: str) -> str:
    """Run a campaign, which ends with 0 when nothing failed; what it printed."""
    module, *options = arguments
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "skipped" not in done.stderr
    return done.stdout


@pytest.mark.parametrize("name", [name for name in SHORT if name not in ("damage", "concurrency")])
@needs_shim
def test_crashes_and_faults(name: str) -> None:
    printed = campaign(*SHORT[name])
    rows = re.findall(r"^\|.* \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", printed, re.MULTILINE)
    if name in ("operations", "power cuts"):
        # The next command would repair an index whose files were not synced in the right order.
        assert len(rows) == 6
        assert all(int(trials) > 0 and repaired == "0" for trials, _, repaired, _ in rows)
    else:
        assert re.search(r"\b[1-9]\d* kills|from then on", printed)


@pytest.mark.parametrize("name", ["damage", "concurrency"])
def test_damage_and_concurrency(name: str) -> None:
    assert campaign(*SHORT[name])


def test_a_disk_that_is_really_full() -> None:
    if reason := full_disk.missing():
        pytest.skip(reason)
    assert "0 failures" in campaign("faults", "--full", "4")
