"""The commands over an index of OpenSearch, on a real cluster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from opensearchpy import OpenSearch

from indexer import console
from indexer.catalog import Catalog
from indexer.engine.opensearch.mapping import mappings, settings
from indexer.engine.opensearch.state import State
from indexer.i18n import use_language

from ..test_watching import record, until, watching
from .indexes import own_index

Run = Callable[..., tuple[str, str, int]]

ROOT = Path(__file__).parents[2]
SOUND = "目录库和索引都完好。\n"
BEHIND = "目录库完好；索引落后，下一个命令会补上。\n"
REBUILT = "索引缺失、已损坏，或与目录库、程序版本不合，现在为 4 篇文档重建，请稍候。\n"
OUTDATED = "索引是用另一版词典建立的"


@pytest.fixture
def engine(nodes: list[str]) -> Iterator[str]:
    with own_index(nodes) as address:
        yield f"{address}?shards=2&replicas=0"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command on the data folder: what it printed, what it said, and its exit code."""
    from run import cli

    def run_command(*arguments: str, data: Path = tmp_path / "data") -> tuple[str, str, int]:
        code = console.run(cli, [*arguments, "--data", str(data)])
        return *capsys.readouterr(), code

    use_language("zh")
    yield run_command
    use_language("zh")


@pytest.fixture
def command(run: Run, engine: str) -> Run:
    """The same, over the index."""
    return lambda *arguments, **more: run(*arguments, "--engine", engine, **more)


@pytest.fixture
def four(tmp_path: Path) -> str:
    """A file with four documents."""
    return written(tmp_path / "four.jsonl", 1, 2, 3, 4)


def written(file: Path, *numbers: int) -> str:
    file.write_text("".join(map(record, numbers)), encoding="utf-8")
    return str(file)


def name_of(engine: str) -> str:
    return urlsplit(engine).path[1:]


def said_by(client: OpenSearch, engine: str) -> dict[str, object]:
    """What an index says of itself."""
    (index,) = client.indices.get_mapping(index=name_of(engine)).values()
    meta: dict[str, object] = index["mappings"]["_meta"]
    return meta


def change(client: OpenSearch, engine: str, **said: object) -> None:
    """Let it say something else."""
    meta = said_by(client, engine) | said
    client.indices.put_mapping(index=name_of(engine), body={"_meta": meta})


def test_what_is_added_is_searched_exported_curated_and_checked(
    command: Run, engine: str, client: OpenSearch, four: str, tmp_path: Path
) -> None:
    printed, said, code = command("add", four)
    assert (printed.splitlines()[0], said, code) == ("新增文档\t4", "", 0)
    (stored,) = client.indices.get_settings(index=name_of(engine)).values()
    its = stored["settings"]["index"]
    assert (its["number_of_shards"], its["number_of_replicas"]) == ("2", "0")

    printed, said, code = command("search", "编号2", "--json")
    (hit,) = json.loads(printed)["hits"]
    assert (hit["title"], said, code) == ("第2号公告", "", 0)
    assert command("show", hit["id"])[0].startswith("# 第2号公告\n")
    assert len(command("export", "矿场", "--format", "jsonl")[0].splitlines()) == 4

    assert command("correct", hit["id"], "--city", "杭州")[2] == 0
    assert "共 1 篇文档" in command("search", "", "--city", "杭州")[0]
    assert command("hide", hit["id"])[2] == 0
    assert "共 3 篇文档" in command("search", "")[0]
    assert command("unhide", hit["id"])[2] == 0

    assert command("check") == (SOUND, "", 0)
    facts = json.loads(command("stats", "--json")[0])
    assert (facts["engine"], facts["documents"]) == ("opensearch", 4)
    assert facts["index_generation"] == facts["generation"]
    assert "引擎\topensearch\n" in command("stats")[0]
    assert command("rebuild", "--reparse")[0].endswith("索引已重建，共 4 篇文档\n")
    assert not (tmp_path / "data" / "whoosh").exists()


