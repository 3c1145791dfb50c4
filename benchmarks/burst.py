"""Too many clients, and slow ones: ``python -m benchmarks.burst --report docs/reliability.md``.

To ``run.py serve`` many connect at once: each must get an answer, if only 503 with Retry-After, and
afterwards all must be as before.  Then clients that send or read next to nothing hold connections
while others ask.  Exit code 1 when a request got anything else, or a process of the server died.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import click

from benchmarks import serve
from benchmarks.reliability import page
from benchmarks.reliability.clients import Answer, data_folder, milliseconds, searches
from benchmarks.reliability.crowd import burst, slow, steady

_RATE: Final = 10.0
_LONG: Final = "/search.jsonl?q="


class Outcome(NamedTuple):
    """What happened with so many workers; what is wrong is in ``problems``."""

    workers: int
    before: list[Answer]
    at_once: list[Answer]
    after: list[Answer]
    beside_slow: list[Answer]
    slow: Counter[str]
    problems: list[str]


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, path_type=Path), help="a folder that is there")
@click.option("--documents", default=20_000, show_default=True, help="else, of a new one")
@click.option("--connections", default=500, show_default=True, help="at once")
@click.option("--slow", "slow_ones", default=200, show_default=True, help="of either kind")
@click.option("--workers", type=int, multiple=True, default=(1, 2), show_default=True)
@click.option("--seconds", default=30.0, show_default=True, help="of reading beside slow clients")
@page.option
def main(
    data: Path | None,
    documents: int,
    connections: int,
    slow_ones: int,
    workers: Sequence[int],
    seconds: float,
    report: Path | None,
) -> None:
    """Let them come."""
    outcomes = []
    with data_folder(data, documents) as folder:
        for count in workers:
            outcomes.append(_outcome(folder, count, connections, slow_ones, seconds))
            for problem, times in Counter(outcomes[-1].problems).items():
                page.say(f"{count} workers, {times} times: {problem}")
    _tell(outcomes, connections, slow_ones, seconds, report)
    sys.exit(any(each.problems for each in outcomes))


def _outcome(data: Path, workers: int, connections: int, slow_ones: int, seconds: float) -> Outcome:
    paths = searches(serve.PAGE, 1)
    with serve.served(data, workers) as server:
        processes = serve.memory(server)
        before = steady(server, paths, _RATE, seconds / 3)
        at_once = burst(server, paths, connections)
        after = steady(server, paths, _RATE, seconds / 3)
        with slow(server, slow_ones, slow_ones, _LONG) as seen:
            beside = steady(server, paths, _RATE, seconds)
        found = [each for each in (*before, *after, *beside) if each.status != 200]
        found += [each for each in at_once if each.status not in (200, 503)]
        problems = [each.problem or f"status {each.status}" for each in found]
        problems += ["503 without Retry-After"] * sum(
            each.status == 503 and not each.wait for each in at_once
        )
        if [each.pid for each in serve.memory(server)] != [each.pid for each in processes]:
            problems.append("a process died")
    return Outcome(workers, before, at_once, after, beside, seen, problems)


def _tell(
    outcomes: Sequence[Outcome],
    connections: int,
    slow_ones: int,
    seconds: float,
    report: Path | None,
) -> None:
    at_once = [
        (
            *(each.workers, len(served := _with(each, 200)), len(refused := _with(each, 503))),
            connections - len(served) - len(refused),
            *(milliseconds(served, 50), milliseconds(served, 100)),
            *(milliseconds(refused, 50), milliseconds(refused, 100)),
        )
        for each in outcomes
    ]
    readers = [
        (each.workers, when, len(answers), *(milliseconds(answers, part) for part in (50, 95, 100)))
        for each in outcomes
        for when, answers in (
            ("before", each.before),
            ("after the burst", each.after),
            (f"beside {2 * slow_ones} slow clients", each.beside_slow),
        )
    ]
    slow_text = "; ".join(
        f"{each.workers} workers: {each.slow['connections']:,} connections were opened, "
        f"{each.slow['thrown out']:,} thrown out"
        for each in outcomes
    )
    command = f"python -m benchmarks.burst --connections {connections} --slow {slow_ones}"
    text = f"""
{connections} clients connect and ask for a page of results at one moment (`{command}`). What can
be answered within the limits of `webui/channels.py` is; all others are told at once to come again,
by 503 with Retry-After. Milliseconds:

{
        page.table(
            (
                "workers",
                "200",
                "503",
                "anything else",
                "200: p50",
                "slowest",
                "503: p50",
                "slowest",
            ),
            at_once,
        )
    }

Readers who ask {_RATE:.0f} times a second, from the moment when each request is due; the last
lines while {slow_ones} clients send a header a byte a second, and {slow_ones} ask for
all documents and read a byte a second, for {seconds:.0f} seconds
({slow_text}). All of them got 200 if nothing else is said here:
{sum(len(each.problems) for each in outcomes)} failures.

{page.table(("workers", "", "requests", "p50", "p95", "slowest"), readers)}
"""
    page.tell(report, "Too many clients, and slow ones", text)


def _with(outcome: Outcome, status: int) -> list[Answer]:
    return [each for each in outcome.at_once if each.status == status]


if __name__ == "__main__":
    main()
