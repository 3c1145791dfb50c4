"""The commands that look after a data folder: ``stats``, ``check`` and ``rebuild``."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from indexer import pipeline
from indexer.archive import OUTDATED, Archive
from indexer.cli import data_folder, options
from indexer.console import Command, say
from indexer.errors import Unsound
from indexer.export import tables
from indexer.i18n import N_, gettext, ngettext
from indexer.locking import data_lock
from indexer.pages import READER_VERSION, read


@click.command(cls=Command, help=gettext("显示数据文件夹里有多少文档"))
@click.option("--json", "as_json", is_flag=True, help=gettext("按 JSON 输出"))
@options.data_there
def stats(as_json: bool, data: Path) -> None:
    """Print how much there is."""
    with closing(Archive.open(data)) as archive:
        counts = archive.stats()
    if as_json:
        click.echo(json.dumps(counts))
        return
    for line in tables.of_stats(counts):
        click.echo(line)


@click.command(cls=Command, help=gettext("检查目录库和索引是否完好"))
@options.data_there
def check(data: Path) -> None:
    """Say whether catalog and index are sound."""
    with closing(Archive.open(data)) as archive:
        catalog, engine = archive.catalog, archive.engine
        for finding in (findings := catalog.check()):
            say(finding)
        if findings:
            raise Unsound(N_("目录库没有通过检查，请从备份恢复。"))
        documents = catalog.stats()["documents"]
        if pipeline.is_behind(catalog, engine):
            click.echo(gettext("目录库完好；索引落后，下一个命令会补上。"))
        elif engine.document_count != documents:
            raise Unsound(
                N_("索引有 %(indexed)s 篇文档，目录库有 %(documents)s 篇，请运行 rebuild。"),
                indexed=engine.document_count,
                documents=documents,
            )
        else:
            click.echo(gettext("目录库和索引都完好。"))
        if engine.is_outdated:
            click.echo(gettext(OUTDATED))


@click.command(cls=Command, help=gettext("从目录库重建索引"))
@click.option("--reparse", is_flag=True, help=gettext("先用现在的读法重读所有页面"))
@options.memory
@options.data_there
@options.wait
def rebuild(reparse: bool, memory: int, data: Path, wait: int) -> None:
    """Write the index anew."""
    with (
        closing(data_folder.opened(data, memory << 20)) as archive,
        data_lock(data, "rebuild", wait, say),
    ):
        catalog = archive.catalog
        if reparse:
            counts = catalog.reparse(read, reader=str(READER_VERSION))
            facts = {"changed": counts.changed, "superseded": counts.superseded}
            click.echo(
                gettext("重读：%(changed)s 篇文档有变化，%(superseded)s 个编号被取代", **facts)
            )
            if counts.kept:
                say(gettext("%(count)s 个页面现在读不出来，保留原来的文档", count=counts.kept))
            pipeline.join_reprints(catalog, archive.engine, data_folder.PROCESSES)
        pipeline.rebuild(catalog, archive.engine, data_folder.PROCESSES)
        count = archive.engine.document_count
    click.echo(
        ngettext("索引已重建，共 %(count)s 篇文档", "索引已重建，共 %(count)s 篇文档", count)
    )
