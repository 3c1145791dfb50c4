"""Dates as a researcher types them: a year, a month or a day, and ranges of them."""

from __future__ import annotations

from datetime import date

from indexer.days import days_of
from indexer.engine.tree import Dates
from indexer.errors import WrongUsage
from indexer.i18n import N_


def date_range(first: str, last: str) -> Dates | None:
    """The days from ``first`` to ``last`` as typed, both included; None for two blanks.

    Raises WrongUsage when one is no date or the range runs backwards.
    """
    if not first and not last:
        return None
    start = _days_or_refuse(first)[0] if first else None
    end = _days_or_refuse(last)[1] if last else None
    if start and end and start > end:
        raise WrongUsage(
            N_("起始日期 %(first)s 晚于结束日期 %(last)s，请对调。"), first=first, last=last
        )
    return Dates(start, end)


def _days_or_refuse(text: str) -> tuple[date, date]:
    days = days_of(text)
    if days is None:
        raise WrongUsage(
            N_("“%(text)s”不是有效的日期，请写成 2020、2020-05 或 2020-05-06。"), text=text
        )
    return days
