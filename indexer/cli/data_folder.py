"""What several commands do with a data folder, and say while they do it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from indexer import pipeline
from indexer.archive import NO_CATALOG, OUTDATED, Archive
from indexer.console import Progress, Refusals, say
from indexer.engine.whoosh import MEMORY, Resources
from indexer.errors import Locked, Unavailable, Unwritable, WrongUsage
from indexer.i18n import N_, gettext, ngettext
from indexer.locking import data_lock
from indexer.sources import Meter, read_paths, size_of

PROCESSES: Final = os.cpu_count() or 1
AWAY_SECONDS: Final = 10.0
"""After how many what did not answer is asked again."""
AHEAD: Final = N_(
    "目录库少了索引里已有的更改：%(path)s 换上了旧的，或者它的日志（%(path)s-wal）丢失或损坏。"
    "如果有更新的备份，请用 python run.py restore FILE 换上；重新加入原来的文件也能补全。"
)


def opened(data: Path, engine: str | None, memory: int = MEMORY) -> Archive:
    """The archive in a folder, to write to it; to index takes no more than so many bytes.

    Raises WrongUsage when its catalog is elsewhere.
    """
    archive = Archive.open(data, Resources(PROCESSES, memory), engine, create=True)
    if not archive.has_catalog:
        raise WrongUsage(NO_CATALOG)
    return archive


@contextmanager
def up_to_date(
    data: Path, engine: str | None, command: str, wait: int, create: bool = False
) -> Iterator[Archive]:
    """The archive with its index up to date; whoever has the catalog sees to that.

    ``create`` is that of :meth:`.Archive.open`.

    While another command writes, an index that is merely behind is used as it
    is; that command will bring it up to date.  So it is when it cannot be written to.
    """
    with closing(Archive.open(data, Resources(PROCESSES, MEMORY), engine, create)) as archive:
        if archive.has_catalog and pipeline.is_behind(archive.catalog, archive.engine):
            usable = archive.engine.generation >= 0
            try:
                with data_lock(data, command, 0 if usable else wait, say):
                    say_if_rebuilt(archive)
                    pipeline.catch_up(archive.catalog, archive.engine)
            except Locked:
                if not usable:
                    raise
                say(gettext("另一个命令正在写入，结果里可能没有最近加入的文档"))
            except (OSError, Unwritable, Unavailable) as error:
                if not usable:
                    raise
                say(gettext("索引没有补上，结果里可能没有最近加入的文档：%(reason)s", reason=error))
        yield archive


def when_available(begin: Callable[[], None]) -> None:
    """Do it as soon as what is searched answers; until then it is tried again and again."""
    said = ""
    while True:
        try:
            begin()
            return
        except Unavailable as error:
            # of several nodes, each time another one is named
            if said != (said := error.message.text):
                say(error)
                say(gettext("等它可用了就开始，不必重新运行；按 Ctrl-C 结束"))
        time.sleep(AWAY_SECONDS)


def say_if_outdated(archive: Archive) -> None:
    """Say so when the index was made with another dictionary."""
    if archive.engine.is_outdated:
        say(gettext(OUTDATED))


def say_if_rebuilt(archive: Archive) -> None:
    """Say so before an index is written anew without having been asked to."""
    if pipeline.is_ahead(archive.catalog, archive.engine):
        say(gettext(AHEAD, path=archive.catalog.path))
    if pipeline.must_rebuild(archive.catalog, archive.engine) and (
        count := archive.catalog.stats()["documents"]
    ):
        say(
            ngettext(
                "索引缺失、已损坏，或与目录库、程序版本不合，现在为 %(count)s 篇文档重建，请稍候。",
                "索引缺失、已损坏，或与目录库、程序版本不合，现在为 %(count)s 篇文档重建，请稍候。",
                count,
            )
        )


def add_inputs(
    archive: Archive, paths: Sequence[str], data: Path, command: str, wait: int
) -> pipeline.Report:
    """Add what lies under the paths, telling of refusals and, on a terminal, of progress."""
    meter = Meter(total=size_of(paths) if sys.stderr.isatty() else None)
    with (
        data_lock(data, command, wait, say),
        Refusals(data / pipeline.REFUSED) as refusals,
        Progress(meter) as progress,
    ):
        say_if_rebuilt(archive)
        return pipeline.add(
            read_paths(paths, meter),
            archive.catalog,
            archive.engine,
            data / pipeline.REFUSED,
            progress.advance,
            refusals.tell,
            PROCESSES,
        )


def complete(archive: Archive, data: Path, command: str) -> None:
    """Do what an addition was not to wait for, after it was reported."""
    if sys.stderr.isatty():
        say(gettext("正在更新搜索建议、比对转载；可以中断，下次加入时接着做"))
    try:
        with data_lock(data, command, 0, say):
            pipeline.complete(archive.catalog, archive.engine, PROCESSES)
    except Locked:
        pass  # the command that writes now does it at its end
