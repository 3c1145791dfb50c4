"""Readers of input files, one module a format: each gives pages."""

from indexer.sources._decoding import Refusal
from indexer.sources._paths import SUFFIXES, read_paths

__all__ = ["SUFFIXES", "Refusal", "read_paths"]
