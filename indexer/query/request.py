"""The state of the search page as one immutable value and one URL.

The same query string answers ``/search`` and ``/search.json``; the contract
is DESIGN's: every state is one GET URL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, NamedTuple, Self, cast, get_args
from urllib.parse import quote_plus, urlencode

from indexer.documents import Kind
from indexer.engine.interface import Filters, Sort
from indexer.engine.tree import ValueField
from indexer.errors import WrongUsage
from indexer.i18n import LANGUAGES, N_, Language
from indexer.query.dates import date_range

Match = Literal["all", "any"]
VALUE_FIELDS: Final[tuple[ValueField, ...]] = get_args(ValueField)
_BEFORE_VALUES: Final = ("q", "from", "to", "undated")  # the parameters in front of them
PAGE_SIZE: Final = 20
MAX_PAGE: Final = 1_000_000
# Of one field: each value is shown with a link that repeats all others.
MAX_VALUES: Final = 100


_MARK: Final = re.compile(r"([0-9a-f]{8})-([0-9]{1,9})")


class Mark(NamedTuple):
    """How far an archive had come when it answered; as text ``8f14e45f-12``.

    ``archive`` is the beginning of the uuid of its catalog.
    """

    archive: str
    generation: int

    def __str__(self) -> str:
        return f"{self.archive}-{self.generation}"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked: text, filters, order and page.

    ``first`` and ``last`` are the dates as typed (``2020``, ``2020-05``,
    ``2020-05-06``), both included.  ``since`` is the mark (:class:`Mark`) of an
    earlier answer: documents added after it are new, and with ``new`` the only ones.
    """

    q: str = ""
    first: str = ""
    last: str = ""
    undated: bool = False
    city: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    sort: Sort | None = None
    match: Match = "all"
    aliases: bool = True
    collapse: bool = True
    since: Mark | None = None
    new: bool = False
    page: int = 1
    lang: Language | None = None

    @classmethod
    def from_params(cls, params: Iterable[tuple[str, str]]) -> Self:
        """Read a query string's name and value pairs; unknown names are passed over.

        Raises WrongUsage with a sentence when a value is impossible.
        """
        given: dict[str, list[str]] = {}
        for name, value in params:
            given.setdefault(name, []).append(value.strip())
        one = {name: values[-1] for name, values in given.items()}
        request = cls(
            q=one.get("q", ""),
            first=one.get("from", ""),
            last=one.get("to", ""),
            undated=_flag(one, "undated", default=False),
            sort=cast(Sort | None, choice(one, "sort", get_args(Sort))),
            match=cast(Match | None, choice(one, "match", get_args(Match))) or "all",
            aliases=_flag(one, "aliases", default=True),
            collapse=_flag(one, "collapse", default=True),
            since=_mark(one.get("since", "")),
            new=_flag(one, "new", default=False),
            page=_page(one.get("page", "")),
            lang=cast(Language | None, choice(one, "lang", LANGUAGES)),
            **{
                name: tuple(dict.fromkeys(value for value in given.get(name, ()) if value))
                for name in VALUE_FIELDS
            },
        )
        count = max(len(given.get(field, ())) for field in VALUE_FIELDS)
        if count > MAX_VALUES:
            raise WrongUsage(
                N_("最多用 %(most)s 个筛选值，这里有 %(count)s 个。"), most=MAX_VALUES, count=count
            )
        for kind in request.kind:
            choice({"kind": kind}, "kind", get_args(Kind))
        if request.new and request.since is None:
            raise WrongUsage(N_("参数 new 要同 since 一起用：不知道从什么时候算起。"))
        request.filters()
        return request

    def params(self) -> list[tuple[str, str]]:
        """The name and value pairs of the URL, defaults left out, in one fixed order."""
        pairs = [("q", self.q), ("from", self.first), ("to", self.last)]
        pairs += [("undated", "1" if self.undated else "")]
        pairs += [(name, value) for name in VALUE_FIELDS for value in self.values(name)]
        pairs += [
            ("sort", self.sort or ""),
            ("match", "" if self.match == "all" else self.match),
            ("aliases", "" if self.aliases else "0"),
            ("collapse", "" if self.collapse else "0"),
            ("since", str(self.since or "")),
            ("new", "1" if self.new else ""),
            ("page", "" if self.page == 1 else str(self.page)),
            ("lang", self.lang or ""),
        ]
        return [(name, value) for name, value in pairs if value]

    def query_string(self) -> str:
        """The part of the URL behind the question mark."""
        return urlencode(self.params())

    def values(self, field: ValueField) -> tuple[str, ...]:
        """The selected values of a field."""
        return cast(tuple[str, ...], getattr(self, field))

    def toggled(self, field: ValueField, value: str) -> SearchRequest:
        """The same search with one facet value switched, from its first page."""
        selected = self.values(field)
        if value in selected:
            selected = tuple(other for other in selected if other != value)
        else:
            selected = (*selected, value)
        return replace(self, page=1, **{field: selected})  # type: ignore[arg-type]

    def adding(self, field: ValueField) -> Callable[[str], str]:
        """What gives the query string of ``toggled(field, value)`` for a value not selected.

        A facet has hundreds of them, which differ in that value alone.
        """
        up_to_field = {*_BEFORE_VALUES, *VALUE_FIELDS[: VALUE_FIELDS.index(field) + 1]}
        head, tail = _around(replace(self, page=1).params(), up_to_field)
        return lambda value: f"{head}{field}={_quoted(value)}{tail}"

    def between(self) -> Callable[[str, str], str]:
        """What gives the query string of the search from one date to another.

        A drawing has hundreds of bars, which differ in the dates alone.
        """
        head, tail = _around(replace(self, page=1, first="", last="").params(), {"q"})
        return lambda first, last: f"{head}from={_quoted(first)}&to={_quoted(last)}{tail}"

    def filters(self) -> Filters:
        """What an engine filters by.  Raises WrongUsage for an impossible date."""
        values: Mapping[ValueField, tuple[str, ...]] = {
            field: self.values(field) for field in VALUE_FIELDS if self.values(field)
        }
        added_after = self.since.generation if self.since and self.new else None
        return Filters(date_range(self.first, self.last), self.undated, values, added_after)


