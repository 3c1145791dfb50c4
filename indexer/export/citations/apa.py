"""A reference by the Publication Manual of the APA, 7th edition, for a page on a website.

Author. (date). Title. Site. address  (10.16); without an author the title comes first (9.12),
without a date ``n.d.`` with the day of retrieval (9.14, 9.16); a site that is the author is
not named again (9.34).  Names stand as the document has them: a byline does not tell which
part of a Western name is the family's.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from indexer.export.citations.facts import Cited

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def reference(cited: Cited) -> str:
    """One line, without the italics of the title."""
    title, when = _ended(cited.title), f"({_date(cited.published)})."
    names = cited.responsible
    parts = [_ended(_joined(names)), when, title] if names else [title, when]
    if cited.publisher and cited.publisher not in names:
        parts.append(_ended(cited.publisher))
    if not cited.published:
        parts.append(f"Retrieved {_day(cited.accessed)}, from")
    return " ".join([*parts, cited.url])


def _joined(names: tuple[str, ...]) -> str:
    *others, last = names
    return f"{', '.join(others)}, & {last}" if others else last


def _ended(text: str) -> str:
    is_ended = text.rstrip("”’」』）)》").endswith((".", "?", "!", "。", "？", "！", "…"))
    return text if is_ended else f"{text}."


def _date(published: str | None) -> str:
    if not published:
        return "n.d."
    year, *rest = published.split("-")
    month = f", {_MONTHS[int(rest[0]) - 1]}" if rest else ""
    day = f" {int(rest[1])}" if len(rest) > 1 else ""
    return f"{year}{month}{day}"


def _day(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"
