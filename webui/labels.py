"""How values are called on the page."""

from __future__ import annotations

import re
from typing import Final, cast, get_args

from flask import Flask
from markupsafe import Markup, escape

from indexer.documents import Kind
from indexer.engine.tree import ValueField
from indexer.export.labels import correction, kind, listed, moment, origin
from indexer.i18n import N_
from indexer.query.answer import Marked, marked_html
from webui.language import chosen

FIELDS: Final[dict[ValueField, str]] = {
    "city": N_("城市"),
    "kind": N_("类型"),
    "category": N_("栏目"),
    "author": N_("作者"),
    "source": N_("来源"),
    "site": N_("网站"),
    "tag": N_("标签"),
}

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]+(?:[\s·]+[\u4e00-\u9fff]+)*")


def register(app: Flask) -> None:
    """Give the templates of ``app`` the filters of this module."""
    app.add_template_filter(correction, "correction")
    app.add_template_filter(kind, "kind")
    app.add_template_filter(listed, "listed")
    app.add_template_filter(moment, "date")
    app.add_template_filter(origin, "origin")
    app.add_template_filter(marked, "marked")
    app.add_template_filter(spoken, "spoken")
    # Chinese and English group digits alike; Babel takes 20 µs a number to say the same.
    app.add_template_filter("{:,}".format, "number")


def value(field: ValueField, text: str) -> str:
    """A facet value as the reader calls it; all but the kinds are called what they are."""
    return kind(cast(Kind, text)) if field == "kind" and text in get_args(Kind) else text


def spoken(text: str) -> Markup:
    """Escaped HTML that says in an English page what is Chinese, as a screen reader must know."""
    if chosen() == "zh":
        return escape(text)
    # A plain string: what is put into Markup is escaped once more.
    return Markup(_CHINESE.sub(r'<span lang="zh">\g<0></span>', str(escape(text))))


def marked(segments: Marked) -> Markup:
    """Escaped HTML with the matched words in ``<mark>``."""
    return Markup(marked_html(segments))
