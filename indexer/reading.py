"""Reading pages in one process or in several, in the order in which they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final, TypeVar

from indexer.catalog import PageRow, page_row
from indexer.documents import Page
from indexer.errors import Refused
from indexer.i18n import N_, Message
from indexer.pages import Reading, read
from indexer.sources import Refusal
from indexer.workers import done_by

Read = tuple[Page, Reading]
_Result = TypeVar("_Result")

# A further process takes a second to start, which one process spends on so many characters.
WORTH_PROCESSES: Final = 1_000_000
_TASK_CHARACTERS: Final = 300_000
# For each process: it is not to run out of work while a batch is stored.
_TASKS_AHEAD: Final = 8

_NOTHING: Final = N_("%(name)s 里没有文章，也没有快讯。")


def read_pages(inputs: Iterable[Page | Refusal], processes: int = 1) -> Iterator[Read | Refusal]:
    """The pages with what each alone gives, in order; what cannot be read becomes a refusal.

    Once there is enough to do, ``processes`` share the work (see :func:`done_by`).
    """
    return _each(_read_or_refuse, inputs, processes)


def page_rows(inputs: Iterable[Page | Refusal], processes: int = 1) -> Iterator[PageRow | Refusal]:
    """The rows of what :func:`read_pages` gives, for the catalog to store."""
    return _each(_row_or_refuse, inputs, processes)


def _read_or_refuse(page: Page) -> Read | Refusal:
    """A page with what it gives, or why that is nothing."""
    try:
        reading = read(page)
    except Refused as refused:
        return Refusal(page.name, refused.message)
    return (
        (page, reading)
        if reading.documents
        else Refusal(page.name, Message(_NOTHING, {"name": page.name}))
    )


def _row_or_refuse(page: Page) -> PageRow | Refusal:
    found = _read_or_refuse(page)
    if isinstance(found, Refusal):
        return found
    _, reading = found
    return page_row(page, reading.documents, reading.tails)


def _each(
    work: Callable[[Page], _Result | Refusal],
    inputs: Iterable[Page | Refusal],
    processes: int,
) -> Iterator[_Result | Refusal]:
    """What ``work`` gives for every page, in order, and the refusals between them."""
    inputs = iter(inputs)
    done = 0
    for each in inputs:
        yield each if isinstance(each, Refusal) else work(each)
        done += 0 if isinstance(each, Refusal) else len(each.content)
        if processes > 1 and done >= WORTH_PROCESSES:
            break
    else:
        return
    do = partial(_do, work)
    for task in done_by(do, _tasks(inputs), processes, _TASKS_AHEAD, helping=True):
        yield from task


def _tasks(inputs: Iterable[Page | Refusal]) -> Iterator[list[Page | Refusal]]:
    task: list[Page | Refusal] = []
    characters = 0
    for each in inputs:
        task.append(each)
        # A record takes as long as so many characters, however short it is.
        characters += 500 + (0 if isinstance(each, Refusal) else len(each.content))
        if characters >= _TASK_CHARACTERS:
            yield task
            task, characters = [], 0
    if task:
        yield task


def _do(
    work: Callable[[Page], _Result | Refusal], task: list[Page | Refusal]
) -> list[_Result | Refusal]:
    return [each if isinstance(each, Refusal) else work(each) for each in task]
