"""Reading in several processes gives what reading in one gives, in the same order."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer import reading, workers
from indexer.catalog import page_row
from indexer.documents import Page
from indexer.i18n import Message
from indexer.sources import Refusal

ROOT = Path(__file__).parents[1]


def inputs():
    for number in range(300):
        yield Page(f"{number}.txt", f"标题{number}\n\n成都的第 {number} 家矿场今天开机。\n" * 20)
        if number % 50 == 0:
            yield Refusal(f"{number}.bin", Message("坏的"))
            yield Page(f"{number}.empty", "\n[2020/7/13]\n")


def test_two_processes_give_what_one_gives(monkeypatch):
    monkeypatch.setattr(reading, "WORTH_PROCESSES", 1000)
    monkeypatch.setattr(reading, "_TASK_CHARACTERS", 20_000)
    alone = list(reading.read_pages(inputs()))
    assert len(alone) == 312
    assert list(reading.read_pages(inputs(), 2)) == alone


def test_rows_for_the_catalog_are_made_in_several_processes(monkeypatch):
    monkeypatch.setattr(reading, "WORTH_PROCESSES", 1000)
    # So many tasks that this process has to help while the others start.
    monkeypatch.setattr(reading, "_TASK_CHARACTERS", 2_000)
    rows = list(reading.page_rows(inputs(), 2))
    assert rows == list(reading.page_rows(inputs()))
    assert rows == [
        each if isinstance(each, Refusal) else page_row(each[0], each[1].documents, each[1].tails)
        for each in reading.read_pages(inputs())
    ]


def test_little_work_starts_no_process(monkeypatch):
    monkeypatch.setattr(workers, "ProcessPoolExecutor", None)
    assert len(list(reading.read_pages(inputs(), 2))) == 312


INTERRUPTED = """
import os, signal, sys
from indexer import reading, workers
from tests_inputs import endless
if __name__ == "__main__":
    reading.WORTH_PROCESSES = 1000
    for number, _ in enumerate(reading.read_pages(endless(), 2)):
        if number == 2000:
            print(*(p.pid for p in __import__("multiprocessing").active_children()), flush=True)
            os.killpg(0, signal.{signal})
"""
ENDLESS = """
from itertools import count
from indexer.documents import Page
def endless():
    for number in count():
        yield Page(str(number), f"标题\\n\\n成都的第 {number} 家矿场今天开机。\\n" * 5)
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("signal", ["SIGINT", "SIGKILL"])
def test_no_process_is_left_behind(tmp_path, signal):
    (tmp_path / "tests_inputs.py").write_text(ENDLESS, encoding="utf-8")
    script = INTERRUPTED.replace("{signal}", signal)
    if signal == "SIGKILL":
        script = script.replace("os.killpg(0, signal.SIGKILL)", "os.kill(0 or os.getpid(), 9)")
    (tmp_path / "main.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "main.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
    )
    workers = [int(pid) for pid in done.stdout.split()]
    assert len(workers) == 2, done.stderr
    assert "BrokenProcessPool" not in done.stderr
    assert done.stderr.count("Traceback") <= 1  # of the script's own KeyboardInterrupt
    deadline = time.monotonic() + 10
    while any(_runs(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
