"""Rights, passwords and encryption, with the security plugin: as docs/opensearch.md has them."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .jars import SECURED
from .needed import needed
from .secured import Secured, secured
from .test_servers import Balancer, serving

ROOT = Path(__file__).parents[2]
TABLE = re.compile(r"^\| (index|cluster) permissions \|(.*)\|(.*)\|(.*)\|$", re.M)
RECORDS = [
    {
        "kind": "newsflash",
        "title": f"{city}发布政策",
        "body": f"{city}发布区块链政策。",
        "published": "2020-05-06",
    }
    for city in ("深圳", "北京")
]

Run = Callable[..., subprocess.CompletedProcess[str]]


def rights() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What the page says that readers need, and writers."""
    page = (ROOT / "docs" / "opensearch.md").read_text("utf-8")
    reading, writing = {}, {}
    for kind, _, read, more in TABLE.findall(page):
        reading[kind] = re.findall("`(.+?)`", read)
        writing[kind] = reading[kind] + re.findall("`(.+?)`", more)
    return reading, writing


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    with secured(needed(SECURED), tmp_path_factory.mktemp("secured")) as node:
        yield node


@pytest.fixture
def index(node: Secured) -> str:
    """A name of an index of which there is a reader and a writer, who have the name as password."""
    name = f"news-{secrets.token_hex(8)}"
    for user, its_rights in zip(("reader", "writer"), rights(), strict=True):
        node.allow(f"{name}-{user}", name, [name, f"{name}-*"], its_rights)
    return name


@pytest.fixture
def become(
    node: Secured, index: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], None]:
    """Says by whom commands are given from then on."""
    address = node.address.removeprefix("https://")
    monkeypatch.setenv("BIWEN_ENGINE", f"https://{address}/{index}?shards=1&replicas=0")
    monkeypatch.setenv("SSL_CERT_FILE", str(node.certificate))
    monkeypatch.setenv("LANGUAGE", "zh")

    def become(user: str, password: str = index) -> None:
        monkeypatch.setenv("BIWEN_OPENSEARCH_USER", f"{index}-{user}")
        monkeypatch.setenv("BIWEN_OPENSEARCH_PASSWORD", password)

    return become


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command on a data folder by this name."""

    def run(*arguments: str, data: str = "data") -> subprocess.CompletedProcess[str]:
        folder = tmp_path / data
        folder.mkdir(exist_ok=True)
        command = [sys.executable, str(ROOT / "run.py"), *arguments]
        place = ["--data", str(folder)]
        return subprocess.run(
            [*command, *place], capture_output=True, encoding="utf-8", check=False, timeout=300
        )

    return run


@pytest.fixture
def filled(become: Callable[[str], None], run: Run, tmp_path: Path) -> None:
    """An index with two documents."""
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, RECORDS)), "utf-8")
    become("writer")
    done = run("add", str(tmp_path / "news.jsonl"))
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("filled")
def test_a_writer_may_do_what_writes(run: Run) -> None:
    one, _ = json.loads(run("search", "区块链", "--json").stdout)["hits"]
    for command in (
        ("add", str(ROOT / "index_data" / "sample")),
        ("correct", one["id"], "--city", "广州"),
        ("hide", one["id"]),
        ("rebuild",),
        ("check",),
        ("stats",),
    ):
        done = run(*command)
        assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("filled")
def test_a_reader_may_read_all(become: Callable[[str], None], run: Run, tmp_path: Path) -> None:
    become("reader")
    for command in (("search", "区块链"), ("export", "区块链"), ("stats",)):
        done = run(*command, data="empty")
        assert done.returncode == 0, done.stderr
    with serving(tmp_path / "served", os.environ["BIWEN_ENGINE"]) as server:
        balancer = Balancer([server])
        found = json.loads(balancer.get("/search.json?q=区块链").body)["hits"]
        assert len(found) == 2
        document = f"/d/{found[0]['id']}"
        for path in (
            "/?q=区块链",
            document,
            f"{document}.json",
            "/search.csv",
            "/trends",
            "/healthz",
        ):
            assert balancer.get(path).status == 200, path


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("command", ["rebuild", "hide"])
def test_a_reader_may_not_write(become: Callable[[str], None], run: Run, command: str) -> None:
    one, _ = json.loads(run("search", "区块链", "--json").stdout)["hits"]
    become("reader")
    done = run(command, *([one["id"]] if command == "hide" else []))
    assert done.returncode == 1
    assert "不允许这个用户这样做：no permissions for [indices:" in done.stderr
    become("writer")
    assert run("check").returncode == 0


@pytest.mark.usefixtures("filled")
def test_who_is_not_known_or_does_not_know_the_node_is_told_so(
    become: Callable[[str, str], None], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    become("reader", "wrong")
    done = run("search", "区块链", data="empty")
    assert (done.returncode, "不接受这个用户名或密码" in done.stderr) == (1, True)
    monkeypatch.delenv("SSL_CERT_FILE")
    # For what no waiting mends, a server does not wait either.
    for command in (("search", "区块链"), ("serve", "--port", "0")):
        done = run(*command, data="empty")
        assert (done.returncode, "连不上 OpenSearch" in done.stderr) == (1, True)
        assert "certificate verify failed" in done.stderr
