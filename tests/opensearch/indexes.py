"""Indexes of a cluster for one test or several, deleted in the end."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from engines import address_of
from opensearchpy import OpenSearch


@contextmanager
def own_index(nodes: list[str]) -> Iterator[str]:
    """The address of an index that nobody else has."""
    name = f"t-{secrets.token_hex(4)}"
    try:
        yield address_of(nodes, name)
    finally:
        OpenSearch(nodes).indices.delete(index=f"{name}-*")
