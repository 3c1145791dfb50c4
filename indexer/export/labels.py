"""Facts of a document in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from indexer.documents import (
    Correctable,
    Corrected,
    Correction,
    DateOrigin,
    Hidden,
    Kind,
    PublishedDate,
    StoredDocument,
)
from indexer.i18n import N_, gettext

KINDS: Final[dict[Kind, str]] = {"article": N_("文章"), "newsflash": N_("快讯")}
ORIGINS: Final[dict[DateOrigin, str]] = {
    "stamp": N_("文末时间戳"),
    "byline": N_("署名处"),
    "url": N_("网址"),
    "meta": N_("网页标记"),
    "record": N_("记录"),
    "text": N_("由正文推断"),
    "correction": N_("已更正"),
}
_CORRECTED: Final[dict[Correctable, tuple[str, str]]] = {
    "title": (N_("标题"), N_("标题已更正：原读作 %(was)s")),
    "published": (N_("日期"), N_("日期已更正：原读作 %(was)s")),
    "cities": (N_("城市"), N_("城市已更正：原读作 %(was)s")),
    "author": (N_("作者"), N_("作者已更正：原读作 %(was)s")),
    "source": (N_("来源"), N_("来源已更正：原读作 %(was)s")),
    "kind": (N_("类型"), N_("类型已更正：原读作 %(was)s")),
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


def correction(corrected: Correction) -> str:
    """That a field was corrected, and what was read there, for a reader who sees what it is."""
    _, sentence = _CORRECTED[corrected.field]
    return gettext(sentence, was=_corrected(corrected.field, corrected.was))


def change(corrected: Correction) -> str:
    """What a correction makes of what."""
    field = corrected.field
    was, now = (_corrected(field, value) for value in (corrected.was, corrected.now))
    name, _ = _CORRECTED[field]
    return gettext("%(name)s：%(value)s", name=gettext(name), value=f"{was} → {now}")


def _corrected(field: Correctable, value: Corrected) -> str:
    if isinstance(value, PublishedDate):
        return date_and_origin(value)
    if not value:
        return gettext("日期不详") if field == "published" else gettext("（无）")
    if isinstance(value, tuple):
        return listed(value)
    return kind(cast(Kind, value)) if field == "kind" else value


def hidden(curated: Hidden) -> str:
    """That a document is hidden since when, and why where a reason was given."""
    day = curated.at[:10]
    if curated.reason:
        return gettext("%(day)s 隐藏：%(reason)s", day=day, reason=curated.reason)
    return gettext("%(day)s 隐藏", day=day)


def hidden_document(id_: str, curated: Hidden) -> str:
    """That there is nothing to see under this id any more."""
    return gettext("文档 %(id)s 不再显示（%(what)s）。", id=id_, what=hidden(curated))


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
