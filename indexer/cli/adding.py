"""The commands that read pages: ``add`` and ``parse``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import click

from indexer.cli import data_folder, options
from indexer.console import Command, say_refused
from indexer.export import tables
from indexer.export.records import json_line
from indexer.i18n import gettext
from indexer.identity import document_id
from indexer.priority import step_back
from indexer.sources import Refusal, read_paths
from indexer.together import read_together

EXIT_REFUSED: Final = 1


@click.command(
    cls=Command, help=gettext("加入文件、文件夹或标准输入（-）里的页面；重复加入不会重复")
)
@options.paths
@options.memory
@options.data
@options.engine
@options.wait
def add(paths: Sequence[str], memory: int, data: Path, engine: str | None, wait: int) -> int:
    """Add pages; exit code 1 when an input was refused."""
    step_back()
    with closing(data_folder.opened(data, engine, memory << 20)) as archive:
        data_folder.say_if_outdated(archive)
        report = data_folder.add_inputs(archive, paths, data, "add", wait)
        for line in tables.of_report(report):
            click.echo(line)
        data_folder.complete(archive, data, "add")
    return EXIT_REFUSED if report.refused else 0


@click.command(cls=Command, help=gettext("把页面读成文档，每行一个 JSON，什么也不保存"))
@options.paths
@click.option("--data", hidden=True, expose_value=False)
def parse(paths: Sequence[str]) -> int:
    """Print documents as JSON lines and store nothing."""
    code = 0
    for each in read_together(read_paths(paths)):
        if isinstance(each, Refusal):
            say_refused(each)
            code = EXIT_REFUSED
            continue
        for document in each[1]:
            click.echo(json_line(document_id(document), document))
    return code
