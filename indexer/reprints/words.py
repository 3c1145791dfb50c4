"""A text as the words that count when it is asked whether it is a reprint.

Punctuation, white space, script, width, function words and the choice among
synonyms are gone; figures are plain numbers; other names of one thing are one
name.  The words depend on the folded text without white space alone, as the
identity of a text does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from indexer.analysis import ANALYSIS_VERSION, FOLD_VERSION, cut, dictionary_version, fold
from indexer.analysis.dictionary import ALIASES, added_words, frequencies, jieba_dictionary

_DATA: Final = Path(__file__).parent / "data"
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇々"
_TOKEN: Final = re.compile(
    rf"(?P<han>[{_HAN}]+)"
    r"|(?P<date>\d{4}[./-]\d{1,2}[./-]\d{1,2}(?!\d))"
    r"|(?P<number>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<unit>%|万亿|千万|百万|[万亿千])?"
    rf"|(?P<letters>[^\W\d_{_HAN}]+)"
)
_UNITS: Final = {
    **{"万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3},
    **{"%": 1, "": 1},
}
_NUMERALS: Final = {
    **dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)),
    "两": "2",
}
# The first word of the first line of opposites.tsv.
_NEGATION: Final = "不"
_TENS: Final = "十百千万亿"
# Longer ones count nothing, and to work them out takes the square of their length.
_LONGEST_NUMBER: Final = 1000
_LONGEST_NUMERAL: Final = 60
_NUMERAL_CHARACTERS: Final = frozenset((*_NUMERALS, *_TENS))
_NUMERAL: Final = re.compile(f"[{''.join(_NUMERALS)}{_TENS}]+")
# Tags of jieba's dictionary: names of people, places, bodies, other things; times and numbers.
_PLACE_TAGS: Final = frozenset(("ns", "nt"))
_NAME_TAGS: Final = frozenset(("nr", "nrt", "nrfg", "nz"))
# The dictionary tags 普通 and 和平 as names; a word so frequent is none.
_NO_NAME: Final = 2000
_TIME_TAGS: Final = frozenset(("t", "tg"))
# 周三 and 凌晨 are times; 今后 and 从前 are not.
_A_TIME: Final = re.compile("[日天周月年季晨早晚夜春夏秋冬]")
# Companies are called after dolphins and torches, hardly ever after problems and profits.
_FREQUENT: Final = 600
_NOUN_TAGS: Final = frozenset(("n", "ng", "j"))


class Sort(Enum):
    """What a word is to the meaning of a text."""

    FACT = "a number, a name, a time, a negation, a direction"
    RARE = "a rare noun, which may be a name"
    NOUN = "a frequent noun, which may be part of a name"
    LIGHT = "any other word"


def _lines(name: str) -> Iterator[list[str]]:
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _groups(name: str) -> dict[str, str]:
    return {word: group[0] for group in reversed([*_lines(name)]) for word in reversed(group)}


@cache
def _opposites() -> dict[str, str]:
    return _groups("opposites.tsv")


@cache
def _synonyms() -> dict[str, str]:
    return _groups("synonyms.tsv") | _opposites()


@cache
def _ignored() -> frozenset[str]:
    return frozenset(word for (word,) in _lines("ignored.txt"))


@cache
def name_suffixes() -> frozenset[str]:
    """The words before which an ordinary noun is part of a name, as :func:`words_of` has them."""
    return frozenset(
        canonical for (word,) in _lines("suffixes.txt") for canonical in _canonical(word)
    )


@cache
def _tags() -> dict[str, str]:
    fields = jieba_dictionary().read_text(encoding="utf-8").split()
    return dict(zip(fields[::3], fields[2::3], strict=True))


WORDS_VERSION: Final = sha256(
    f"{FOLD_VERSION} {ANALYSIS_VERSION} {dictionary_version()}".encode()
    + ALIASES.read_bytes()
    + b"".join(path.read_bytes() for path in sorted(_DATA.iterdir()) if path.suffix != ".md")
).hexdigest()[:12]
"""Changes with the data on which :func:`words_of` and :func:`sort_of` depend."""


def words_of(text: str) -> list[str]:
    """The words that count, in order; a word that repeats the one before it once."""
    words: list[str] = []
    for match in _TOKEN.finditer("".join(fold(text).split())):
        if run := match["han"]:
            for word in _with_whole_numerals(cut(run)):
                words += _canonical(word)
        elif match["number"]:
            words.append(_number(match["number"], match["unit"] or ""))
        elif match["date"]:
            words += (_number(part, "") for part in re.split("[./-]", match["date"]))
        else:
            words.append(_name(match["letters"]))
    return [word for at, word in enumerate(words) if not at or word != words[at - 1]]


def _with_whole_numerals(words: list[str]) -> list[str]:
    """The words, with 三百 and 二十万 side by side as 三百二十万."""
    whole: list[list[str]] = []
    is_numeral = False
    for word in words:
        if is_numeral and word[0] in _NUMERAL_CHARACTERS:
            whole[-1].append(word)
        else:
            whole.append([word])
        is_numeral = _NUMERAL.fullmatch(word) is not None
    return list(map("".join, whole))


@lru_cache(maxsize=1 << 18)
def _canonical(word: str) -> tuple[str, ...]:
    """What a Han word counts as: nothing, itself, its group's first word, or a number."""
    if word in _opposites():
        return (_opposites()[word],)
    if word in _ignored():
        return ()
    if word in _synonyms():
        head = _synonyms()[word]
        return () if head in _ignored() else (head,)
    if numeral := _NUMERAL.match(word):
        number = _number_of_numeral(numeral[0])
        rest = word[numeral.end() :]
        if number and not rest:
            return (number,)
        if number and _tags().get(word, "m") == "m":
            # 一 in 一种 and 一道 counts nothing.
            return (*((number,) if numeral[0] != "一" else ()), *_canonical(rest))
    return (_name(word),)


