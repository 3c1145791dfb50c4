"""The log of a server: what goes wrong and, where it is asked for, a line for every request.

All of it goes to standard error, where journald and containers take it.  What a
reader looks for is nobody's business: a line tells the route of a request
(``/d/{document_id}``), never its query, which document, or who asked.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final, Literal

LOG: Final = logging.getLogger("biwen")
"""What an operator should know; its warnings are shown always, its requests if wanted."""

Form = Literal["text", "json"]

_TEXT: Final = "%(asctime)s %(levelname)s %(message)s"


def begin(form: Form | None) -> None:
    """Let this process log in a form, requests included; None: errors alone, as plain sentences."""
    if form is None:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines() if form == "json" else logging.Formatter(_TEXT))
    logging.basicConfig(handlers=[handler])
    LOG.setLevel(logging.INFO)


def facts(**named: object) -> dict[str, Any]:
    """What a record says beside its message, as ``extra`` of the methods of :data:`LOG`."""
    return {"facts": named}


class _JsonLines(logging.Formatter):
    """A record as a line of JSON: when (UTC), level, process, message, and its own facts."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        when = datetime.fromtimestamp(record.created, UTC)
        said = {
            "time": when.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)
