"""Serving from several processes on one socket: real processes, real signals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, str(ROOT / "run.py")]
LONG = 60.0  # seconds, in which a new worker is ready on any machine

pytestmark = pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(),
    reason="looks for the workers in /proc",
)


@contextmanager
def running(*command: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that has printed the address that it serves, and is killed in the end."""
    with TemporaryDirectory() as temporary:  # for what it has no time to delete
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": temporary, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert process.stdout
        try:
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.kill()
            assert "Traceback" not in process.communicate()[1]


def children(pid: int) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def workers(server: subprocess.Popen[str]) -> set[int]:
    return {
        child
        for child in children(server.pid)
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    }


def total(address: str, q: str = "") -> int:
    with urlopen(f"{address}search.json?q={q}", timeout=LONG) as response:
        answer: dict[str, Any] = json.load(response)
    return int(answer["total"])


def until(true: Callable[[], bool]) -> None:
    """Wait; the limit is only there so that a test that fails ends."""
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def state(task: Path) -> str:
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


def has_ended(pid: int) -> bool:
    try:
        return state(Path(f"/proc/{pid}")) == "Z"
    except OSError:
        return True


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        # One of its threads hears of it first; another may still take a connection meanwhile.
        until(lambda: {state(task) for task in Path(f"/proc/{pid}/task").iterdir()} == {"T"})
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def stopped_at_rest(pid: int, address: str) -> Iterator[None]:
    """The same, at no request: it has given an answer a little before it has counted that."""
    for _ in range(1000):
        with stopped(pid):
            if figure(address, "biwen_requests_in_progress") == 1:
                yield
                return
    pytest.fail("it never came to rest")


@pytest.fixture
def data(archive_folder: Path, tmp_path: Path) -> Path:
    return copytree(archive_folder, tmp_path / "data")


def test_each_worker_answers_and_sees_at_once_what_is_added(data: Path) -> None:
    with running(*RUN, "serve", "--port", "0", "--workers", "2", "--data", str(data)) as (
        server,
        address,
    ):
        both = workers(server)
        assert len(both) == 2
        before = total(address)
        for worker in both:
            with stopped(worker):
                assert total(address) == before
        record = {"title": "刚刚加入的快讯", "body": "服务不停。", "date": "2024-01-01"}
        added = subprocess.run(
            [*RUN, "add", "-", "--data", str(data)],
            input=json.dumps(record),
            encoding="utf-8",
            capture_output=True,
        )
        assert added.returncode == 0, added.stderr
        for worker in both:
            with stopped(worker):
                assert total(address) == before + 1


def test_a_worker_that_is_killed_under_requests_is_replaced(data: Path) -> None:
    with running(*RUN, "serve", "--port", "0", "--workers", "2", "--data", str(data)) as (
        server,
        address,
    ):
        answered, lost, done = [], [], threading.Event()

        def ask() -> None:
            while not done.is_set():
                try:
                    answered.append(total(address))
                except (OSError, HTTPException) as error:  # it was on the one that died
                    lost.append(error)

        asking = [threading.Thread(target=ask) for _ in range(3)]
        for thread in asking:
            thread.start()
        before = workers(server)
        dead = min(before)
        os.kill(dead, signal.SIGKILL)
        until(lambda: len(workers(server) - {dead}) == 2)
        (new,) = workers(server) - before
        (old,) = before - {dead}
        done.set()
        for thread in asking:
            thread.join()
        assert len(set(answered)) == 1
        assert len(lost) <= len(asking)
        with stopped(old):
            assert total(address) == answered[0]
        assert not has_ended(new)


