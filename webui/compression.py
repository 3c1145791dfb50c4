"""Answers compressed on their way: a page of results is mostly the same few addresses."""

from __future__ import annotations

import gzip
from typing import Final

from flask import Flask, Response, request

_WORTH_IT: Final = 1000
_LEVEL: Final = 5


def register(app: Flask) -> None:
    """Compress what ``app`` answers, for clients that ask for it."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200:
        response.direct_passthrough = False
        response.make_sequence()
    # What is streamed goes out as it is made.
    if (
        response.is_streamed
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
    ):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") > 0 and len(response.get_data()) > _WORTH_IT:
        response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        if etag := response.get_etag()[0]:  # two forms of one file are alike, not the same
            response.set_etag(etag, weak=True)
    return response
