"""The engine over an index of OpenSearch; see docs/scale.md for when it is the right one."""

from indexer.engine.opensearch.address import Address
from indexer.engine.opensearch.engine import OpenSearchEngine
from indexer.engine.opensearch.library import NO_INDEX, OpenSearchLibrary

__all__ = ["NO_INDEX", "Address", "OpenSearchEngine", "OpenSearchLibrary"]
