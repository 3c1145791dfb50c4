"""Several processes on one data folder: writers take turns, a search sees one generation."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any, Final

from benchmarks.reliability import trial
from benchmarks.reliability.stops import Tally
from indexer import suggest
from indexer.archive import Archive
from indexer.documents import Document, Page, StoredDocument
from indexer.engine import Outcome, Search
from indexer.engine.tree import Characters, Everything
from indexer.query.request import SearchRequest

_KINDS: Final = ("甲类", "乙类", "丙类")
_CENSUS: Final = "至"
_WHOLE_SEARCH: Final = 50  # one in so many goes through the archive: snippets, catalog, suggestions
_FOLLOW: Final = 20
_PATIENCE: Final = 300.0
_RECORDS: Final = 60


def searched_meanwhile(
    searches: int, commits: int, readers: int, folder: Path, say: Callable[[str], None]
) -> Tally:
    """Search so often in several processes while another commits, merges and follows.

    A commit adds a document of each of three categories and replaces the one
    that says in its category how many commits there were.
    """
    context = get_context("spawn")
    done, ended = context.Value("q", 0), context.Value("b", 0)
    told: Queue[str] = context.Queue()
    with closing(Archive.open(folder)) as archive:
        _commit(archive, 1)
        processes = [
            context.Process(target=_read, args=(folder, done, ended, told)) for _ in range(readers)
        ]
        for each in processes:
            each.start()
        for number in range(2, commits + 1):
            _commit(archive, number)
            wanted, deadline = searches * (number - 1) // commits, time.monotonic() + _PATIENCE
            while done.value < wanted and time.monotonic() < deadline and told.empty():
                time.sleep(0.0005)
            if number % (commits // 10 or 1) == 0:
                say(f"{number} commits, {done.value} searches")
        while done.value < searches and told.empty() and any(map(_is_alive, processes)):
            time.sleep(0.01)
        ended.value = 1
        failures = []
        for each in processes:
            each.join()
        while not told.empty():
            failures.append(told.get())
        if any(each.exitcode for each in processes):
            failures.append(f"readers ended with {[each.exitcode for each in processes]}")
        if archive.engine.document_count != 3 * commits + 1:
            failures.append(f"{archive.engine.document_count} documents in the end")
    return Tally(trials=done.value, operations=commits, failures=failures)


def _is_alive(process: Any) -> bool:
    return bool(process.is_alive())


def _commit(archive: Archive, number: int) -> None:
    catalog, engine = archive.catalog, archive.engine
    documents = [
        Document("newsflash", f"第{number}批的{kind}", f"比特币，{kind}的正文。", category=kind)
        for kind in _KINDS
    ]
    catalog.add([(Page(f"{number}", f"{number}"), documents)])
    census = Document("newsflash", "统计", "到此为止。", category=f"{_CENSUS}{number}")
    stored = [*catalog.changed_since(catalog.generation - 1)]
    stored.append(StoredDocument("census", census, "census", (), 1))
    if number == 1:
        engine.rebuild(stored, catalog.generation)
    else:
        engine.update(stored, [], catalog.generation)
    engine.merge()
    if number % _FOLLOW == 0:
        suggest.follow(catalog)


def _read(
    folder: Path, done: Synchronized[int], ended: Synchronized[int], told: Queue[str]
) -> None:
    try:
        with closing(Archive.open(folder)) as archive:
            last, count = 0, 0
            while not ended.value:
                whole = count % _WHOLE_SEARCH == 0
                last = _looked(archive, last, whole=whole)
                count += 1
                with done.get_lock():
                    done.value += 1 if whole else 2
    except Exception:
        told.put(traceback.format_exc())


def _looked(archive: Archive, last: int, *, whole: bool) -> int:
    """Search; the generation that was seen, which is not before the last one."""
    everything = Search(Everything(), sort="newest", limit=20, facets=("category",), collapse=False)
    if whole:
        answer = archive.search(SearchRequest(collapse=False))
        generation = _generation(
            answer.total, ((each.value, each.count) for each in answer.facets["category"])
        )
        archive.suggester.suggestions("比特")
    else:
        with archive.engine.steady():
            outcome: Outcome = archive.engine.search(everything)
            generation = _generation(outcome.total, outcome.facets["category"])
            found = archive.engine.search(Search(Characters("比特币"), limit=1, facets=()))
            if found.total != 3 * generation:
                raise AssertionError(
                    f"{found.total} documents with a word after {generation} commits"
                )
    if generation < last:
        raise AssertionError(f"generation {generation} after {last}")
    return generation


def _generation(total: int, facets: Iterable[tuple[str, int]]) -> int:
    """How many commits an answer has seen; raises AssertionError when it saw a part of one."""
    counts = dict(facets)
    census = [name for name in counts if name.startswith(_CENSUS)]
    generation = int(census[0].removeprefix(_CENSUS))
    expected = {**dict.fromkeys(_KINDS, generation), census[0]: 1}
    if counts != expected or total != 3 * generation + 1:
        raise AssertionError(f"{total} documents, {counts}")
    return generation


def writing_together(rounds: int, folder: Path, say: Callable[[str], None]) -> Tally:
    """Start two additions, a rebuild, a check and a backup at once, so many times."""
    tally, files = Tally(), []
    data = folder / "data"
    for number in range(rounds):
        new = [_records(folder / f"{number}-{each}.jsonl") for each in range(2)]
        files += new
        commands = [["add", str(file)] for file in new]
        if number:
            commands += [["rebuild"], ["check"], ["backup", str(folder / f"{number}.db")]]
        processes = [
            subprocess.Popen(
                [sys.executable, "run.py", *each, "--data", str(data)],
                cwd=trial.ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for each in commands
        ]
        ends = [(process.communicate(), process.returncode) for process in processes]
        tally.trials += len(processes)
        tally.repaired += sum("等待中" in err for (_, err), _ in ends)
        found = [f"ended with {end}" for end in ends if end[1] or "Traceback" in end[0][1]]
        with closing(Archive.open(data)) as archive:
            stored, indexed = archive.catalog.ids(), archive.indexed_ids()
        if not len(stored) == len(set(indexed)) == len(indexed) == _RECORDS * len(files):
            found.append(f"{len(stored)} stored, {len(indexed)} indexed")
        checked = trial.ended("check", "--data", data)
        found += [f"check: {checked}"] if checked.code else []
        for each in found:
            tally.failures.append(f"round {number}: {each}")
            say(tally.failures[-1])
    return tally


def _records(file: Path) -> Path:
    lines = (
        json.dumps({"title": f"{file.stem}第{number}号", "body": f"公告{number}。"}) + "\n"
        for number in range(_RECORDS)
    )
    file.write_text("".join(lines), "utf-8")
    return file
