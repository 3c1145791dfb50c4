"""Load for a long time: ``python -m benchmarks.soak --minutes 30 --report docs/reliability.md``.

``run.py serve`` is asked at a fixed rate for all that readers ask for, while ``run.py add`` adds
documents every minute.  Exit code 1 when a request failed or an addition did, when the slowest in
a hundred took longer than the limit, or when a process of the server died or grows.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from benchmarks import serve
from benchmarks.reliability import mix, page
from benchmarks.reliability.clients import (
    Answer,
    add,
    arrive,
    data_folder,
    milliseconds,
    records,
)
from benchmarks.serve import Memory, Server, percentile

_SAMPLE_SECONDS: Final = 10.0
_BARS: Final = "▁▂▃▄▅▆▇█"
_COLUMNS: Final = 60
_SEED: Final = 1


class Addition(NamedTuple):
    """One run of the command: when it began, how long it took, and what was wrong."""

    at: float
    seconds: float
    problem: str


class Seen(NamedTuple):
    """What there was at a moment: documents, and the memory of the processes of the server."""

    at: float
    documents: int
    memory: list[Memory]


class Course(NamedTuple):
    """All that happened."""

    asked: list[tuple[float, str, Answer]]
    additions: list[Addition]
    seen: list[Seen]


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, path_type=Path), help="a folder to add to")
@click.option("--documents", default=200_000, show_default=True, help="else, of a new one")
@click.option("--minutes", default=30.0, show_default=True)
@click.option("--rate", default=50.0, show_default=True, help="requests a second")
@click.option("--every", default=60.0, show_default=True, help="seconds from addition to addition")
@click.option("--added", default=100, show_default=True, help="documents of each addition")
@click.option("--workers", default=2, show_default=True)
@click.option("--limit", default=250.0, show_default=True, help="milliseconds of the p99")
@click.option("--growth", default=10.0, show_default=True, help="percent, of memory")
@page.option
def main(
    data: Path | None,
    documents: int,
    minutes: float,
    rate: float,
    every: float,
    added: int,
    workers: int,
    limit: float,
    growth: float,
    report: Path | None,
) -> None:
    """Ask and add."""
    with data_folder(data, documents) as folder, serve.served(folder, workers) as server:
        course = _course(server, folder, minutes * 60, rate, every, added)
    problems = _problems(course, limit, growth)
    for problem in problems[:20]:
        page.say(problem)
    command = f"python -m benchmarks.soak --minutes {minutes:g} --rate {rate:g}"
    head = f"""
{course.seen[0].documents:,} documents, {workers} workers; {rate:g} requests a second for
{minutes:g} minutes, and `run.py add` of {added} new documents every {every:g} seconds
(`{command} --workers {workers}`). Each request has its own connection and its time, from which on
its latency counts, whether or not the one before was answered. Of an export it is the time to its
first line. The clients and the additions run on the same {os.cpu_count()} cores.
"""
    page.tell(report, "Load", head + _figures(course, problems))
    sys.exit(bool(problems))


def _course(
    server: Server, data: Path, seconds: float, rate: float, every: float, added: int
) -> Course:
    course = Course([], [], [])
    began, over = time.perf_counter(), threading.Event()

    def passed() -> float:
        return time.perf_counter() - began

    def look() -> None:
        while True:
            processes = [each for each in serve.memory(server) if each.role != "resource tracker"]
            course.seen.append(Seen(passed(), _documents(server), processes))
            if over.wait(_SAMPLE_SECONDS):
                return

    def go_on_adding(files: Path) -> None:
        while not over.wait((len(course.additions) + 0.5) * every - passed()):
            at = passed()
            done = add(data, records(files / f"{at}.jsonl", added, int(time.time())))
            problem = f"add ended with {done.returncode}: {done.stderr}" if done.returncode else ""
            course.additions.append(Addition(at, passed() - at, problem))

    with tempfile.TemporaryDirectory() as files:
        beside = (
            threading.Thread(target=look),
            threading.Thread(target=go_on_adding, args=(Path(files),)),
        )
        for each in beside:
            each.start()
        try:
            requests = mix.requests(_ids(server), _SEED)
            arrive(server, requests, rate, seconds, lambda *told: course.asked.append(told))
        finally:
            over.set()
            for each in beside:
                each.join()
    return course


def _problems(course: Course, limit: float, most_growth: float) -> list[str]:
    failed = [
        answer.problem or f"{kind}: status {answer.status}"
        for _, kind, answer in course.asked
        if answer.status != 200
    ]
    failed += [each.problem for each in course.additions if each.problem]
    slowest = percentile([_seconds(*each) for each in course.asked], 99) * 1000
    if slowest > limit:
        failed.append(f"p99 is {slowest:.0f} ms")
    processes = {tuple(process.pid for process in each.memory) for each in course.seen}
    if len(processes) > 1:
        failed.append("a process died")
    elif (growth := _growth(course.seen)) > most_growth:
        failed.append(f"memory grew by {growth:.0f} %")
    return failed


def _growth(seen: Sequence[Seen]) -> float:
    """By how many percent more memory the processes have in the last quarter than in the second."""
    quarter = max(len(seen) // 4, 1)
    private = [sum(process.private for process in each.memory) for each in seen]
    before, after = private[quarter : 2 * quarter] or private, private[-quarter:]
    return (statistics.mean(after) / statistics.mean(before) - 1) * 100 if sum(before) else 0.0


def _figures(course: Course, problems: Sequence[str]) -> str:
    rows = []
    for minute, some in groupby(sorted(course.asked), key=lambda each: int(each[0] // 60)):
        answers = list(some)
        rows.append((str(minute + 1), *_latencies(answers), *_meanwhile(course, minute)))
    total = _latencies(course.asked)
    exports = [answer for _, kind, answer in course.asked if kind == mix.LONG]
    processes = [
        f"| {process.role} | {min(private):.0f} | {max(private):.0f} | "
        f"{max(each.memory[at].resident for each in course.seen):.0f} | {_curve(private)} |"
        for at, process in enumerate(course.seen[0].memory)
        for private in [[each.memory[at].private for each in course.seen if each.memory[at:]]]
    ]
    by_kind = [
        (kind, *_latencies([each for each in course.asked if each[1] == kind]))
        for kind in mix.WEIGHTS
    ]
    names = ("requests", "failed", "p50", "p95", "p99", "slowest")
    whole = f"{milliseconds(exports, 50)} ms in the median, {milliseconds(exports, 100)} ms at most"
    added = page.table(
        ("minute", *names, "`add`, s", "documents", "private MiB"),
        [*rows, ("all", *total, *[""] * 3)],
    )
    return f"""
