"""How well documents match, as far as OpenSearch can be asked for it.

The formula is that of :mod:`indexer.engine.ranking`, but for what OpenSearch has not: lengths
are rounded to a byte, the words of the lead count for the length as often as they are there,
a pair counts no more in the lead, each name of a word has its own inverse document frequency,
and there is no bonus for the best passage.
"""

from __future__ import annotations

from itertools import accumulate, takewhile
from typing import Any

from indexer.engine import ranking as model
from indexer.engine.opensearch.compile import characters, leaf_count
from indexer.engine.opensearch.mapping import PAIRS, WORDS
from indexer.engine.opensearch.tokens import safe, word_token
from indexer.engine.ranking import Ranking
from indexer.engine.tree import Characters, TextField, Word

Clause = dict[str, Any]


def clauses(ranking: Ranking, most: int) -> list[Clause]:
    """The queries of which the scores add up to that of a document.

    They have so many leaves at ``most``: of a very long query the first words rank.
    """
    boosts: dict[TextField, float] = {"title": model.TITLE_BOOST, "body": 1.0}
    found = [
        {"dis_max": {"queries": [_scored(each, name, boost) for each in word]}}
        for word in ranking.words
        for name, boost in boosts.items()
        if word[0].field in (None, name)
    ]
    found += [_term(PAIRS["body"], safe(pair), model.PAIR_BOOST) for pair in ranking.pairs]
    within = takewhile(lambda count: count <= most, accumulate(map(leaf_count, found)))
    return found[: sum(1 for _ in within)]


def _scored(leaf: Word | Characters, name: TextField, boost: float) -> Clause:
    if isinstance(leaf, Word):
        return _term(WORDS[name], word_token(leaf.text), boost)
    # Of a phrase the frequencies of all its bigrams add up.
    boost /= max(len(leaf.text) - 1, 1)
    return {"bool": {"must": [characters(leaf.text, name, leaf.is_number)], "boost": boost}}


def _term(field: str, token: str, boost: float) -> Clause:
    return {"term": {field: {"value": token, "boost": boost}}}
