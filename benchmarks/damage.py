"""Damaged files: ``python -m benchmarks.damage --repeats 20 --report docs/reliability.md``.

Every file of a data folder is damaged in several ways; ``check`` must name it, and
``rebuild``, or ``restore`` for the catalog, must bring all back.  Exit code 1 when not.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from benchmarks.reliability import page, trial
from benchmarks.reliability.damage import HARMS, Found, damaged, log_damaged


@click.command(help=__doc__)
@click.option("--repeats", default=20, show_default=True, help="of each damage to each file")
@click.option("--one-in", default=1, show_default=True, help="of the files and kinds of damage")
@click.option("--seed", default=1, show_default=True)
@page.option
def main(repeats: int, one_in: int, seed: int, report: Path | None) -> None:
    """Damage every file."""
    with trial.temporary() as folder:
        scene = trial.Scene(folder)
        found = damaged(scene, repeats, one_in, seed, page.say)
        log = log_damaged(scene, repeats, seed)
    _tell(found, log, repeats, report)
    sys.exit(any(each.failures for each in found.values()))


def _tell(found: dict[str, Found], log: Counter[str], repeats: int, report: Path | None) -> None:
    rows = [
        (
            *(name, each.trials, each.named, each.harmless, sum(each.unnoticed.values())),
            *(each.healed, len(each.failures)),
        )
        for name, each in found.items()
    ]
    unnoticed = sum((each.unnoticed for each in found.values()), Counter())
    columns = ", ".join(f"`{name}` {count}" for name, count in unnoticed.most_common())
    head = ("file", "trials", "named by `check`", "no value changed", "unnoticed", "brought back")
    text = f"""
Each file of a data folder, {repeats} times each of: {", ".join(HARMS)}
(`python -m benchmarks.damage --repeats {repeats}`). `check` must end with exit code 4 and name the
file; no command may show a traceback. Then `rebuild`, or for the catalog `restore` of a backup,
must bring everything back.

{page.table((*head, "failures"), rows)}

SQLite has no checksums. What `check` holds against something else are titles, bodies and dates (by
the id), raw pages (by their key), clusters, references, indexes and the structure of the file. A
changed bit of any other value is not noticed: {columns or "none of these"}. Backups hold a digest
of every value, and `restore` refuses one that does not have it.

`catalog.db-wal` after a crash, damaged {sum(log.values())} times: {log["nothing lost"]} times
nothing was lost, {log["told"]} times `check` told that the index had got further,
{log["not told"]} times what was added last was gone without that. It can be added again.
"""
    page.tell(report, "Damaged files", text)


if __name__ == "__main__":
    main()
