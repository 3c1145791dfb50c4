"""The vocabulary of a data folder, always the newest on disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from indexer.catalog import Catalog
from indexer.durable import Damaged
from indexer.published import Stamp
from indexer.query.answer import Correction
from indexer.suggest.folder import Folder

if TYPE_CHECKING:
    from indexer.suggest.completion import Suggestion
    from indexer.suggest.vocabulary import Vocabulary

MAX_DOUBTED: Final = 20
"""A word that more documents have is never taken for a mistake."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


def follow(catalog: Catalog, processes: int = 1) -> None:
    """Bring the vocabulary beside the catalog to its generation; at best nothing is to be done.

    Once there is enough to do, ``processes`` share the work (see :mod:`indexer.reading`).
    """
    folder = _folder(catalog)
    state = folder.state()
    if state:
        folder.sweep(state)  # what an addition left behind when it was killed
    if state is None or state.generation != catalog.generation:
        from indexer.suggest import updating  # it takes numpy along, which a search does without

        updating.follow(folder, catalog, processes)


def rebuild(catalog: Catalog, processes: int = 1) -> None:
    """Make the vocabulary beside the catalog anew, in so many processes if it pays."""
    from indexer.suggest import updating

    updating.rebuild(_folder(catalog), catalog, processes)


def damaged(catalog: Catalog) -> list[Path]:
    """The files of the vocabulary that are missing or not what was written.  Reads all of them."""
    return _folder(catalog).damaged()


def _folder(catalog: Catalog) -> Folder:
    return Folder(catalog.path.with_name("suggest"), catalog.uuid)


class Suggester:
    """Suggests and corrects from the vocabulary beside a catalog; for several threads.

    While there is none, or none that is sound, it has nothing to say.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._folder = _folder(catalog)
        self._catalog = catalog
        self._read: tuple[Stamp | None, Vocabulary | None] = (None, None)

    def suggestions(self, q: str) -> list[Suggestion]:
        """See :func:`indexer.suggest.completion.suggestions`."""
        from indexer.suggest.completion import suggestions

        return self._ask(lambda vocabulary: suggestions(q, vocabulary, self._catalog)) or []

    def corrections(self, q: str, frequency: Callable[[str], int]) -> tuple[Correction, ...]:
        """See :func:`indexer.suggest.corrections.corrections`."""
        from indexer.suggest.corrections import corrections

        return self._ask(lambda vocabulary: corrections(q, vocabulary, frequency)) or ()

    def _ask(self, question: Callable[[Vocabulary], _T]) -> _T | None:
        for attempt in range(2):
            try:
                vocabulary = self._vocabulary()
                return question(vocabulary) if vocabulary else None
            except Damaged as damage:
                # An addition may just have deleted the files; then there are newer ones.
                self._read = (self._read[0] if attempt else None, None)
                if attempt:
                    _log.warning(
                        "The vocabulary is damaged, the next addition mends it: %s", damage
                    )
        return None

    def _vocabulary(self) -> Vocabulary | None:
        from indexer.suggest.vocabulary import Vocabulary

        stamp = self._folder.stamp()
        read, vocabulary = self._read
        if stamp is None or stamp != read:
            self._read = (stamp, None)
            state = self._folder.state() if stamp else None
            vocabulary = Vocabulary(self._folder, state) if state else None
            self._read = (stamp, vocabulary)
        return vocabulary
