"""Work in several processes, which end when this one ends."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import Final, TypeVar

_TASKS_AHEAD: Final = 3  # for each process
_GARBAGE: Final = 100_000

_Task = TypeVar("_Task")
_Done = TypeVar("_Done")


def done_by(
    work: Callable[[_Task], _Done],
    tasks: Iterable[_Task],
    processes: int,
    ahead: int = _TASKS_AHEAD,
    helping: bool = False,
) -> Iterator[_Done]:
    """What ``work``, a function of a module, makes of each task, in order.

    So many tasks ``ahead`` are taken for each process; with ``helping`` this one
    does tasks itself while the others have as many, or are still starting.  The
    processes start with the first task.  They import the main module anew,
    which must guard what it runs (as Windows and macOS need).
    """
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_follow_parent)
    waiting: deque[Future[_Done]] = deque()
    most = processes * ahead
    try:
        for task in tasks:
            if helping and sum(not each.done() for each in waiting) >= most:
                waiting.append(Future())
                waiting[-1].set_result(work(task))
            else:
                waiting.append(pool.submit(work, task))
            while waiting and (waiting[0].done() or len(waiting) >= (1 + helping) * most):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _follow_parent() -> None:
    """Leave Ctrl-C to the parent process, and end when it ends in any way."""
    # Tasks make hardly any garbage in circles; to look for it took a tenth of their time.
    gc.set_threshold(_GARBAGE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None  # this runs in a child

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
