"""The same newsflash on other pages: where the pages begin to differ, it starts.

A page read alone guesses where a newsflash starts from its words.  On other
pages the same newsflash follows other text, so what all of them share above
its stamp is the newsflash itself.  Everything here is a function of the *set*
of pages: their order never matters.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from indexer.pages._text import Line
from indexer.pages.stamps import Run

# So many characters before the stamp, and its day, name a newsflash.
_KEY: Final = 24
# Two runs that share less than this are two newsflashes made from one template.
_LEAST_SHARED: Final = 28
_ABOVE: Final = 16
# Neighbouring paragraphs often end alike: in a full stop, or in a word and a full stop.
_SLACK: Final = 3
# A retyped newsflash differs by so many characters at most, and agrees for so many after them.
_LONGEST_EDIT: Final = 3
_RESUMED: Final = 8
# What is put before a title or left out there; and how far above a retyped word it may start.
_RETYPED_HEAD: Final = 6
_TITLE: Final = 24
_STOPS: Final = frozenset("。!?")
_MOST_WITNESSES: Final = 5
# More than a newsflash may take (titles.py looks no further than 6,000 characters up).
_MOST_COMPARED: Final = 8192
_DAY: Final = len("2020-07-13")


@dataclass(frozen=True, slots=True)
class Tail:
    """What is to be known of a stamped run to find the pages that share its newsflash.

    ``key`` names the newsflash, ``run`` the run.  ``length`` counts the
    characters of the newsflash, white space aside, where the page alone is
    read; ``above`` names the characters right above it, and is 0 where the
    run holds none.
    """

    key: int
    run: int
    length: int
    above: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A run as others are compared with it: its text backwards, without white space.

    ``starts`` tells after how many of these characters a line starts.
    """

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Trace:
        """The trace of these lines."""
        texts = [_bare(line.view) for line in lines]
        starts: list[int] = []
        for text in reversed(texts):
            starts.append(len(text) + (starts[-1] if starts else 0))
        return cls("".join(texts)[::-1], tuple(starts))

    @property
    def end(self) -> Trace:
        """So much of it, from the stamp on, as a newsflash may take."""
        starts = self.starts[: bisect_right(self.starts, _MOST_COMPARED)]
        return Trace(self.text[:_MOST_COMPARED], starts)

    def starts_within(self, first: int, last: int) -> int:
        """The least start that is neither below ``first`` nor above ``last``; else 0."""
        at = bisect_left(self.starts, first)
        return self.starts[at] if at < len(self.starts) and self.starts[at] <= last else 0

    def opens(self, place: int) -> bool:
        """Whether a line or a sentence starts at a place, or a few characters below it."""
        below = max(0, place - _SLACK)
        ends = self.text[below : place + 1]
        return bool(self.starts_within(below, place)) or any(map(_STOPS.__contains__, ends))

    @property
    def name(self) -> int:
        """The name of the run."""
        return _name(self.text, *map(str, self.starts))


Evidence = Mapping[int, Sequence[Trace]]
"""By key, the traces that speak for the borders of the newsflash."""


def key_of(run: Run) -> int:
    """What names the newsflash that ends a run, wherever it stands."""
    end = ""
    for line in reversed(run.lines):
        end = _bare(line.view)[-_KEY:] + end
        if len(end) >= _KEY:
            break
    return _name(run.published.value[:_DAY] if run.published else "", end[-_KEY:])


def tail_of(run: Run, line: int, place: int) -> Tail:
    """The tail of a run whose newsflash starts at ``place`` of a ``line`` of it."""
    trace = Trace.of(run.lines)
    length = _length_from(run.lines, line, place)
    above = trace.text[length : length + _ABOVE]
    return Tail(key_of(run), trace.name, length, _name(above) if above else 0)


@dataclass(frozen=True, slots=True)
class Dispute:
    """What pages read alone disagree on.

    ``runs`` are to be compared.  ``settled`` is the length in which the
    newsflash stands under different text, on more runs than in any other
    length: they are right, and only the others look at the evidence; 0 where
    no length is.
    """

    runs: tuple[int, ...]
    settled: int

    @property
    def name(self) -> int:
        """The name of the evidence; no other runs have it, and none is 0."""
        return _name(*map(str, self.runs)) or 1


