"""What every answer tells the browser to forbid.

The policy names what the pages use and nothing else: no inline code or style, nothing from another
host, no frames, and markup made of text in one module alone (``static/parsing.js``).
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "biwen",
}
HEADERS: Final = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    # A page of another site gets no hold of a window or an answer of this one.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def register(app: Flask) -> None:
    """Send them with every answer of ``app``; an error is not to be kept."""
    app.after_request(_with_headers)


def _with_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if response.status_code >= 400:
        response.cache_control.no_store = True
    return response
