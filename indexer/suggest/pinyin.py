"""Pinyin without tones: the readings of Chinese text, and what typed letters may stand for.

A syllable is a number, from 1 in alphabetical order, so that the syllables that
begin with some letters are a range of numbers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

DATA: Final = Path(__file__).with_name("data") / "pinyin.tsv"

LENGTH: Final = 8
"""How many leading characters of a text are read."""

MAX_READINGS: Final = 6
"""How many readings a text has at most."""

_MAX_PARSES: Final = 16
_LONGEST: Final = 6  # zhuang
_INITIALS: Final = frozenset("bpmfdtnlgkhjqxrzcsyw") | {"zh", "ch", "sh"}

Reading = tuple[int, ...]
Span = tuple[int, int]


class Parse(NamedTuple):
    """What letters may stand for: a range of syllables for each character.

    ``abbreviated`` when a character other than the last is meant by its
    initial alone (``btb``, ``bitb``).
    """

    spans: tuple[Span, ...]
    abbreviated: bool


class _Table(NamedTuple):
    syllables: tuple[str, ...]
    readings: Mapping[str, Reading]


@cache
def _table() -> _Table:
    rows = [line.split("\t") for line in DATA.read_text(encoding="utf-8").splitlines()]
    lists = [(row[0].split(), row[1]) for row in rows]
    syllables = tuple(sorted({syllable for syllables, _ in lists for syllable in syllables}))
    number = {syllable: at for at, syllable in enumerate(syllables, 1)}
    readings = {
        character: tuple(number[syllable] for syllable in syllables)
        for syllables, characters in lists
        for character in characters
    }
    return _Table(syllables, readings)


def character_readings() -> Mapping[str, Reading]:
    """The readings of each character, the most frequent first."""
    return _table().readings


def readings(folded: str) -> list[Reading]:
    """The readings of the leading Han characters of a folded text, at most LENGTH of them.

    The first has the first reading of every character; in each of the others
    one character is read otherwise: 行长 is xing-zhang, hang-zhang, heng-zhang
    and xing-chang.  Empty where the text does not begin with a Han character.
    """
    known = character_readings()
    characters: list[Reading] = []
    for character in folded[:LENGTH]:
        if character not in known:
            break
        characters.append(known[character])
    if not characters:
        return []
    first = tuple(options[0] for options in characters)
    others = (
        (*first[:at], option, *first[at + 1 :])
        for at, options in enumerate(characters)
        for option in options[1:]
    )
    return [first, *islice(others, MAX_READINGS - 1)]


@lru_cache(maxsize=1 << 10)
def parses(letters: str) -> tuple[Parse, ...]:
    """What ``letters`` may stand for, each letter used; the last syllable may be unfinished.

    An apostrophe ends a syllable, as input methods write it (``xi'an``).
    Those without abbreviation come first; empty for letters that are no pinyin.
    """
    found = islice(_parses(letters.replace("ü", "v")), _MAX_PARSES)
    return tuple(sorted(set(found), key=lambda parse: (parse.abbreviated, len(parse.spans), parse)))


def spelled_out(letters: str) -> tuple[Reading, ...]:
    """The readings that ``letters`` write out in full, two syllables or more."""
    numbers = {name: at for at, name in enumerate(_table().syllables, 1)}

    def parts(rest: str) -> Iterator[Reading]:
        if not rest:
            yield ()
        for size in range(min(_LONGEST, len(rest)), 0, -1):
            if number := numbers.get(rest[:size]):
                for reading in parts(rest[size:]):
                    yield (number, *reading)

    found = islice(parts(letters.replace("ü", "v").replace("'", "")), _MAX_PARSES)
    return tuple(reading for reading in found if 2 <= len(reading) <= LENGTH)


def _parses(letters: str, depth: int = 0) -> Iterator[Parse]:
    if depth == LENGTH or not letters:
        return
    end, _, after = letters.partition("'")
    if end and not after and (span := _span(end)):
        yield Parse((span,), False)
    for size in range(min(_LONGEST, len(end)), 0, -1):
        rest = letters[size:].removeprefix("'")
        if not rest:
            continue
        for span, is_short in _character(end[:size]):
            for parse in _parses(rest, depth + 1):
                yield Parse((span, *parse.spans), is_short or parse.abbreviated)


def _character(letters: str) -> Sequence[tuple[Span, bool]]:
    """The ranges that letters followed by others stand for: the syllable, the initial."""
    syllables = _table().syllables
    found: list[tuple[Span, bool]] = []
    at = bisect_left(syllables, letters)
    if at < len(syllables) and syllables[at] == letters:
        found.append(((at + 1, at + 2), False))
    if letters in _INITIALS and (span := _span(letters)):
        found.append((span, True))
    return found


def _span(letters: str) -> Span | None:
    """The syllables that begin with these letters."""
    syllables = _table().syllables
    first, last = bisect_left(syllables, letters), bisect_left(syllables, letters + "{")
    return (first + 1, last + 1) if last > first else None


@cache
def fuzzy_classes() -> tuple[int, ...]:
    """The class of each syllable, by its number (0 for none): alike where accents confuse them.

    z zh, c ch, s sh, n l; an ang, en eng, in ing.  A class is the number of one of them.
    """
    numbers: dict[str, int] = {}
    classes = [0]
    for at, syllable in enumerate(_table().syllables, 1):
        start = syllable[0] + syllable[1:].removeprefix("h") if syllable[0] in "zcs" else syllable
        start = "l" + start[1:] if start[0] == "n" else start
        key = start[:-1] if start.endswith(("ang", "eng", "ing")) else start
        classes.append(numbers.setdefault(key, at))
    return tuple(classes)
