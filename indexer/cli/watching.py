"""The command that takes what is saved into a folder."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn

import click

from indexer.archive import Archive
from indexer.cli import data_folder, options
from indexer.console import Command, say, say_refused
from indexer.errors import Locked, Unavailable
from indexer.export import tables
from indexer.i18n import gettext, ngettext
from indexer.pipeline import Report
from indexer.priority import step_back
from indexer.watching import Watched

_LOOK_SECONDS: Final = 2.0
# A large folder on a slow drive is not to be looked through all the time.
_REST: Final = 4


@click.command(cls=Command, help=gettext("看着一个文件夹，存进去的页面随时加入"))
@click.argument(
    "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@options.memory
@options.data
@options.engine
@options.wait
def watch(folder: Path, memory: int, data: Path, engine: str | None, wait: int) -> None:
    """Add what is in a folder, and what comes into it or changes, until interrupted."""
    step_back()
    watched = Watched(folder)
    has_more_to_do = False

    def opened() -> closing[Archive]:
        # Anew each time: meanwhile other commands write, and a rebuild replaces files.
        return closing(data_folder.opened(data, engine, memory << 20))

    with _ended_by_sigterm():
        say(gettext("正在看着 %(folder)s，按 Ctrl-C 结束", folder=folder))
        while True:
            began = time.monotonic()
            files, unreadable = watched.look()
            took = time.monotonic() - began
            for refusal in unreadable:
                say_refused(refusal)
            rest = max(_LOOK_SECONDS, _REST * took)
            try:
                if files:
                    with opened() as archive:
                        report = data_folder.add_inputs(archive, files, data, "watch", wait)
                    watched.took()
                    click.echo(_line(len(files), report))
                    has_more_to_do = True
                elif has_more_to_do:
                    with opened() as archive:
                        data_folder.complete(archive, data, "watch")
                    has_more_to_do = False
            except Locked as error:
                say(error)
            except Unavailable as error:
                say(error)
                rest = max(data_folder.AWAY_SECONDS, rest)
            time.sleep(rest)


def _line(files: int, report: Report) -> str:
    """What ``add`` prints, on one line."""
    rows = tables.rows_of_counts(asdict(report.counts), report.refused)
    facts = {
        "time": datetime.now().isoformat(" ", timespec="seconds"),
        "rows": "\t".join(f"{name} {count}" for name, count in rows),
    }
    return ngettext(
        "%(time)s\t%(count)s 个文件\t%(rows)s",
        "%(time)s\t%(count)s 个文件\t%(rows)s",
        files,
        **facts,
    )


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """End with 0 when asked to; whatever runs can be cut off at any moment."""

    def end(number: int, frame: object) -> NoReturn:
        raise click.exceptions.Exit(0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
