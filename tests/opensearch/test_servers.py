"""Several servers behind a balancer share an index, and nothing else."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from urllib.request import HTTPErrorProcessor, ProxyHandler, Request, build_opener

import pytest
from places import BASE, Place, untimed

from indexer.documents import Document, PublishedDate

ROOT = Path(__file__).parents[2]
OWN = {"date", "content-length"}  # the latter by how long it took
STORY = Document(
    "article",
    "深圳发布区块链扶持政策",
    "深圳市今天发布区块链扶持政策。\n\n北京的专家表示欢迎。",
    PublishedDate("2020-05-06T09:30", "minute", "byline"),
    author="陈晓",
    site="甲网",
    cities=("深圳", "北京"),
)
SERIES = [
    Document(
        "newsflash",
        f"第{number}号公告",
        f"编号{number}的区块链公告。",
        PublishedDate(f"2018-{number % 12 + 1:02}-15", "day", "stamp"),
    )
    for number in range(30)
]


class Direct(HTTPErrorProcessor):
    """Answers as they are: no redirect is followed."""

    def http_response(self, request: Request, response: Any) -> Any:
        return response


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def lasting(self) -> tuple[int, dict[str, str], str]:
        """What must be the same whoever answers."""
        headers = {name: value for name, value in self.headers.items() if name not in OWN}
        return self.status, headers, untimed(self.body.decode())


class Balancer:
    """Asks the servers in turn."""

    def __init__(self, servers: list[str]) -> None:
        self.servers = servers
        self._turns = cycle(servers)
        self._opener = build_opener(ProxyHandler({}), Direct())

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """What the server answers whose turn it is."""
        asked = Request(next(self._turns) + quote(path, safe="/?&=+%-#"), headers=headers or {})
        with self._opener.open(asked, timeout=60) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, response.read())

    def everywhere(self, path: str, headers: dict[str, str] | None = None) -> list[Answer]:
        """What each of them answers."""
        return [self.get(path, headers) for _ in self.servers]


@contextmanager
def serving(folder: Path, engine: str) -> Iterator[str]:
    """The address of a server with an empty data folder."""
    command = ["serve", "--port", "0", "--data", str(folder), "--base-url", BASE]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), *command],
        cwd=ROOT,
        env={**os.environ, "BIWEN_ENGINE": engine},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout
    try:
        yield process.stdout.readline().split()[-1].rstrip("/")
    finally:
        process.terminate()
        process.communicate()
    assert not folder.exists()


@pytest.fixture(scope="module")
def place(nodes: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    name = f"t-{secrets.token_hex(4)}"
    with Place(nodes, name, tmp_path_factory.mktemp("place")) as place:
        place.pages.add("story.txt", STORY)
        place.pages.add("series.txt", *SERIES)
        place.pages.read_anew(
            lambda each: (
                replace(each, title="第七号公告") if each.title == SERIES[7].title else each
            )
        )
        place.catalog.catalog.curation.hide(place.catalog.catalog.ids()[0], "重复")
        place.follow()
        yield place


@pytest.fixture(scope="module")
def balancer(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Balancer]:
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as stack:
        names = ("one", "other")
        yield Balancer([stack.enter_context(serving(folder / each, place.url)) for each in names])


def paths(place: Place) -> list[str]:
    catalog = place.catalog.catalog
    documents = [f"/d/{id_}{end}" for id_ in catalog.ids()[:2] for end in ("", ".json", ".bib")]
    gone = [f"/d/{id_}{end}" for id_ in catalog.removed_since(0) for end in ("", ".json")]
    return [
        "/search?q=区块链",
        "/search?q=公告&sort=newest&page=2&lang=en",
        "/search.json?q=区块链&city=深圳",
        "/search.csv?q=公告",
        "/search.jsonl",
        "/search.atom?q=区块链",
        "/trends.json?q=区块链",
        "/healthz",
        "/p/aaaaaaaaaaaaa",
        "/d/aaaaaaaaaaaaa",
        "/suggest.json?q=区块",
        *documents,
        *gone,
    ]


def test_whoever_answers_the_answer_is_the_same(place: Place, balancer: Balancer) -> None:
    statuses = set()
    for path in paths(place):
        one, other = balancer.everywhere(path)
        assert one.lasting == other.lasting, path
        assert "set-cookie" not in one.headers  # there is nothing to be remembered of a reader
        statuses.add(one.status)
    assert statuses == {200, 301, 404, 410}


def test_what_one_page_needs_any_server_has(balancer: Balancer) -> None:
    page = balancer.get("/search?q=区块链").body.decode()
    files = re.findall(r'(?:src|href)="(?:https://biwen\.example)?(/static/[^"]+)"', page)
    assert files
    for file in files:
        assert [each.status for each in balancer.everywhere(file)] == [200, 200], file


def test_what_one_server_gave_out_the_other_understands(place: Place, balancer: Balancer) -> None:
    feed, search = "/search.atom?q=区块链", "/search.json?q=区块链"
    known = {"If-None-Match": balancer.get(feed).headers["etag"]}
    mark = re.search(r'"mark":"([^"]+)"', balancer.get(search).body.decode())
    assert mark
    news = f"/new.json?q=区块链&since={mark[1]}"
    assert [each.status for each in balancer.everywhere(feed, known)] == [304, 304]
    assert all('"new":0' in each.body.decode() for each in balancer.everywhere(news))

    place.pages.add("late.txt", replace(STORY, title="北京发布区块链扶持政策"))
    place.follow()
    one, other = balancer.everywhere(feed, known)
    assert (one.status, one.lasting) == (200, other.lasting)
    assert "北京发布区块链扶持政策" in one.body.decode()
    assert all('"new":1' in each.body.decode() for each in balancer.everywhere(news))
