"""Reading a stated date in the forms that pages, records and queries use.

Every form becomes reduced ISO 8601 (ISO 8601:2004, 4.1.2.3) in China time: as
many of year, month, day and time as the text holds, zero-padded.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from urllib.parse import urlsplit

from indexer.documents import DateOrigin, Precision, PublishedDate

CHINA: Final = timezone(timedelta(hours=8))
# The bitcoin paper appeared in 2008; no news of this field is older, so an
# earlier year (1900/1/1 above all) is a placeholder that a site left unset.
FIRST_YEAR: Final = 2008

_TIME: Final = r"""
    (?: (?:[ ]*T[ ]*|[ ]+|(?<=日)) (?P<half>上午|下午)?[ ]*
        (?P<hour>\d{1,2}) (?: : | [时時点點] ) (?P<minute>\d{1,2}) 分?
        (?: :? (?P<second>\d{2}) (?:\.\d{1,9})? 秒? )?
        (?: [ ]*(?P<meridiem>[AaPp][Mm]) )?
        (?: [ ]*(?P<zone>[Zz]|[+-]\d{2}(?::?\d{2})?) )?
    )?
"""
_FORMS: Final = (
    # 2020, 2020-05, 2020年5月, 2020/7/13, 2022年3月5日 14:02, 2021-02-10T09:11:56+00:00
    re.compile(
        r"""(?P<year>\d{4})
        (?: 年 | (?:(?P<mark>[-/.])|年[ ]*)(?P<month>\d{1,2})
            (?: 月 | (?:(?P=mark)|月[ ]*)(?P<day>\d{1,2})[日号號]? """
        + _TIME
        + r""" )? )?""",
        re.VERBOSE,
    ),
    # 4/27/2021 12:48:57 PM, as servers with an American locale write it
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})" + _TIME, re.VERBOSE),
)
_LONGEST: Final = 64
_IN_PATH: Final = re.compile(r"/(20\d\d)([/-]?)([01]\d)\2([0-3]\d)(?=[/_.-]|$)")


def read_date(text: str, origin: DateOrigin) -> PublishedDate | None:
    """The date that ``text`` states, and nothing but a date; None where it states none.

    A time with a zone is converted to China time; one without is taken as
    China time.  Impossible dates give None, and so do years before 2008 or
    after the next one: no news was published then.
    """
    plain = unicodedata.normalize("NFKC", text[: _LONGEST + 1]).strip()
    if len(plain) > _LONGEST:
        return None
    for form in _FORMS:
        if match := form.fullmatch(plain):
            return _dated(match, origin)
    return None


def _dated(match: re.Match[str], origin: DateOrigin) -> PublishedDate | None:
    facts = match.groupdict()
    year, month, day = (int(facts[name] or 1) for name in ("year", "month", "day"))
    hour, minute, second = (int(facts[name] or 0) for name in ("hour", "minute", "second"))
    half = (facts["meridiem"] or facts["half"] or "").lower()
    if half and hour > 12:
        half = ""  # 下午14:02 says the same thing twice
    elif half:
        hour = hour % 12 + (12 if half in ("pm", "下午") else 0)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(facts["zone"]))
        if facts["zone"]:
            moment = moment.astimezone(CHINA)
    except (ValueError, OverflowError):
        return None
    if not FIRST_YEAR <= moment.year <= date.today().year + 1:
        return None
    precision, length = _precision(facts)
    return PublishedDate(moment.isoformat()[:length], precision, origin)


def _zone(text: str | None) -> timezone:
    if not text:
        return CHINA
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _precision(facts: dict[str, str | None]) -> tuple[Precision, int]:
    """How exact the date is, and how many characters of ISO 8601 say so."""
    if facts["second"]:
        return "second", 19
    if facts["hour"]:
        return "minute", 16
    if facts["day"]:
        return "day", 10
    return ("month", 7) if facts["month"] else ("year", 4)


def date_in_url(url: str | None) -> PublishedDate | None:
    """The day that an address names as so many do: ``/2021/04/05/``, ``/20210405-...``."""
    try:
        match = _IN_PATH.search(urlsplit(url or "").path)
    except ValueError:  # http://[ is no address
        return None
    return read_date("-".join(match.group(1, 3, 4)), "url") if match else None
