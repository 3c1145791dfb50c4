"""An index folder from elsewhere: no file of it is ever executed, whatever is in it."""

from __future__ import annotations

import ast
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest

from indexer import arrays, durable
from indexer.archive import Archive

ROOT = Path(__file__).parents[2]
# Runs a command and writes down which files it opened, and whether a pickle or a compiled program
# was loaded: in this process, or by a pool of others, that do not inherit the hook.
WATCHED = """
import atexit, json, os, sys
opened, loaded = set(), []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        opened.add(os.fsdecode(arguments[0]))
    elif event in ("pickle.find_class", "marshal.loads", "marshal.load"):
        if event == "pickle.find_class" or sys._getframe(1).f_code.co_filename.startswith(ROOT):
            loaded.append(event)
ROOT = os.getcwd()
out = sys.argv.pop(1)
sys.addaudithook(hook)
import run
from indexer import console
code = console.run(run.cli, sys.argv[1:])
sys.stdout.flush()
with open(out, "w") as file:
    json.dump({"opened": sorted(opened), "loaded": loaded}, file)
os._exit(code)
"""


class Payload:
    """What makes a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.marker),)


def run(*arguments: object, out: Path) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(out), *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    told = json.loads(out.read_text())
    assert told["loaded"] == []
    return done, told["opened"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("archive") / "data"
    sample = ROOT / "index_data" / "sample" / "e001.txt"
    run("add", sample, "--data", data, out=data.parent / "told")
    return data


def facts(data: Path, **said: object) -> dict[str, object]:
    return {**durable.read_facts(data / "whoosh" / "current.json"), **said}


def as_pickle(data: Path, payload: bytes) -> None:
    (data / "whoosh" / "current.json").write_bytes(payload)


def as_deep_json(data: Path, payload: bytes) -> None:
    (data / "whoosh" / "current.json").write_bytes(b"[" * 200_000)


def that_names_a_file_outside(data: Path, payload: bytes) -> None:
    outside = data.parent / "0123456789ab.segment"
    (segment,) = (data / "whoosh").glob("*.segment")
    shutil.copy(segment, outside)
    name = f"../../{outside.name}"
    said = facts(data, segments=[{"segment": name, "count": 1, "deleted": None}])
    durable.write_facts(data / "whoosh" / "current.json", said)


def of_strange_types(data: Path, payload: bytes) -> None:
    durable.write_facts(
        data / "whoosh" / "current.json", facts(data, generation=[], analysis=["x"])
    )


def with_segments_of_pickles(data: Path, payload: bytes) -> None:
    for each in (data / "whoosh").glob("*.segment"):
        each.write_bytes(payload)


def with_arrays_of_objects(data: Path, payload: bytes) -> None:
    for each in (data / "whoosh").glob("*.segment"):
        content = each.read_bytes()
        _, _, _, start, length = arrays._HEADER.unpack_from(content)
        directory = content[start : start + length].replace(b'"|S13"', b'"|O"')
        header = arrays._HEADER.pack(
            arrays._MAGIC, arrays._VERSION, crc32(directory), start, len(directory)
        )
        each.write_bytes(header + content[len(header) : start] + directory)


def with_a_vocabulary_of_pickles(data: Path, payload: bytes) -> None:
    for each in (data / "suggest").iterdir():
        each.write_bytes(payload)


@pytest.mark.parametrize(
    "hostile",
    [
        as_pickle,
        as_deep_json,
        that_names_a_file_outside,
        of_strange_types,
        with_segments_of_pickles,
        with_arrays_of_objects,
        with_a_vocabulary_of_pickles,
    ],
    ids=lambda function: function.__name__,
)
def test_nothing_of_it_is_executed(
    archive: Path, tmp_path: Path, hostile: Callable[[Path, bytes], None]
) -> None:
    data, marker = tmp_path / "data", tmp_path / "executed"
    shutil.copytree(archive, data)
    payload = pickle.dumps(Payload(marker))
    # what Whoosh itself would open, and unpickle
    whoosh = {"_MAIN_1.toc", "_MAIN_2.toc", "MAIN_0a1b.seg", "MAIN_WRITELOCK", "MAIN.idx"}
    for name in whoosh:
        (data / "whoosh" / name).write_bytes(payload)
    hostile(data, payload)
    opened: set[str] = set()
    for command in (
        ("check",),
        ("search", "比特币"),
        ("rebuild",),
        ("search", "比特币"),
        ("check",),
    ):
        done, files = run(*command, "--data", data, out=tmp_path / "told")
        opened.update(files)
    assert (done.returncode, done.stdout) == (0, "目录库和索引都完好。\n")
    assert not marker.exists()
    inside = {Path(each).name for each in opened if each.startswith(str(data / "whoosh"))}
    assert inside
    assert not inside & whoosh
    assert not any(each.startswith(str(tmp_path / "0")) for each in opened)
    assert whoosh <= {each.name for each in (data / "whoosh").iterdir()}  # they are not ours


def test_pickles_are_read_from_a_private_folder_alone() -> None:
    """``parse`` keeps pages that wait in a folder of its own; nothing else reads any."""
    users = {}
    for path in [
        ROOT / "run.py",
        *(ROOT / "indexer").rglob("*.py"),
        *(ROOT / "webui").rglob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                names = [node.func.id]
            if found := {"pickle", "marshal", "shelve", "dill", "eval", "exec"} & set(names):
                users[str(path.relative_to(ROOT))] = found
    assert users == {"indexer/together.py": {"pickle"}}


def test_jieba_opens_no_file_of_the_shared_temporary_folder(tmp_path: Path) -> None:
    """Its own initialisation would load a cache from there, which anybody could have written."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    for name in ("jieba.cache", "jieba.u0.cache"):
        (temporary / name).write_bytes(b"\xe3" * 100)
    program = """
import os, sys
sys.modules["rjieba"] = None
opened = []
sys.addaudithook(lambda event, arguments: opened.append(arguments) if event == "open" else None)
from indexer.analysis.segmenter import JiebaSegmenter, segmenter
assert isinstance(segmenter(), JiebaSegmenter)
print("|".join(segmenter().cut("某交易所")))
print([each for each in opened if str(each[0]).startswith(os.environ["TMPDIR"])])
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert done.stdout.splitlines() == ["某|交易所", "[]"]


def test_a_catalog_from_elsewhere_calls_no_function_with_effects(
    archive: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(archive, data)
    opened = Archive.open(data)
    with opened.catalog._database.reading() as connection:
        assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
    opened.close()
