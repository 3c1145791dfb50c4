"""What readers ask for: a mix of all that a server answers, by how often it is asked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlencode

from benchmarks.newsflashes import CITIES, vocabulary
from benchmarks.queries import classes

WEIGHTS: Final = {
    "page of results": 30,
    "results as JSON": 15,
    "a later page": 5,
    "suggestions": 25,
    "document": 15,
    "trend": 3,
    "feed": 3,
    "what is new": 2,
    "document as JSON": 1.9,
    "export": 0.1,
}
LONG: Final = "export"


def requests(ids: list[str], seed: int) -> Iterator[tuple[str, str]]:
    """Kinds of request and paths, for ever; ``ids`` are those of the documents that are opened."""
    chance = random.Random(seed)
    words = vocabulary()
    searched = [each for some in classes(words, 100, seed).values() for each in some]
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())

    def search(name: str, **besides: str) -> str:
        return f"/{name}?{urlencode(chance.choice(searched) | besides)}"

    def path(kind: str) -> str:
        match kind:
            case "page of results":
                return search("search")
            case "results as JSON":
                return search("search.json")
            case "a later page":
                return search("search", page=str(chance.randint(2, 20)))
            case "suggestions":
                return (
                    f"/suggest.json?q={quote(chance.choice(words[:5000])[: chance.randint(1, 3)])}"
                )
            case "document":
                return f"/d/{chance.choice(ids)}?{urlencode(chance.choice(searched))}"
            case "trend":
                compared = [("q", word) for word in chance.sample(words[:2000], 2)]
                return f"/trends?{urlencode(compared)}"
            case "feed":
                return f"/search.atom?{urlencode({'q': '', 'city': chance.choice(CITIES)})}"
            case "what is new":
                return search("new.json")
            case "document as JSON":
                return f"/d/{chance.choice(ids)}.json"
            case _:
                form = chance.choice(("csv", "jsonl", "bib", "md"))
                return f"/search.{form}?{urlencode({'q': chance.choice(words[500:3000])})}"

    chosen = iter(lambda: chance.choices(kinds, weights)[0], None)
    return ((kind, path(kind)) for kind in chosen)
