"""One cluster of OpenSearch for all tests of a session, and an index name for each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from opensearch.cluster import Cluster
from opensearch.needed import needed
from opensearchpy import OpenSearch

_HERE: Final = Path(__file__).with_name("opensearch")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the cluster: `make test` runs it by itself."""
    for item in items:
        parameters = getattr(item, "callspec", None)
        engine = parameters.params.get("engines") if parameters else None
        if _HERE in item.path.parents or engine == "opensearch":
            item.add_marker(pytest.mark.opensearch)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes; a test may kill any of them."""
    made_of = needed()
    with Cluster.start(tmp_path_factory.mktemp("opensearch"), made_of=made_of) as started:
        yield started


@pytest.fixture(scope="session")
def nodes(cluster: Cluster) -> list[str]:
    """Where each node of the cluster is asked."""
    return cluster.addresses


@pytest.fixture(scope="session")
def client(cluster: Cluster) -> Iterator[OpenSearch]:
    """A client that goes on with another node where one does not answer."""
    with OpenSearch(cluster.addresses, timeout=60) as client:
        yield client


@pytest.fixture
def index_name(client: OpenSearch) -> Iterator[str]:
    """A name that no other test has; whatever index begins with it is removed afterwards."""
    name = f"test-{uuid.uuid4().hex}"
    yield name
    client.indices.delete(index=f"{name}*")
