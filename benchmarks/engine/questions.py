"""The questions, by class: the same for every engine, made from a part of the documents.

Words are chosen by the share of the documents that hold them; phrases and
quoted characters are stretches of bodies.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, Literal

from benchmarks.engine.corpus import Corpus
from indexer.analysis import HAN, words

Kind = Literal["term", "and", "or", "not", "phrase", "characters", "prefix"]

CLASSES: Final[Mapping[str, str]] = {
    "term": "term in 5 to 40 % of the documents",
    "range": "such a term + date range",
    "mid": "mid term (0.35 to 2 %)",
    "rare": "rare term (at most 0.05 %)",
    "and2": "AND of 2",
    "and3": "AND of 3",
    "or3": "OR of 3",
    "not": "frequent term, NOT another",
    "phrase": "phrase of 2 or 3 words",
    "characters": "quoted characters (4 to 8)",
    "prefix": "prefix",
}
EXACT: Final = ("phrase", "characters")
"""The classes of stretches of text, which our engine answers whatever the words are."""

_HAN: Final = re.compile(f"[{HAN}]+")
_SAMPLE: Final = 100_000
_FIRST_DAY: Final = date(2016, 1, 1).toordinal()
_DAYS: Final = 9 * 365
_SHARES: Final = {"frequent": (0.05, 0.4), "mid": (0.0035, 0.02), "rare": (0.0, 0.0005)}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the bodies; ``days`` are ordinals, both included.

    ``texts`` has for a ``not`` the word that is wanted and the one that is not, for a phrase
    or quoted characters these as one text, else the words.
    """

    kind: Kind
    texts: tuple[str, ...]
    days: tuple[int, int] | None = None


def questions(corpus: Corpus, count: int) -> dict[str, list[Question]]:
    """So many different questions of each class, or as many as there are."""
    chance = random.Random(corpus.size)
    with corpus.tokens.open(encoding="utf-8") as file:
        frequencies = Counter(word for line in islice(file, _SAMPLE) for word in set(line.split()))
    size = min(corpus.size, _SAMPLE)
    frequent, mid, rare = (
        sorted(
            word
            for word, held in frequencies.items()
            if held > 1 and low * size < held <= max(high * size, 2)
        )
        for low, high in _SHARES.values()
    )
    with corpus.bodies.open(encoding="utf-8") as file:
        bodies = [line.rstrip("\n") for line in islice(file, 10 * count)]

    def some(words: Sequence[str], number: int) -> tuple[str, ...]:
        """Different words, the first of them frequent."""
        first = chance.choice(frequent)
        return first, *chance.sample([word for word in words if word != first], number - 1)

    longer = [word for word in (*frequent, *mid) if len(word) > 2]
    both = [*frequent, *chance.sample(mid, min(len(frequent), len(mid)))]
    makers: dict[str, Callable[[], Question]] = {
        "term": lambda: Question("term", (chance.choice(frequent),)),
        "range": lambda: Question("term", (chance.choice(frequent),), _range(chance)),
        "mid": lambda: Question("term", (chance.choice(mid),)),
        "rare": lambda: Question("term", (chance.choice(rare),)),
        "and2": lambda: Question("and", some(both, 2)),
        "and3": lambda: Question("and", some(both, 3)),
        "or3": lambda: Question("or", some(both, 3)),
        "not": lambda: Question("not", some(frequent, 2)),
        "phrase": lambda: Question("phrase", (_phrase(chance, bodies),)),
        "characters": lambda: Question("characters", (_stretch(chance, bodies),)),
        "prefix": lambda: Question("prefix", (_start(chance.choice(longer)),)),
    }
    return {name: list(islice(_different(makers[name]), count)) for name in CLASSES}


def _different(make: Callable[[], Question]) -> Iterator[Question]:
    """Questions, each once; it ends where no more are found."""
    seen: set[Question] = set()
    tries = 0
    while tries < 1000:
        tries += 1
        question = make()
        if question not in seen:
            seen.add(question)
            tries = 0
            yield question


def _range(chance: random.Random) -> tuple[int, int]:
    first = _FIRST_DAY + chance.randrange(_DAYS - 30)
    return first, min(first + chance.randint(30, 1000), _FIRST_DAY + _DAYS)


def _phrase(chance: random.Random, bodies: Sequence[str]) -> str:
    """Two or three words that stand in a row."""
    while True:
        run = chance.choice(_runs(chance.choice(bodies)))
        tokens = [token for token in words(run) if token.end - token.start > 1]
        first = chance.choice(tokens or words(run))
        end = first.end
        for _ in range(chance.randint(1, 2)):
            end = max((token.end for token in tokens if token.start == end), default=end)
        if end > first.end:
            return run[first.start : end]


def _stretch(chance: random.Random, bodies: Sequence[str]) -> str:
    """Characters in a row, whatever the words."""
    length = chance.randint(4, 8)
    while True:
        run = chance.choice(_runs(chance.choice(bodies)))
        if len(run) >= length:
            at = chance.randrange(len(run) - length + 1)
            return run[at : at + length]


def _runs(body: str) -> list[str]:
    return [run.group() for run in _HAN.finditer(body)]


def _start(word: str) -> str:
    """Two characters or more: 比特*."""
    return word[:-1]
