"""docs/reliability.md: each campaign writes its own section, and leaves the others."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import click

_SECTION: Final = r"^## {}\n.*?(?=^## |\Z)"

option = click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="write the figures into their section of this page",
)


def tell(page: Path | None, title: str, text: str) -> None:
    """Print a section, or put it in the place of the one with its title."""
    section = f"## {title}\n\n{text.strip()}\n\n{_measured()}\n"
    if page is None:
        click.echo(section)
        return
    old = page.read_text("utf-8")
    pattern = re.compile(_SECTION.format(re.escape(title)), re.MULTILINE | re.DOTALL)
    if pattern.search(old):
        new = pattern.sub(lambda _: section + "\n", old)
    else:
        new = f"{old.rstrip()}\n\n{section}"
    page.write_text(new.rstrip() + "\n", "utf-8")


def say(message: str) -> None:
    """Tell on standard error how it goes, and what is wrong."""
    click.echo(message[:1000], err=True)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown, numbers at the right."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(_cell(each) for each in line)} |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _measured() -> str:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{date.today().isoformat()}; {versions}, {machine}."