def test_the_environment_may_name_it_and_an_empty_option_names_none(
    run: Run, engine: str, four: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIWEN_ENGINE", engine)
    run("add", four)
    for given, expected in (((), ("opensearch", 1)), (("--engine", ""), ("whoosh", -1))):
        facts = json.loads(run("stats", "--json", *given)[0])
        assert (facts["engine"], facts["index_generation"]) == expected


def test_the_index_follows_the_catalog_whoever_changed_that(
    run: Run, command: Run, four: str, tmp_path: Path
) -> None:
    run("add", four)  # by the embedded engine
    assert command("check") == (BEHIND, "", 0)
    printed, said, code = command("search", "矿场")
    assert (said, code) == (REBUILT, 0)
    assert "共 4 篇文档" in printed
    run("add", written(tmp_path / "five.jsonl", 5))
    assert command("check") == (BEHIND, "", 0)
    printed, said, code = command("search", "编号5")
    assert (said, code) == ("", 0)
    assert "共 1 篇文档" in printed
    assert command("check") == (SOUND, "", 0)


def test_check_holds_the_ids_against_each_other(
    command: Run, engine: str, client: OpenSearch, four: str
) -> None:
    command("add", four)
    body = {"query": {"match_phrase": {"body_pairs": "编号 号3"}}}
    client.delete_by_query(index=name_of(engine), body=body, params={"refresh": "true"})
    printed, said, code = command("check")
    assert (printed, code) == ("", 4)
    assert said.startswith("索引的 3 篇文档不是目录库的 4 篇。请运行 python run.py rebuild")
    assert "--engine" in said
    assert command("rebuild") == ("索引已重建，共 4 篇文档\n", "", 0)
    assert command("check") == (SOUND, "", 0)


@pytest.mark.parametrize("changed", [{"layout": 0}, {"fold": "0"}, None], ids=str)
def test_an_index_that_cannot_be_used_is_rebuilt_by_the_next_command_which_says_so(
    command: Run, engine: str, client: OpenSearch, four: str, changed: dict[str, object] | None
) -> None:
    command("add", four)
    if changed is None:
        client.indices.delete(index=f"{name_of(engine)}-*")
    else:
        change(client, engine, **changed)
    assert command("check") == (BEHIND, "", 0)
    assert json.loads(command("stats", "--json")[0])["index_generation"] == -1
    printed, said, code = command("search", "矿场")
    assert (said, code) == (REBUILT, 0)
    assert "共 4 篇文档" in printed
    assert command("check") == (SOUND, "", 0)


def test_other_words_are_told_until_all_are_cut_anew(
    command: Run, engine: str, client: OpenSearch, four: str, tmp_path: Path
) -> None:
    command("add", four)
    change(client, engine, dictionary="0")
    _, said, code = command("search", "矿场")
    assert (said.startswith(OUTDATED), code) == (True, 0)
    assert "--engine" in said
    assert OUTDATED in command("add", written(tmp_path / "five.jsonl", 5))[1]
    assert OUTDATED in command("check")[0]
    assert command("rebuild")[2] == 0
    assert command("search", "矿场")[1:] == ("", 0)


def test_a_rebuild_deletes_what_one_that_was_killed_left_and_nothing_else(
    command: Run, engine: str, client: OpenSearch, four: str
) -> None:
    command("add", four)
    name = name_of(engine)
    ours = said_by(client, engine)["catalog"]
    made = [
        ("0" * 12, ours, "written"),
        ("1" * 12, "another", "written"),
        ("2" * 12, ours, "kept-by-hand"),
        ("notes", ours, "written"),
    ]
    for end, catalog, alias in made:
        index = f"{name}-{end}"
        body = {"settings": settings(1), "mappings": mappings(State(str(catalog)).meta)}
        client.indices.create(index=index, body={**body, "aliases": {f"{index}-{alias}": {}}})
    assert command("rebuild")[2] == 0
    (serving,) = client.indices.get_alias(name=name)
    kept = {f"{name}-{end}" for end, *_ in made[1:]}
    assert {*client.indices.get(index=f"{name}-*")} == {serving, *kept}


def test_an_index_that_was_copied_under_another_name_is_written_to(
    command: Run, engine: str, client: OpenSearch, four: str, tmp_path: Path
) -> None:
    """As one is that is cloned, or put back from a snapshot and renamed."""
    command("add", four)
    name = name_of(engine)
    (before,) = client.indices.get_alias(name=name)
    client.indices.put_settings(index=before, body={"index.blocks.write": True})
    copy = f"{name}-copy"
    client.indices.clone(index=before, target=copy, body={"settings": {"index.blocks.write": None}})
    moved = [{"remove_index": {"index": before}}, {"add": {"index": copy, "alias": name}}]
    client.indices.update_aliases(body={"actions": moved})
    assert command("add", written(tmp_path / "five.jsonl", 5))[2] == 0
    assert command("check") == (SOUND, "", 0)
    assert command("rebuild")[2] == 0
    assert len(client.indices.get_alias(name=name)) == 1
    assert not client.indices.exists(index=copy)


def test_what_is_saved_into_a_watched_folder_is_added(
    run: Run, engine: str, four: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIWEN_ENGINE", engine)
    folder = tmp_path / "in"
    folder.mkdir()
    Path(four).rename(folder / "four.jsonl")
    with watching(folder, tmp_path / "data") as watch:
        until(lambda: watch.counts() == [[1, 4, 0, 0, 0, 0]])
    assert run("check") == (SOUND, "", 0)


# What goes wrong


@pytest.mark.parametrize("asked", ["add x", "rebuild", "search x", "stats", "check"])
def test_an_index_of_another_catalog_is_left_alone(
    command: Run, engine: str, four: str, tmp_path: Path, asked: str
) -> None:
    command("add", four)
    Catalog.open(tmp_path / "other" / "catalog.db").close()
    printed, said, code = command(*asked.split(), data=tmp_path / "other")
    assert (printed, code) == ("", 1)
    assert said == (
        f"OpenSearch 的索引 {name_of(engine)} 属于另一个资料库，没有动它。"
        "请在 --engine 里换一个索引名，或用建立它的那个数据文件夹。\n"
    )
    assert command("check") == (SOUND, "", 0)


@pytest.mark.parametrize("asked", ["search x", "stats", "show ID", "export x --format csv"])
def test_where_there_is_no_catalog_the_index_is_read(
    command: Run, engine: str, four: str, tmp_path: Path, asked: str
) -> None:
    command("add", four)
    (id_, *_) = json.loads(command("search", "", "--json")[0])["hits"]
    arguments = asked.replace("ID", id_["id"]).split()
    (tmp_path / "other").mkdir()
    assert command(*arguments, data=tmp_path / "other") == command(*arguments)
    assert [*(tmp_path / "other").iterdir()] == []


@pytest.mark.parametrize("asked", ["add x", "rebuild", "check", "hide ID"])
def test_and_only_read(command: Run, engine: str, four: str, tmp_path: Path, asked: str) -> None:
    command("add", four)
    (tmp_path / "other").mkdir()
    printed, said, code = command(*asked.split(), data=tmp_path / "other")
    assert (printed, code) == ("", 2)
    assert "这里没有目录库，只有 OpenSearch 上的索引" in said
    assert [*(tmp_path / "other").iterdir()] == []


def test_the_index_of_before_a_restoration_is_replaced_by_a_rebuild_alone(
    run: Run, command: Run, engine: str, four: str, tmp_path: Path
) -> None:
    command("add", four)
    copy, data, elsewhere = str(tmp_path / "copy.db"), tmp_path / "data", tmp_path / "elsewhere"
    run("backup", copy)
    command("add", written(tmp_path / "five.jsonl", 5))
    shutil.copytree(data, elsewhere)
    run("restore", copy)
    refused = (
        f"OpenSearch 的索引 {name_of(engine)} 是恢复备份以前的目录库的，"
        "可能有备份里没有的内容，没有动它。要换成现在的目录库的内容，"
        "请运行 python run.py rebuild，--engine 照样写上。\n"
    )
    for asked in (("search", "矿场"), ("add", four), ("check",), ("stats",)):
        assert command(*asked) == ("", refused, 1), asked
    assert command("check", data=elsewhere) == (SOUND, "", 0)
    assert command("rebuild")[2] == 0
    assert command("check") == (SOUND, "", 0)
    assert "共 4 篇文档" in command("search", "矿场")[0]
    # Who goes on with the former one is not in its place.
    for asked in (("search", "矿场"), ("rebuild",)):
        assert "属于另一个资料库" in command(*asked, data=elsewhere)[1]
    run("restore", copy)  # a second time: what is there is that of the one that was replaced
    assert "恢复备份以前" in command("search", "矿场")[1]
    assert command("rebuild", "--reparse")[2] == 0
    assert command("check") == (SOUND, "", 0)


@pytest.mark.parametrize("asked", ["search x", "stats", "check", "serve --port 0"])
def test_where_there_is_neither_nothing_is_begun_by_reading(
    command: Run, tmp_path: Path, asked: str
) -> None:
    (tmp_path / "data").mkdir()
    printed, said, code = command(*asked.split())
    assert (printed, code) == ("", 1)
    assert "OpenSearch 上没有索引" in said
    assert [*(tmp_path / "data").iterdir()] == []


@pytest.mark.parametrize("count", [1, 2], ids=["an index", "a name for two"])
def test_what_somebody_else_put_there_is_left_alone(
    command: Run, engine: str, client: OpenSearch, four: str, count: int
) -> None:
    name = name_of(engine)
    made = [name] if count == 1 else [f"{name}-{number}" for number in range(count)]
    aliases = {} if count == 1 else {name: {}}
    for index in made:
        client.indices.create(index=index, body={"aliases": aliases})
    printed, said, code = command("add", four)
    assert (printed, code) == ("", 1)
    assert "不是本程序建立的索引，没有动它" in said
    for index in made:
        client.indices.delete(index=index)  # it is there


Answer = tuple[int, str, bytes]


class Server(ThreadingHTTPServer):
    """Answers in the place of a cluster, or before it."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler, bytes], Answer]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, kind, content = answer(self, body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(content)

            do_HEAD = do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever).start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


def answering(status: int, kind: str, content: str) -> Server:
    """Something that is no cluster, or one that does what ours cannot."""
    return Server(lambda request, body: (status, kind, content.encode()))


def guarded(node: str, login: str) -> Server:
    """What lets only those who say who they are through to a node."""
    wanted = "Basic " + b64encode(login.encode()).decode()
    direct = build_opener(ProxyHandler({}))

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        if request.headers["Authorization"] != wanted:
            return 401, "application/json", b"{}"
        kind = request.headers.get("Content-Type", "application/json")
        headers = {"Content-Type": kind}
        passed = Request(node + request.path, body or None, headers, method=request.command)
        try:
            with direct.open(passed) as answered:
                return answered.status, answered.headers["Content-Type"], answered.read()
        except HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read()

    return Server(answer)


JSON = "application/json"
ANSWERS = [
    (401, JSON, "{}", "不接受这个用户名或密码。请检查环境变量 BIWEN_OPENSEARCH_USER 和"),
    (403, JSON, '{"error": {"reason": "no permissions"}}', "对索引 news 的权限"),
    (429, JSON, '{"error": {"reason": "queue is full"}}', "太忙"),
    (503, JSON, '{"error": {"reason": "no cluster manager"}}', "no cluster manager"),
    (200, "text/html", "<title>Dashboards</title>", "上回答的不是 OpenSearch"),
    (200, JSON, "no JSON", "上回答的不是 OpenSearch"),
    (404, "text/html", "<title>nothing here</title>", "OpenSearch"),
]


@pytest.mark.parametrize(("status", "kind", "content", "words"), ANSWERS)
def test_what_a_cluster_refuses_is_a_sentence(
    run: Run, four: str, status: int, kind: str, content: str, words: str
) -> None:
    with answering(status, kind, content) as server:
        engine = f"opensearch://127.0.0.1:{server.server_port}/news"
        printed, said, code = run("add", four, "--engine", engine)
    assert (printed, code) == ("", 1)
    assert words in said


def test_user_and_password_are_those_of_the_environment(
    run: Run, nodes: list[str], engine: str, four: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIWEN_OPENSEARCH_USER", "anna")
    with guarded(nodes[0], "anna:secret") as server:
        behind = f"opensearch://127.0.0.1:{server.server_port}/{name_of(engine)}"
        for password, code in (("secret", 0), ("wrong", 1)):
            monkeypatch.setenv("BIWEN_OPENSEARCH_PASSWORD", password)
            assert run("add", four, "--engine", behind)[2] == code


@pytest.mark.parametrize("asked", ["add x", "search x", "rebuild", "stats", "check"])
def test_a_cluster_out_of_reach_is_a_sentence(run: Run, tmp_path: Path, asked: str) -> None:
    given = [*asked.split(), "--engine", "opensearch://127.0.0.1:9/news"]
    printed, said, code = run(*given, data=tmp_path)
    assert (printed, code) == ("", 1)
    assert said.startswith("连不上 OpenSearch（127.0.0.1:9）")
    use_language("en")
    _, said, _ = run(*given, data=tmp_path)
    assert said.startswith("OpenSearch (127.0.0.1:9) cannot be reached: ")


@pytest.mark.parametrize("address", ["opensearch://127.0.0.1", "http://127.0.0.1:9200/news", "x"])
def test_an_address_that_is_none_is_wrong_usage(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("BIWEN_ENGINE", address)
    printed, said, code = run("stats", data=tmp_path)
    assert (printed, code) == ("", 2)
    assert f"--engine 的地址不对：{address}。" in said
    assert [*tmp_path.iterdir()] == []


def test_without_an_address_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "run.py", "search", "x", "--data", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env={name: value for name, value in os.environ.items() if name != "BIWEN_ENGINE"},
    )
    assert "indexer.engine.whoosh" in done.stderr
    assert "opensearch" not in done.stderr
