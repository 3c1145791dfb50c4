"""Where texts really stand: plain substring search over all bodies."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, islice
from typing import Final

from benchmarks.engine.corpus import Corpus, month_name
from benchmarks.engine.peer import Counted

_CHUNK: Final = 50_000


def counted(corpus: Corpus, texts: Sequence[str]) -> dict[str, Counted]:
    """What each of the texts must count."""
    columns = corpus.columns()
    holding: dict[str, list[int]] = {text: [] for text in texts}
    with corpus.bodies.open(encoding="utf-8") as file:
        before = 0
        while lines := list(islice(file, _CHUNK)):
            joined, starts = "".join(lines), list(accumulate(map(len, lines), initial=0))
            for text, numbers in holding.items():
                numbers.extend(before + at for at in _holding(text, joined, starts))
            before += len(lines)
    return {
        text: Counted(
            len(numbers),
            Counter(month_name(month) for month in columns.months[numbers].tolist()),
            Counter(
                columns.city_names[city]
                for city in chain.from_iterable(
                    columns.cities[columns.city_starts[at] : columns.city_starts[at + 1]].tolist()
                    for at in numbers
                )
            ),
        )
        for text, numbers in holding.items()
    }


def _holding(text: str, joined: str, starts: Sequence[int]) -> Iterator[int]:
    """The lines that hold the text, given where each starts."""
    at = joined.find(text)
    while at >= 0:
        line = bisect_right(starts, at) - 1
        yield line
        at = joined.find(text, starts[line + 1])
