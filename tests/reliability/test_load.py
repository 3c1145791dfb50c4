"""Load, a burst and slow clients in a short form, by the commands of docs/reliability.md."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(),
    reason="looks for the processes of the server in /proc",
)


def measured(*arguments: str) -> str:
    """Run a command that ends with 0 when nothing failed; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_readers_are_answered_while_documents_are_added() -> None:
    # How quickly is measured where nothing else runs; here, whether everything is answered.
    options = ("--documents", "300", "--minutes", "0.1", "--rate", "10", "--every", "4")
    printed = measured("benchmarks.soak", *options, "--limit", "60000", "--growth", "10")
    assert re.search(r"\*\*60 requests, 0 failed, p99 .* ms; [1-9]\d* additions;\s0 fail", printed)
    assert "| all | 60 | 0 |" in printed


def test_a_burst_and_slow_clients_leave_readers_their_answers() -> None:
    options = ("--documents", "300", "--connections", "100", "--slow", "20", "--seconds", "3")
    printed = measured("benchmarks.burst", *options, "--workers", "1")
    answered, refused, other = re.search(  # type: ignore[union-attr]
        r"^\| 1 \| (\d+) \| (\d+) \| (\d+) \|", printed, re.MULTILINE
    ).groups()
    assert (int(answered) + int(refused), int(other)) == (100, 0)
    assert "0 failures" in printed
