"""What tests do where OpenSearch cannot be run."""

from __future__ import annotations

import os

import pytest

from .jars import Installed, Unavailable, installed


def needed(*line: str) -> Installed:
    """OpenSearch, of a release line if one is named.

    Where it cannot be had a test is skipped; with ``BIWEN_NEEDS_OPENSEARCH`` it fails.
    """
    try:
        return installed(*line)
    except Unavailable as missing:
        if os.environ.get("BIWEN_NEEDS_OPENSEARCH"):
            raise
        pytest.skip(f"no OpenSearch: {missing}")
