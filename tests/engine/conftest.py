"""Engines to hold the contract against: the embedded one, and one on a real cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import Embedded, Engines, OnCluster

from indexer.engine import Engine


@pytest.fixture(params=["whoosh", "opensearch"])
def engines(request: pytest.FixtureRequest) -> Iterator[Engines]:
    """Makes engines, each over the same index."""
    if request.param == "whoosh":
        made: Engines = Embedded(request.getfixturevalue("tmp_path"))
    else:
        made = OnCluster(request.getfixturevalue("nodes"), request.getfixturevalue("index_name"))
    yield made
    made.close()


@pytest.fixture
def engine(engines: Engines) -> Engine:
    """An engine over an empty place."""
    return engines("catalog")
