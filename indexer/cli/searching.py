"""The commands that find and show documents: ``search``, ``export`` and ``show``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from indexer.archive import Archive
from indexer.cli import data_folder, options
from indexer.console import Command, say
from indexer.errors import UserError
from indexer.export import labels, markdown, terminal
from indexer.export.streams import EXPORTS
from indexer.i18n import N_, gettext
from indexer.query.answer import Answer
from indexer.query.request import SearchRequest

BASE_URL: Final = "http://127.0.0.1:8000"


@click.command(cls=Command, help=gettext("检索，结果显示在终端"))
@options.question
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, help=gettext("最多几条，默认 20")
)
@click.option("--json", "as_json", is_flag=True, help=gettext("按 /search.json 的样子输出"))
@options.data_there
@options.engine
@options.wait
def search(
    limit: int, as_json: bool, data: Path, engine: str | None, wait: int, **asked: Any
) -> None:
    """Print the first hits."""
    request = _request(**asked)
    with data_folder.up_to_date(data, engine, "search", wait) as archive:
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


@click.command(cls=Command, help=gettext("把所有结果写成 Markdown、引文、表格或 JSON 行"))
@options.question
@click.option(
    "--format", "form", type=click.Choice(tuple(EXPORTS)), default="md", help=gettext("格式")
)
@options.base_url
@options.data_there
@options.engine
@options.wait
def export(
    form: str, base_url: str | None, data: Path, engine: str | None, wait: int, **asked: Any
) -> None:
    """Print every hit."""
    request = _request(**asked)
    with data_folder.up_to_date(data, engine, "export", wait) as archive:
        data_folder.say_if_outdated(archive)
        pieces = EXPORTS[form].pieces(archive.every(request), base_url or BASE_URL, date.today())
        for piece in pieces:
            click.echo(piece, nl=False)


@click.command(cls=Command, help=gettext("显示一篇文档的全文和出处"))
@click.argument("id_", metavar="ID", callback=options.text)
@options.data_there
@options.engine
def show(id_: str, data: Path, engine: str | None) -> None:
    """Print one document."""
    with closing(Archive.open(data, engine=engine)) as archive:
        current = archive.current_id(id_)
        stored = archive.document(current) if current else None
        if current and (hidden := archive.library.hidden(current)):
            raise UserError(
                N_("%(sentence)s用 unhide %(id)s 可以恢复。"),
                sentence=labels.hidden_document(current, hidden),
                id=current,
            )
        if stored is None:
            raise UserError(N_("没有编号为 %(id)s 的文档。"), id=id_)
        if stored.id != id_:
            say(gettext("%(old)s 现在是 %(new)s", old=id_, new=stored.id))
        click.echo(markdown.whole(stored, archive.appearances(stored.id)))


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
    undated: bool,
    sort: str | None,
    match: str | None,
    no_aliases: bool,
    no_collapse: bool,
    **values: Sequence[str],
) -> SearchRequest:
    return SearchRequest.from_params(
        [
            ("q", query),
            ("from", first),
            ("to", last),
            ("undated", "1" if undated else ""),
            ("sort", sort or ""),
            ("match", match or ""),
            ("aliases", "0" if no_aliases else ""),
            ("collapse", "0" if no_collapse else ""),
            *((field, each) for field, given in values.items() for each in given),
        ]
    )
