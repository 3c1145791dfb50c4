"""Known vulnerabilities fail the build, those listed with a reason and a missing net do not.

The database is a server of our own that answers as OSV does
(https://google.github.io/osv.dev/post-v1-query/), for the real one changes by the day.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.requirements import ROOT

LOCK = f"""\
jinja2==3.1.2 \\
    --hash=sha256:{"0" * 64}
    # via flask
flask==3.0.0 \\
    --hash=sha256:{"1" * 64}
    # via -r requirements.txt
"""
KNOWN = {
    "id": "PYSEC-2024-0",
    "aliases": ["CVE-2024-22195"],
    "summary": "Attributes can be injected.",
    "affected": [{"package": {"name": "jinja2", "ecosystem": "PyPI"}, "ranges": []}],
}


class Database(BaseHTTPRequestHandler):
    """Knows of one vulnerability."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        vulns = {"vulns": [KNOWN]} if asked["package"]["name"] == "jinja2" else {}
        answer = json.dumps(vulns).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Database) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def audit(folder: Path, url: str, accepted: str, **environment: str) -> tuple[int, list[str]]:
    """The exit code and the lines that are printed."""
    (folder / "lock").write_text(LOCK, "utf-8")
    (folder / "accepted").write_text(accepted, "utf-8")
    files = ["--lock", str(folder / "lock"), "--accepted", str(folder / "accepted")]
    done = subprocess.run(
        [sys.executable, "-m", "tools.audit", *files, "--osv-url", url],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, (done.stdout or done.stderr).splitlines()


@pytest.mark.parametrize(
    ("accepted", "code", "first"),
    [
        ("", 1, "jinja2 3.1.2: PYSEC-2024-0"),
        ("PYSEC-2024-0 no template takes attribute names\n", 0, "audited 2 distributions"),
        ("# by another name\nCVE-2024-22195 the same\n", 0, "audited 2 distributions"),
        ("CVE-2024-22195 the same\nCVE-1 old\n", 1, "CVE-1 is accepted, and no longer there"),
    ],
)
def test_what_is_known_fails_unless_it_is_listed(
    tmp_path: Path, database: str, accepted: str, code: int, first: str
) -> None:
    assert audit(tmp_path, database, accepted) == (
        code,
        [first, "audited 2 distributions"][: 1 + code],
    )


def test_one_that_is_listed_without_a_reason_is_refused(tmp_path: Path, database: str) -> None:
    code, lines = audit(tmp_path, database, "CVE-2024-22195\n")
    assert code == 2
    assert "gives no reason for CVE-2024-22195" in lines[-1]


def test_without_a_net_it_is_said_that_nothing_was_asked(tmp_path: Path) -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    code, (line,) = audit(tmp_path, "http://127.0.0.1:9/v1/query", "", **nowhere)
    assert code == 0
    assert line.startswith("audit skipped")


def test_the_build_asks() -> None:
    assert "python -m tools.audit" in (ROOT / "Makefile").read_text("utf-8")
    assert "make audit" in (ROOT / ".ci" / "run").read_text("utf-8")
