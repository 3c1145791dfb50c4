"""How values are called on the page."""

from __future__ import annotations

from typing import Final, cast, get_args

from flask import Flask
from flask_babel import format_number
from markupsafe import Markup

from indexer.documents import DateOrigin, Kind, PublishedDate
from indexer.engine.tree import ValueField
from indexer.export.labels import kind
from indexer.i18n import N_
from indexer.query.answer import Marked, marked_html
from webui.language import gettext

FIELDS: Final[dict[ValueField, str]] = {
    "city": N_("城市"),
    "kind": N_("类型"),
    "category": N_("栏目"),
    "author": N_("作者"),
    "source": N_("来源"),
    "site": N_("网站"),
    "tag": N_("标签"),
}
_ORIGINS: Final[dict[DateOrigin, str]] = {
    "stamp": N_("文末时间戳"),
    "byline": N_("署名处"),
    "url": N_("网址"),
    "meta": N_("网页标记"),
    "record": N_("记录"),
    "text": N_("由正文推断"),
}


def register(app: Flask) -> None:
    """Give the templates of ``app`` the filters of this module."""
    app.add_template_filter(kind, "kind")
    app.add_template_filter(date, "date")
    app.add_template_filter(origin, "origin")
    app.add_template_filter(marked, "marked")
    app.add_template_filter(format_number, "number")


def value(field: ValueField, text: str) -> str:
    """A facet value as the reader calls it; all but the kinds are called what they are."""
    return kind(cast(Kind, text)) if field == "kind" and text in get_args(Kind) else text


def date(published: PublishedDate) -> str:
    """``2020-07-13 12:41``, as exactly as it is known."""
    return published.value.replace("T", " ")


def origin(published: PublishedDate) -> str:
    """How the date is known."""
    return gettext(_ORIGINS[published.origin])


def marked(segments: Marked) -> Markup:
    """Escaped HTML with the matched words in ``<mark>``."""
    return Markup(marked_html(segments))
