"""Who adds goes behind who searches."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.priority import BEHIND

RUN = Path(__file__).parents[1] / "run.py"


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="the system has no niceness")
def test_add_steps_back_before_it_reads(tmp_path: Path) -> None:
    command = [sys.executable, str(RUN), "add", "-", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as add:
        end = time.monotonic() + 30
        while os.getpriority(os.PRIO_PROCESS, add.pid) < BEHIND:
            assert add.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        add.communicate(b'{"title": "t", "body": "b"}')
    assert add.returncode == 0
