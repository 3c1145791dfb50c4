"""What a server tells of itself: figures for Prometheus, a log, and the ids of its faults."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from webui import create_app
from webui.access import Access
from webui.passwords import set_password
from webui.server import OWN

ROOT = Path(__file__).parents[2]
Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def fresh(archive_folder: Path) -> Flask:
    """An application that has not been asked for anything."""
    return create_app(archive_folder)


def ask(app: Flask | FlaskClient, url: str, method: str = "GET", **more: object) -> int:
    """Ask as a server does: the answer is read to its end and closed."""
    client = app.test_client() if isinstance(app, Flask) else app
    return int(client.open(url, method=method, buffered=True, **more).status_code)


def figures(app: Flask) -> Figures:
    """What ``/metrics`` says, as Prometheus reads it."""
    return read(app.test_client().get("/metrics", buffered=True).text)


def read(text: str) -> Figures:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def counted(found: Figures, name: str = "biwen_requests_total") -> dict[tuple[str, ...], float]:
    return {
        tuple(value for _, value in sorted(labels)): figure
        for (each, labels), figure in found.items()
        if each == name
    }


@pytest.mark.parametrize(
    ("method", "url", "labels"),
    [
        ("GET", "/search?q=减半", ("GET", "/search", "200")),
        ("GET", "/search.csv", ("GET", "/search.{form}", "200")),
        ("HEAD", "/healthz", ("HEAD", "/healthz", "200")),
        ("GET", "/search?page=0", ("GET", "/search", "400")),
        ("GET", "/d/aaaaaaaaaaaaa", ("GET", "/d/{document_id}", "404")),
        ("GET", "/wp-admin/%E5%B8%81", ("GET", "none", "404")),
        ("BREW", "/search", ("other", "none", "405")),
    ],
)
def test_a_request_is_counted_by_its_route_not_its_address(
    fresh: Flask, method: str, url: str, labels: tuple[str, ...]
) -> None:
    ask(fresh, url, method)
    found = figures(fresh)
    assert counted(found) == {labels: 1}
    assert counted(found, "biwen_request_seconds_count") == {labels[1:2]: 1}
    assert 0 < counted(found, "biwen_request_seconds_sum")[labels[1:2]] < 60
    # the request that asks is the only one
    assert counted(found, "biwen_requests_in_progress") == {(): 1}


def test_the_route_of_style_and_scripts_outlives_their_content(fresh: Flask) -> None:
    with fresh.test_request_context():
        assert ask(fresh, f"{fresh.static_url_path}/page.css") == 200
    assert ("GET", "/static", "200") in counted(figures(fresh))


def test_many_addresses_make_no_more_figures(fresh: Flask) -> None:
    for number in range(50):
        ask(fresh, f"/d/{number}")
        ask(fresh, f"/{number}", f"M{number}")
    assert counted(figures(fresh)) == {
        ("GET", "/d/{document_id}", "404"): 50,
        ("other", "none", "404"): 50,
    }


def test_requests_of_the_servers_own_are_not_counted(fresh: Flask) -> None:
    ask(fresh, "/search?q=减半", environ_overrides={OWN: True})
    assert counted(figures(fresh)) == {}


def test_a_stream_is_timed_to_its_end_and_in_progress_until_it_is_closed(fresh: Flask) -> None:
    response = fresh.test_client().get("/search.jsonl")
    assert counted(figures(fresh), "biwen_requests_in_progress") == {(): 2}
    response.close()
    assert counted(figures(fresh), "biwen_requests_in_progress") == {(): 1}


def test_the_state_of_the_archive_is_told(fresh: Flask) -> None:
    found = figures(fresh)
    state = {name: value for (name, labels), value in found.items() if not labels}
    assert state["biwen_ready"] == 1
    assert state["biwen_documents"] == 37
    assert state["biwen_index_segments"] == 1
    assert state["biwen_catalog_generation"] == state["biwen_index_generation"] == 2


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks into /proc")
def test_memory_is_that_of_the_server_and_what_it_started(fresh: Flask) -> None:
    before = figures(fresh)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE):
        after = figures(fresh)
    processes = "biwen_processes", frozenset[tuple[str, str]]()
    assert after[processes] == before[processes] + 1
    private = counted(before, "biwen_memory_bytes")[("private",)]
    assert private == pytest.approx(anonymous_of_family(os.getpid()), rel=0.2)


def anonymous_of_family(process: int) -> int:
    """The anonymous bytes of a process and all that descend from it, as each tells its parent."""
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            status = dict(re.findall(r"(\w+):\s*(\d+)", (folder / "status").read_text("utf-8")))
            parents[int(folder.name)] = int(status["PPid"])
            sizes[int(folder.name)] = int(status.get("RssAnon", 0)) * 1024

    def is_of_family(each: int) -> bool:
        return each == process or (each in parents and is_of_family(parents[each]))

    return sum(size for each, size in sizes.items() if is_of_family(each))


def test_a_server_without_an_index_is_not_ready_and_says_so(
    archive_folder: Path, tmp_path: Path
) -> None:
    data = shutil.copytree(archive_folder, tmp_path / "data")
    shutil.rmtree(data / "whoosh")
    app = create_app(data)
    health = app.test_client().get("/healthz")
    assert (health.status_code, health.mimetype) == (503, "application/json")
    assert "rebuild" in health.json["error"]["message"]
    found = {name: value for (name, labels), value in figures(app).items() if not labels}
    assert (found["biwen_ready"], found["biwen_index_generation"]) == (0, -1)


def test_figures_are_for_who_may_read(archive_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    set_password(file, "a", "a long password")
    closed = create_app(archive_folder, allowed=Access(auth=file))
    assert [ask(closed, path) for path in ("/metrics", "/healthz")] == [401, 200]
    assert ask(create_app(archive_folder, allowed=Access(auth=file, open=True)), "/metrics") == 200
    local = create_app(archive_folder, allowed=Access(hosts=frozenset(("127.0.0.1",))))
    refused = local.test_client().get("/metrics", headers={"Host": "evil.example"})
    assert (refused.status_code, refused.mimetype) == (403, "text/plain")


@pytest.mark.parametrize("url", ["/search", "/search.json", "/metrics"])
def test_a_fault_has_an_id_on_the_page_and_in_the_log(
    archive_folder: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken = create_app(archive_folder)
    broken.before_request(lambda: 1 / 0)
    shown = broken.test_client().get(f"{url}?q=秘密")
    assert shown.status_code == 500
    (fault,) = re.findall("编号 ([0-9a-f]{8})", shown.get_data(as_text=True))
    (record,) = [each for each in caplog.records if each.exc_info]
    assert fault in record.getMessage()
    assert record.__dict__["facts"] == {"fault": fault, "method": "GET", "route": url}
    assert "秘密" not in caplog.text


def test_what_cannot_be_served_is_logged_what_was_asked_wrongly_not(
    archive_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = shutil.copytree(archive_folder, tmp_path / "data")
    app = create_app(data)
    assert ask(app, "/search?page=0") == 400
    assert caplog.records == []
    (data / "catalog.db").write_bytes(b"not a database" * 1000)
    assert ask(create_app(archive_folder), "/healthz") == 200
    app.extensions["biwen"].archive.catalog.close()
    assert ask(app, "/healthz") == 503
    assert [each.levelname for each in caplog.records] == ["ERROR"]


SERVED = """
import sys
from pathlib import Path
from webui import create_app, logs
logs.begin(sys.argv[2] or None)
app = create_app(Path(sys.argv[1]))
app.add_url_rule("/fault", view_func=lambda: 1 / 0)
client = app.test_client()
for url in ("/search?q=秘密", "/d/aaaaaaaaaaaaa", "/fault"):
    client.get(url, buffered=True)
