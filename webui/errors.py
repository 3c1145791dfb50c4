"""Errors as sentences, in the format that was asked for; never the inside of the program."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from types import TracebackType
from typing import Final

from flask import Flask, Request, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed
from werkzeug.routing import MapAdapter

from indexer.documents import StoredDocument
from indexer.errors import Refused, TooCostly, Unavailable, UserError, WrongUsage
from indexer.export.streams import EXPORTS
from indexer.i18n import N_
from webui.context import archive, permalink
from webui.language import gettext
from webui.logs import LOG, facts
from webui.routes import route_of

_ExcInfo = tuple[type, BaseException, TracebackType | None] | tuple[None, None, None]

_SENTENCES: Final[dict[int, str]] = {
    404: N_("这里没有内容：网址可能不完整，或者抄错了一个字。"),
    413: N_("一次发来的太多，没有收下。请分几次发送。"),
}
# By the end of the address.
JSON: Final = ("json", "jsonl", "csl", "/healthz")
_FILES: Final = (*EXPORTS, "atom", "svg", "xml", "/metrics")
_NO_DOCUMENT: Final = N_(
    "没有编号为“%(id)s”的文档：编号可能抄错了，或者它不在这个资料库里。"
    "编号由 13 个小写字母和数字 2 至 7 组成；也可以用标题里的词检索。"
)
_NEAR: Final = N_("没有编号为“%(id)s”的文档。要找的可能是 %(near)s。")
_NO_PAGE: Final = N_("没有编号为“%(id)s”的页面：编号可能抄错了，或者它不在这个资料库里。")
_OTHER_METHODS: Final = N_("这个网址不能这样访问，可用的方法：%(methods)s。")
_FAULT: Final = N_("服务器出了错（编号 %(id)s），原因已经写进日志。请稍后再试。")
_OTHERWISE: Final = N_("这个请求无法处理（%(code)s）。")
_RETRY_SECONDS: Final = 10


class Denied(UserError):
    """A request that is not answered, with the status and the headers that say so."""

    def __init__(
        self, status: int, text: str, /, headers: Mapping[str, str] | None = None, **facts: object
    ) -> None:
        self.status = status
        self.headers = headers or {}
        super().__init__(text, **facts)


class Application(Flask):
    """A Flask application whose faults have an id, which the page and the log both show."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What makes addresses; also for a Host that is none, so that the refusal can be a page."""
        try:
            return super().create_url_adapter(request)
        except BadHost:
            assert request is not None
            return self.url_map.bind_to_environ({**request.environ, "HTTP_HOST": "localhost"})

    def log_exception(self, exc_info: _ExcInfo) -> None:
        """Log a fault of the program's own; it is answered right after."""
        g.fault = secrets.token_hex(4)
        told = facts(fault=g.fault, method=request.method, route=route_of(request))
        LOG.error("Fault %s at %s", g.fault, route_of(request), exc_info=exc_info, extra=told)


def register(app: Flask) -> None:
    """Answer every error of ``app`` by a sentence."""
    app.register_error_handler(UserError, _user_error)
    app.register_error_handler(HTTPException, _http_error)


def status_of(error: UserError) -> int:
    """What says by number whose fault it is, and whether to ask again is of any use."""
    if isinstance(error, WrongUsage | Refused):
        return 400
    # Understood, and refused for what it is, however idle the server (RFC 9110, 15.5.21).
    return 422 if isinstance(error, TooCostly) else 503


def _user_error(error: UserError) -> ResponseReturnValue:
    if isinstance(error, Denied):
        response = _answer(str(error), error.status)
        response.headers.update(error.headers)
        return response
    status = status_of(error)
    if status < 500:
        return _answer(str(error), status)
    LOG.error("%s", error, extra=facts(method=request.method, route=route_of(request)))
    response = _answer(str(error.public), status)
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:  # a redirect of the router's own
        return error.get_response()
    asked = request.view_args or {}
    if code == 404 and "document_id" in asked:
        return _no_document(asked["document_id"])
    if code == 404 and "page_id" in asked:
        sentence = gettext(_NO_PAGE, id=asked["page_id"])
    elif isinstance(error, MethodNotAllowed):
        sentence = gettext(_OTHER_METHODS, methods=", ".join(sorted(error.valid_methods or ())))
    elif code == 500 and "fault" in g:
        sentence = gettext(_FAULT, id=g.fault)
    elif code in _SENTENCES:
        sentence = gettext(_SENTENCES[code])
    else:
        sentence = gettext(_OTHERWISE, code=code)
    response = _answer(sentence, code)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _no_document(typed: str) -> Response:
    near = archive().near(typed)
    if near is None:
        sentence = gettext(_NO_DOCUMENT, id=typed)
    else:
        sentence = gettext(_NEAR, id=typed, near=near.id)
    return _answer(sentence, 404, near)


def _answer(sentence: str, status: int, near: StoredDocument | None = None) -> Response:
    suffix = request.path.rpartition(".")[2]
    if suffix in JSON:
        error: dict[str, object] = {"message": sentence}
        if near:
            error["near"] = {"id": near.id, "permalink": permalink(near.id)}
        response = jsonify({"error": error})
    elif suffix in _FILES:
        response = Response(sentence + "\n", content_type="text/plain; charset=utf-8")
    else:
        response = Response(render_template("error.html", sentence=sentence, near=near))
    response.status_code = status
    return response
