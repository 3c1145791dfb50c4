"""What is said and done while the cluster is away, and that all goes on when it is back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from engines import address_of
from opensearch.cluster import Cluster
from opensearch.needed import needed

from ..test_run import ROOT
from ..test_watching import record, until, watching
from ..webui.test_web_adding import Server, serving

AWAY = "保存索引的服务器现在连不上，或者太忙，原因已经写进日志。请过一会儿再试。"
ASKED = quote("矿场")
SEARCHING = [
    *("/", f"/search.json?q={ASKED}", "/search.csv", "/search.atom", f"/trends.json?q={ASKED}"),
    *("/new.json", "/healthz"),
]


class Mortal:
    """A cluster of one node, which no other test uses, and the address of an index on it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.engine = f"{address_of(cluster.addresses, 'news')}?shards=1&replicas=0"
        self.port = urlsplit(cluster.addresses[0]).port

    def leave(self) -> None:
        self._cluster.kill(0)

    def come_back(self) -> None:
        self._cluster.start_node(0)
        self._cluster.wait_for("green")


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    folder = tmp_path_factory.mktemp("cluster")
    with Cluster.start(folder, nodes=1, made_of=needed()) as cluster:
        yield Mortal(cluster)


def answer(server: Server, path: str) -> tuple[int, str | None, str]:
    """The status, after how many seconds to ask again, and the text of an answer."""
    try:
        with urlopen(server.address.rstrip("/") + path, timeout=60) as response:
            return response.status, None, response.read().decode()
    except HTTPError as error:
        return error.code, error.headers["Retry-After"], error.read().decode()


def corrected(server: Server, document: str, **values: str) -> int:
    """The status of what a curator is answered."""
    address = server.address.rstrip("/")
    body = urlencode(values).encode()
    asked = Request(f"{address}/d/{document}/correct", body, {"Origin": address})
    try:
        with urlopen(asked, timeout=60) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


def command(*arguments: str) -> int:
    """The exit code of a command that does not end in a traceback."""
    done = subprocess.run([sys.executable, "run.py", *arguments], cwd=ROOT, capture_output=True)
    assert b"Traceback" not in done.stderr
    return done.returncode


def test_a_server_and_a_watch_go_on_when_the_cluster_is_back(
    mortal: Mortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIWEN_ENGINE", mortal.engine)
    data, folder = tmp_path / "data", tmp_path / "in"
    folder.mkdir()
    with serving(data, "--workers", "2") as server, watching(folder, data) as watch:
        url, _ = server.post("/add", [("files", "a.jsonl", record(1).encode())])
        assert server.outcome(url)["added"] == 1
        (hit,) = server.get(f"/search.json?q={ASKED}")["hits"]

        mortal.leave()
        for path in SEARCHING:
            status, seconds, text = answer(server, path)
            assert (status, seconds) == (503, "10"), path
            assert AWAY in text
            assert str(mortal.port) not in text
        for path in (f"/d/{hit['id']}?q={ASKED}", f"/d/{hit['id']}.json", "/help"):
            assert answer(server, path)[0] == 200, path
        status, _, figures = answer(server, "/metrics")
        assert (status, "biwen_ready 0.0\n" in figures) == (200, True)
        assert "biwen_documents" not in figures

        assert corrected(server, hit["id"], author="林间") == 503
        assert "林间" in answer(server, f"/d/{hit['id']}")[2]
        url, _ = server.post("/add", [("files", "b.jsonl", record(2).encode())])
        outcome = server.outcome(url)
        assert (outcome["state"], outcome["problem"]) == ("stopped", AWAY)
        (folder / "c.jsonl").write_text(record(3), encoding="utf-8")
        until(lambda: any("连不上 OpenSearch" in line for line in watch.said))
        assert command("search", "x", "--data", str(data)) == 1

        mortal.come_back()
        assert server.get("/healthz")["documents"] == 1
        assert corrected(server, hit["id"], author="林间") == 200
        assert server.get(f"/search.json?q={quote('作者:林间')}")["total"] == 1
        server.post(urlsplit(url).path)  # the button to try once more
        assert server.outcome(url)["state"] == "done"
        until(lambda: watch.counts() == [[1, 1, 0, 0, 0, 0]])
        assert server.get(f"/search.json?q={ASKED}")["total"] == 3
        assert command("check", "--data", str(data)) == 0


def test_servers_that_are_started_before_the_cluster_wait_for_it(
    mortal: Mortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of several nodes another one is named each time, which is not said anew.
    nodes = mortal.engine.replace("/news", ",127.0.0.1:9/waited-for")
    monkeypatch.setenv("BIWEN_ENGINE", nodes)
    data, empty, file = tmp_path / "data", tmp_path / "empty", tmp_path / "one.jsonl"
    file.write_text(record(1), encoding="utf-8")
    empty.mkdir()
    assert command("add", str(file), "--data", str(data)) == 0
    mortal.leave()
    with started(data) as one, started(empty) as other:
        for process in (one, other):
            assert process.stderr
            said = [process.stderr.readline() for _ in range(2)]
            assert "连不上 OpenSearch" in said[0]
            assert said[1] == "等它可用了就开始，不必重新运行；按 Ctrl-C 结束\n"
        mortal.come_back()
        for process in (one, other):
            assert process.stdout
            address = process.stdout.readline().split()[-1]
            with urlopen(f"{address}search.json?q={ASKED}", timeout=60) as response:
                assert json.load(response)["total"] == 1
            process.kill()
            assert process.stderr
            assert "OpenSearch" not in process.stderr.read()


@contextmanager
def started(data: Path) -> Iterator[subprocess.Popen[str]]:
    """``serve``, which need not have begun yet."""
    arguments = [sys.executable, "run.py", "serve", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    with process:
        try:
            yield process
        finally:
            process.kill()