"""


def said(archive_folder: Path, form: str) -> str:
    """What a process of its own logs of three requests, the last of which fails."""
    done = subprocess.run(
        [sys.executable, "-c", SERVED, str(archive_folder), form],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout == ""
    assert "秘密" not in done.stderr
    assert "aaaaaaaaaaaaa" not in done.stderr
    return done.stderr


def test_every_line_of_the_log_is_json_where_that_is_wanted(archive_folder: Path) -> None:
    lines = [json.loads(line) for line in said(archive_folder, "json").splitlines()]
    for line in lines:
        age = datetime.now(UTC) - datetime.fromisoformat(line["time"])
        assert 0 <= age.total_seconds() < 3600
        assert isinstance(line["process"], int)
    requests = [line for line in lines if line["level"] == "info"]
    assert [(each["method"], each["route"], each["status"]) for each in requests] == [
        ("GET", "/search", 200),
        ("GET", "/d/{document_id}", 404),
        ("GET", "/fault", 500),
    ]
    assert all(each["ms"] > 0 and each["bytes"] > 0 for each in requests)
    (fault,) = [line for line in lines if line["level"] == "error"]
    assert re.fullmatch("[0-9a-f]{8}", fault["fault"])
    assert "ZeroDivisionError" in fault["traceback"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_what_is_told_before_it_serves_is_json_too(archive_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    set_password(file, "a", "a long password")
    file.chmod(0o644)
    options = ["--port", "0", "--log", "json", "--auth", str(file), "--data", str(archive_folder)]
    with subprocess.Popen(
        [sys.executable, "run.py", "serve", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        assert server.stdout
        assert server.stderr
        server.stdout.readline()
        server.terminate()
        (told,) = [json.loads(line) for line in server.stderr]
    assert told["level"] == "warning"
    assert "chmod 600" in told["message"]


def test_the_log_can_be_text(archive_folder: Path) -> None:
    first, second, *rest = said(archive_folder, "text").splitlines()
    assert re.fullmatch(r"[\d-]+ [\d:,]+ INFO GET /search 200, [\d.]+ ms, \d+ bytes", first)
    assert "GET /d/{document_id} 404" in second
    assert "ERROR Fault" in rest[0]


def test_without_being_asked_for_only_faults_are_logged(archive_folder: Path) -> None:
    first, *traceback = said(archive_folder, "").splitlines()
    assert re.fullmatch("Fault [0-9a-f]{8} at /fault", first)
    assert traceback[-1] == "ZeroDivisionError: division by zero"


def test_figures_are_shown_to_who_asks_over_a_socket(archive_folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "run.py", "serve", "--port", "0", "--data", str(archive_folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        assert server.stdout
        address = server.stdout.readline().split()[-1]
        try:
            with pytest.raises(HTTPError, match="404"):
                urlopen(f"{address}nowhere", timeout=20)
            while True:  # it is counted once the answer has gone out
                with urlopen(f"{address}metrics", timeout=20) as response:
                    assert response.headers.get_content_type() == "text/plain"
                    found = counted(read(response.read().decode()))
                if ("GET", "none", "404") in found:
                    break
            assert found[("GET", "none", "404")] == 1
        finally:
            server.terminate()