# Every page has the same few hundred values and dates, of which each takes 2 µs.
_quoted = lru_cache(maxsize=1 << 12)(quote_plus)


def _around(pairs: list[tuple[str, str]], before: Set[str]) -> tuple[str, str]:
    """What stands before a pair that follows those named ``before``, and what behind it."""
    head = urlencode([pair for pair in pairs if pair[0] in before])
    tail = urlencode([pair for pair in pairs if pair[0] not in before])
    return f"{head}&" if head else "", f"&{tail}" if tail else ""


MOST_COMPARED: Final = 5


def compared(params: Iterable[tuple[str, str]]) -> tuple[SearchRequest, tuple[str, ...]]:
    """A query string with several ``q``: the filters of all, and each query once.

    Raises WrongUsage for an impossible value, and for more than :data:`MOST_COMPARED` ``q``.
    """
    pairs = list(params)
    typed = [text.strip() for name, text in pairs if name == "q"]
    if len(typed) > MOST_COMPARED:
        raise WrongUsage(
            N_("最多比较 %(most)s 个检索式，这里有 %(count)s 个。"),
            most=MOST_COMPARED,
            count=len(typed),
        )
    filters = [pair for pair in pairs if pair[0] not in ("q", "page", "sort")]
    return SearchRequest.from_params(filters), tuple(filter(None, dict.fromkeys(typed)))


def choice(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str | None:
    """The value of a parameter; None when it is not given, or empty.

    Raises WrongUsage with the values allowed for any other.
    """
    value = given.get(name, "")
    if value and value not in allowed:
        raise WrongUsage(
            N_("参数 %(name)s 不能是“%(value)s”，可用：%(allowed)s。"),
            name=name,
            value=value,
            allowed=" ".join(allowed),
        )
    return value or None


def _flag(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = choice(given, name, ("0", "1"))
    return default if value is None else value == "1"


def _mark(value: str) -> Mark | None:
    if not value:
        return None
    found = _MARK.fullmatch(value)
    if not found:
        raise WrongUsage(
            N_("参数 since 不能是“%(value)s”：请原样使用检索结果给出的 mark。"), value=value
        )
    return Mark(found[1], int(found[2]))


def _page(value: str) -> int:
    if not value:
        return 1
    if (
        not (value.isascii() and value.isdigit())
        or not 1 <= int(value.lstrip("0")[:9] or 0) <= MAX_PAGE
    ):
        raise WrongUsage(
            N_("页码“%(value)s”不对：请用 1 到 %(last)s 的整数。"), value=value, last=MAX_PAGE
        )
    return int(value.lstrip("0")[:9])
