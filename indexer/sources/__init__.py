"""Readers of input files, one module a format: each gives pages."""

from indexer.sources._paths import Meter, files_in, read_named, read_paths, size_of
from indexer.sources._refusal import Refusal

__all__ = ["Meter", "Refusal", "files_in", "read_named", "read_paths", "size_of"]
