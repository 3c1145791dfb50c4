"""A folder that is watched: which files are ready, and the command over real folders."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.locking import data_lock
from indexer.watching import Watched

ROOT = Path(__file__).parents[1]
NOW = 1_700_000_000


def write(path: Path, text: str, seconds_ago: float = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (NOW - seconds_ago, NOW - seconds_ago))
    return path


def ready(watched: Watched) -> list[str]:
    """What is taken with this look, by file names."""
    files, _ = watched.look()
    watched.took()
    return [Path(file).name for file in files]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path, lambda: NOW)


def test_a_file_is_ready_once_it_stays_as_it_is(tmp_path: Path, watched: Watched) -> None:
    path = write(tmp_path / "a.txt", "一", 1)
    assert ready(watched) == []
    write(path, "一二", 0)
    assert ready(watched) == []
    assert ready(watched) == ["a.txt"]
    assert ready(watched) == []
    write(path, "一二三", -1)
    assert ready(watched) == []
    assert ready(watched) == ["a.txt"]


def test_what_is_old_is_ready_at_once(tmp_path: Path, watched: Watched) -> None:
    """As everything is at the start, and what is moved in later."""
    write(tmp_path / "甲" / "乙" / "a.txt", "一", 60)
    write(tmp_path / "b.txt", "一", 60)
    write(tmp_path / "from the future.txt", "一", -60)
    assert ready(watched) == ["b.txt", "a.txt"]
    assert ready(watched) == ["from the future.txt"]
    assert ready(watched) == []


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("a.txt", True),
        ("a.TXT", True),
        ("part.txt", True),
        ("a.txt.part", False),
        ("a.zip.crdownload", False),
        ("A.ZIP.CRDOWNLOAD", False),
        ("a.txt~", False),
        ("~$a.txt", False),
        ("a.tmp", False),
        (".a.txt.swp", False),
        (".hidden.txt", False),
        (".folder/a.txt", False),
        ("README.md", False),
    ],
)
def test_what_is_unfinished_or_hidden_is_not_taken(
    tmp_path: Path, watched: Watched, name: str, taken: bool
) -> None:
    write(tmp_path / name, "一", 60)
    assert bool(ready(watched)) == taken


def test_a_download_is_taken_under_its_last_name(tmp_path: Path, watched: Watched) -> None:
    path = write(tmp_path / "a.zip.part", "一", 60)
    assert ready(watched) == []
    path.rename(tmp_path / "a.zip")
    assert ready(watched) == ["a.zip"]


def test_what_was_not_added_is_looked_at_again(tmp_path: Path, watched: Watched) -> None:
    write(tmp_path / "a.txt", "一", 60)
    for _ in range(2):
        files, _ = watched.look()
        assert len(files) == 1
    watched.took()
    assert watched.look()[0] == []


def test_a_file_that_went_and_came_back_is_taken_again(tmp_path: Path, watched: Watched) -> None:
    path = write(tmp_path / "a.txt", "一", 60)
    assert ready(watched) == ["a.txt"]
    path.unlink()
    assert ready(watched) == []
    write(path, "一", 60)
    assert ready(watched) == ["a.txt"]


def test_a_folder_out_of_reach_is_told_once_and_what_is_known_stays_known(tmp_path: Path) -> None:
    folder, away = tmp_path / "share", tmp_path / "away"
    write(folder / "a.txt", "一", 60)
    watched = Watched(folder, lambda: NOW)
    assert ready(watched) == ["a.txt"]
    folder.rename(away)
    files, unreadable = watched.look()
    assert (files, [each.name for each in unreadable]) == ([], [str(folder)])
    assert watched.look() == ([], [])
    away.rename(folder)
    assert watched.look() == ([], [])


# The command


def record(number: int) -> str:
    fields = {"title": f"第{number}号公告", "body": f"编号{number}的矿场今天开机。", "date": "2024"}
    return json.dumps(fields, ensure_ascii=False) + "\n"


class Watching:
    """``run.py watch``, with the lines that it has printed and said."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "run.py", "watch", str(folder), "--data", str(data), "--wait", "1"],
            cwd=ROOT,
            env={**os.environ, "LC_ALL": "", "LANG": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.printed: list[str] = []
        self.said: list[str] = []
        for stream, lines in (
            (self.process.stdout, self.printed),
            (self.process.stderr, self.said),
        ):
            threading.Thread(target=self._follow, args=(stream, lines), daemon=True).start()

    @staticmethod
    def _follow(stream: Iterator[str], lines: list[str]) -> None:
        for line in stream:
            lines.append(line.rstrip("\n"))

    def counts(self) -> list[list[int]]:
        """Of each line: files, new documents, reprints, corrected, unchanged, refused."""
        return [list(map(int, re.findall(r"\d+", line)[6:])) for line in self.printed]


@contextmanager
def watching(folder: Path, data: Path) -> Iterator[Watching]:
    watch = Watching(folder, data)
    try:
        yield watch
    finally:
        watch.process.kill()
        watch.process.wait()
        assert not [line for line in watch.said if "Traceback" in line]


def until(true: Callable[[], bool]) -> None:
    """Wait; the limit is only there so that a test that fails ends."""
    end = time.monotonic() + 90
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def total(data: Path) -> int:
    done = subprocess.run(
        [sys.executable, "run.py", "stats", "--json", "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    return int(json.loads(done.stdout)["documents"])


def test_what_is_there_and_what_comes_is_added_in_the_words_of_add(tmp_path: Path) -> None:
    folder, data = tmp_path / "in", tmp_path / "data"
    write(folder / "深" / "a.jsonl", record(1) + record(2))
    write(folder / "坏.exe", "MZ")
    with watching(folder, data) as watch:
        until(lambda: len(watch.printed) == 1)
        assert watch.counts() == [[2, 2, 0, 0, 0, 1]]
        assert watch.printed[0].split("\t")[1:] == [
            *("2 个文件", "新增文档 2", "又见于别处 0", "更正文档 0", "未变页面 0", "拒绝 1")
        ]
        with (folder / "slow.jsonl").open("w", encoding="utf-8") as slow:
            for number in range(3, 10):  # longer than a look
                slow.write(record(number))
                slow.flush()
                time.sleep(0.5)
        until(lambda: len(watch.printed) == 2)
        assert watch.counts()[1] == [1, 7, 0, 0, 0, 0]
        until(lambda: total(data) == 9)  # while it watches, others can use the folder
        assert sum("坏.exe" in line for line in watch.said) == 1
        watch.process.send_signal(signal.SIGINT)
        assert watch.process.wait(30) == 130
    with watching(folder, data) as watch:  # all is known already
        until(lambda: sum(line[4] for line in watch.counts()) == 9)
        assert sum(line[1] for line in watch.counts()) == 0
        watch.process.terminate()
        assert watch.process.wait(30) == 0


def test_while_another_command_writes_it_waits(tmp_path: Path) -> None:
    folder, data = tmp_path / "in", tmp_path / "data"
    write(folder / "a.jsonl", record(1))
    with data_lock(data, "rebuild", 0, lambda _: None), watching(folder, data) as watch:
        until(lambda: any("rebuild" in line and "--wait" in line for line in watch.said))
        assert watch.printed == []
        assert watch.process.poll() is None
    with watching(folder, data) as watch:
        until(lambda: watch.counts() == [[1, 1, 0, 0, 0, 0]])


def test_one_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    folder, data = tmp_path / "in", tmp_path / "data"
    write(folder / "a.jsonl", "".join(map(record, range(2000))), 60)
    with watching(folder, data) as watch:
        until(lambda: (data / "catalog.db").exists() and (data / "lock.json").exists())
        watch.process.kill()
    with watching(folder, data) as watch:
        until(lambda: len(watch.printed) == 1)
    assert total(data) == 2000


def test_the_data_folder_itself_may_be_inside(tmp_path: Path) -> None:
    data = tmp_path / "in" / "data"
    write(tmp_path / "in" / "a.jsonl", record(1), 60)
    with watching(tmp_path / "in", data) as watch:
        until(lambda: len(watch.printed) == 1)
        shutil.copy(tmp_path / "in" / "a.jsonl", tmp_path / "in" / "b.jsonl")
        until(lambda: len(watch.printed) == 2)
        assert watch.counts() == [[1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 1, 0]]


def test_a_folder_that_there_is_not_is_wrong_usage(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "run.py", "watch", str(tmp_path / "no"), "--data", str(tmp_path / "data")],
        cwd=ROOT,
        capture_output=True,
    )
    assert done.returncode == 2