def dispute(tails: Collection[Tail]) -> Dispute | None:
    """Whether the tails of one key disagree: in length, or about what is above the newsflash.

    Where different runs agree even above what all of them take for its start,
    it may start higher.
    """
    distinct = set(tails)
    runs = {tail.run for tail in distinct}
    if len(runs) < 2:
        return None
    times = Counter(tail.length for tail in distinct)
    most = max(times.values())
    most_often = [length for length, count in times.items() if count == most]
    above = {tail.above for tail in distinct if tail.length == most_often[0]}
    certain = len(most_often) == 1 and len(above) > 1
    if len(times) == 1 and (certain or above == {0}):
        return None
    return Dispute(tuple(sorted(runs)[:_MOST_WITNESSES]), most_often[0] if certain else 0)


class Comparison:
    """What other runs tell of the start of the newsflash that ends these lines."""

    def __init__(self, lines: Sequence[Line], others: Iterable[Trace]) -> None:
        self._lines = lines
        whole = Trace.of(lines)
        own = whole.end
        self._shared: list[int] = []
        places: set[int] = set()
        for whole_other in others:
            other = whole_other.end
            blocks = list(_matching(own.text, other.text))
            begin, other_begin, size = blocks[-1]
            if begin + size < _LEAST_SHARED:
                continue
            shared = _parting(own, begin + size, other, other_begin + size)
            if shared and whole_other.text != whole.text:
                self._shared.append(shared)
            places.update(
                mine + start - theirs
                for mine, theirs, length in blocks
                for start in other.starts[
                    bisect_right(other.starts, theirs) : bisect_right(other.starts, theirs + length)
                ]
            )
        places.update(self._shared)
        self.places: dict[int, list[int]] = {}
        lengths = [
            length
            for length in sorted(places)
            if not own.starts_within(length, length + _RETYPED_HEAD)
        ]
        for line, place in _places_of(lines, lengths):
            self.places.setdefault(line, []).append(place)

    def seen(self, line: int, place: int) -> tuple[float, float]:
        """The shares of the others that begin to differ at this start, and inside of it."""
        if not self._shared:
            return 0.0, 0.0
        length = _length_from(self._lines, line, place)
        here = sum(0 <= shared - length <= _SLACK for shared in self._shared)
        inside = sum(shared < length for shared in self._shared)
        return here / len(self._shared), inside / len(self._shared)


def _parting(own: Trace, shared: int, other: Trace, other_shared: int) -> int:
    """After how many characters two runs part; 0 where they may only be retyped there."""
    if own.starts_within(shared - _SLACK, shared):
        return shared
    if start := own.starts_within(shared, shared + _RETYPED_HEAD):
        return start
    if own.opens(shared) or other.opens(other_shared):
        return shared
    if own.starts_within(shared, shared + _TITLE) and other.starts_within(
        other_shared, other_shared + _TITLE
    ):
        return 0
    return shared


def _matching(own: str, other: str) -> Iterator[tuple[int, int, int]]:
    """The blocks from the beginning on that both have: where in each, and how long.

    Between two blocks each side may have a few characters of its own.
    """
    a = b = 0
    while True:
        size = _common(own, other, a, b)
        yield a, b, size
        a, b = a + size, b + size
        edits = [
            (skipped + added, skipped, added)
            for skipped in range(_LONGEST_EDIT + 1)
            for added in range(_LONGEST_EDIT + 1)
            if len(resumed := own[a + skipped : a + skipped + _RESUMED]) == _RESUMED
            and other.startswith(resumed, b + added)
        ]
        if not edits:
            return
        _, skipped, added = min(edits)
        a, b = a + skipped, b + added


def _common(own: str, other: str, a: int, b: int) -> int:
    """How many characters agree from these places on."""
    size = 0
    for mine, theirs in zip(own[a:], other[b:], strict=False):
        if mine != theirs:
            break
        size += 1
    return size


def _length_from(lines: Sequence[Line], line: int, place: int) -> int:
    below = sum(len(_bare(each.view)) for each in lines[line + 1 :])
    return len(_bare(lines[line].view[place:])) + below


def _places_of(lines: Sequence[Line], lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The lines, and the places in them, behind which so many characters (ascending) stand."""
    wanted = iter(lengths)
    length = next(wanted, 0)
    count = 0
    for index in range(len(lines) - 1, -1, -1):
        view = lines[index].view
        for place in range(len(view) - 1, -1, -1):
            if not length:
                return
            count += not view[place].isspace()
            if count == length:
                yield index, place
                length = next(wanted, 0)


def _bare(text: str) -> str:
    return "".join(text.split())


def _name(*parts: str) -> int:
    """64 bits of a hash, as SQLite keeps a whole number."""
    digest = blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
