"""From documents to the postings of one segment, inverted by sorting numbers.

A *words* field has for each term the documents that hold it and how often.  A
*characters* field has for each bigram where it stands: offsets into the folded
texts of all documents laid one behind the other, each followed by an end mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.bulk import Occurrences, Vocabulary
from indexer.analysis.byte_order import ByteOrder
from indexer.analysis.joined import CODES, Joined
from indexer.engine import ranking as model
from indexer.engine.whoosh.columns import narrow

Array = NDArray[Any]
Postings = Mapping[str, Array]

_LETTERS: Final = 1 << 16
_32: Final = np.uint64(32)
_LOW_32: Final = np.uint64(0xFFFFFFFF)
_NONE: Final = np.zeros(0, "<u4")


def invert_words(texts: Joined, vocabulary: Vocabulary, lead: int) -> Postings:
    """The postings of the words of folded texts.

    A word weighs 1 wherever it stands, and :data:`.ranking.LEAD_COUNT` when it starts
    among the first ``lead`` characters of its text.

    ``terms.bytes``, ``terms.starts``
        the terms in the order of their UTF-8 bytes, one behind the other;
    ``postings``
        where the postings of each term start (one more than terms);
    ``documents``, ``weights``
        the postings: documents, ascending within a term (uint32), and the weight of the
        term in each;
    ``lengths``
        how many words each document has (unsigned).
    """
    found = vocabulary.occurrences_in(texts)
    return inverted(found, vocabulary.in_order, len(texts.starts) - 1, lead)


def inverted(found: Occurrences, order: ByteOrder, documents: int, lead: int) -> Postings:
    """The postings of words, given by number, in so many documents; see :func:`invert_words`."""
    numbers, owners, offsets = found
    is_used = np.bincount(numbers, minlength=len(order.words)) > 0
    used = np.flatnonzero(is_used[order.numbers])
    terms_used = [order.words[at] for at in used.tolist()]
    ranks = np.zeros(len(order.words), np.uint64)
    ranks[order.numbers[used]] = np.arange(len(used), dtype=np.uint64)
    # term, document and whether it is in the lead, in one number
    keys = ranks[numbers] << np.uint64(33) | owners.astype(np.uint64) << np.uint64(1)
    keys |= offsets < lead
    keys.sort()
    postings = keys >> np.uint64(1)
    first = np.flatnonzero(_changes(postings))
    counts = np.diff(first, append=len(keys))
    in_lead = np.concatenate([[0], np.cumsum(keys & np.uint64(1), dtype=np.int64)])
    weights = counts + (model.LEAD_COUNT - 1) * (in_lead[first + counts] - in_lead[first])
    postings = postings[first]
    terms = (postings >> _32).astype(np.int64)
    return {
        **strings("terms", terms_used),
        "postings": starts_of(np.bincount(terms, minlength=len(terms_used))),
        "documents": (postings & _LOW_32).astype("<u4"),
        "weights": narrow(weights),
        "lengths": narrow(np.bincount(owners, minlength=documents)),
    }


def invert_characters(texts: Joined) -> Postings:
    """The postings of the bigrams of folded texts.

    ``grams``
        the bigrams ascending, two code points in one number (uint64);
    ``postings``
        where the offsets of each start (one more than bigrams);
    ``offsets``
        where each stands, ascending within a bigram (uint32);
    ``holding``
        how many documents hold each bigram (uint32);
    ``starts``
        where each document's text starts (one more than documents).
    """
    codes, starts = texts
    begins_bigram = np.ones(len(codes), bool)
    begins_bigram[starts[1:] - 1] = False
    offsets = np.flatnonzero(begins_bigram)
    occurs = np.zeros(CODES, bool)
    occurs[codes] = True
    alphabet = np.flatnonzero(occurs).astype(np.uint64)
    if len(alphabet) <= _LETTERS:
        # letters numbered in 16 bits leave room for the offset, and plain numbers sort quickest
        number = np.zeros(CODES, np.uint32)
        number[alphabet] = np.arange(len(alphabet), dtype=np.uint32)
        letters = number[codes]
        pairs = letters[:-1] << np.uint32(16) | letters[1:]
        keys = pairs[offsets].astype(np.uint64)
        keys <<= _32
        keys |= offsets.astype(np.uint64)
        keys.sort()
        offsets = (keys & _LOW_32).astype(np.int64)
        pairs = (keys >> _32).astype(np.uint32)
        first = np.flatnonzero(_changes(pairs))
        distinct = pairs[first].astype(np.uint64)
        grams = alphabet[distinct >> np.uint64(16)] << _32
        grams |= alphabet[distinct & np.uint64(0xFFFF)]
    else:
        wide = codes.astype(np.uint64)
        pairs = wide[offsets] << _32 | wide[offsets + 1]
        order = np.argsort(pairs, kind="stable")
        offsets, pairs = offsets[order], pairs[order]
        first = np.flatnonzero(_changes(pairs))
        grams = pairs[first]
    owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))[offsets]
    is_first = _changes(owners)
    is_first[first] = True
    return {
        "grams": grams.astype("<u8"),
        "holding": np.add.reduceat(is_first, first, dtype="<u4") if len(first) else _NONE,
        "postings": starts_of(np.diff(first, append=len(offsets))),
        "offsets": offsets.astype("<u4"),
        "starts": starts_of(np.diff(starts)),
    }


def _changes(ordered: Array) -> Array:
    """Where a value differs from the one before it; true for the first."""
    return np.concatenate([np.ones(len(ordered[:1]), bool), ordered[1:] != ordered[:-1]])


def strings(name: str, encoded: Sequence[bytes]) -> dict[str, Array]:
    """Byte strings as two arrays: all of them one behind the other, and where each starts."""
    return {
        f"{name}.bytes": np.frombuffer(b"".join(encoded), "|u1"),
        f"{name}.starts": starts_of(np.fromiter(map(len, encoded), np.int64, len(encoded))),
    }


def starts_of(counts: Array) -> Array:
    """Where each part starts, given how long each is; one more than the parts (unsigned)."""
    starts = np.concatenate([[0], np.cumsum(counts)])
    return starts.astype("<u4" if starts[-1] < 1 << 32 else "<u8")
