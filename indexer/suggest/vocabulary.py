"""The vocabulary as of one catalog generation, asked for what begins with what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import merge
from itertools import takewhile
from typing import Final

import numpy as np

from indexer.analysis.dictionary import alias_groups
from indexer.suggest.building import term_columns
from indexer.suggest.columns import Array, Columns
from indexer.suggest.folder import Folder, State
from indexer.suggest.pinyin import Parse, parses
from indexer.suggest.runs import Found, Run, TermRun, TitleRun
from indexer.suggest.texts import Texts

_pinyin: Final = re.compile(r"(.*?)([a-zü][a-zü']*)", re.DOTALL)


class Vocabulary:
    """The terms, the titles and the names of the alias groups of one state on disk.

    Raises Damaged, here or later, when a file is not what was written.
    """

    def __init__(self, folder: Folder, state: State) -> None:
        self.terms = tuple(
            TermRun(Columns(folder.path / file), Columns(folder.path / weights)["weight"])
            for file, weights in state.terms
        )
        self._folder, self._state = folder, state

    @cached_property
    def titles(self) -> tuple[TitleRun, ...]:
        """The titles; a correction needs none, so they are opened when first asked for."""
        return tuple(TitleRun(Columns(self._folder.path / file)) for file in self._state.titles)

    @cached_property
    def things(self) -> Mapping[str, tuple[str, int]]:
        """For each name of a thing that occurs, the main one of its names, with its weight.

        The main name is the one that most documents have, the first of them in the lexicon.
        """
        groups = list(alias_groups())
        names = [name for group in groups for name in group]
        weights = dict(zip(names, self.weights(names), strict=True))
        mains = [(group, max(group, key=weights.__getitem__)) for group in groups]
        return {
            name: (main, weights[main]) for group, main in mains if weights[main] for name in group
        }

    @cached_property
    def names(self) -> TermRun:
        """A run of the names of things that occur, each ranking just behind the main name."""
        names = Texts.of([*self.things])
        weights = [weight - (name != main) for name, (main, weight) in self.things.items()]
        is_guess = np.zeros(len(names), np.uint8)
        return TermRun(term_columns(names, np.array(weights, np.int64), is_guess))

    @cached_property
    def cities(self) -> Run:
        """The cities of the documents, each with the number of those that it is a city of."""
        return Run(Columns(self._folder.path / self._state.cities))

    def weights(self, texts: Sequence[str]) -> list[int]:
        """How many documents have each of these folded words; 0 for what is no word there."""
        hashes = Texts.of(texts).hashes()
        found = np.zeros(len(texts), np.int64)
        for run in self.terms:
            entries = run.entry_of(hashes)
            known = entries >= 0
            found[known] = run.weights[entries[known]]
        return [int(weight) for weight in found]


def encoded(typed: str) -> bytes:
    """As texts are kept; half of a surrogate pair, which may be typed, is in none."""
    return typed.encode("utf-8", "surrogatepass")


def completions(runs: Iterable[Run], typed: str) -> Iterator[Found]:
    """The entries that begin with ``typed`` (folded), by their characters or by their pinyin.

    Pinyin may follow characters (区kuai) and may be abbreviated (btb, bitb).
    What was typed exactly comes first, then by weight, what is abbreviated
    last; an entry of several runs, or found in several ways, may come again.
    """
    runs = tuple(runs)
    match = _pinyin.fullmatch(typed)
    before, letters = (match[1], match[2]) if match else ("", "")
    fulls = [_Typed(run, typed, before, parses(letters)) for run in runs]
    for one in fulls:
        yield from one.exact()
    yield from merge(*(one.ranked(abbreviated=False) for one in fulls))
    yield from merge(*(one.ranked(abbreviated=True) for one in fulls))


class _Typed:
    """What was typed, looked for in one run."""

    def __init__(self, run: Run, typed: str, before: str, found: Sequence[Parse]) -> None:
        self._run = run
        self._typed = encoded(typed)
        self._range = run.beginning_with(self._typed)
        self._size = len(before)
        self._parses = found
        self._before = run.beginning_with(encoded(before)) if before and found else (0, 0)

    def exact(self) -> Iterator[Found]:
        start, end = self._range
        same = takewhile(lambda entry: self._run.text(entry) == self._typed, range(start, end))
        yield from map(self._run.found, self._run.ranked(np.array(list(same), np.int64)))

    def ranked(self, *, abbreviated: bool) -> Iterator[Found]:
        found: list[Array] = [] if abbreviated else [np.arange(*self._range)]
        for parse in self._parses:
            if parse.abbreviated == abbreviated:
                found.append(self._read(parse))
        if entries := [each for each in found if len(each)]:
            yield from map(self._run.found, self._run.ranked(np.concatenate(entries)))

    def _read(self, parse: Parse) -> Array:
        if self._size:
            return self._run.going_on_as(self._before, self._size, parse.spans)
        return self._run.read_as(parse.spans)
