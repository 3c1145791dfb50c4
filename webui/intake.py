"""The process that takes uploads in, started by whichever server process has some for it.

A process of its own, behind all that search: in this one it would take the interpreter from them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import indexer
from indexer.i18n import N_, Message
from indexer.intake import Uploads
from webui.logs import LOG

_ROOT: Final = Path(indexer.__file__).parents[1]
_TRIES: Final = 3
_BROKEN_OFF: Final = N_("处理时程序几次中断，原因可能在日志里。文件还在，可以再试。")


class Intake:
    """Lets uploads be taken in; safe to use from several threads and several processes."""

    def __init__(self, data: Path, engine: str | None) -> None:
        self.uploads = Uploads(data)
        self._arguments = [str(data.resolve()), engine or ""]
        self._lock = threading.Lock()
        self._is_running = False
        self._is_asked = False

    def wake(self) -> None:
        """Let what waits be taken in, if anything does; returns at once."""
        if not self.uploads.waiting():
            return
        with self._lock:
            self._is_asked = True
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        failures = 0
        while True:
            with self._lock:
                if not self._is_asked:
                    self._is_running = False
                    return
                self._is_asked = False
            failures = 0 if self._has_done() else failures + 1
            if failures == _TRIES:
                failures = 0
                self._give_up()
            elif failures:
                time.sleep(1)
                self._is_asked = True

    def _give_up(self) -> None:
        try:
            for upload in self.uploads.waiting():
                stopped = replace(upload.progress(), state="stopped")
                upload.report(replace(stopped, problem=Message(_BROKEN_OFF)))
        except OSError as error:  # a full disk, most likely; the next upload or server tries again
            LOG.error("%s", error)

    def _has_done(self) -> bool:
        """Let a process take in all that waits, or leave it to another one that is at it already.

        It ends with this process, which holds the other end of its standard input.
        """
        try:
            with subprocess.Popen(
                [sys.executable, "-m", "indexer.intake", *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(_ROOT)},
                start_new_session=True,  # Ctrl-C is for the server, which tells it by ending
            ) as process:
                return process.wait() == 0
        except OSError as error:
            LOG.error("%s", error)
            return False