def test_figures_are_of_all_workers_and_fall_with_none(data: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    arguments = ["serve", "--port", "0", "--workers", "2", "--log", "json", "--data", str(data)]
    with running(*RUN, *arguments, TMPDIR=str(shared)) as (server, address):
        both = workers(server)
        for asked, worker in enumerate(both, 1):
            with stopped_at_rest(worker, address):
                total(address)
                until_counted(address, asked)
        assert figure(address, "biwen_processes") >= 3
        os.kill(min(both), signal.SIGKILL)
        until(lambda: len(workers(server) - {min(both)}) == 2)
        (new,) = workers(server) - both
        # The new one answers, and goes on where the dead one was.
        with stopped_at_rest(max(both), address):
            total(address)
            until_counted(address, 3)
        assert not has_ended(new)
        assert len([*shared.rglob("*.db")]) == 6  # three kinds of figures of two workers
        server.terminate()
        assert server.wait(20) == 0
        assert server.stderr
        lines = [json.loads(line) for line in server.stderr.read().splitlines()]
        assert [(each["worker"], each["code"]) for each in lines if each["level"] == "warning"] in (
            [(0, -signal.SIGKILL)],
            [(1, -signal.SIGKILL)],
        )
        asked = [each["process"] for each in lines if each.get("route") == "/search.json"]
        assert sorted(asked) == sorted([*both, new])
        assert [*shared.iterdir()] == []


def until_counted(address: str, searches: int) -> None:
    """Wait until so many are counted, and nothing is in progress but the request that asks."""
    counts = 'biwen_requests_total{method="GET",route="/search.json",'
    until(lambda: figure(address, counts) == searches)
    until(lambda: figure(address, "biwen_requests_in_progress") == 1)


def figure(address: str, begins: str) -> float:
    with urlopen(f"{address}metrics", timeout=LONG) as response:
        lines = response.read().decode().splitlines()
    found = [line for line in lines if line.startswith(begins)]
    return float(found[0].split()[-1]) if found else 0.0  # nothing was counted yet


@pytest.mark.parametrize("count", ["1", "2"])
@pytest.mark.parametrize("kind", ["slow", "stream", "upload"])
def test_sigterm_lets_a_request_that_runs_finish(tmp_path: Path, kind: str, count: str) -> None:
    script = tmp_path / "slow.py"
    script.write_text(SLOW, encoding="utf-8")
    began, go = tmp_path / "began", tmp_path / "go"
    with running(sys.executable, str(script), count, str(began), str(go)) as (server, address):
        bodies = []

        def ask() -> None:
            with urlopen(f"{address}{kind}", timeout=20) as response:
                bodies.append(response.read())

        def upload() -> None:
            head = f"Host: x\r\nContent-Length: {len(WHOLE)}\r\nExpect: 100-continue\r\n\r\n"
            port = int(address.rstrip("/").rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
                client.sendall(f"POST /upload HTTP/1.1\r\n{head}".encode())
                assert client.recv(100).startswith(b"HTTP/1.1 100")
                client.sendall(WHOLE[:100])
                began.touch()
                until(go.exists)
                client.sendall(WHOLE[100:])
                response = HTTPResponse(client)
                response.begin()
                bodies.append(response.read())

        asking = threading.Thread(target=upload if kind == "upload" else ask)
        asking.start()
        until(began.exists)
        all_workers = workers(server)
        assert len(all_workers) == (0 if count == "1" else 2)
        server.send_signal(signal.SIGTERM)
        if all_workers:  # the one with nothing to do has ended already
            until(lambda: sum(map(has_ended, all_workers)) == 1)
        go.touch()
        asking.join()
        assert bodies == [WHOLE]
        assert server.wait(20) == 0
        assert all(map(has_ended, all_workers))


WHOLE = b"whole" * 1_000_000
SLOW = """
import sys
import time
from functools import partial
from pathlib import Path

from flask import Flask, request

from webui import server, workers


def make_app(began, go):
    app = Flask("slow")
    app.config["MAX_CONTENT_LENGTH"] = 10_000_000

    def held():
        began.touch()
        while not go.exists():
            time.sleep(0.02)

    @app.get("/slow")
    def slow():
        held()
        return "whole" * 1_000_000

    @app.get("/stream")
    def stream():
        yield "whole" * 500_000
        held()
        for _ in range(500):
            yield "whole" * 1_000

    @app.post("/upload")
    def upload():
        return request.get_data()

    return app


if __name__ == "__main__":
    make = partial(make_app, Path(sys.argv[2]), Path(sys.argv[3]))
    ready = partial(print, flush=True)
    if sys.argv[1] == "1":
        server.serve(make(), "127.0.0.1", 0, ready)
    else:
        workers.serve(make, "127.0.0.1", 0, int(sys.argv[1]), ready)
"""


def test_workers_end_with_a_parent_that_is_killed(data: Path) -> None:
    with running(*RUN, "serve", "--port", "0", "--workers", "2", "--data", str(data)) as (
        server,
        _,
    ):
        everybody = children(server.pid)
        server.kill()
        until(lambda: all(map(has_ended, everybody)))


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
@pytest.mark.parametrize("count", [1, 2])
def test_a_signal_ends_all_quietly(data: Path, count: int, sent: signal.Signals, code: int) -> None:
    arguments = ["serve", "--port", "0", "--workers", str(count), "--data", str(data)]
    with running(*RUN, *arguments) as (server, _):
        everybody = children(server.pid)
        assert bool(everybody) == (count > 1)
        server.send_signal(sent)
        assert server.wait(20) == code
        # multiprocessing's resource tracker is the last: it hears of its parent's end by a pipe
        until(lambda: all(map(has_ended, everybody)))
        assert server.stderr
        assert server.stderr.read() == ""


def test_workers_that_cannot_start_are_a_sentence(tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text(BROKEN, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout == "工作进程没有启动成功，原因见上文。\n"
    assert done.stderr == "没有数据。\n" * 2


BROKEN = """
from indexer.errors import UserError
from webui import workers


def make_app():
    raise UserError("没有数据。")


if __name__ == "__main__":
    try:
        workers.serve(make_app, "127.0.0.1", 0, 2)
    except UserError as error:
        print(error)
"""
