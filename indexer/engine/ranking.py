"""What makes one match better than another: the formula, its weights, the question.

The score of a document is a sum of BM25 contributions (Robertson and Zaragoza,
The Probabilistic Relevance Framework, 2009), one of every ranked word in the
title and in the body and one of every pair of characters in the body, and for
the best of them a bonus for the passage of the body that holds most of the
words, found there by their characters.  News leads retell their headlines, so
an occurrence in the lead counts several times.

All statistics are those of the live documents, whatever the segments, and
lengths are exact: the same documents have the same scores on every machine, in
every order of adding.  The date does not enter.

The weights were chosen on the development halves of ``python -m
benchmarks.relevance``; its ``--with NAME=VALUE`` measures another value of a
constant of this module (``--with PAIR_BOOST=0``), for which they are read here
and not imported by name.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from indexer.engine.tree import Characters, Word

K1: Final = 0.9
B: Final = 0.5
TITLE_BOOST: Final = 0.5
"""What a word of the title counts, where one of the body counts 1.

No more, for the lead tells most titles again, and the title of a text that had
none is its first sentence.
"""
PAIR_BOOST: Final = 0.5
"""What a pair in the body counts."""

LEAD: Final = 80
"""How many characters at the beginning of a folded body are its lead."""
LEAD_COUNT: Final = 3
"""How many times an occurrence counts that begins in the lead."""

CANDIDATES: Final = 100
"""How many of the best documents are looked at for their best passage."""
BLOCK: Final = 20
"""A passage is two adjacent blocks of so many characters (Callan 1994: half overlapping)."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a query asks the best matches to hold.

    Each of ``words`` is a word with its other names, all in the same field;
    a document has what the best of them gives it.  ``pairs`` are two
    characters each, looked for in the body.
    """

    words: tuple[tuple[Word | Characters, ...], ...] = ()
    pairs: tuple[str, ...] = ()


def weight_in_body(offsets: Sequence[int]) -> int:
    """What occurrences at these ascending offsets of a body count together."""
    return len(offsets) + (LEAD_COUNT - 1) * bisect_left(offsets, LEAD)


def inverse_document_frequency(documents: int, holding: int) -> float:
    """How much a term says that ``holding`` of all ``documents`` hold; never negative.

    The form of Robertson and Sparck Jones with 1 added inside the logarithm.
    """
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))


def saturation(weight: float, length: float, average: float) -> float:
    """How much of a term's weight counts in a text of ``length`` terms, from 0 to K1 + 1."""
    return weight * (K1 + 1) / (weight + K1 * (1 - B + B * length / average))


def best_passage(words: Iterable[tuple[float, Iterable[int]]]) -> float:
    """The most that one passage holds of the words, given as (worth, offsets in the body)."""
    held: dict[int, float] = defaultdict(float)
    for worth, offsets in words:
        blocks = {offset // BLOCK for offset in offsets}
        for passage in blocks | {block - 1 for block in blocks}:
            held[passage] += worth
    return max(held.values(), default=0.0)
