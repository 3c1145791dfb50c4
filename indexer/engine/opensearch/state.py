"""What an index says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from indexer.analysis import ANALYSIS_VERSION, FOLD_VERSION, dictionary_version
from indexer.engine.opensearch.mapping import LAYOUT_VERSION

_WRITTEN_BY: Final = {"layout": LAYOUT_VERSION, "fold": FOLD_VERSION}
_FACTS: Final = ("catalog", "generation", "pages")
_COUNTS: Final = "counts"  # as pairs: OpenSearch keeps no order of names


@dataclass(frozen=True, slots=True)
class State:
    """How far an index has come.

    ``generation`` is that of the ``catalog``, or -1 where another version of the program wrote
    an index that this one cannot use; ``pages`` is the number of the catalog's pages of which
    it has the appearances, ``counts`` are the figures of the whole catalog.  One that
    ``is_outdated`` holds words as they were cut by another dictionary.
    """

    catalog: str
    generation: int = -1
    pages: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    is_outdated: bool = False

    @classmethod
    def of(cls, meta: Mapping[str, Any]) -> Self:
        """The state that the ``_meta`` of an index of this program tells."""
        if any(meta.get(name) != value for name, value in _WRITTEN_BY.items()):
            return cls(meta["catalog"])
        is_outdated = any(meta.get(name) != value for name, value in _words_by().items())
        facts = {name: meta[name] for name in _FACTS}
        return cls(**facts, counts=dict(meta[_COUNTS]), is_outdated=is_outdated)

    @property
    def meta(self) -> dict[str, Any]:
        """The ``_meta`` that tells so, of an index that this version of the program writes.

        Words of two versions are of none.
        """
        words = dict.fromkeys(_words_by()) if self.is_outdated else _words_by()
        facts = {name: getattr(self, name) for name in _FACTS}
        return {**facts, _COUNTS: [*self.counts.items()], **_WRITTEN_BY, **words}


def _words_by() -> dict[str, object]:
    return {"analysis": ANALYSIS_VERSION, "dictionary": dictionary_version()}
