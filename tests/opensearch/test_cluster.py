"""The cluster of the tests is a real one: it answers whatever an engine asks, and nodes die."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from opensearch.cluster import Cluster, NotReady
from opensearchpy import OpenSearch
from opensearchpy.helpers import bulk

ROOT = Path(__file__).parents[2]
# Segmented by who adds them, so the words of a text are what stands between its spaces.
TEXTS = [
    "比特币 价格 上涨",
    "以太坊 价格 下跌",
    "价格 上涨 的 是 比特币",
    "比特币 减半 之后 价格",
    "监管 政策",
]
INDEX = {
    "settings": {"number_of_shards": 3, "number_of_replicas": 1},
    "mappings": {
        "properties": {
            "text": {"type": "text", "analyzer": "whitespace"},
            "site": {"type": "keyword"},
            "number": {"type": "integer"},
        }
    },
}


@pytest.fixture
def index(cluster: Cluster, client: OpenSearch, index_name: str) -> str:
    """Five documents on three shards, each with a copy; two sites in turn."""
    client.indices.create(index=index_name, body=INDEX)
    cluster.wait_for("green")
    documents = [
        {"_index": index_name, "_id": n, "text": text, "site": "ab"[n % 2], "number": n}
        for n, text in enumerate(TEXTS)
    ]
    bulk(client, documents, refresh=True)
    return index_name


def search(client: OpenSearch, index: str, query: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What is answered, the documents in the order of their numbers."""
    body = {"query": query, "sort": [{"number": "asc"}], **more}
    found: dict[str, Any] = client.search(index=index, body=body)
    assert found["_shards"]["failed"] == 0
    return found


def numbers(found: dict[str, Any]) -> list[int]:
    return [hit["_source"]["number"] for hit in found["hits"]["hits"]]


def test_three_nodes_are_one_cluster(cluster: Cluster, client: OpenSearch) -> None:
    assert {node["name"] for node in client.cat.nodes(format="json")} == {
        "node-0",
        "node-1",
        "node-2",
    }
    for address in cluster.addresses:
        with OpenSearch([address]) as one:
            assert one.cluster.health()["number_of_nodes"] == 3
            assert one.info()["version"]["number"].startswith(("2.19.", "3."))


def test_a_shard_and_its_copy_are_on_different_nodes(client: OpenSearch, index: str) -> None:
    shards = client.cat.shards(index=index, format="json")
    assert len(shards) == 6
    assert len({(each["shard"], each["node"]) for each in shards}) == 6


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"match_phrase": {"text": "价格 上涨"}}, [0, 2]),
        ({"match_phrase": {"text": "上涨 价格"}}, []),
        ({"match": {"text": "比特"}}, []),
        (
            {
                "intervals": {
                    "text": {
                        "all_of": {
                            "ordered": True,
                            "max_gaps": 2,
                            "intervals": [
                                {"match": {"query": "比特币"}},
                                {"match": {"query": "价格"}},
                            ],
                        }
                    }
                }
            },
            [0, 3],
        ),
        (
            {
                "bool": {
                    "filter": [
                        {"term": {"text": "比特币"}},
                        {"script": {"script": "doc['number'].value % 2 == 0"}},
                    ]
                }
            },
            [0, 2],
        ),
    ],
    ids=["phrase", "phrase in another order", "part of a word", "intervals", "script"],
)
def test_a_query_finds(
    client: OpenSearch, index: str, query: dict[str, Any], expected: list[int]
) -> None:
    assert numbers(search(client, index, query)) == expected


def test_values_are_counted(client: OpenSearch, index: str) -> None:
    sites = {"sites": {"terms": {"field": "site"}}}
    found = search(client, index, {"match_all": {}}, size=0, aggs=sites)
    counted = {each["key"]: each["doc_count"] for each in found["aggregations"]["sites"]["buckets"]}
    assert counted == {"a": 3, "b": 2}


def test_hits_are_collapsed(client: OpenSearch, index: str) -> None:
    found = search(client, index, {"match_all": {}}, collapse={"field": "site"})
    assert numbers(found) == [0, 1]
    assert found["hits"]["total"]["value"] == 5


def test_who_pages_through_a_point_in_time_sees_nothing_added_later(
    client: OpenSearch, index: str
) -> None:
    point = client.create_pit(index=index, params={"keep_alive": "1m"})["pit_id"]
    client.index(index=index, body={"text": "比特币", "number": 2}, refresh=True)
    seen: list[int] = []
    after: dict[str, Any] = {}
    while True:
        body = {"size": 2, "sort": [{"number": "asc"}], "pit": {"id": point}, **after}
        hits = client.search(body=body)["hits"]["hits"]
        if not hits:
            break
        seen += [hit["_source"]["number"] for hit in hits]
        after = {"search_after": hits[-1]["sort"]}
    client.delete_pit(body={"pit_id": [point]})
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("manager", [True, False], ids=["cluster manager", "another node"])
def test_while_a_node_is_dead_searches_are_answered(
    cluster: Cluster, client: OpenSearch, index: str, manager: bool
) -> None:
    nodes = client.cat.nodes(format="json", h="name,cluster_manager")
    named = [each["name"] for each in nodes if (each["cluster_manager"] == "*") is manager]
    killed = int(named[0].removeprefix("node-"))
    cluster.kill(killed)
    began = time.monotonic()
    assert search(client, index, {"match": {"text": "价格"}})["hits"]["total"]["value"] == 4
    assert time.monotonic() - began < 5
    cluster.wait_for("yellow")
    cluster.start_node(killed)
    cluster.wait_for("green")
    assert client.count(index=index)["count"] == 5


def test_a_node_that_cannot_start_says_why(cluster: Cluster) -> None:
    cluster.kill(1)
    port = int(cluster.addresses[1].rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        cluster.start_node(1)
        with pytest.raises(NotReady, match="Address already in use"):
            cluster.wait_for("green")


def test_nodes_end_with_who_started_them(cluster: Cluster) -> None:
    """Even if that is killed; the fixture is here to fetch what is needed, or to skip."""
    starter = subprocess.Popen(
        [sys.executable, "-m", "tests.opensearch.cluster", "--nodes", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with starter:
        assert starter.stdout is not None
        port = int(starter.stdout.readline().rpartition(":")[2])
        socket.create_connection(("127.0.0.1", port)).close()
        starter.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            break
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize(("needed", "outcome"), [("", "1 skipped"), ("1", "1 error")])
def test_without_opensearch_tests_are_skipped_unless_it_is_needed(
    tmp_path: Path, needed: str, outcome: str
) -> None:
    test = f"{__file__}::{test_three_nodes_are_one_cluster.__name__}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", test],
        cwd=ROOT,
        env={
            **os.environ,
            "PATH": str(tmp_path),
            "XDG_CACHE_HOME": str(tmp_path),
            "BIWEN_NEEDS_OPENSEARCH": needed,
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert outcome in done.stdout.splitlines()[-1]
    assert "no JDK of Java" in done.stdout or "no Maven" in done.stdout
