"""The commands that look after a data folder: ``stats``, ``check``, ``backup`` and others."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from indexer import pipeline, suggest
from indexer.archive import OUTDATED, Archive
from indexer.catalog import restore as put_back
from indexer.cli import data_folder, options
from indexer.console import Command, say
from indexer.errors import Unsound
from indexer.export import tables
from indexer.i18n import N_, gettext, ngettext
from indexer.locking import data_lock
from indexer.opening import CATALOG
from indexer.pages import READER_VERSION, read
from indexer.priority import step_back


@click.command(cls=Command, help=gettext("显示数据文件夹里有多少文档"))
@click.option("--json", "as_json", is_flag=True, help=gettext("按 JSON 输出"))
@options.data_there
@options.engine
def stats(as_json: bool, data: Path, engine: str | None) -> None:
    """Print how much there is."""
    with closing(Archive.open(data, engine=engine)) as archive:
        facts = archive.stats()
    if as_json:
        click.echo(json.dumps(facts))
        return
    for line in tables.of_stats(facts):
        click.echo(line)


@click.command(cls=Command, help=gettext("检查目录库和索引是否完好"))
@options.data_there
@options.engine
def check(data: Path, engine: str | None) -> None:
    """Say whether catalog and index are sound, and which files are not."""
    with closing(Archive.open(data, engine=engine)) as archive:
        catalog, index = archive.catalog, archive.engine
        for finding in (findings := catalog.check()):
            say(finding)
        if findings:
            raise Unsound(
                N_("目录库 %(path)s 没有通过检查。请用 python run.py restore FILE 换上备份。"),
                path=catalog.path,
            )
        for path in (damaged := [*index.damaged(), *suggest.damaged(catalog)]):
            say(gettext("文件 %(file)s 缺失或已损坏。", file=path))
        if damaged:
            raise Unsound(
                N_(
                    "目录库完好，由它推导的文件没有通过检查。"
                    "请运行 python run.py rebuild 重建，有 --engine 的照样写上。"
                )
            )
        if pipeline.is_ahead(catalog, index):
            raise Unsound(data_folder.AHEAD, path=catalog.path)
        generation = catalog.generation
        is_behind = pipeline.is_behind(catalog, index)
        indexed, stored = archive.indexed_ids(), catalog.ids()
        # what others add meanwhile is looked at the next time
        if is_behind or generation != catalog.generation:
            click.echo(gettext("目录库完好；索引落后，下一个命令会补上。"))
        elif indexed != stored:
            raise Unsound(
                N_(
                    "索引的 %(indexed)s 篇文档不是目录库的 %(stored)s 篇。"
                    "请运行 python run.py rebuild，有 --engine 的照样写上。"
                ),
                indexed=len(indexed),
                stored=len(stored),
            )
        else:
            click.echo(gettext("目录库和索引都完好。"))
        if index.is_outdated:
            click.echo(gettext(OUTDATED))


@click.command(cls=Command, help=gettext("把目录库备份到一个新文件；别的命令可以同时读写"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@options.data_there
def backup(file: Path, data: Path) -> None:
    """Copy the catalog, from which all else follows."""
    with closing(Archive.open(data)) as archive:
        archive.catalog.backup(file)
    click.echo(gettext("目录库已备份到 %(file)s", file=file))


@click.command(cls=Command, help=gettext("把备份换回目录库；原来的留在旁边"))
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)
@options.data
@options.wait
def restore(file: Path, data: Path, wait: int) -> None:
    """Put a copy of the catalog back, once it is known to be sound."""
    with data_lock(data, "restore", wait, say):
        kept = put_back(file, data / CATALOG)
    if kept:
        say(gettext("原来的目录库留在 %(kept)s", kept=kept))
    said = N_("已从 %(file)s 恢复目录库；下一个命令会重建索引（用 OpenSearch 的要运行 rebuild）。")
    click.echo(gettext(said, file=file))


@click.command(cls=Command, help=gettext("从目录库重建索引"))
@click.option("--reparse", is_flag=True, help=gettext("先用现在的读法重读所有页面"))
@options.memory
@options.data_there
@options.engine
@options.wait
def rebuild(reparse: bool, memory: int, data: Path, engine: str | None, wait: int) -> None:
    """Write the index anew."""
    step_back()
    with (
        closing(data_folder.opened(data, engine, memory << 20)) as archive,
        data_lock(data, "rebuild", wait, say),
    ):
        catalog = archive.catalog
        if reparse:
            from indexer import reprints  # it takes numpy along

            counts = catalog.reparse(read, reader=str(READER_VERSION))
            facts = {"changed": counts.changed, "superseded": counts.superseded}
            click.echo(
                gettext("重读：%(changed)s 篇文档有变化，%(superseded)s 个编号被取代", **facts)
            )
            if counts.kept:
                say(gettext("%(count)s 个页面现在读不出来，保留原来的文档", count=counts.kept))
            reprints.update(catalog, processes=data_folder.PROCESSES)
        pipeline.rebuild(catalog, archive.engine, data_folder.PROCESSES)
        count = archive.engine.document_count
    click.echo(
        ngettext("索引已重建，共 %(count)s 篇文档", "索引已重建，共 %(count)s 篇文档", count)
    )
