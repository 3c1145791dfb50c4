"""What makes one match better than another: the formula, its weights, the question.

The score of a document is a sum of BM25 contributions (Robertson and Zaragoza,
The Probabilistic Relevance Framework, 2009), one of every ranked word in the
title and in the body and one of every pair of characters in the body, and for
the best of them a bonus for the passage of the body that holds most of the
words, found there by their characters.  News leads retell their headlines, so
an occurrence in the lead counts several times::

    contribution = boost * idf * x * (K1 + 1) / (x + K1 * (1 - B + B * length / average))

with x the occurrences so counted, and length in terms of the field.  The bonus
is the greatest sum of the idf of different words in one passage.

All statistics are those of the live documents, whatever the segments, and
lengths are exact: the same documents have the same scores on every machine, in
every order of adding.  The date does not enter.

The weights were chosen on the development halves of ``python -m
benchmarks.relevance``; its ``--with NAME=VALUE`` measures another value of a
constant of this module (``--with PAIR_BOOST=0``), for which they are read here
and not imported by name.
"""

from __future__ import annotations

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
    characters each, looked for in the body.  ``passages`` says whether the best
    passages of the best documents count.
    """

    words: tuple[tuple[Word | Characters, ...], ...] = ()
    pairs: tuple[str, ...] = ()
    passages: bool = True


def inverse_document_frequency(documents: int, holding: int) -> float:
    """How much a term says that ``holding`` of all ``documents`` hold; never negative.

    The form of Robertson and Sparck Jones with 1 added inside the logarithm.
    """
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))
