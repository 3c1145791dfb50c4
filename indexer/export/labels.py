"""Facts of a document in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from indexer.documents import DateOrigin, Kind, PublishedDate, StoredDocument
from indexer.i18n import N_, gettext

KINDS: Final[dict[Kind, str]] = {"article": N_("文章"), "newsflash": N_("快讯")}
ORIGINS: Final[dict[DateOrigin, str]] = {
    "stamp": N_("文末时间戳"),
    "byline": N_("署名处"),
    "url": N_("网址"),
    "meta": N_("网页标记"),
    "record": N_("记录"),
    "text": N_("由正文推断"),
}


def kind(value: Kind) -> str:
    """What kind of document it is."""
    return gettext(KINDS[value])


def date(published: PublishedDate | None) -> str:
    """The date, and that it is inferred when it is."""
    if published is None:
        return gettext("日期不详")
    return moment(published) if published.is_stated else date_and_origin(published)


def date_and_origin(published: PublishedDate | None) -> str:
    """The date with how it is known."""
    if published is None:
        return gettext("日期不详")
    return gettext("%(date)s（%(origin)s）", date=moment(published), origin=origin(published))


def moment(published: PublishedDate) -> str:
    """``2020-07-13 12:41``, as exactly as it is known."""
    return published.value.replace("T", " ")


def origin(published: PublishedDate) -> str:
    """How the date is known."""
    return gettext(ORIGINS[published.origin])


def listed(names: Iterable[str]) -> str:
    """Names in a row."""
    return gettext("、").join(names)


def publisher(stored: StoredDocument) -> str | None:
    """The medium that a document names, or a site where it was seen."""
    return stored.document.source or next(iter(stored.sites), None)


def facts(stored: StoredDocument) -> tuple[str, ...]:
    """What tells a document from any other: date, publisher, id."""
    named = (date(stored.document.published), publisher(stored), stored.id)
    return tuple(fact for fact in named if fact)
