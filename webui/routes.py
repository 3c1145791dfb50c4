"""What the routes of the application are called, in the description, the figures and the log."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from flask import Request

_PLACE: Final = re.compile(r"<(?:[^<>]*:)?(\w+)>")


@cache
def path_of(rule: str) -> str:
    """A rule of Flask's as OpenAPI writes it: ``/d/{document_id}`` for ``/d/<document_id>``."""
    return _PLACE.sub(r"{\1}", rule)


def route_of(request: Request) -> str:
    """The route of a request, of which there are few, and which tells nothing that was asked."""
    if request.url_rule is None:
        return "none"
    # the rule itself names the content of the files
    return "/static" if request.endpoint == "static" else path_of(request.url_rule.rule)
