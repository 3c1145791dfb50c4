"""Several processes: ``python -m benchmarks.concurrency --searches 1000000 --commits 1000``.

Readers search while a writer commits; additions and rebuilds start at once.  Exit
code 1 when a search failed or saw a part of a commit, or something was lost.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmarks.reliability import page, trial
from benchmarks.reliability.together import searched_meanwhile, writing_together


@click.command(help=__doc__)
@click.option("--searches", default=20_000, show_default=True)
@click.option("--commits", default=200, show_default=True)
@click.option("--readers", default=3, show_default=True, help="processes")
@click.option("--rounds", default=10, show_default=True, help="of two additions and a rebuild")
@page.option
def main(searches: int, commits: int, readers: int, rounds: int, report: Path | None) -> None:
    """Let them work."""
    with trial.temporary() as folder:
        searched = searched_meanwhile(searches, commits, readers, folder / "read", page.say)
        written = writing_together(rounds, folder, page.say)
    command = f"python -m benchmarks.concurrency --searches {searches} --commits {commits}"
    text = f"""
One process commits {commits:,} times, merging and updating suggestions as `add` does, while
{readers} others search (`{command}`). Every answer must be of one commit, in its total and in its
counts by category, and no earlier than the one before; two searches of one page must be of the
same. One in fifty goes through the whole archive. **{searched.trials:,} searches,
{len(searched.failures)} failures.**

{written.trials:,} commands, two `add`s, a `rebuild`, a `check` and a `backup` started at once in
each of {rounds} rounds (the first: the `add`s alone): {written.repaired} said that they wait for
another; all ended with exit code 0, and every document was there once.
**{len(written.failures)} failures.**
"""
    page.tell(report, "Several processes at once", text)
    sys.exit(bool(searched.failures or written.failures))


if __name__ == "__main__":
    main()
