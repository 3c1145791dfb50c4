"""What a fuzz target is, and what is demanded of what readers give."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Final

from indexer.documents import Page
from indexer.sources import Refusal

Run = Callable[[bytes], None]

_POSITION: Final = re.compile(r"\d+:\d+|byte \d+")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Broken(Exception):
    """A property that does not hold."""


@dataclass(frozen=True)
class Target:
    """A reader to be fuzzed.

    ``run`` gives it the input, and raises where a property is broken.  ``seeds``
    are valid inputs.
    """

    name: str
    what: str
    run: Run
    seeds: Callable[[], Sequence[bytes]]
    longest: int = 2048


def demand(condition: object, what: object) -> None:
    """Raise Broken, with what is wrong, unless the condition holds."""
    if not condition:
        raise Broken(str(what)[:1000])


def demand_text(text: object, what: str) -> None:
    """That it is a text that can be stored and shown: a string without half characters."""
    demand(isinstance(text, str) and not _SURROGATE.search(text), f"{what} is no text: {text!r}")


def demand_texts(value: object, what: str) -> None:
    """That every string somewhere in a value can be stored."""
    for text in strings_in(value):
        demand_text(text, what)


def strings_in(value: object) -> Iterator[str]:
    """Every string in a dataclass, a mapping, a sequence."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from strings_in(key)
            yield from strings_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings_in(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from strings_in(getattr(value, each.name))


def demand_refusal(refusal: Refusal) -> None:
    """That a refusal is a sentence with a place."""
    demand_text(str(refusal.message), "the sentence")
    at = refusal.position
    demand(at is None or _POSITION.fullmatch(at), f"the position {at!r}")


def demand_page(page: Page) -> None:
    """That a page can be stored; and that of a record it is one JSON object."""
    demand_text(page.content, "the content")
    demand_text(page.name, "the name")
    if page.format == "record":
        demand(isinstance(json.loads(page.content), dict), "a record that is no object")
    else:
        demand("\0" not in page.content, "a page with a NUL")
