"""What documents near a given one are found by: its most informative terms.

As Lucene's "more like this" does it: those terms of title and body that have
the greatest tf x idf are looked for, any of them, and the engine's ranking says
which documents have most of them.  Of a run of ideographs that no word takes
together (吴 忌 寒) the whole is a term: names of people are in no dictionary.

The constants were chosen with passages of one article and halves of one text
that are to find each other, and by reading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from indexer.analysis import HAN, cut, fold, is_word, words
from indexer.documents import Document
from indexer.engine import UNLIMITED, Budget, Engine, Ranking, Search
from indexer.engine import ranking as model
from indexer.engine.ranking import inverse_document_frequency
from indexer.engine.tree import Characters, Or, Word
from indexer.query.bare import MAX_NAME, function_words

MAX_RELATED: Final = 5

MAX_TERMS: Final = 12
"""More find hardly more of what is related, and each costs time."""
MAX_CANDIDATES: Final = 100
"""Of so many terms, those that stand most often, the engine is asked how frequent they are."""
MAX_CHARACTERS: Final = 1500
"""What stands behind so many characters of a body is not looked at."""
MAX_SHARE: Final = 0.02
"""A term says little, and costs much, that a greater share of all documents holds,"""
FEW: Final = 50
"""unless these are so few."""
LEAST_SHARE: Final = 0.3
"""What a related document scores at least, as a share of what one of average length would that
holds every term once in its body;"""
ONE_TERM: Final = model.K1 + 1
"""but not less than the best term alone can give to a body, as a multiple of its idf."""

_han: Final = re.compile(f"[{HAN}]+")


class MoreLikeThis(NamedTuple):
    """A search, and the score that a hit has at least which is near enough."""

    search: Search
    least: float


def more_like(
    document: Document, engine: Engine, reprints: int = 0, budget: Budget = UNLIMITED
) -> MoreLikeThis | None:
    """What the documents near this one are searched by; None where it has no term to go by.

    The hits are those of each other cluster and, mostly, of its own.  A term that
    the document and its ``reprints`` alone hold finds nothing and is not asked for.
    Raises TooCostly.
    """
    counts = term_counts(document)
    total = engine.document_count
    frequencies = engine.document_frequencies(
        [term for term, _ in counts.most_common(MAX_CANDIDATES)],
        max(int(total * MAX_SHARE), FEW),
        budget,
    )
    idf = {
        term: inverse_document_frequency(total, holding)
        for term, holding in frequencies.items()
        if holding > 1 + reprints
    }
    best = sorted(idf, key=lambda term: (-counts[term] * idf[term], term.text))[:MAX_TERMS]
    if not best:
        return None
    ranking = Ranking(tuple((term,) for term in best), passages=False)
    search = Search(Or(tuple(best)), ranking=ranking, limit=MAX_RELATED + 1, facets=())
    worths = [idf[term] for term in best]
    return MoreLikeThis(search, max(LEAST_SHARE * sum(worths), ONE_TERM * max(worths)))


def term_counts(document: Document) -> Counter[Word | Characters]:
    """How often each term stands in title and body.

    The longest words there, but no function words, numbers and single characters; and
    runs of two to four characters that the cut leaves single.
    """
    counts: Counter[Word | Characters] = Counter()
    for text in (fold(document.title), fold(document.body[:MAX_CHARACTERS])):
        counts.update(map(Word, _words(text)))
        counts.update(map(Characters, _names(text)))
    return counts


def _words(folded: str) -> Iterator[str]:
    reached = 0
    for word, _, end in words(folded):
        if end > reached:
            reached = end
            if len(word) > 1 and any(map(str.isalpha, word)) and word not in function_words():
                yield word


def _names(folded: str) -> Iterator[str]:
    for run in _han.findall(folded):
        for is_single, parts in groupby(cut(run), _is_single):
            name = "".join(parts)
            if is_single and 1 < len(name) <= MAX_NAME and not is_word(name):
                yield name


def _is_single(word: str) -> bool:
    return len(word) == 1 and word not in function_words()
