"""How much time searches may take: looked at between their steps.

Time is that of the processor, as the thread took it: a search costs the same however many
others run beside it, and waiting for its turn costs nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from indexer.errors import TooCostly
from indexer.i18n import N_

_TOO_COSTLY: Final = N_(
    "这个检索太费时间：用了 %(seconds)g 秒还没有找完，已经停下，没有给出不完整的结果。"
    "最费时间的是限定距离的检索（~）、常见的单字、很短的前缀（*）和很多个词："
    "请改用更长、更少见的词，减少词数，或者用日期范围缩小。"
)


class Budget:
    """So many seconds for one search, or for all those of one request, by one thread.

    They count from the first :meth:`check`: what a process loads once is part of no search.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.thread_time) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end: float | None = None

    def check(self) -> None:
        """Raise TooCostly when the time is used up."""
        now = self._clock()
        if self._end is None:
            self._end = now + self.seconds
        if now >= self._end:
            raise TooCostly(_TOO_COSTLY, seconds=self.seconds)


UNLIMITED: Final = Budget(math.inf)
