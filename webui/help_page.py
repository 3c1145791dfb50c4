"""The query language explained, with examples that are links."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from indexer import i18n
from indexer.export.labels import KINDS, ORIGINS
from indexer.query.fields import FIELDS
from webui import labels
from webui.filters import search_url
from webui.help_examples import SECTIONS
from webui.language import gettext
from webui.links import absolute
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
        canonical=absolute(url_for("help.page")),
        kept=kept(search),
    )


@blueprint.get("/help.json")
def as_json() -> Response:
    """The examples as parameters of a search, the names of fields, and what values are called."""
    asked()  # refuses what the page refuses
    return jsonify(
        {
            "sections": [
                {
                    "title": gettext(section.title),
                    "examples": [
                        {
                            "explanation": gettext(row.explanation),
                            "searches": [dict(search.params()) for search in row.searches],
                        }
                        for row in section.rows
                    ],
                }
                for section in SECTIONS
            ],
            "fields": {
                field: [name for name, named in FIELDS.items() if named == field]
                for field in dict.fromkeys(FIELDS.values())
            },
            "labels": {
                "field": {name: gettext(label) for name, label in labels.FIELDS.items()},
                "kind": {name: i18n.gettext(label) for name, label in KINDS.items()},
                "date_origin": {name: i18n.gettext(label) for name, label in ORIGINS.items()},
            },
        }
    )
