"""Numbered words in the order of their bytes, into which new ones are put."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class ByteOrder:
    """Words in UTF-8, ascending, and the number of each (int64)."""

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.numbers: Array = np.zeros(0, np.int64)

    def follow(self, words: Sequence[str]) -> None:
        """Put in those of the words, all of them by their numbers, that are new."""
        known = len(self.words)
        new = sorted((word.encode(), number) for number, word in enumerate(words[known:], known))
        places = [bisect_left(self.words, word) for word, _ in new]
        self.numbers = np.insert(self.numbers, places, [number for _, number in new])
        self.words += [word for word, _ in new]
        self.words.sort()  # two runs in order, which takes one pass
