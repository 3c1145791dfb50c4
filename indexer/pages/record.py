"""Records: one JSON object is one document.

The names that a field may have are DESIGN's ("Records").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, cast, get_args
from urllib.parse import urlsplit

from indexer.documents import (
    BODY_FIELDS,
    PARAGRAPH_BREAK,
    Correctable,
    DateOrigin,
    Document,
    Kind,
    Page,
    Precision,
    PublishedDate,
)
from indexer.errors import Refused
from indexer.i18n import N_, Message
from indexer.pages.dates import CHINA, date_in_url, read_date
from indexer.pages.places import cities_in, known_city
from indexer.pages.residue import without_residue

_PUBLISHED: Final = ("published", "date", "time", "datetime", "pub_time")
_URL: Final = ("url", "link")
_NEWSFLASH_LENGTH: Final = 600
_TITLE_LENGTH: Final = 40
_ISO_LENGTH: Final[Mapping[Precision, int]] = {
    "year": 4,
    "month": 7,
    "day": 10,
    "minute": 16,
    "second": 19,
}
# Unix times of 2001 to 5138 in seconds have at most 11 digits, in milliseconds at least 12.
_MILLISECONDS: Final = 10**11
_UNIX_TIME: Final = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_STAMP: Final = re.compile(r"\[([\d/:\-. ]{4,24})\]$", re.ASCII)
_SENTENCE: Final = re.compile(r"[^。！？!?\n]+[。！？!?]?")
_LIST: Final = re.compile(r"[,，、;；|]")
# Half a surrogate pair, and control characters, are what cut and broken emoji leave.
_BROKEN: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_UNCLEAN: Final = re.compile("[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f]")  # either, or a line end
_KINDS: Final[tuple[str, ...]] = get_args(Kind)
_ORIGINS: Final[tuple[str, ...]] = get_args(DateOrigin)
_PRECISIONS: Final[tuple[str, ...]] = get_args(Precision)


def read_record(page: Page) -> Document:
    """The document that one JSON object holds.

    Raises Refused with a sentence when it has no body, or a field has a value
    that cannot be meant.
    """
    record = _Record(page)
    body, stamp = _split_stamp(_paragraphs(record.body()))
    if not body:
        raise Refused(N_("%(name)s 没有正文（body、text 或 content）。"), name=page.name)
    published = record.published() or stamp
    if stamp and published and not published.value.startswith(stamp.value[:10]):
        body = _paragraphs(record.body())  # another date: a part of the text
    url = _web_address(record.text(_URL))
    kind = record.kind() or _kind_of(body, published)
    if published is None and not record.has_date_field():
        published = date_in_url(url)
    title = " ".join((record.text(("title",)) or "").split()) or _first_sentence(body)
    return Document(
        kind=kind,
        title=title,
        body=body,
        published=published,
        category=record.text(("category",)),
        author=record.text(("author",)),
        source=record.text(("source",)),
        site=record.text(("site",)),
        url=url,
        tags=_distinct(record.texts("tags")),
        cities=_distinct([*_canonical(record.texts("cities")), *cities_in(f"{title}\n{body}")]),
        page=page.name,
    )


class _Record:
    """The fields of a JSON object, each checked when it is asked for."""

    def __init__(self, page: Page) -> None:
        self._name = page.name
        self._fields: dict[str, Any] = _as_read(json.loads(page.content))

    def text(self, names: Iterable[str]) -> str | None:
        """The text of the first of these fields that has one."""
        name, value = self._first(names)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._refused(name, value, Message(N_("文本")))
        return _clean(value)

    def body(self) -> str:
        """The text; of a feed's entry, the text of its HTML."""
        if text := self.text(BODY_FIELDS):
            return text
        written = self.text(("content_html",))
        if not written:
            return ""
        from indexer.pages.html import html_text  # takes 0.2 s to import

        return html_text(written)

    def texts(self, name: str) -> list[str]:
        """A list of texts, or one text that lists them."""
        _, value = self._first((name,))
        values = _LIST.split(value) if isinstance(value, str) else value or []
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise self._refused(name, value, Message(N_("文本的列表")))
        return [clean for each in values if (clean := _clean(each))]

    def kind(self) -> Kind | None:
        """The kind, when it is given."""
        return cast("Kind | None", self._one_of("kind", _KINDS))

    def has_date_field(self) -> bool:
        """Whether a date was asked for, be it that there is none."""
        return any(name in self._fields for name in _PUBLISHED)

    def published(self) -> PublishedDate | None:
        """The date, in China time; its precision and origin as given."""
        name, value = self._first(_PUBLISHED)
        origin = cast(DateOrigin, self._one_of("date_origin", _ORIGINS) or "record")
        precision = cast("Precision | None", self._one_of("precision", _PRECISIONS))
        if value is None or value == 0:
            return None
        date = _read_time(value, origin)
        if date is None:
            raise self._refused(name, value, Message(N_("2008 年以来的日期")))
        if precision is None or _ISO_LENGTH[precision] >= len(date.value):
            return date
        return PublishedDate(date.value[: _ISO_LENGTH[precision]], precision, origin)

    def _first(self, names: Iterable[str]) -> tuple[str, Any]:
        for name in names:
            value = self._fields.get(name)
            if value is not None and not (isinstance(value, str) and not value.strip()):
                return name, value
        return "", None

    def _one_of(self, name: str, allowed: tuple[str, ...]) -> str | None:
        _, value = self._first((name,))
        if value is not None and value not in allowed:
            raise self._refused(name, value, " | ".join(allowed))
        return cast("str | None", value)

    def _refused(self, field: str, value: object, expected: object) -> Refused:
        shown = json.dumps(value, ensure_ascii=False)
        return Refused(
            N_("%(name)s 的 %(field)s 是 %(value)s，应为：%(expected)s。"),
            name=self._name,
            field=field,
            value=whole(shown if len(shown) <= 40 else shown[:40] + "…"),
            expected=expected,
        )


