"""What an index of OpenSearch is made of: its settings and its fields."""

from __future__ import annotations

from typing import Any, Final

from indexer.engine import ranking as model
from indexer.engine.facts import VALUE_FIELDS
from indexer.engine.opensearch.records import SEEN, STORED
from indexer.engine.tree import TextField

LAYOUT_VERSION: Final = 3
"""To be raised with every change of the fields, of what is written into them, or of aliases."""

TITLE_AND_BODY: Final[tuple[TextField, ...]] = ("title", "body")
WORDS: Final[dict[TextField, str]] = {name: f"{name}_words" for name in TITLE_AND_BODY}
PAIRS: Final[dict[TextField, str]] = {name: f"{name}_pairs" for name in TITLE_AND_BODY}
FIRST: Final[dict[TextField, str]] = {name: f"{name}_pairs.first" for name in TITLE_AND_BODY}
PERIODS: Final = {4: "year", 7: "month", 10: "day"}
UNDATED: Final = 1 << 50
"""Where an undated document stands among the oldest: behind every moment."""

WINDOW: Final = 10_000
"""How many hits one request may reach down to, which is OpenSearch's own default."""

_SIMILARITY: Final = "biwen"
_KEYWORD: Final = {"type": "keyword"}
_KEPT: Final = {"type": "object", "enabled": False}


def settings(shards: int) -> dict[str, Any]:
    """The settings of an index that is being filled, which no search sees.

    Nothing is refreshed by itself: what is written is seen with the generation it belongs to.
    """
    return {
        "number_of_shards": shards,
        "number_of_replicas": 0,
        "translog.durability": "async",
        "refresh_interval": "-1",
        "max_result_window": WINDOW,
        "similarity": {_SIMILARITY: {"type": "BM25", "k1": model.K1, "b": model.B}},
        "analysis": {
            "filter": {"first": {"type": "edge_ngram", "min_gram": 1, "max_gram": 1}},
            "analyzer": {"first": {"tokenizer": "whitespace", "filter": ["first"]}},
        },
    }


def filled(replicas: int) -> dict[str, Any]:
    """The settings that change once it is filled: it is copied, and what is written is on disk."""
    return {"index": {"number_of_replicas": replicas, "translog.durability": "request"}}


def mappings(meta: dict[str, Any]) -> dict[str, Any]:
    """The fields of a new index, which says this of itself.

    Those of a document; an id that was given up has ``stored`` alone:

    ``<title|body>_words``
        the words and their pieces, without positions: a word is there or not;
    ``<title|body>_pairs``
        the bigrams, whose positions are offsets into the folded text; ``.first`` has
        the first character of each, that is, the text character by character;
    ``moment``, ``earliest``
        when it was published (:func:`.facts.moment`), undated ones as 0 and as UNDATED;
    ``first``, ``last``
        the days that its date may mean;
    ``cluster``, ``shared``
        its cluster, the latter only where other documents have it, too;
    ``folded``
        the values as they are compared, beside those that are shown;
    ``stored``, ``seen``
        what is shown; see :mod:`.records`.
    """
    fields: dict[str, Any] = {
        **dict.fromkeys(("id", "cluster", "shared", *PERIODS.values(), *VALUE_FIELDS), _KEYWORD),
        **{name: {"type": "long"} for name in ("moment", "earliest", "added")},
        **{name: {"type": "date", "format": "strict_date"} for name in ("first", "last")},
        "folded": {"properties": dict.fromkeys(VALUE_FIELDS, _KEYWORD)},
        **dict.fromkeys((STORED, SEEN), _KEPT),
    }
    for name in TITLE_AND_BODY:
        first = _text(analyzer="first", search_analyzer="whitespace", norms=False)
        fields[WORDS[name]] = _text(index_options="freqs")
        fields[PAIRS[name]] = _text(fields={"first": first}, norms=name == "body")
    return {"dynamic": "strict", "_meta": meta, "properties": fields}


def _text(**more: Any) -> dict[str, Any]:
    return {"type": "text", "analyzer": "whitespace", "similarity": _SIMILARITY, **more}
