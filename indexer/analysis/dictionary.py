"""The lexicon: jieba's dictionary, the words added to it, and other names of things.

All is read when first asked for; a search that needs no frequencies reads none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from indexer.analysis.folding import fold
from indexer.analysis.word_table import WordTable

LEXICON: Final = Path(__file__).parent / "lexicon"
WORDS: Final = LEXICON / "words.tsv"
ALIASES: Final = LEXICON / "aliases.tsv"
LATIN: Final = LEXICON / "latin.txt"

# What jieba's dictionary segmentation looks at (its ``re_han_default``).
CUTTABLE: Final = "\u4e00-\u9fd5"


class _Names(NamedTuple):
    """Each name, folded, with its spelling and with the other names, folded, of its thing."""

    spelling: Mapping[str, str]
    others: Mapping[str, tuple[str, ...]]


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@cache
def added_words() -> Mapping[str, int]:
    """The words added to jieba's dictionary, folded, with their frequencies."""
    return {fold(word): int(frequency) for word, frequency in _rows(WORDS)}


def latin_names() -> tuple[str, ...]:
    """The names in Latin letters that are pieces of longer runs of letters."""
    return tuple(name for row in _rows(LATIN) for name in row[0].split())


def jieba_dictionary() -> Path:
    """Where jieba keeps its dictionary; found without the cost of importing jieba."""
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("jieba is not installed", name="jieba")
    return Path(spec.origin).with_name("dict.txt")


@cache
def frequencies() -> WordTable:
    """Every word that can be cut, jieba's and the added ones, with its frequency."""
    # As rjieba has it. jieba's own counts a line that stands twice in its file twice, and an
    # added word besides its old frequency; cuts of equal probability turn on such a trifle.
    return WordTable(_all_words)


def _all_words() -> str:
    added = (f"{word} {frequency} x\n" for word, frequency in added_words().items())
    return jieba_dictionary().read_text(encoding="utf-8") + "".join(added)


@cache
def _names() -> _Names:
    spelling: dict[str, str] = {}
    others: dict[str, tuple[str, ...]] = {}
    for row in _rows(ALIASES):
        names = dict(zip(map(fold, row), row, strict=True))
        spelling |= names
        others |= {name: tuple(other for other in names if other != name) for name in names}
    return _Names(spelling, others)


def aliases(folded: str) -> tuple[str, ...]:
    """The other names, folded, of the thing that ``folded`` names; empty if none is known.

    A name may hold spaces (``vitalik buterin``) or mix scripts (``v神``).
    """
    return _names().others.get(folded, ())


def alias_groups() -> Iterator[tuple[str, ...]]:
    """The names of each thing that has several, folded."""
    return (tuple(map(fold, row)) for row in _rows(ALIASES))


def spelling(folded: str) -> str:
    """A folded name as the lexicon writes it: ``Vitalik Buterin``; another text as it is."""
    return _names().spelling.get(folded, folded)