def _as_read(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an exported document without its corrections: its id is of what was read."""
    corrections = fields.get("corrections")
    if not isinstance(corrections, dict):
        return fields
    for name in get_args(Correctable):
        correction = corrections.get(name)
        if isinstance(correction, dict) and "was" in correction:
            fields[name] = correction["was"]
            if name == "published":
                fields["date_origin"] = correction.get("was_date_origin")
                fields["precision"] = None
    return fields


def _read_time(value: object, origin: DateOrigin) -> PublishedDate | None:
    """A date as written, or a Unix time in seconds or milliseconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        text = value.strip()
        if compact := _COMPACT.fullmatch(text):
            text = "-".join(compact.groups())
        if not _UNIX_TIME.fullmatch(text):
            return read_date(text, origin)
        value = float(text)
    if not isinstance(value, float):
        return None
    try:
        seconds = value / 1000 if value >= _MILLISECONDS else value
        moment = datetime.fromtimestamp(seconds, CHINA)
    except (ValueError, OverflowError, OSError):
        return None
    return read_date(moment.isoformat(timespec="seconds"), origin)


def _split_stamp(body: str) -> tuple[str, PublishedDate | None]:
    """The body without the stamp that it ends in, and the stamp's date."""
    stamp = _STAMP.search(body)
    date = read_date(stamp[1], "stamp") if stamp else None
    return (body[: stamp.start()].rstrip(), date) if stamp and date else (body, None)


def _kind_of(body: str, published: PublishedDate | None) -> Kind:
    """A short dated item is a newsflash."""
    dated = published is not None and published.is_stated
    return "newsflash" if dated and len(body) < _NEWSFLASH_LENGTH else "article"


def whole(text: str) -> str:
    """``text`` without half characters, which no file can hold."""
    return _BROKEN.sub("\ufffd", text)


def _clean(text: str) -> str:
    if not _UNCLEAN.search(text):
        return text.strip()
    lines = whole(text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).strip()


def _paragraphs(text: str) -> str:
    """The text with its lines as paragraphs."""
    parts = (part.strip() for line in text.splitlines() for part in without_residue(line))
    return PARAGRAPH_BREAK.join(part for part in parts if part)


def _first_sentence(body: str) -> str:
    sentence = _SENTENCE.search(body)
    first = sentence[0] if sentence else body.partition("\n")[0]  # of signs alone
    return first[:_TITLE_LENGTH].rstrip("。").strip()


def _web_address(url: str | None) -> str | None:
    """The address when a browser may be sent there; None for any other scheme."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _canonical(cities: Iterable[str]) -> list[str]:
    return [known_city(city) or city for city in cities]


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
