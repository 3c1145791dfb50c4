"""An index that another version of the program or its dictionary wrote."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer import console
from indexer.documents import Document, StoredDocument
from indexer.durable import read_facts, write_facts
from indexer.engine import Search
from indexer.engine.tree import Characters, Word
from indexer.engine.whoosh import WhooshEngine
from indexer.i18n import use_language

Run = Callable[..., tuple[str, str, int]]

ROOT = Path(__file__).parents[2]
TOLD = "索引是用另一版词典建立的"
REBUILT = "索引缺失、已损坏，或与目录库、程序版本不合，现在为 2 篇文档重建，请稍候。\n"


def newsflash(id_: str, body: str) -> StoredDocument:
    return StoredDocument(id_, Document("newsflash", "", body), id_, (), 1)


def tamper(folder: Path, **said: Any) -> None:
    """Let ``current.json`` say something else."""
    file = folder / "current.json"
    write_facts(file, read_facts(file) | said)


def state(folder: Path) -> dict[str, Any]:
    return read_facts(folder / "current.json")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    engine = WhooshEngine(tmp_path, "catalog")
    engine.rebuild([newsflash("a", "减半之后")], 1)
    yield engine
    engine.close()


def found(engine: WhooshEngine, node: Word | Characters) -> str:
    return " ".join(sorted(hit.id for hit in engine.search(Search(node)).hits))


def test_an_index_of_this_version_is_not_outdated(engine: WhooshEngine) -> None:
    engine.update([newsflash("b", "减半")], [], 2)
    assert not engine.is_outdated
    assert not WhooshEngine(Path("nowhere"), "catalog").is_outdated


@pytest.mark.parametrize("said", [{"dictionary": ["0ld"]}, {"analysis": [0]}])
def test_an_outdated_index_is_used_and_added_to_until_it_is_rebuilt(
    engine: WhooshEngine, tmp_path: Path, said: dict[str, Any]
) -> None:
    now = state(tmp_path)
    tamper(tmp_path, **said)
    assert (engine.is_outdated, engine.generation) == (True, 1)
    engine.update([newsflash("b", "减半")], [], 2)
    assert (engine.is_outdated, engine.generation) == (True, 2)
    assert found(engine, Word("减半")) == found(engine, Characters("减半")) == "a b"
    engine.rebuild([newsflash("c", "减半")], 3)
    assert (engine.is_outdated, found(engine, Word("减半"))) == (False, "c")
    rebuilt = state(tmp_path)
    assert {name: rebuilt[name] for name in said} == {name: now[name] for name in said}


def test_an_index_that_two_versions_wrote_is_outdated_for_both(
    engine: WhooshEngine, tmp_path: Path
) -> None:
    now = state(tmp_path)["dictionary"]
    tamper(tmp_path, dictionary=["0ld"])
    engine.update([newsflash("b", "减半")], [], 2)
    assert state(tmp_path)["dictionary"] == ["0ld", *now]


# The rest is done by the real commands, on an index that a program with another dictionary wrote.


@pytest.fixture(scope="module")
def older_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of the program as it was before it knew the name 詹克团."""
    program = tmp_path_factory.mktemp("older")
    shutil.copy(ROOT / "run.py", program)
    shutil.copytree(ROOT / "indexer", program / "indexer")
    words = program / "indexer/analysis/lexicon/words.tsv"
    lines = words.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("詹克团\t")]
    assert len(kept) == len(lines) - 1
    words.write_text("".join(kept), encoding="utf-8")
    (program / "a.jsonl").write_text(records("甲说詹克团没有来。", "乙说减半之后再看。"), "utf-8")
    add = [sys.executable, "run.py", "add", "a.jsonl", "--data", "data"]
    subprocess.run(add, cwd=program, capture_output=True, check=True)
    return program / "data"


def records(*bodies: str) -> str:
    return "".join(json.dumps({"title": body[:2], "body": body}) + "\n" for body in bodies)


@pytest.fixture
def data(older_index: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(older_index, tmp_path / "data"))


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the data folder: what it printed, what it said, and its exit code."""
    from run import cli

    use_language("zh")

    def run_command(*args: str) -> tuple[str, str, int]:
        code = console.run(cli, [*args, "--data", str(data)])
        return *capsys.readouterr(), code

    return run_command


def test_another_dictionary_is_told_by_every_command_until_rebuild(
    run: Run, data: Path, tmp_path: Path
) -> None:
    index = state(data / "whoosh")["segments"]
    # The word is missed, its characters are not; both answers say why.
    printed, _, code = run("search", "詹克团", "--json")
    answer = json.loads(printed)
    (warning,) = (each for each in answer["warnings"] if TOLD in each["message"])
    assert (answer["total"], code, warning["position"]) == (0, 0, None)
    printed, said, code = run("search", '"詹克团"')
    assert (said.count(TOLD), code) == (1, 0)
    assert "共 1 篇文档" in printed
    assert run("export", '"詹克团"')[1].count(TOLD) == 1

    assert "索引待更新\t是\n" in run("stats")[0]
    assert json.loads(run("stats", "--json")[0])["index_is_outdated"] is True
    printed, said, code = run("check")
    assert printed.startswith("目录库和索引都完好。\n" + TOLD)
    assert (said, code) == ("", 0)

    more = tmp_path / "b.jsonl"
    more.write_text(records("丙说詹克团到了。"), encoding="utf-8")
    _, said, code = run("add", str(more))
    assert (said.count(TOLD), code) == (1, 0)
    assert state(data / "whoosh")["segments"][:1] == index  # added to, not written anew

    assert run("rebuild") == ("索引已重建，共 3 篇文档\n", "", 0)
    printed, said, _ = run("search", "詹克团")
    assert "共 2 篇文档" in printed
    assert TOLD not in said
    assert "索引待更新\t否\n" in run("stats")[0]
    assert run("check") == ("目录库和索引都完好。\n", "", 0)


@pytest.mark.parametrize(("name", "value"), [("fold", "0ther"), ("layout", 0)])
@pytest.mark.parametrize("command", [["search", '"减半"'], ["add", "nothing.txt"]])
def test_another_layout_is_no_index_and_the_next_command_says_that_it_rebuilds(
    run: Run, data: Path, name: str, value: object, command: list[str]
) -> None:
    tamper(data / "whoosh", **{name: value})
    assert run("check") == ("目录库完好；索引落后，下一个命令会补上。\n", "", 0)
    assert run(*command)[1].startswith(REBUILT)
    printed, said, _ = run("search", '"减半"')
    assert "共 1 篇文档" in printed
    assert said == ""


def test_the_state_of_something_else_is_named_as_damaged(
    engine: WhooshEngine, tmp_path: Path
) -> None:
    write_facts(tmp_path / "current.json", {"catalog": "catalog", "generation": 1, "terms": []})
    assert engine.damaged() == [tmp_path / "current.json"]
    assert engine.generation == -1
