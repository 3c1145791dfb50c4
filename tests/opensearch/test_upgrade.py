"""The next release line of OpenSearch reads and writes an index as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines import OnCluster
from opensearch.cluster import Cluster
from opensearch.jars import Unavailable, installed
from opensearch.needed import needed
from opensearchpy import OpenSearch
from stored import newsflash

from indexer.engine import Search
from indexer.engine.tree import Characters, Word


def test_an_index_of_2_is_used_by_3(tmp_path: Path) -> None:
    try:
        newer = installed("3")
    except Unavailable as missing:  # it asks for a Java that few machines have
        pytest.skip(f"no OpenSearch 3: {missing}")
    with Cluster.start(tmp_path, nodes=1, made_of=needed("2")) as cluster:
        place = OnCluster(cluster.addresses, "news")
        engine = place("catalog")
        engine.rebuild([newsflash("a", "减半"), newsflash("b", "再次减半", cluster="a")], 1)
        before = engine.search(Search(Word("减半")))
        assert before.total == 2
        cluster.upgrade(newer)
        cluster.wait_for("yellow", seconds=120)
        client = OpenSearch(cluster.addresses)
        assert client.info()["version"]["number"].startswith("3.")
        assert engine.search(Search(Word("减半"))) == before
        engine.update([newsflash("c", "减半")], ["a"], 2)
        assert engine.search(Search(Characters("减"))).total == 2
        place.close()
