"""What a curator types, as the values of corrections."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, get_args

from indexer.documents import Correctable, Corrected, Kind
from indexer.errors import WrongUsage
from indexer.i18n import N_
from indexer.pages.dates import read_date
from indexer.pages.places import known_city

CITIES_SEPARATOR: Final = "、"
"""What stands between cities that are typed as one text, among other marks."""

LONGEST: Final = 1000
"""The characters that a value or a reason may have."""

_BETWEEN_CITIES: Final = re.compile(r"[、,，;；|]")
# Half a surrogate pair, and control characters.
_UNSOUND: Final = re.compile("[\ud800-\udfff\x00-\x1f\x7f]")


def typed(field: Correctable, text: str) -> Corrected:
    """The value that ``text`` says; an empty text says that the document has none.

    Raises WrongUsage when the field cannot have such a value.
    """
    line = typed_line(text)
    match field:
        case "title":
            if not line:
                raise WrongUsage(N_("标题不能是空的。"))
            return line
        case "published":
            if not line:
                return None
            if date := read_date(line, "correction"):
                return date
            raise WrongUsage(
                N_(
                    "“%(text)s”不是 2008 年以来的日期，"
                    "请写成 2020、2020-05、2020-05-06 或 2020-05-06T09:30。"
                ),
                text=line,
            )
        case "cities":
            named = (city.strip() for city in _BETWEEN_CITIES.split(line))
            return tuple(dict.fromkeys(known_city(city) or city for city in named if city))
        case "kind":
            if line not in get_args(Kind):
                raise WrongUsage(
                    N_("“%(text)s”不是文档的类型，应为 article 或 newsflash。"), text=line
                )
            return line
        case "author" | "source":
            return line or None


def typed_line(text: str) -> str:
    """What was typed, on one line.  Raises WrongUsage when it is longer than LONGEST."""
    line = on_one_line(text)
    if len(line) > LONGEST:
        raise WrongUsage(
            N_("写下的内容太长：最多 %(most)s 个字，这里有 %(length)s 个。"),
            most=LONGEST,
            length=len(line),
        )
    return line


def on_one_line(text: str) -> str:
    """The text without what cannot be stored or shown."""
    return " ".join(_UNSOUND.sub(" ", text).split())


def unknown_cities(cities: Iterable[str]) -> list[str]:
    """Those of the cities that the gazetteer does not have: perhaps mistyped, perhaps small."""
    return [city for city in cities if known_city(city) is None]
