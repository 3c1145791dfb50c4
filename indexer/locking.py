"""One writer at a time to a data folder."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from indexer import durable
from indexer.errors import Locked
from indexer.i18n import N_, Message

_LOCK: Final = "lock"
_HOLDER: Final = "lock.json"


@contextmanager
def data_lock(
    data: Path, command: str, timeout: float, waiting: Callable[[Message], None]
) -> Iterator[None]:
    """Hold the right to write to the folder ``data`` for the length of the block.

    When somebody else holds it, ``waiting`` is told once who, and after
    ``timeout`` seconds Locked is raised.  The system lets go of the lock of a
    process that ended in any way; the file beside it only says who.
    """
    # It takes asyncio along, and a search needs no lock.
    from filelock import FileLock, Timeout

    durable.folder(data)
    lock = FileLock(data / _LOCK)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if timeout > 0:
                waiting(Message(N_("数据文件夹正被%(holder)s写入，等待中……"), _holder(data)))
            lock.acquire(timeout=timeout)
    except Timeout as error:
        raise Locked(
            N_("数据文件夹 %(data)s 正被%(holder)s写入。请等它结束，或用 --wait 等得更久。"),
            data=data,
            **_holder(data),
        ) from error
    try:
        _sign(data, command)
        yield
    finally:
        with suppress(OSError):
            (data / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _sign(data: Path, command: str) -> None:
    holder = {
        "command": command,
        "pid": os.getpid(),
        "host": platform.node(),
        "since": datetime.now().isoformat(timespec="seconds"),
    }
    with suppress(OSError):  # a full disk hinders no command that needs no room
        (data / _HOLDER).write_text(json.dumps(holder, ensure_ascii=False), encoding="utf-8")


def _holder(data: Path) -> dict[str, object]:
    """Who says that they hold the lock, as the fact of a sentence."""
    try:
        holder = json.loads((data / _HOLDER).read_text(encoding="utf-8"))
        facts = {name: holder[name] for name in ("command", "host", "pid", "since")}
    except (OSError, ValueError, KeyError, TypeError):
        return {"holder": Message(N_("另一个程序"))}
    return {"holder": Message(N_(" %(command)s（%(host)s，pid %(pid)s，%(since)s）"), facts)}
