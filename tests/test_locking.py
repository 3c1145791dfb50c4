"""One writer at a time; who waits is told for whom."""

import json
import os
import platform
import signal
import subprocess
import sys
import time

import pytest

from indexer.errors import Locked
from indexer.locking import data_lock

HOLD = """
import sys
from pathlib import Path
from indexer.locking import data_lock
with data_lock(Path(sys.argv[1]), "rebuild", 0, print):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of ``tmp_path``."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_locked_folder_says_who_holds_it(tmp_path, holder):
    told = []
    with (
        pytest.raises(Locked) as locked,
        data_lock(tmp_path, "add", 0.1, told.append),
    ):
        pass
    assert f"rebuild（{platform.node()}，pid {holder.pid}，" in str(locked.value)
    assert len(told) == 1
    assert f"pid {holder.pid}" in str(told[0])
    assert locked.value.exit_code == 3


def test_without_time_nobody_is_told_to_wait(tmp_path, holder):
    told = []
    with pytest.raises(Locked), data_lock(tmp_path, "add", 0, told.append):
        pass
    assert told == []


def test_the_lock_is_had_when_the_holder_is_done(tmp_path, holder):
    def done(message):
        holder.stdin.close()

    with data_lock(tmp_path, "add", 10, done):
        assert json.loads((tmp_path / "lock.json").read_text("utf-8"))["pid"] == os.getpid()
    assert not (tmp_path / "lock.json").exists()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX signals")
def test_a_killed_holder_blocks_nobody(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "lock.json").exists()
    before = time.monotonic()
    with data_lock(tmp_path, "add", 5, pytest.fail):
        assert time.monotonic() - before < 1


def test_an_unreadable_note_of_the_holder_is_no_obstacle(tmp_path, holder):
    (tmp_path / "lock.json").write_text("{", encoding="utf-8")
    with pytest.raises(Locked, match="另一个程序"), data_lock(tmp_path, "add", 0, print):
        pass
