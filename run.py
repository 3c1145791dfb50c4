"""The command line.  Data goes to standard output, messages to standard error."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, get_args
from urllib.parse import urlsplit

import click

from indexer import commands, console, heap, pipeline
from indexer.archive import OUTDATED, Archive
from indexer.console import Group, say, say_refused
from indexer.documents import Kind
from indexer.engine import Sort
from indexer.engine.whoosh import MEMORY
from indexer.errors import Unsound, UserError, WrongUsage
from indexer.export import labels, markdown, tables, terminal
from indexer.export.records import json_line
from indexer.export.streams import EXPORTS
from indexer.i18n import N_, gettext, language_of_locale, ngettext, use_language
from indexer.identity import document_id
from indexer.locking import data_lock
from indexer.pages import READER_VERSION, read
from indexer.query.answer import Answer
from indexer.query.request import Match, SearchRequest
from indexer.sources import Refusal, read_paths
from indexer.together import read_together

use_language(language_of_locale())  # the help texts below are in it, too

HERE: Final = Path(__file__).resolve().parent
DATA: Final = HERE / "index_data"
SAMPLE: Final = DATA / "sample"
BASE_URL: Final = "http://127.0.0.1:8000"
EXIT_REFUSED: Final = 1

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _together(*decorators: Decorator) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def _data_option(exists: bool) -> Decorator:
    return click.option(
        "--data",
        type=click.Path(exists=exists, file_okay=False, path_type=Path),
        default=DATA,
        metavar="DIR",
        help=gettext("数据文件夹，默认是 run.py 旁边的 index_data"),
    )


_data = _data_option(exists=False)
# A mistyped folder must not be made, and then be found empty.
_data_there = _data_option(exists=True)
_wait = click.option(
    "--wait",
    type=click.IntRange(0, 86400),
    default=30,
    metavar="SECONDS",
    help=gettext("别的命令正在写入时最多等多少秒，默认 30"),
)


def _text(context: click.Context, argument: click.Parameter, text: str) -> str:
    """An argument as text: bytes that the terminal could not decode are replaced."""
    return os.fsencode(text).decode("utf-8", "replace")


def _web_address(context: click.Context, option: click.Parameter, url: str | None) -> str | None:
    try:
        parts = urlsplit(url or "http://localhost")
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise WrongUsage(
            N_("对外地址“%(url)s”不对：请写成 https://example.org 这样的网址。"), url=url
        )
    return url


_memory = click.option(
    "--memory",
    type=click.IntRange(640, 1 << 20),
    default=MEMORY >> 20,
    metavar="MIB",
    help=gettext("建立索引最多用多少内存（MiB），默认 1024"),
)
_paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
_base_url = click.option(
    "--base-url",
    metavar="URL",
    callback=_web_address,
    help=gettext("带出去的链接以什么网址开头，默认是服务的地址"),
)
_question = _together(
    click.argument("query", callback=_text),
    click.option("--from", "first", default="", metavar="D", help=gettext("起始日期，如 2020-05")),
    click.option("--to", "last", default="", metavar="D", help=gettext("结束日期，当天计入")),
    click.option("--city", multiple=True, metavar="C", help=gettext("城市，可以多次给出")),
    click.option(
        "--kind", multiple=True, type=click.Choice(get_args(Kind)), help=gettext("快讯或文章")
    ),
    click.option("--sort", type=click.Choice(get_args(Sort)), help=gettext("按相关度或时间排序")),
    click.option(
        "--match",
        type=click.Choice(get_args(Match)),
        help=gettext("要有所有的词，或任一词即可；默认 all"),
    ),
    click.option("--no-aliases", is_flag=True, help=gettext("只查写下的词，不查别名")),
)


@click.group(
    cls=Group,
    default=("serve", "--with-sample"),
    help=gettext("币闻检索：中文加密货币新闻的全文检索。不写命令就是 serve。"),
)
def cli() -> None:
    """One command at a time over a data folder; each returns its exit code, or None for 0."""


@cli.command(help=gettext("在浏览器里检索"))
@click.option("--host", default="127.0.0.1", help=gettext("监听的地址，默认只有本机"))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, help=gettext("端口，默认 8000")
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help=gettext("用几个进程回答，默认 1，够一个人用；多人同时检索时可与处理器核数相同"),
)
@click.option("--with-sample", is_flag=True, help=gettext("数据文件夹为空时先加入样本"))
@_base_url
@_data
@_wait
def serve(
    host: str,
    port: int,
    workers: int,
    with_sample: bool,
    base_url: str | None,
    data: Path,
    wait: int,
) -> int:
    """Serve the research page until interrupted."""
    import webui
    from webui import server
    from webui import workers as several

    heap.share()
    with commands.up_to_date(data, "serve", wait) as archive:
        commands.say_if_outdated(archive)
        if with_sample and not archive.catalog.generation:
            say(gettext("数据文件夹是空的，先加入样本 %(sample)s", sample=SAMPLE))
            commands.add_inputs(archive, [_sample()], data, "serve", wait)
            commands.complete(archive, data, "serve")
    make_app = partial(webui.create_app, data, base_url)

    def ready(address: str) -> None:
        click.echo(gettext("请打开 %(address)s", address=address))

    if workers == 1:
        heard = server.serve(make_app(), host, port, ready)
    else:
        heard = several.serve(make_app, host, port, workers, ready)
    return 0 if heard == signal.SIGTERM else console.EXIT_INTERRUPTED


@cli.command(help=gettext("加入文件、文件夹或标准输入（-）里的页面；重复加入不会重复"))
@_paths
@_memory
@_data
@_wait
def add(paths: Sequence[str], memory: int, data: Path, wait: int) -> int:
    """Add pages; exit code 1 when an input was refused."""
    with closing(commands.opened(data, memory << 20)) as archive:
        commands.say_if_outdated(archive)
        report = commands.add_inputs(archive, paths, data, "add", wait)
        for line in tables.of_report(report):
            click.echo(line)
        commands.complete(archive, data, "add")
    return EXIT_REFUSED if report.refused else 0


@cli.command(help=gettext("把页面读成文档，每行一个 JSON，什么也不保存"))
@_paths
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


@cli.command(help=gettext("检索，结果显示在终端"))
@_question
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, help=gettext("最多几条，默认 20")
)
@click.option("--json", "as_json", is_flag=True, help=gettext("按 /search.json 的样子输出"))
@_data_there
@_wait
def search(limit: int, as_json: bool, data: Path, wait: int, **asked: Any) -> None:
    """Print the first hits."""
    request = _request(**asked)
    with commands.up_to_date(data, "search", wait) as archive:
        answer = _answer(archive, request, limit)
    if as_json:
        click.echo(json.dumps(answer.to_json(), ensure_ascii=False, indent=2))
        return
    for notice in answer.notices:
        say(notice.message)
    if answer.also_searched:
        say(gettext("也搜索了：%(names)s", names=labels.listed(answer.also_searched)))
    if answer.corrections:
        meant = labels.listed(tuple(correction.q for correction in answer.corrections))
        say(gettext("您是不是要找：%(queries)s", queries=meant))
    click.echo(terminal.results(answer))


@cli.command(help=gettext("把所有结果写成 Markdown、引文、表格或 JSON 行"))
@_question
@click.option(
    "--format", "form", type=click.Choice(tuple(EXPORTS)), default="md", help=gettext("格式")
)
@_base_url
@_data_there
@_wait
def export(form: str, base_url: str | None, data: Path, wait: int, **asked: Any) -> None:
    """Print every hit."""
    request = _request(**asked)
    with commands.up_to_date(data, "export", wait) as archive:
        commands.say_if_outdated(archive)
        pieces = EXPORTS[form].pieces(archive.every(request), base_url or BASE_URL, date.today())
        for piece in pieces:
            click.echo(piece, nl=False)


@cli.command(help=gettext("显示一篇文档的全文和出处"))
@click.argument("id_", metavar="ID", callback=_text)
@_data_there
def show(id_: str, data: Path) -> None:
    """Print one document."""
    with closing(Archive.open(data)) as archive:
        current = archive.current_id(id_)
        stored = archive.document(current) if current else None
        if stored is None:
            raise UserError(N_("没有编号为 %(id)s 的文档。"), id=id_)
        if stored.id != id_:
            say(gettext("%(old)s 现在是 %(new)s", old=id_, new=stored.id))
        click.echo(markdown.whole(stored, archive.appearances(stored.id)))


@cli.command(help=gettext("显示数据文件夹里有多少文档"))
@click.option("--json", "as_json", is_flag=True, help=gettext("按 JSON 输出"))
@_data_there
def stats(as_json: bool, data: Path) -> None:
    """Print how much there is."""
    with closing(Archive.open(data)) as archive:
        counts = archive.stats()
    if as_json:
        click.echo(json.dumps(counts))
        return
    for line in tables.of_stats(counts):
        click.echo(line)


@cli.command(help=gettext("检查目录库和索引是否完好"))
@_data_there
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


@cli.command(help=gettext("从目录库重建索引"))
@click.option("--reparse", is_flag=True, help=gettext("先用现在的读法重读所有页面"))
@_memory
@_data_there
@_wait
def rebuild(reparse: bool, memory: int, data: Path, wait: int) -> None:
    """Write the index anew."""
    with (
        closing(commands.opened(data, memory << 20)) as archive,
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
            pipeline.join_reprints(catalog, archive.engine, commands.PROCESSES)
        pipeline.rebuild(catalog, archive.engine, commands.PROCESSES)
        count = archive.engine.document_count
    click.echo(
        ngettext("索引已重建，共 %(count)s 篇文档", "索引已重建，共 %(count)s 篇文档", count)
    )


def _sample() -> str:
    """The sample's folder as named from here: its pages show their names to every reader."""
    try:
        return os.path.relpath(SAMPLE)
    except ValueError:  # on another drive
        return str(SAMPLE)


def _answer(archive: Archive, request: SearchRequest, limit: int) -> Answer:
    """The first ``limit`` hits, from as many pages of the answer as they take.

    What has only some of the words follows when the other hits end before the limit.
    """
    answer = last = archive.search(request)
    hits = list(answer.hits)
    for page in range(2, answer.pages + 1):
        if len(hits) >= limit:
            break
        last = archive.search(replace(request, page=page))
        hits += last.hits
    room = max(limit - len(hits), 0)
    partial = last.partial and replace(last.partial, hits=last.partial.hits[:room])
    return replace(answer, hits=tuple(hits[:limit]), partial=partial)


def _request(
    query: str,
    first: str,
    last: str,
    city: Sequence[str],
    kind: Sequence[str],
    sort: str | None,
    match: str | None,
    no_aliases: bool,
) -> SearchRequest:
    return SearchRequest.from_params(
        [
            ("q", query),
            ("from", first),
            ("to", last),
            ("sort", sort or ""),
            ("match", match or ""),
            ("aliases", "0" if no_aliases else ""),
            *(("city", each) for each in city),
            *(("kind", each) for each in kind),
        ]
    )


if __name__ == "__main__":
    sys.exit(console.run(cli, sys.argv[1:]))
