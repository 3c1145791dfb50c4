"""The command line.  Data goes to standard output, messages to standard error."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, Literal

import click

from indexer import console, heap
from indexer.cli import adding, curating, data_folder, keeping, options, searching, watching
from indexer.console import Group, say
from indexer.errors import WrongUsage
from indexer.i18n import N_, gettext

SAMPLE: Final = options.DATA / "sample"


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
@click.option(
    "--cors",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help=gettext("允许哪个网站（如 https://example.org）的脚本读取 JSON、导出和订阅，可以多次给出"),
)
@click.option("--with-sample", is_flag=True, help=gettext("数据文件夹为空时先加入样本"))
@click.option("--edit", is_flag=True, help=gettext("允许在页面上加入和更正"))
@click.option(
    "--auth",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=gettext("要求名字和密码，它们在这个文件里（见 run.py password）"),
)
@click.option("--open", "everybody", is_flag=True, help=gettext("谁都可以读，即使别的电脑也能访问"))
@click.option(
    "--log",
    type=click.Choice(("text", "json")),
    help=gettext("每个请求写一行日志到标准错误：text 供人读，json 供程序读；默认只写出错的"),
)
@options.base_url
@options.data
@options.engine
@options.wait
def serve(
    host: str,
    port: int,
    workers: int,
    origins: Sequence[str],
    with_sample: bool,
    edit: bool,
    auth: Path | None,
    everybody: bool,
    log: Literal["text", "json"] | None,
    base_url: str | None,
    data: Path,
    engine: str | None,
    wait: int,
) -> int:
    """Serve the research page until interrupted."""
    import webui
    from webui import cors, logs, server
    from webui import workers as several
    from webui.access import access_for

    logs.begin(log)
    allowed = access_for(host, port, base_url, edit, auth, everybody)
    cors.check(origins)
    heap.share()
    is_written_to = with_sample or edit
    needs_sample = False

    def begin() -> None:
        nonlocal needs_sample
        with data_folder.up_to_date(data, engine, "serve", wait, is_written_to) as archive:
            data_folder.say_if_outdated(archive)
            # Once it was begun, it is gone on with.
            needs_sample = needs_sample or (with_sample and not archive.library.generation)
            if needs_sample:
                say(gettext("数据文件夹是空的，先加入样本 %(sample)s", sample=SAMPLE))
                data_folder.add_inputs(archive, [_sample()], data, "serve", wait)
                data_folder.complete(archive, data, "serve")

    # After a power cut a cluster takes longer to start than a server.
    data_folder.when_available(begin)
    make_app = partial(webui.create_app, data, base_url, allowed, origins, engine=engine)

    def ready(address: str) -> None:
        click.echo(gettext("请打开 %(address)s", address=address))

    if workers == 1:
        heard = server.serve(make_app(), host, port, ready)
    else:
        heard = several.serve(make_app, host, port, workers, ready, partial(logs.begin, log))
    return 0 if heard == signal.SIGTERM else console.EXIT_INTERRUPTED


@cli.command(help=gettext("设置一个名字的密码，供 serve --auth 使用"))
@click.argument("name", metavar="NAME", callback=options.text)
@click.option(
    "--auth",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=gettext("写入的文件"),
)
@click.option("--data", hidden=True, expose_value=False)
def password(name: str, auth: Path) -> None:
    """Keep the hash of a password: asked for twice on a terminal, else a line of standard input."""
    from webui.passwords import set_password

    if sys.stdin.isatty():
        given, again = (
            click.prompt(asked, hide_input=True, err=True)
            for asked in (gettext("密码"), gettext("再输一次"))
        )
        if given != again:
            raise WrongUsage(N_("两次输入的密码不一样。"))
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    set_password(auth, name, given)
    click.echo(gettext("%(name)s 的密码已写入 %(file)s", name=name, file=auth))


def _sample() -> str:
    """The sample's folder as named from here: its pages show their names to every reader."""
    try:
        return os.path.relpath(SAMPLE)
    except ValueError:  # on another drive
        return str(SAMPLE)


for command in (
    adding.add,
    adding.parse,
    watching.watch,
    searching.search,
    searching.export,
    searching.show,
    curating.correct,
    curating.hide,
    curating.unhide,
    curating.corrections,
    keeping.stats,
    keeping.check,
    keeping.backup,
    keeping.restore,
    keeping.rebuild,
):
    cli.add_command(command)

if __name__ == "__main__":
    sys.exit(console.run(cli, sys.argv[1:]))
