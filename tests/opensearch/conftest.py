"""What the tests of the cluster itself need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def whole(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did to the cluster, the next one finds all nodes."""
    yield
    if "cluster" in request.fixturenames:
        request.getfixturevalue("cluster").restore()
