"""Taking uploads in, by the way that every addition goes."""

from __future__ import annotations

import os
import time
import traceback
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from indexer import pipeline
from indexer.archive import Archive
from indexer.console import say
from indexer.engine.whoosh import MEMORY, Resources
from indexer.errors import Locked, UserError
from indexer.i18n import N_, Message, gettext
from indexer.intake._uploads import Progress, Upload, Uploads
from indexer.locking import data_lock
from indexer.sources import Meter, Refusal, read_named

WAIT_SECONDS: Final = 600.0

_COMMAND: Final = "serve"
_PROCESSES: Final = os.cpu_count() or 1
_SAY_SECONDS: Final = 0.5
_TOLD: Final = 50  # refusals for one reason
_LOCKED: Final = N_(
    "等了 %(minutes)s 分钟，数据文件夹一直被别的命令写入。文件还在，等它结束后可以再试。"
)
_UNWRITABLE: Final = N_("无法读写：%(reason)s。文件还在，可以再试。")
_FAULT: Final = N_("处理时程序出了错，原因已经写进日志。文件还在，可以再试。")


def take_in(data: Path, engine: str | None, wait: float = WAIT_SECONDS) -> None:
    """Take in all uploads that wait, one after the other, unless another process does.

    Each ends as done, or as stopped with a reason after ``wait`` seconds without
    the right to write, or when something fails.
    """
    uploads = Uploads(data)
    taken = False
    # One that comes when the last was looked for, and this process still had the turn, is seen
    # by the next look.
    while uploads.waiting():
        with uploads.turn() as ours:
            if not ours:
                return
            for upload in uploads.waiting():
                _take(upload, data, engine, wait)
                taken = True
    if taken:
        _complete(data, engine)


def _take(upload: Upload, data: Path, engine: str | None, wait: float) -> None:
    taking = _Taking(upload)
    try:
        taking.run(data, engine, wait)
        return
    except Locked:
        problem = Message(_LOCKED, {"minutes": round(wait / 60)})
    except UserError as error:
        say(error)
        problem = error.public
    except OSError as error:
        problem = Message(_UNWRITABLE, {"reason": error.strerror or str(error)})
    except Exception as error:
        if os.environ.get("BIWEN_DEBUG"):
            traceback.print_exc()
        say(gettext("程序出错（%(reason)s）", reason=f"{type(error).__name__}: {error}"))
        problem = Message(_FAULT)
    upload.report(replace(taking.progress, state="stopped", problem=problem))


class _Taking:
    """One upload on its way into the archive."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._meter = Meter()
        self._said = 0.0
        self._first: dict[str, list[Message]] = {}
        self.progress = Progress("running", total=upload.size)

    def run(self, data: Path, engine: str | None, wait: float) -> None:
        self._upload.report(self.progress)
        with (
            data_lock(data, _COMMAND, wait, self._waits),
            closing(_opened(data, engine)) as archive,
        ):
            report = pipeline.add(
                read_named(self._upload.files(), self._meter),
                archive.catalog,
                archive.engine,
                data / pipeline.REFUSED,
                self._advance,
                self._refuse,
                _PROCESSES,
            )
        self._upload.report(
            replace(
                self.progress,
                state="done",
                read=self.progress.total,
                problem=None,
                counts=asdict(report.counts),
                refused=report.refused,
                reasons=tuple(
                    (count, tuple(self._first[text])) for text, (count, _) in report.reasons.items()
                ),
            )
        )
        self._upload.drop_files()

    def _waits(self, message: Message) -> None:
        self.progress = replace(self.progress, problem=message)
        self._upload.report(self.progress)

    def _advance(self, count: int) -> None:
        done = self.progress.done + count
        self.progress = replace(self.progress, done=done, read=self._meter.read, problem=None)
        if time.monotonic() - self._said >= _SAY_SECONDS:
            self._said = time.monotonic()
            self._upload.report(self.progress)

    def _refuse(self, refusal: Refusal) -> None:
        first = self._first.setdefault(refusal.message.text, [])
        if len(first) < _TOLD:
            first.append(refusal.message)


def _complete(data: Path, engine: str | None) -> None:
    """Do what an addition was not to wait for; whoever writes now does it at the end."""
    try:
        with data_lock(data, _COMMAND, 0, say), closing(_opened(data, engine)) as archive:
            pipeline.complete(archive.catalog, archive.engine, _PROCESSES)
    except (UserError, OSError) as error:
        if not isinstance(error, Locked):
            say(error)


def _opened(data: Path, engine: str | None) -> Archive:
    return Archive.open(data, Resources(_PROCESSES, MEMORY), engine, create=True)
