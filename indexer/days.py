"""Days that a date of any precision covers."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import Final

_TYPED: Final = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?[年月日号]?", re.ASCII
)


@lru_cache(1024)  # a page asks for the same few hundred months, 3 µs each
def days_of(text: str) -> tuple[date, date] | None:
    """The first and last day that ``2020``, ``2020-05`` or ``2020-05-06`` covers.

    ``/``, ``.`` and ``年月日`` may stand for the hyphens; a time of day behind a
    ``T`` is passed over.  None when it is no such date.
    """
    typed = _TYPED.fullmatch(text.partition("T")[0])
    if typed is None:
        return None
    year, month, day = (int(part) if part else 0 for part in typed.groups())
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    last_month = month or 12
    return first, date(year, last_month, calendar.monthrange(year, last_month)[1])
