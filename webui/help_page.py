"""The query language explained, with examples that are links."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webui.filters import search_url
from webui.help_examples import SECTIONS
from webui.search import asked, kept

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
def page() -> ResponseReturnValue:
    """Every construct of the query language, by examples in the language that the URL names."""
    search = asked()
    return render_template(
        "help.html",
        sections=SECTIONS,
        search_url=search_url,
        lang=search.lang,
        kept=kept(search),
    )
