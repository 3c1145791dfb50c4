"""Made-up newsflashes: words of jieba's dictionary by Zipf's law, dates over nine years.

The same seed gives the same records everywhere.
"""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import jieba

CITIES: Final = (
    *("北京", "上海", "深圳", "广州", "杭州", "成都", "香港", "台北", "苏州", "西安"),
    *("纽约", "伦敦", "东京", "首尔", "新加坡", "迪拜", "旧金山", "华盛顿", "巴黎", "多伦多"),
)
_FIRST: Final = datetime(2016, 1, 1)
_MINUTES: Final = 9 * 365 * 24 * 60
_VOCABULARY: Final = 60_000


@cache
def vocabulary() -> list[str]:
    """The words of two characters and more, the most frequent first."""
    dictionary = Path(jieba.__file__).parent / "dict.txt"
    entries = (line.split(" ") for line in dictionary.read_text("utf-8").splitlines())
    words = [(int(entry[1]), entry[0]) for entry in entries if 2 <= len(entry[0]) <= 4]
    return [word for _, word in sorted(words, reverse=True)[:_VOCABULARY]]


def newsflashes(count: int, words: list[str], seed: int = 1) -> Iterator[dict[str, Any]]:
    """``count`` records as ``run.py add`` reads them, about 90 words each."""
    chance = random.Random(seed)
    # Zipf-Mandelbrot: the flat head of a real vocabulary without its function words
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(words))))
    total = weights[-1]

    def word() -> str:
        return words[bisect.bisect_left(weights, chance.random() * total)]

    for number in range(count):
        body = [word() for _ in range(chance.randint(60, 110))]
        for city in chance.sample(CITIES, chance.choice((0, 1, 1, 2))):
            body.insert(chance.randrange(len(body)), city)
        commas = {each for each in range(len(body)) if chance.random() < 0.12}
        text = "".join(f"{each}，" if at in commas else each for at, each in enumerate(body))
        published = _FIRST + timedelta(minutes=chance.randrange(_MINUTES))
        yield {
            "kind": "newsflash",
            "title": "".join(word() for _ in range(chance.randint(5, 9))),
            "body": f"{text}。编号{number}",
            "published": published.isoformat(timespec="seconds"),
            "source": chance.choice(("甲报", "乙社", "丙网", "丁台")),
            "site": chance.choice(("一号站", "二号站", "三号站")),
        }