def _number(digits: str, unit: str) -> str:
    if len(digits) > _LONGEST_NUMBER:
        return digits + unit
    value = Decimal(digits.replace(",", "")) * _UNITS[unit]
    plain = f"{value:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain + "%" if unit == "%" else plain


def _number_of_numeral(numeral: str) -> str | None:
    """三 or 二〇二〇 or 一百二十三万 as digits; None when it cannot be read."""
    if not any(character in _TENS for character in numeral):
        return "".join(_NUMERALS[character] for character in numeral)
    if len(numeral) > _LONGEST_NUMERAL:
        return None
    total, section, digit = 0, 0, 0
    for character in numeral:
        if character in _NUMERALS:
            digit = int(_NUMERALS[character])
        elif character in "十百千":
            section += (digit or 1) * 10 ** ("十百千".index(character) + 1)
            digit = 0
        else:
            total = (total + section + digit) * (10**4 if character == "万" else 10**8)
            section = digit = 0
    return str(total + section + digit) if total + section + digit else None


@cache
def _aliases() -> dict[str, str]:
    """Every other name, without white space, with the one name that its thing has here.

    The greatest is taken: a Han name, of which a scrap is still like the whole.
    """
    found: dict[str, str] = {}
    for line in ALIASES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            names = ["".join(fold(name).split()) for name in line.split("\t")]
            found |= dict.fromkeys(names, max(names))
    return found


def _name(word: str) -> str:
    return _aliases().get(word, word)


@lru_cache(maxsize=1 << 18)
def sort_of(word: str) -> Sort:
    """What a word of :func:`words_of` is to the meaning."""
    if not re.match(f"[{_HAN}]", word):
        return Sort.FACT
    if word in _opposites():
        return Sort.FACT
    if word in _synonyms():
        return Sort.LIGHT
    if word in added_words() or word in _aliases():
        return Sort.FACT
    tag = _tags().get(word, "nz" if len(word) > 1 else "g")
    frequency = frequencies().frequency(word)
    if tag in _PLACE_TAGS or (tag in _TIME_TAGS and _A_TIME.search(word)):
        return Sort.FACT
    if tag in _NAME_TAGS:
        return Sort.FACT if frequency < _NO_NAME else Sort.NOUN
    if tag not in _NOUN_TAGS:
        return Sort.LIGHT
    return Sort.RARE if frequency < _FREQUENT else Sort.NOUN


def is_negation(word: str) -> bool:
    """Whether a word of :func:`words_of` denies something."""
    return word == _NEGATION


def is_direction(word: str) -> bool:
    """Whether a word of :func:`words_of` is a negation or has an opposite."""
    return _opposites().get(word) == word
