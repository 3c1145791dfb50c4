"""Documents as OpenSearch indexes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from indexer.analysis import fold
from indexer.days import days_of
from indexer.documents import Appearance, StoredDocument
from indexer.engine import ranking as model
from indexer.engine.facts import VALUE_FIELDS, moment_of, values_of
from indexer.engine.opensearch.mapping import PAIRS, PERIODS, TITLE_AND_BODY, UNDATED, WORDS
from indexer.engine.opensearch.records import of_document
from indexer.engine.opensearch.tokens import pair_tokens, value_token, words_of


def sources(
    documents: Sequence[StoredDocument], seen: Mapping[str, Sequence[Appearance]]
) -> Iterator[dict[str, Any]]:
    """What is sent of each of the documents, in their order; ``seen`` has their appearances."""
    made = [_facts(each) | of_document(each, seen.get(each.id, ())) for each in documents]
    for name in TITLE_AND_BODY:
        texts = [fold(getattr(each.document, name)) for each in documents]
        words = words_of(texts, model.LEAD if name == "body" else 0)
        for source, its_words, text in zip(made, words, texts, strict=True):
            source[WORDS[name]] = its_words
            source[PAIRS[name]] = " ".join(pair_tokens(text))
    yield from made


def _facts(stored: StoredDocument) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": stored.id,
        "cluster": stored.cluster,
        "added": stored.added,
        "moment": 0,
        "earliest": UNDATED,
        "folded": {},
    }
    published = stored.document.published
    if published and (days := days_of(published.value[:10])):
        facts["moment"] = facts["earliest"] = moment_of(stored)
        facts["first"], facts["last"] = (day.isoformat() for day in days)
        facts |= {name: published.value[:digits] for digits, name in PERIODS.items()}
    for field in VALUE_FIELDS:
        by_fold = _each_once(values_of(stored, field))
        facts[field] = [*map(value_token, by_fold.values())]
        facts["folded"][field] = [*map(value_token, by_fold)]
    return facts


def _each_once(values: Iterable[str]) -> dict[str, str]:
    """Of spellings that fold alike the first, by what they fold to."""
    by_fold: dict[str, str] = {}
    for value in values:
        by_fold.setdefault(fold(value), value)
    return by_fold
