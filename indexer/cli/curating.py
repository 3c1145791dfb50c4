"""The commands that say what was read wrongly, or is not to be shown.

``correct``, ``hide``, ``unhide``, and ``corrections``, which lists what they did.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, get_args

import click

from indexer import pipeline
from indexer.archive import Archive
from indexer.cli import data_folder, options
from indexer.console import Command, say
from indexer.corrections import CITIES_SEPARATOR, typed, typed_line, unknown_cities
from indexer.documents import Correctable, Kind
from indexer.errors import UserError, WrongUsage
from indexer.export import tables
from indexer.i18n import N_, gettext
from indexer.locking import data_lock

# The options that correct, and what they correct.
_FIELDS: Final[dict[str, Correctable]] = {
    "title": "title",
    "date": "published",
    "city": "cities",
    "author": "author",
    "source": "source",
    "kind": "kind",
}
_id = click.argument("id_", metavar="ID", callback=options.text)


@click.command(
    cls=Command,
    help=gettext(
        "更正读错的标题、日期等；正文和编号不变，原来读作什么仍然留着。空值（--author ''）表示没有"
    ),
)
@_id
@click.option("--title", metavar="T", help=gettext("标题"))
@click.option("--date", metavar="D", help=gettext("日期，如 2020-05 或 2020-05-06T09:30"))
@click.option("--city", multiple=True, metavar="C", help=gettext("城市，可以多次给出，取代原有的"))
@click.option("--author", metavar="A", help=gettext("作者"))
@click.option("--source", metavar="S", help=gettext("来源"))
@click.option("--kind", type=click.Choice(get_args(Kind)), help=gettext("快讯或文章"))
@click.option(
    "--undo",
    multiple=True,
    type=click.Choice(tuple(_FIELDS)),
    help=gettext("撤销这一项的更正，可以多次给出"),
)
@options.data_there
@options.engine
@options.wait
def correct(
    id_: str,
    city: Sequence[str],
    undo: Sequence[str],
    data: Path,
    engine: str | None,
    wait: int,
    **given: str | None,
) -> None:
    """Correct a document, and print what of it is corrected now."""
    texts = given | ({"city": CITIES_SEPARATOR.join(city)} if city else {})
    values = {
        _FIELDS[name]: typed(_FIELDS[name], text)
        for name, text in texts.items()
        if text is not None
    }
    if not values and not undo:
        raise WrongUsage(N_("请写出要更正什么，如 --date 2020-05-06；撤销更正用 --undo date。"))
    withdrawn = {_FIELDS[name] for name in undo}
    with _writing(data, engine, "correct", wait) as archive:
        id_ = _current(archive, id_)
        curation = archive.catalog.curation
        curation.correct(id_, values, undo=withdrawn, by=_user())
        found = curation.of(id_)
    cities = values.get("cities")
    for unknown in unknown_cities(cities if isinstance(cities, tuple) else ()):
        say(gettext("地名表里没有城市“%(city)s”，照原样记下", city=unknown))
    for line in tables.of_curated(found):
        click.echo(line)


@click.command(
    cls=Command, help=gettext("隐藏一篇文档：检索、导出和建议里都不再有它，unhide 可以恢复")
)
@_id
@click.option("--reason", default="", metavar="TEXT", help=gettext("为什么隐藏，会显示给读者"))
@options.data_there
@options.engine
@options.wait
def hide(id_: str, reason: str, data: Path, engine: str | None, wait: int) -> None:
    """Hide a document."""
    with _writing(data, engine, "hide", wait) as archive:
        id_ = _current(archive, id_)
        archive.catalog.curation.hide(id_, typed_line(reason) or None, by=_user())
    click.echo(gettext("已隐藏 %(id)s", id=id_))


@click.command(cls=Command, help=gettext("恢复一篇隐藏的文档"))
@_id
@options.data_there
@options.engine
@options.wait
def unhide(id_: str, data: Path, engine: str | None, wait: int) -> None:
    """Show a hidden document again."""
    with _writing(data, engine, "unhide", wait) as archive:
        id_ = _current(archive, id_)
        archive.catalog.curation.unhide(id_)
    click.echo(gettext("已恢复 %(id)s", id=id_))


@click.command(cls=Command, help=gettext("列出更正过和隐藏了的文档"))
@click.option("--json", "as_json", is_flag=True, help=gettext("按 JSON 输出"))
@options.data_there
def corrections(as_json: bool, data: Path) -> None:
    """Print what was corrected and hidden."""
    with closing(Archive.open(data)) as archive:
        found = archive.catalog.curation.all()
    if as_json:
        listed = [each.to_json() for each in found]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for each in found:
        for line in tables.of_curated(each):
            click.echo(line)


@contextmanager
def _writing(data: Path, engine: str | None, command: str, wait: int) -> Iterator[Archive]:
    """The archive while nobody else writes; afterwards the index follows."""
    with closing(data_folder.opened(data, engine)) as archive, data_lock(data, command, wait, say):
        data_folder.say_if_rebuilt(archive)
        yield archive
        pipeline.catch_up(archive.catalog, archive.engine)
        pipeline.merge(archive.catalog, archive.engine)


def _current(archive: Archive, id_: str) -> str:
    """The id under which the document is known now, and told if that is another."""
    current = archive.current_id(id_)
    if current is None:
        raise UserError(N_("没有编号为 %(id)s 的文档。"), id=id_)
    if current != id_:
        say(gettext("%(old)s 现在是 %(new)s", old=id_, new=current))
    return current


def _user() -> str | None:
    import getpass  # takes 10 ms, and a search needs no name

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # what it raises depends on the system
        return None
