"""Upgrades: ``python -m benchmarks.upgrades --report docs/reliability.md``.

Each version of the program that wrote data in another form is taken out of the
git history and adds pages of the sample; the present program must then find,
show, check, read again and add to what it wrote.  Exit code 1 when it does not.
``--keep`` writes those that are not kept yet as text for the tests, which run without a
history.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

import click

from benchmarks.reliability import page
from benchmarks.reliability.trial import demand, ended, temporary
from benchmarks.upgrades import history, kept, present

_HEAD: Final = ("schema", "index", "suggestions", "written by", "documents", "failures")


@click.command(help=__doc__)
@click.option("--keep", is_flag=True, help="write each folder as text into tests/data/upgrades")
@page.option
def main(keep: bool, report: Path | None) -> None:
    """Run the campaign."""
    rows, failures = [], 0
    with temporary() as work:
        fresh = work / "fresh"
        demand(ended("add", *kept.PAGES, "--data", fresh))
        now = history.version_of(fresh)
        demand(ended("add", kept.FURTHER, "--data", fresh))
        for folder in history.written(kept.PAGES, work, page.say):
            if folder.version == now:
                continue
            if keep:
                _keep(folder)
            count = len(present.documents(folder.data))
            found = present.broken(folder.data, fresh)
            for each in found:
                page.say(f"{folder.commit}: {each}")
            failures += len(found)
            rows.append((*folder.version, folder.commit, count, len(found)))
    page.tell(report, "Upgraded from every earlier version", _text(rows, now))
    sys.exit(bool(failures))


def _text(rows: list[tuple[object, ...]], now: history.Version) -> str:
    count = len(kept.PAGES)
    form = f"schema {now.schema}, index {now.layout}, suggestions {now.vocabulary}"
    return f"""
Of every form that the data folder has had, the last commit that wrote it is taken out of the git
history and adds {count} pages of the sample (`python -m benchmarks.upgrades`). The program of
today ({form}) opens the folder: all documents are found by
their titles and shown, unchanged, by their permalinks; `check` passes; the same pages, added again,
change nothing; after `rebuild --reparse` every permalink still leads to its document, and a
correction, of those that could make one, still holds; and with one more page added, documents,
texts, clusters, dates, cities and appearances are those of a new
archive, and no file of the former form is left.

{page.table(_HEAD, rows)}

The first index was Whoosh's own and had no number (0), nor were there suggestions. Schema 2 was
never in use by itself: no commit that had it could add. tests/test_upgrades.py does the same with
these folders, kept as text in tests/data/upgrades.
"""


def _keep(folder: history.Folder) -> None:
    place = kept.FOLDER / f"{kept.name(*folder.version)}-{folder.commit}"
    if place.exists():
        return
    for former in kept.FOLDER.glob(f"{kept.name(*folder.version)}-*"):
        shutil.rmtree(former)
    kept.keep(folder.data, place)


if __name__ == "__main__":
    main()
