"""Options and arguments that several commands have, and the data folder that they default to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, get_args

import click

from indexer.documents import Kind
from indexer.engine import Sort
from indexer.engine.whoosh import MEMORY
from indexer.export.markdown import sound_base_url
from indexer.i18n import gettext
from indexer.query.request import Match

DATA: Final = Path(__file__).resolve().parents[2] / "index_data"
ENGINE: Final = "BIWEN_ENGINE"

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _together(*decorators: Decorator) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def _or_none(context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    return text or None


def _data_option(exists: bool) -> Decorator:
    return click.option(
        "--data",
        type=click.Path(exists=exists, file_okay=False, path_type=Path),
        default=DATA,
        metavar="DIR",
        help=gettext("数据文件夹，默认是 run.py 旁边的 index_data"),
    )


data = _data_option(exists=False)
# A mistyped folder must not be made, and then be found empty.
data_there = _data_option(exists=True)
engine = click.option(
    "--engine",
    envvar=ENGINE,
    metavar="URL",
    callback=_or_none,
    help=gettext(
        "索引放在 OpenSearch 的这个地址，如 opensearch://主机:9200/索引名，几台主机用逗号隔开，"
        "加密的写 https://；默认在数据文件夹里。也可以写在环境变量 BIWEN_ENGINE 里"
    ),
)
wait = click.option(
    "--wait",
    type=click.IntRange(0, 86400),
    default=30,
    metavar="SECONDS",
    help=gettext("别的命令正在写入时最多等多少秒，默认 30"),
)


def text(context: click.Context, argument: click.Parameter, text: str) -> str:
    """An argument as text: bytes that the terminal could not decode are replaced."""
    return os.fsencode(text).decode("utf-8", "replace")


def _sound(context: click.Context, option: click.Parameter, url: str | None) -> str | None:
    return None if url is None else sound_base_url(url)


memory = click.option(
    "--memory",
    type=click.IntRange(640, 1 << 20),
    default=MEMORY >> 20,
    metavar="MIB",
    help=gettext("建立索引最多用多少内存（MiB），默认 1024"),
)
paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
base_url = click.option(
    "--base-url",
    metavar="URL",
    callback=_sound,
    help=gettext("带出去的链接以什么网址开头，默认是服务的地址"),
)
question = _together(
    click.argument("query", callback=text),
    click.option("--from", "first", default="", metavar="D", help=gettext("起始日期，如 2020-05")),
    click.option("--to", "last", default="", metavar="D", help=gettext("结束日期，当天计入")),
    click.option("--undated", is_flag=True, help=gettext("给了日期时，也要日期不详的")),
    click.option("--city", multiple=True, metavar="C", help=gettext("城市，可以多次给出")),
    click.option(
        "--kind", multiple=True, type=click.Choice(get_args(Kind)), help=gettext("快讯或文章")
    ),
    click.option("--category", multiple=True, metavar="C", help=gettext("栏目，可以多次给出")),
    click.option("--author", multiple=True, metavar="A", help=gettext("作者，可以多次给出")),
    click.option("--source", multiple=True, metavar="S", help=gettext("来源，可以多次给出")),
    click.option("--site", multiple=True, metavar="S", help=gettext("网站，可以多次给出")),
    click.option("--tag", multiple=True, metavar="T", help=gettext("标签，可以多次给出")),
    click.option("--sort", type=click.Choice(get_args(Sort)), help=gettext("按相关度或时间排序")),
    click.option(
        "--match",
        type=click.Choice(get_args(Match)),
        help=gettext("要有所有的词，或任一词即可；默认 all"),
    ),
    click.option("--no-aliases", is_flag=True, help=gettext("只查写下的词，不查别名")),
    click.option("--no-collapse", is_flag=True, help=gettext("转载分列，不合并成一条")),
)
