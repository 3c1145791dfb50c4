"""Queries of the classes that are measured, from the words of the made-up newsflashes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from benchmarks.newsflashes import CITIES

Params = dict[str, str]
"""The name and value pairs of one search URL."""

_YEARS: Final = (2016, 2024)


def classes(words: list[str], count: int, seed: int = 7) -> dict[str, list[Params]]:
    """``count`` searches of each class; the same seed gives the same ones everywhere.

    ``words`` are those of :func:`benchmarks.newsflashes.vocabulary`, the most
    frequent first.
    """
    chance = random.Random(seed)
    head, middle, tail = words[:100], words[500:3000], words[20_000:]

    def each(make: Callable[[], Params]) -> list[Params]:
        return [make() for _ in range(count)]

    def in_a_year() -> Params:
        year = str(chance.randint(*_YEARS))
        return {"q": chance.choice(head), "from": year, "to": year}

    return {
        "frequent word": each(lambda: {"q": chance.choice(head)}),
        "middling word": each(lambda: {"q": chance.choice(middle)}),
        "rare word": each(lambda: {"q": chance.choice(tail)}),
        "two words": each(lambda: {"q": " ".join(chance.sample(head, 2))}),
        "three words": each(lambda: {"q": " ".join(chance.sample(head, 3))}),
        "three words, any": each(lambda: {"q": " OR ".join(chance.sample(middle, 3))}),
        "two rare words": each(lambda: {"q": " ".join(chance.sample(tail, 2))}),
        "one without another": each(lambda: {"q": " -".join(chance.sample(head, 2))}),
        "quoted characters": each(lambda: {"q": f'"{"".join(chance.sample(head, 2))}"'}),
        "prefix": each(lambda: {"q": f"{chance.choice(middle)[:2]}*"}),
        "word and year": each(in_a_year),
        "word, year and city": each(lambda: {**in_a_year(), "city": chance.choice(CITIES)}),
        "everything": each(lambda: {"q": ""}),
    }
