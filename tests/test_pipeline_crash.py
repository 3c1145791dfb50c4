"""The real command, killed at any moment: the next one carries on, and nothing safe is lost."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indexer import pipeline
from indexer.archive import Archive
from indexer.query.request import SearchRequest

ROOT = Path(__file__).parents[1]
COUNT = 8

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX signals")

# Runs run.py in small batches and with one function replaced: it kills the
# process before or after it has done its work for the nth time.
KILLER = """
import os, runpy, signal, sys
from importlib import import_module
import_module("indexer.pipeline")._BATCH_PAGES = 5
module, owner, name, when, nth, *sys.argv = sys.argv[1:]
owner = getattr(import_module(module), owner)
work, calls = getattr(owner, name), 0
def killing(*args, **settings):
    global calls
    calls += 1
    if when == "before" and calls == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    result = work(*args, **settings)
    if calls == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(owner, name, killing)
runpy.run_path(sys.argv[0], run_name="__main__")
"""

MOMENTS = {
    # what kills the process, and how many documents are safe by then
    "within the first transaction": ("indexer.catalog._writing Writing finish before 1", 0),
    "after the first batch": ("indexer.catalog Catalog add_rows after 1", 5),
    "within the second transaction": ("indexer.catalog._writing Writing finish after 2", 5),
    "between catalog and index": ("indexer.engine.whoosh WhooshEngine update before 1", COUNT),
    "within the writing of the index": (
        "indexer.engine.whoosh.folder IndexFolder publish before 2",
        COUNT,
    ),
}


def run(*command):
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.mark.parametrize(("killing", "safe"), MOMENTS.values(), ids=MOMENTS.keys())
def test_killed_and_carried_on(tmp_path, killing, safe):
    lines = (
        {"title": f"第 {number} 号公告", "body": f"某交易所发布第 {number} 号公告。"}
        for number in range(COUNT)
    )
    records = tmp_path / "a.jsonl"
    records.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    data = tmp_path / "data"
    add = ["run.py", "add", str(records), "--data", str(data)]

    killed = run("-c", KILLER, *killing.split(), *add)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    archive = Archive.open(data)
    assert archive.stats()["documents"] == safe
    assert archive.catalog.check() == []

    answer = run("run.py", "search", "交易所", "--json", "--data", str(data))
    assert json.loads(answer.stdout)["total"] == safe
    assert not pipeline.is_behind(archive.catalog, archive.engine)

    again = run(*add)
    assert f"新增文档\t{COUNT - safe}\n" in again.stdout, again.stderr
    assert archive.search(SearchRequest(q="交易所")).total == COUNT
    assert archive.engine.document_count == COUNT
    archive.close()