**{total[0]:,} requests, {total[1]} failed, p99 {total[4]} ms; {len(course.additions)} additions;
{len(problems)} failures** (requests, additions, a p99 over the limit, a process that died, memory
that grows: from the second quarter of the time to the last it changed by
{_growth(course.seen):+.1f} %). Milliseconds; `private MiB` is the memory that the processes have
for themselves, all together:

{added}

The whole of an export took {whole}. By what was asked for:

{page.table(("", *names), by_kind)}

Memory by process, looked at every {_SAMPLE_SECONDS:.0f} seconds, in MiB; `resident` counts the
mapped files of the index, too, which the processes share and the system takes back when it needs
room. What still grows a little are caches of words that were cut, with room for 65,536 each:

| process | private: least | most | resident: most | private, from 0 to the most |
| --- | ---: | ---: | ---: | --- |
{chr(10).join(processes)}
"""


def _latencies(asked: Sequence[tuple[float, str, Answer]]) -> tuple[int | str, ...]:
    times = [_seconds(*each) * 1000 for each in asked]
    failed = sum(answer.status != 200 for _, _, answer in asked)
    if not times:
        return (0, 0, *["–"] * 4)
    return (len(times), failed, *(f"{percentile(times, each):,.0f}" for each in (50, 95, 99, 100)))


def _seconds(due: float, kind: str, answer: Answer) -> float:
    """What counts: until an export begins, or anything else is there."""
    return answer.first if kind == mix.LONG and answer.status else answer.seconds


def _meanwhile(course: Course, minute: int) -> tuple[str, str, str]:
    """What was added in a minute, and what there was at its end."""
    took = [each.seconds for each in course.additions if int(each.at // 60) == minute]
    last = [each for each in course.seen if each.at < (minute + 1) * 60][-1]
    private = sum(process.private for process in last.memory)
    return " ".join(f"{each:.1f}" for each in took), f"{last.documents:,}", f"{private:,.0f}"


def _curve(values: Sequence[float]) -> str:
    """A bar for each value or, of many, for the greatest of some."""
    width = -(-len(values) // _COLUMNS)
    columns = [max(values[at : at + width]) for at in range(0, len(values), width)]
    most = max(columns) or 1.0
    return "".join(_BARS[round(each / most * (len(_BARS) - 1))] for each in columns)


def _documents(server: Server) -> int:
    return int(_json(server, "/healthz")["documents"])


def _ids(server: Server) -> list[str]:
    """The ids of some documents."""
    pages = [_json(server, f"/search.json?q=&page={number}") for number in range(1, 11)]
    return [hit["id"] for each in pages for hit in each["hits"]]


def _json(server: Server, path: str) -> Any:
    with closing(server.connection()) as connection:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())


if __name__ == "__main__":
    main()
