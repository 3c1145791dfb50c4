"""Which cities a text names.

The names come from ``gazetteer/``; its README.md says what is in it and how it
was decided.  A name found in a text counts unless a longer phrase that is no
place covers it, what follows makes it something else (a university, a
newspaper, a protocol's upgrade), or a word of the segmenter's cut crosses its
border.  A name that is also an ordinary word needs a reason: the province
before it, 警方 behind it, or a city beside it in a list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from indexer.analysis.dictionary import CUTTABLE
from indexer.analysis.folding import fold
from indexer.analysis.segmenter import segmenter
from indexer.pages._text import plain_view

GAZETTEER: Final = Path(__file__).parent / "gazetteer"
# Goes up when the names or the rules change, so that stored places are known to be old.
GAZETTEER_VERSION: Final = 1

# How many characters on each side of a name the segmenter gets to see: no word that
# crosses the border reaches further, and a longer run costs time and decides nothing.
_VIEW: Final = 5
# How much of what follows a Latin name is looked at.
_LATIN_VIEW: Final = 24
# Zero-width marks, which some sites strew into names.
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_before: Final = re.compile(f"[{CUTTABLE}]{{0,{_VIEW}}}\\Z")
_after: Final = re.compile(f"[{CUTTABLE}]{{0,{_VIEW}}}")
_CONJUNCTIONS: Final = ("、", "和", "与", "及", "/", "以及")
# 白银市场, 白银市值: the 市 belongs to the next word.
_not_a_suffix: Final = {"市": "场值价面况盈", "区": "块域别间分位"}

Kind = Literal["full", "open", "context", "area", "district", "none"]


@dataclass(frozen=True, slots=True)
class _Name:
    """A form under which cities are named; without cities, a phrase that is no place."""

    form: str
    kind: Kind
    cities: tuple[str, ...] = ()
    abroad: bool = False


class _Mention(NamedTuple):
    start: int
    end: int
    name: _Name


def _rows(file: str) -> Iterator[list[str]]:
    for line in (GAZETTEER / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@cache
def _names() -> Mapping[str, _Name]:
    """Every form with what it names; the files hold Han forms as they fold, in simplified."""
    names: dict[str, _Name] = {}
    for file, abroad in (("world.tsv", True), ("china.tsv", False)):
        for canonical, full, kind, others in _rows(file):
            forms: dict[str, Kind] = dict.fromkeys([full, *filter(None, others.split(","))], "full")
            if kind != "full":
                forms[canonical] = "open" if kind == "open" else "context"
            for form, as_kind in forms.items():
                names[form] = _Name(form, as_kind, (canonical,), abroad)
    for district, city in _rows("districts.tsv"):
        names.setdefault(district, _Name(district, "district", (city,)))
    for area, cities in _rows("areas.tsv"):
        names[area] = _Name(area, "area", tuple(cities.split(" ")))
    for (phrase,) in _rows("not_places.txt"):
        names[phrase] = _Name(phrase, "none")
    return names


@cache
def _by_prefix() -> Mapping[str, list[_Name]]:
    """The Han forms by their first two characters, the longest first."""
    table: dict[str, list[_Name]] = defaultdict(list)
    for form in sorted(_names(), key=len, reverse=True):
        if not form[0].isascii():
            table[form[:2]].append(_names()[form])
    return table


@cache
def _latin() -> re.Pattern[str]:
    forms = sorted((form for form in _names() if form[0].isascii()), key=len, reverse=True)
    # No look-behind: a pattern that begins with a set of letters is searched many times faster.
    return re.compile(rf"(?:{'|'.join(map(re.escape, forms))})(?![A-Za-z])")


@cache
def _latin_follower() -> re.Pattern[str]:
    return re.compile("|".join(expression for (expression,) in _rows("latin_followers.txt")))


@cache
def _followers() -> Mapping[str, list[str]]:
    """What may not follow a city if it is to be a place: any (*), one abroad (+), or one city."""
    expressions: dict[str, list[str]] = defaultdict(list)
    for cities, expression in _rows("followers.tsv"):
        for city in cities.split(","):
            expressions[city].append(expression)
    return expressions


@cache
def _follower(*scopes: str) -> re.Pattern[str]:
    return re.compile("|".join(each for scope in scopes for each in _followers()[scope]))


def _becomes_something_else(text: str, mention: _Mention) -> bool:
    """Whether what follows the form makes it a university, an upgrade or the like."""
    name = mention.name
    scopes = ["*", "+"] if name.abroad else ["*"]
    if name.cities[0] in _followers():
        scopes.append(name.cities[0])
    return _follower(*scopes).match(text, mention.end) is not None


@cache
def _regions() -> frozenset[str]:
    return frozenset(region for (region,) in _rows("regions.txt"))


@cache
def _region_before() -> re.Pattern[str]:
    return re.compile(
        f"(?:{'|'.join(_regions())})(?:省|自治区|壮族自治区|回族自治区|维吾尔自治区)?的?\\Z"
    )


@cache
def _contexts() -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    """What before and what behind a name together show that it is a city."""
    return [
        (re.compile(f"{before}\\Z"), re.compile(behind)) for before, behind in _rows("contexts.tsv")
    ]


def _follows_region(text: str, at: int) -> bool:
    """Whether a province or country stands right before offset ``at``."""
    return _region_before().search(text, max(0, at - _VIEW - 3), at) is not None


def _has_context(text: str, mention: _Mention) -> bool:
    """Whether the words around a form that is also a word show that a city is meant."""
    start, end, _ = mention
    return _follows_region(text, start) or any(
        before.search(text, max(0, start - _VIEW), start) and behind.match(text, end)
        for before, behind in _contexts()
    )


@cache
def _prefixes() -> re.Pattern[str]:
    """Where a form may begin: a first character before any second one.

    Two sets are matched many times faster than the list of the prefixes, and
    let few places through that the table does not have.
    """
    firsts, seconds = (re.escape("".join({prefix[at] for prefix in _by_prefix()})) for at in (0, 1))
    return re.compile(f"[{firsts}](?=[{seconds}])")


def _mentions(text: str) -> list[_Mention]:
    """Every form in the plain ``text``, from the left, the longest first."""
    table = _by_prefix()
    found: list[_Mention] = []
    for match in _prefixes().finditer(text):
        start = match.start()
        for name in table.get(text[start : start + 2], ()):
            if text.startswith(name.form, start):
                found.append(_Mention(start, start + len(name.form), name))
    return found


def _stands_alone(text: str, mention: _Mention) -> bool:
    """Whether no word of the most probable cut crosses a border of the form.

    The cut may hold longer words that begin with it (上海市), or hold it behind
    a country or province (中国香港), but not behind anything else (佛罗里达州).
    """
    start, end, name = mention
    before = _before.search(text, max(0, start - _VIEW), start)
    # A full form ends where its 市 or 区 does, whatever word that begins (深圳市|区).
    after = None if name.kind in ("full", "district") else _after.match(text, end)
    at = before.start() if before else start
    right = after.end() if after else end
    if at == start and right == end:
        return True
    for word in segmenter().cut(text[at:right]):
        stop = at + len(word)
        if at < start < stop:
            before_it = text[at:start]
            return before_it in _regions() or before_it.endswith("国")
        if start < at < end < stop:
            return False
        at = stop
    return True


def _is_place(text: str, mention: _Mention) -> bool:
    """Whether a form at this spot names its cities, whatever stands in a list beside it."""
    start, end, name = mention
    last, following = name.form[-1], text[end : end + 1]
    if following and following in _not_a_suffix.get(last, ""):
        return False
    if name.kind in ("open", "context") and _becomes_something_else(text, mention):
        return False
    return (
        len(name.form) > (3 if name.form.endswith(("市", "区")) else 2)
        or _stands_alone(text, mention)
        or (not name.abroad and _follows_region(text, start))
    )


def _beside(text: str, mention: _Mention, starts: set[int], ends: set[int]) -> bool:
    """Whether a conjunction joins the form to a city that ends or starts at one of these."""
    return any(
        (text.startswith(word, mention.end) and mention.end + len(word) in starts)
        or (mention.start - len(word) in ends and text.endswith(word, 0, mention.start))
        for word in _CONJUNCTIONS
    )


def _han_cities(text: str) -> Iterator[tuple[int, str]]:
    """The cities in the plain ``text``, with the offset of each mention that counts."""
    seen: set[str] = set()
    starts: set[int] = set()
    ends: set[int] = set()
    doubtful: list[_Mention] = []
    border = 0
    for mention in _mentions(text):
        start, end, name = mention
        if start < border:
            continue
        if name.kind == "none":
            border = end
        elif seen.issuperset(name.cities) or _is_place(text, mention):
            if name.kind == "context" and not _has_context(text, mention):
                doubtful.append(mention)
                continue
            border = end
            starts.add(start)
            ends.add(end)
            seen.update(name.cities)
            yield from ((start, city) for city in name.cities)
    for mention in (*doubtful, *reversed(doubtful)):
        if _beside(text, mention, starts, ends):
            starts.add(mention.start)
            ends.add(mention.end)
            yield mention.start, mention.name.cities[0]


def _latin_cities(text: str) -> Iterator[tuple[int, str]]:
    for match in _latin().finditer(text):
        before = text[max(0, match.start() - 1) : match.start()]
        inside_a_word = before.isascii() and before.isalpha()
        if not inside_a_word and not _latin_follower().match(
            fold(text[match.end() : match.end() + _LATIN_VIEW])
        ):
            yield match.start(), _names()[match[0]].cities[0]


def cities_in(text: str) -> tuple[str, ...]:
    """The cities that ``text`` names, by their canonical names, in order of first mention.

    Countries, provinces and states are no cities; 香港, 澳门, 新加坡 and 摩纳哥 are.
    """
    plain = plain_view(_INVISIBLE.sub("", text))
    found = [*_latin_cities(plain), *_han_cities(plain.lower())]
    # A stable sort: 北上广 gives its cities at one offset, in the order they are meant.
    found.sort(key=lambda at: at[0])
    return tuple(dict.fromkeys(city for _, city in found))


@cache
def _typed() -> Mapping[str, str]:
    """What a person may type, folded, for each city."""
    typed = {fold(form): name.cities[0] for form, name in _names().items() if len(name.cities) == 1}
    canonical = (row[0] for file in ("world.tsv", "china.tsv") for row in _rows(file))
    return typed | {fold(city): city for city in canonical}


def city_names() -> tuple[str, ...]:
    """The canonical names of all cities."""
    return tuple(dict.fromkeys(_typed().values()))


def known_city(name: str) -> str | None:
    """The canonical name of the city that a person typed (深圳市, Shenzhen, 舊金山), or None."""
    return _typed().get(fold(name.strip()))
