"""Scripts of other sites may read what machines read, where their origin was named (CORS).

https://fetch.spec.whatwg.org/#http-cors-protocol.  Never with credentials: a script
reads what everybody may.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from flask import Flask, Response, request

from indexer.errors import WrongUsage
from indexer.i18n import N_

ANY: Final = "*"
# As a browser serialises it, letter by letter: lower case, a port that is not the scheme's own.
_ORIGIN: Final = re.compile(
    r"(?!http://.*:80$|https://.*:443$)[a-z][a-z0-9+.-]*://"
    r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?"
)


def check(origins: Sequence[str]) -> None:
    """Raises WrongUsage for the first that no browser would send as its origin."""
    for origin in origins:
        if origin != ANY and not _ORIGIN.fullmatch(origin):
            raise WrongUsage(
                N_(
                    "来源“%(origin)s”不对：请照浏览器的写法，如 https://example.org 或 "
                    "http://localhost:3000，小写，没有路径和末尾的斜线；* 表示任何网站。"
                ),
                origin=origin,
            )


def register(app: Flask, origins: Sequence[str]) -> None:
    """Let scripts of ``origins`` read the files of ``app``: JSON, exports, feeds; no pages.

    Raises WrongUsage for one that is no origin.
    """
    check(origins)

    def share(response: Response) -> Response:
        if not _is_file():
            return response
        headers = response.headers
        if ANY in origins:
            headers["Access-Control-Allow-Origin"] = ANY
        else:
            response.vary.add("Origin")
            if request.origin not in origins:
                return response
            headers["Access-Control-Allow-Origin"] = request.origin
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = "GET, HEAD"
            headers["Access-Control-Allow-Headers"] = "*"
        return response

    if origins:
        app.after_request(share)


def _is_file() -> bool:
    """Whether a file is read, or is to be: all but the pages are named by their endings."""
    is_preflight = request.method == "OPTIONS"
    method = request.access_control_request_method if is_preflight else request.method
    rule = request.url_rule
    return (
        method in ("GET", "HEAD")
        and rule is not None
        and rule.endpoint != "static"
        and "." in rule.rule
    )
