"""docs/api.md: every example prints what it says there, and every address is listed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import threading
from contextlib import redirect_stdout
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from flask import Flask

from webui.api import description
from webui.server import serve

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "index_data" / "sample"
GUIDE = ROOT / "docs" / "api.md"
_, *HALVES = re.split(r"^(?=# )", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)
EXAMPLE = re.compile(
    r"^```(python|sh)\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE
)
# The examples stand on the sample served like this.
SAID = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def address(sample: Flask) -> str:
    ready: Queue[str] = Queue()
    threading.Thread(target=serve, args=(sample, "127.0.0.1", 0, ready.put), daemon=True).start()
    return ready.get(timeout=30).rstrip("/")


def printed_by(language: str, code: str, names: dict[str, Any], folder: Path) -> str:
    if language == "python":
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, str(GUIDE), "exec"), names)
        return printed.getvalue()
    if not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    done = subprocess.run(["sh", "-ec", code], cwd=folder, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("half", HALVES, ids=["Chinese", "English"])
def test_every_example_prints_what_it_says(half: str, address: str, tmp_path: Path) -> None:
    examples = EXAMPLE.findall(half)
    assert len(examples) == half.count("```python") + half.count("```sh") == 9
    names: dict[str, Any] = {}
    for language, code, says in examples:
        printed = printed_by(language, code.replace(SAID, address), names, tmp_path)
        printed = printed.replace(str(SAMPLE), "index_data/sample").replace(address, SAID)
        assert printed == says
    assert len((tmp_path / "results.csv").read_bytes()) > 1000


@pytest.mark.parametrize("half", HALVES, ids=["Chinese", "English"])
def test_every_address_of_data_is_listed(half: str) -> None:
    listed = set(re.findall(r"`(/[^`]*)`", half[half.index("| --- | --- |") :]))
    data = {path for path in description()["paths"] if "." in path} | {"/healthz", "/metrics"}
    assert data - listed == set(), "add them to both tables of docs/api.md"
