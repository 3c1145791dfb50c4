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

from indexer.analysis import END
from indexer.analysis.bulk import Vocabulary
from indexer.engine import ranking as model

Array = NDArray[Any]
Postings = Mapping[str, Array]

_CODES: Final = 0x110000
_LETTERS: Final = 1 << 16
_32: Final = np.uint64(32)
_LOW_16: Final = np.uint64(0xFFFF)
_LOW_32: Final = np.uint64(0xFFFFFFFF)


def invert_words(texts: Sequence[str], vocabulary: Vocabulary, lead: int) -> Postings:
    """The postings of the words of folded texts.

    A word weighs 1 wherever it stands, and :data:`.ranking.LEAD_COUNT` when it starts
    among the first ``lead`` characters of its text.

    ``terms.bytes``, ``terms.starts``
        the terms in the order of their UTF-8 bytes, one behind the other;
    ``postings``
        where the postings of each term start (uint64, one more than terms);
    ``documents``, ``weights``
        the postings: documents, ascending within a term (uint32), and the weight of the
        term in each;
    ``lengths``
        how many words each document has (uint32).
    """
    numbers, owners, offsets = vocabulary.occurrences(texts)
    used, dense = np.unique(numbers, return_inverse=True)
    words = vocabulary.words
    encoded = [words[number].encode() for number in used.tolist()]
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    ranks = np.empty(len(order), np.uint64)
    ranks[order] = np.arange(len(order), dtype=np.uint64)
    # term, document and whether it is in the lead, in one number
    keys = ranks[dense] << np.uint64(33) | owners.astype(np.uint64) << np.uint64(1)
    keys = np.sort(keys | (offsets < lead).astype(np.uint64))
    weights = np.where(keys & np.uint64(1), model.LEAD_COUNT, 1)
    postings = keys >> np.uint64(1)
    first = np.flatnonzero(_changes(postings))
    postings = postings[first]
    terms = (postings >> _32).astype(np.int64)
    return {
        **strings("terms", [encoded[at] for at in order]),
        "postings": starts_of(np.bincount(terms, minlength=len(order))),
        "documents": (postings & _LOW_32).astype("<u4"),
        "weights": narrow(np.add.reduceat(weights, first) if len(first) else weights),
        "lengths": np.bincount(owners, minlength=len(texts)).astype("<u4"),
    }


def invert_characters(texts: Sequence[str]) -> Postings:
    """The postings of the bigrams of folded texts.

    ``grams``
        the bigrams ascending, two code points in one number (uint64);
    ``postings``
        where the offsets of each start (uint64, one more than bigrams);
    ``offsets``
        where each stands, ascending within a bigram (uint32);
    ``starts``
        where each document's text starts (uint64, one more than documents).
    """
    joined = "".join(text + END for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    ends = np.cumsum(np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts)))
    begins_bigram = np.ones(len(codes), bool)
    begins_bigram[ends - 1] = False
    offsets = np.flatnonzero(begins_bigram).astype(np.uint64)
    grams = codes[offsets] << _32 | codes[offsets + np.uint64(1)]
    alphabet = np.unique(codes)
    if len(alphabet) <= _LETTERS:
        # letters numbered in 16 bits leave room for the offset, and plain numbers sort quickest
        number = np.zeros(_CODES, np.uint64)
        number[alphabet] = np.arange(len(alphabet), dtype=np.uint64)
        pairs = number[grams >> _32] << np.uint64(16) | number[grams & _LOW_32]
        keys = np.sort(pairs << _32 | offsets)
        offsets, pairs = keys & _LOW_32, keys >> _32
        first = np.flatnonzero(_changes(pairs))
        pairs = pairs[first]
        distinct = alphabet[pairs >> np.uint64(16)] << _32 | alphabet[pairs & _LOW_16]
    else:
        order = np.argsort(grams, kind="stable")
        offsets, grams = offsets[order], grams[order]
        first = np.flatnonzero(_changes(grams))
        distinct = grams[first]
    return {
        "grams": distinct.astype("<u8"),
        "postings": np.append(first, len(offsets)).astype("<u8"),
        "offsets": offsets.astype("<u4"),
        "starts": np.concatenate([[0], ends]).astype("<u8"),
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
    """Where each part starts, given how long each is; one more than the parts (uint64)."""
    return np.concatenate([[0], np.cumsum(counts)]).astype("<u8")


def narrow(numbers: Array) -> Array:
    """The numbers in the smallest unsigned type that holds them."""
    greatest = int(numbers.max(initial=0))
    return numbers.astype("|u1" if greatest < 1 << 8 else "<u2" if greatest < 1 << 16 else "<u4")
