"""How many documents hold a word, or characters in a row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.tree import Characters, TextField, Word
from indexer.engine.whoosh.places import documents_with
from indexer.engine.whoosh.segment import CHARACTERS, WORDS, Segment
from indexer.engine.whoosh.snapshot import Snapshot

Array = NDArray[Any]


def document_frequency(snapshot: Snapshot, leaf: Word | Characters, at_most: int) -> int:
    """How many live documents hold the leaf, in the field of it that most of them do.

    Exact up to ``at_most``; where it is more, any greater number.
    """
    return max(_in_field(snapshot, leaf, name, at_most) for name in WORDS)


def _in_field(snapshot: Snapshot, leaf: Word | Characters, name: TextField, at_most: int) -> int:
    found = [_documents(segment, leaf, name) for segment in snapshot.segments]
    surely = sum(map(len, found)) - snapshot.deleted_count
    if surely > at_most:  # which of so many are deleted need not be looked up
        return surely
    return sum(
        len(documents) if alive is None else int(np.count_nonzero(alive.take(documents)))
        for documents, alive in zip(found, snapshot.alive, strict=True)
    )


def _documents(segment: Segment, leaf: Word | Characters, name: TextField) -> Array:
    if isinstance(leaf, Word):
        field = segment.words[WORDS[name]]
        term = field.terms.find(leaf.text.encode())
        return np.zeros(0, np.int64) if term is None else field.postings(term)[0]
    return documents_with(segment.characters[CHARACTERS[name]], leaf.text, leaf.is_number)
