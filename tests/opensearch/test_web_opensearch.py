"""The page over an index of OpenSearch: what it answers with the embedded engine, it answers here.

Two real servers over one catalog are asked the same.  Alike are totals, facets, dates, and which
documents are found, reprints with those that stand for them.  What may differ is the order of hits
that are alike in date, and a little the scores, and with them the order of the best.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlencode
from urllib.request import urlopen

import feedparser
import pytest

from indexer.export.streams import EXPORTS
from webui.help_examples import SECTIONS

from ..test_run import run
from ..webui.test_web_adding import record, serving
from .indexes import own_index

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "index_data" / "sample"


class Server(NamedTuple):
    """A server by its address."""

    address: str

    def get(self, path: str) -> bytes:
        with urlopen(self.address + path, timeout=60) as response:
            content: bytes = response.read()
            return content

    def json(self, path: str) -> Any:
        return json.loads(self.get(path))


@contextmanager
def started(data: Path, *options: str) -> Iterator[Server]:
    command = [sys.executable, "run.py", "serve", "--port", "0", "--data", str(data), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        try:
            yield Server(process.stdout.readline().split()[-1].rstrip("/"))
        finally:
            process.kill()


@pytest.fixture(scope="module")
def both(
    nodes: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Server]]:
    """A server with the embedded engine, and one of two workers with an index of the cluster."""
    data = tmp_path_factory.mktemp("data")
    run("add", str(SAMPLE), data=data)
    with ExitStack() as stack:
        engine = stack.enter_context(own_index(nodes))
        address = ("--base-url", "https://biwen.example")  # the same in what both export
        embedded = stack.enter_context(started(data, *address))
        on_cluster = stack.enter_context(
            started(data, *address, "--engine", engine, "--workers", "2")
        )
        yield embedded, on_cluster


EXAMPLES = [
    search.query_string() for section in SECTIONS for row in section.rows for search in row.searches
]
OTHERS = [
    *(
        "",
        "的",
        "。",
        "V",
        "12,000",
        "BTC/USDT",
        '"深圳"',
        "深*",
        "-比特币",
        "NOT 深圳",
        ") ( OR",
        "𠮷🚀",
    ),
    *(
        "比特币 矿工 收入 上海 交易所",
        "这样的词哪里都没有吗",
        "矿工 火星 收入",
        "(比特币|BTC) -V神",
    ),
    *('标题:"深圳" OR 城市:北京', '"比特币" OR -"比特币"', '"深圳 发票 区块链"~80', '"的 的"~3'),
    *(
        "(比特币|BTC) -V神",
        "日期:2020 OR 日期:2018-08",
        "日期:<2014",
        "标签:监管 OR 来源:区块旧闻网",
    ),
]
NARROWED = [
    {},
    {"sort": "newest"},
    {"sort": "oldest", "collapse": "0"},
    {"from": "2018-03", "to": "2020"},
    {"from": "2019", "undated": "1"},
    {"city": ["深圳", "北京"], "kind": "newsflash"},
    {"site": ["币海拾遗", "区块旧闻网"], "match": "any"},
    {"from": "2020-05", "to": "2020-05", "aliases": "0"},
    {"page": "2"},
    {"page": "999"},
]
SEARCHES = [
    *EXAMPLES,
    *(f"q={quote(q)}" for q in OTHERS),
    *(urlencode({"q": q, **more}, True) for q in ("", "比特币", '"区块链"') for more in NARROWED),
]


def ids_of(hits: Sequence[Any]) -> list[set[str]]:
    """Of each hit the documents that it stands for, itself included."""
    return [{hit["id"], *(each["id"] for each in hit["reprints"])} for hit in hits]


def without_order(ids: Sequence[set[str]]) -> set[frozenset[str]]:
    return set(map(frozenset, ids))


def counted(answer: Any) -> Any:
    """All of an answer but its hits."""
    left_out = ("hits", "took_ms", "partial")
    partial = answer.get("partial") or {}
    return {
        **{name: value for name, value in answer.items() if name not in left_out},
        "partial": partial.get("total"),
    }


@pytest.mark.parametrize("query", SEARCHES, ids=unquote)
def test_a_search_is_answered_alike(both: tuple[Server, Server], query: str) -> None:
    expected, answer = (each.json(f"/search.json?{query}") for each in both)
    assert counted(answer) == counted(expected)
    hits = answer["hits"]
    if answer["groups"] <= len(hits):
        assert without_order(ids_of(hits)) == without_order(ids_of(expected["hits"]))
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=True)
    if not any(scores):
        dates = [hit["published"] for hit in hits]
        assert dates == [hit["published"] for hit in expected["hits"]]


@pytest.mark.parametrize("query", ["", "比特币", "深圳 区块链", "矿机 以太坊", '"的"'])
def test_the_best_are_the_best(both: tuple[Server, Server], query: str) -> None:
    """By scores that are not quite the same."""
    best, ours = (
        without_order(ids_of(each.json(f"/search.json?q={quote(query)}&from=2013")["hits"]))
        for each in both
    )
    assert len(best & ours) >= len(best) * 0.5


@pytest.mark.parametrize("form", EXPORTS)
@pytest.mark.parametrize("query", ["q=深圳", "q=&sort=oldest&collapse=0", "q=BTC&sort=newest"])
def test_an_export_has_the_same_documents(
    both: tuple[Server, Server], form: str, query: str
) -> None:
    """Line by line, in whatever order."""
    path = f"/search.{form}?{quote(query, '&=')}"
    expected, exported = (each.get(path).decode().replace(",\n", "\n") for each in both)
    assert sorted(exported.splitlines()) == sorted(expected.splitlines())


def test_a_feed_has_the_newest(both: tuple[Server, Server]) -> None:
    expected, feed = (
        [(entry.id, entry.title, entry.updated) for entry in feedparser.parse(content).entries]
        for content in (each.get(f"/search.atom?q={quote('比特币')}") for each in both)
    )
    assert len(feed) == 20
    assert [updated for *_, updated in feed] == [updated for *_, updated in expected]
    assert {each for each in feed if each[2] > feed[-1][2]} <= set(expected)


@pytest.mark.parametrize("form", ["json", "csv", "svg"])
def test_trends_are_the_same(both: tuple[Server, Server], form: str) -> None:
    query = urlencode({"q": ["比特币", "以太坊 融资", '"深圳"'], "city": "深圳"}, True)
    expected, trends = (each.get(f"/trends.{form}?{query}") for each in both)
    assert trends == expected


def test_pages_of_documents_are_the_same_but_for_what_is_a_little_nearer(
    both: tuple[Server, Server],
) -> None:
    embedded, on_cluster = both
    hits = embedded.json(f"/search.json?q={quote('挖矿')}")["hits"][:8]
    shared = total = 0
    for hit in hits:
        expected, document = (each.json(f"/d/{hit['id']}.json") for each in both)
        near, ours = expected.pop("related"), document.pop("related")
        assert document == expected
        shared, total = shared + len({*near} & {*ours}), total + len(near)
        assert b"<h1" in on_cluster.get(f"/d/{hit['id']}?q={quote('挖矿')}")
    assert shared >= total * 0.6


def test_what_is_offered_is_the_same(both: tuple[Server, Server]) -> None:
    for q in ("比特", "shenz", "深圳 区"):
        expected, offered = (each.json(f"/suggest.json?q={quote(q)}") for each in both)
        assert offered == expected
    expected, answer = (each.json(f"/search.json?q={quote('比特笔')}") for each in both)
    assert answer["corrections"] == expected["corrections"] != []


def test_whether_it_is_ready_and_its_figures(both: tuple[Server, Server]) -> None:
    expected, health = (each.json("/healthz") for each in both)
    assert health == expected
    figures = both[1].get("/metrics").decode().splitlines()
    assert {"biwen_ready 1.0", f"biwen_documents {health['documents']}.0"} <= set(figures)


def test_what_is_added_by_the_page_is_found(nodes: list[str], tmp_path: Path) -> None:
    """The process that takes uploads in writes to the same index."""
    with (
        own_index(nodes) as engine,
        serving(tmp_path, "--engine", f"{engine}?shards=1&replicas=0") as server,
    ):
        url, _ = server.post("/add", [("files", "a.jsonl", record(1) + record(2))])
        assert server.outcome(url)["added"] == 2
        (hit, _) = server.get(f"/search.json?q={quote('矿场')}")["hits"]
        assert not (tmp_path / "whoosh").exists()
        with pytest.raises(HTTPError, match="410"):  # where the form leads: it is hidden
            server.post(f"/d/{hit['id']}/hide")
        assert server.get(f"/search.json?q={quote('矿场')}")["total"] == 1
