"""What the server itself answers, before or instead of the application: a sentence.

A refusal is no page: a plain text, or JSON where JSON was asked for, in the language that the
request names as far as it was read.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final
from urllib.parse import parse_qs

from waitress.task import ErrorTask
from waitress.utilities import BadRequest, Error
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from indexer.i18n import N_, gettext, use_language
from webui.errors import JSON
from webui.language import choice

_SENTENCES: Final[dict[int, str]] = {
    400: N_("请求不合 HTTP 的格式，无法处理。"),
    408: N_("请求发得太慢，没有等到它发完。请检查网络，再试一次。"),
    413: N_("一次发来的太多，没有收下。请分几次发送。"),
    414: N_("网址太长，没有处理。请把检索式缩短。"),
    431: N_("请求头太长，没有处理。请清除本站的 Cookie，或把网址缩短。"),
    500: N_("服务器出了错，原因已经写进日志。请稍后再试。"),
    501: N_("这样的请求（Transfer-Encoding）这里不支持。"),
    503: N_("现在请求太多，来不及回答。请过 %(seconds)s 秒再试。"),
}


class TooSlow(Error):  # type: ignore[misc]
    """A request that did not come in time."""

    code = 408
    reason = "Request Timeout"

    def __init__(self) -> None:
        super().__init__("")


class AddressTooLong(BadRequest):  # type: ignore[misc]
    """A request with a longer URL than any that means something here."""

    code = 414
    reason = "URI Too Long"

    def __init__(self) -> None:
        super().__init__("")


class Overloaded(Error):  # type: ignore[misc]
    """A request that would wait for too long, or has; it may come again after some seconds."""

    code = 503
    reason = "Service Unavailable"

    def __init__(self, seconds: float) -> None:
        super().__init__("")
        self.seconds = math.ceil(seconds)


class Refusal(ErrorTask):  # type: ignore[misc]
    """Answers a request that has an ``error``, and closes its connection."""

    def execute(self) -> None:
        """Write the answer."""
        request, error = self.request, self.request.error
        self.channel.server.refused(error.code)
        use_language(_language(request))
        facts = {"seconds": error.seconds} if isinstance(error, Overloaded) else {}
        sentence = gettext(_SENTENCES[error.code], **facts)
        if request.path.rpartition(".")[2] in JSON:
            content_type = "application/json"
            text = json.dumps({"error": {"message": sentence}}, ensure_ascii=False)
        else:
            content_type, text = "text/plain; charset=utf-8", sentence
        body = f"{text}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Cache-Control", "no-store"),
            ("Content-Type", content_type),
            ("X-Content-Type-Options", "nosniff"),
            *(("Retry-After", str(seconds)) for seconds in facts.values()),
        ]
        self.content_length = len(body)
        self.set_close_on_finish()
        self.write(b"" if request.command == "HEAD" else body)


def _language(request: Any) -> Any:
    accepted = parse_accept_header(request.headers.get("ACCEPT_LANGUAGE"), LanguageAccept)
    return choice(parse_qs(request.query).get("lang", [None])[0], accepted)
