"""The scores of documents by the formula of ``indexer.engine.ranking``, one by one: an oracle."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from indexer.analysis import bigrams, fold, words
from indexer.documents import StoredDocument
from indexer.engine import Ranking
from indexer.engine.tree import Characters, Word


def places(node: Word | Characters, text: str) -> list[int]:
    if isinstance(node, Word):
        return [token.start for token in words(text) if token.text == node.text]
    return [at for at in range(len(text)) if text.startswith(node.text, at)]


def counted(offsets: Sequence[int], field: str) -> int:
    """An occurrence in the first 80 characters of a body counts 3 times."""
    return sum(3 if field == "body" and offset < 80 else 1 for offset in offsets)


def expected_scores(corpus: Sequence[StoredDocument], ranking: Ranking) -> dict[str, float]:
    folded = {
        field: [fold(getattr(each.document, field)) for each in corpus]
        for field in ("title", "body")
    }
    scores = [0.0] * len(corpus)

    def add(weights: list[list[int]], lengths: list[int], boost: float) -> float:
        """Alternatives by document; what their inverse document frequency is."""
        holding = max(sum(map(bool, each)) for each in zip(*weights, strict=True))
        idf = log(1 + (len(corpus) - holding + 0.5) / (holding + 0.5))
        average = sum(lengths) / len(lengths)
        for at, (found, length) in enumerate(zip(weights, lengths, strict=True)):
            if x := max(found):
                scores[at] += boost * idf * x * 1.9 / (x + 0.9 * (0.5 + 0.5 * length / average))
        return idf

    worth: list[tuple[tuple[Word | Characters, ...], float]] = []
    for word in ranking.words:
        for field, all_texts in folded.items():
            if word[0].field in (None, field):
                found = [[counted(places(each, t), field) for each in word] for t in all_texts]
                boost = 0.5 if field == "title" else 1.0
                idf = add(found, [len(words(text)) for text in all_texts], boost)
                if field == "body":
                    worth.append((word, idf))
    for pair in ranking.pairs:
        grams = [[at for gram, at in bigrams(text) if gram == pair] for text in folded["body"]]
        add([[counted(each, "body")] for each in grams], list(map(len, folded["body"])), 0.5)
    if len(ranking.words) > 1 and ranking.passages:
        for at, text in enumerate(folded["body"]):
            scores[at] += max(
                (
                    sum(
                        idf
                        for word, idf in worth
                        if any(
                            start <= place < start + 40
                            for each in word
                            for place in places(Characters(each.text), text)
                        )
                    )
                    for start in range(-20, len(text), 20)
                ),
                default=0.0,
            )
    return {each.id: score for each, score in zip(corpus, scores, strict=True)}
