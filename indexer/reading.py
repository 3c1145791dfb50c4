"""Reading pages in one process or in several, in the order in which they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from indexer.documents import Page
from indexer.errors import Refused
from indexer.i18n import N_, Message
from indexer.pages import Reading, read
from indexer.sources import Refusal
from indexer.workers import done_by

Read = tuple[Page, Reading]

# A further process takes a second to start, which one process spends on so many characters.
WORTH_PROCESSES: Final = 1_000_000
_TASK_CHARACTERS: Final = 300_000

_NOTHING: Final = N_("%(name)s 里没有文章，也没有快讯。")


def read_or_refuse(page: Page) -> Read | Refusal:
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


def read_pages(inputs: Iterable[Page | Refusal], processes: int = 1) -> Iterator[Read | Refusal]:
    """The pages with what each alone gives, in order; what cannot be read becomes a refusal.

    Once there is enough to do, ``processes`` share the work (see :func:`done_by`).
    """
    inputs = iter(inputs)
    done = 0
    for each in inputs:
        yield each if isinstance(each, Refusal) else read_or_refuse(each)
        done += 0 if isinstance(each, Refusal) else len(each.content)
        if processes > 1 and done >= WORTH_PROCESSES:
            break
    else:
        return
    for task in done_by(_read_task, _tasks(inputs), processes):
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


def _read_task(task: list[Page | Refusal]) -> list[Read | Refusal]:
    return [each if isinstance(each, Refusal) else read_or_refuse(each) for each in task]
