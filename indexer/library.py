"""What may be asked about documents, wherever they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from indexer.documents import Appearance, Hidden, StoredDocument


class Library(Protocol):
    """A catalog, or an index that has all that is shown of one.  For several threads.

    Documents are given as a curator corrected them, without those that are hidden.
    """

    @property
    def uuid(self) -> str:
        """What tells the catalog from any other."""
        ...

    @property
    def generation(self) -> int:
        """How many transactions changed the catalog, as far as is known here."""
        ...

    def stats(self) -> dict[str, int]:
        """How many documents, articles, newsflashes, appearances and pages; the generation.

        ``hidden`` documents are not among the others; their pages are.
        """
        ...

    def documents(self, ids: Iterable[str]) -> dict[str, StoredDocument]:
        """Those of the documents that are there, by id."""
        ...

    def appearances(self, id_: str) -> tuple[Appearance, ...]:
        """Where the document with exactly this id was seen, by page name."""
        ...

    def reprints(self, id_: str) -> tuple[StoredDocument, ...]:
        """The other documents of the cluster of the document with this id, oldest first."""
        ...

    def hidden(self, id_: str) -> Hidden | None:
        """Why, when and by whom the document was hidden; None when it is not."""
        ...

    def current_ids(self, ids: Iterable[str]) -> dict[str, str]:
        """For those of these ids that were ever known, those that superseded them in the end.

        An id that is not superseded, of a hidden document, too, stands for itself.
        """
        ...

    def ever_known(self, ids: Iterable[str]) -> set[str]:
        """Those of these ids that a document has or had."""
        ...
