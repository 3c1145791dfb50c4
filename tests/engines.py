"""Places for the indexes of engines, of each kind that there is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.documents import Appearance, Hidden, StoredDocument
from indexer.engine import Engine
from indexer.engine.opensearch import Address, OpenSearchEngine
from indexer.engine.whoosh import WhooshEngine


class Engines(ABC):
    """One place; ``examples`` says for how many made-up corpora there is time."""

    examples: int

    def __init__(self) -> None:
        self._made: list[Engine] = []

    def __call__(self, catalog: str) -> Engine:
        """An engine over the index at this place."""
        self._made.append(self._opened(catalog))
        return self._made[-1]

    def close(self) -> None:
        """Close all engines."""
        for each in self._made:
            each.close()

    @abstractmethod
    def _opened(self, catalog: str) -> Engine: ...


class Embedded(Engines):
    """A folder."""

    examples = 40

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder / "whoosh"

    def _opened(self, catalog: str) -> Engine:
        return WhooshEngine(self._folder, catalog)


class OnCluster(Engines):
    """An index of a real cluster."""

    examples = 4  # each makes an index of three shards

    def __init__(self, nodes: list[str], index: str) -> None:
        super().__init__()
        self._address = Address.of(address_of(nodes, index))

    def _opened(self, catalog: str) -> Engine:
        return OpenSearchEngine(self._address, Bare(catalog))


def address_of(nodes: list[str], index: str) -> str:
    """What is written behind ``--engine`` for an index of a cluster."""
    named = ",".join(each.removeprefix("http://") for each in nodes)
    return f"opensearch://{named}/{index}"


@dataclass(frozen=True)
class Bare:
    """A catalog that knows nothing but the documents that an engine is given."""

    uuid: str
    former: frozenset[str] = frozenset()
    page_count: int = 0

    def stats(self) -> dict[str, int]:
        return {}

    def appearances_of(self, ids: Sequence[str]) -> dict[str, tuple[Appearance, ...]]:
        return {}

    def seen_again(self, page: int, generation: int) -> Sequence[StoredDocument]:
        return ()

    def removed_since(self, generation: int) -> dict[str, str | Hidden]:
        return {}
