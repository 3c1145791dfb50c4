"""Records in JSON: one object a line, an array of objects, one object, or a JSON Feed.

JSON Lines: https://jsonlines.org.  JSON Feed: https://www.jsonfeed.org/version/1.1/.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from io import BufferedReader, BytesIO
from itertools import chain
from typing import Any, Final

from indexer.documents import Page
from indexer.i18n import N_, Message
from indexer.sources._decoding import decoded, in_utf8, text_chunks
from indexer.sources._encoding import encoding_of, mark_of
from indexer.sources._records import json_text, record_page
from indexer.sources._refusal import MAX_PAGE_BYTES, Refusal, RefusedHere, empty, too_long

_BROKEN: Final = N_("%(name)s 从第 %(column)s 列起不是完整的 JSON，这一行可能没有写完。")
_BROKEN_ITEM: Final = N_("%(name)s 不是完整的 JSON，可能没有写完；从这里起的内容没有读入。")
_BEYOND: Final = N_("%(name)s 里的数字太长或嵌套太深，无法读取。")
_NO_OBJECT: Final = N_("%(name)s 是 JSON，但不是一个对象（{…}）。")
_JSON_FEED: Final = "https://jsonfeed.org/version/"
_SPACE: Final = " \t\r\n"
# Far deeper than any record, and far from where Python's own stack ends, here or where it is read.
_MAX_DEPTH: Final = 100


def read_json(name: str, stream: BufferedReader) -> Iterator[Page | Refusal]:
    """The records of the stream, named ``name:12`` by their line or ``name[12]`` in an array.

    A line that is no whole JSON object is refused with its place and the
    others go on; behind a broken item of an array nothing can be read.
    """
    sample = stream.peek(1)
    mark, stated = mark_of(sample) or (b"", None)
    if stated not in (None, "utf-8") or b"\0" in sample:
        stream = in_utf8(name, stream)
        mark, stated, sample = b"", "utf-8", stream.peek(1)
    if sample.removeprefix(mark).lstrip(_SPACE.encode()).startswith(b"["):
        yield from _array(name, stream)
        return
    lines, whole = _lines_or_object(stream)
    if whole is None:
        encoding = None if sample.isascii() else stated or encoding_of(sample)
        yield from _lines(name, lines, encoding)
    elif str(whole.get("version", "")).startswith(_JSON_FEED):
        yield from _feed_items(name, whole)
    else:
        yield Page(name, json_text(whole), "record")


def _lines_or_object(stream: BufferedReader) -> tuple[Iterable[bytes], dict[str, Any] | None]:
    """The lines of the stream; or the one object that they spread out, or that is a feed."""
    first = b""
    lines = _limited(stream)
    for line in lines:
        first += line
        if line.removeprefix(codecs.BOM_UTF8).strip():
            break
    record = _object(first)
    if record is None and len(first) <= MAX_PAGE_BYTES:
        first += stream.read(MAX_PAGE_BYTES - len(first)) + stream.readline(MAX_PAGE_BYTES + 1)
        record = _object(first)
        if record is not None:
            return (), record
    elif record is not None and str(record.get("version", "")).startswith(_JSON_FEED):
        return (), record
    return chain(_limited(BytesIO(first)), lines), None


def _limited(stream: BufferedReader | BytesIO) -> Iterator[bytes]:
    """The lines; of one that is too long its beginning, by which it is known."""
    while line := stream.readline(MAX_PAGE_BYTES + 1):
        yield line
        while len(line) > MAX_PAGE_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_PAGE_BYTES + 1)


def _object(data: bytes) -> dict[str, Any] | None:
    text = decoded("", data)
    try:
        value = None if isinstance(text, Refusal) else _loaded(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _loaded(text: str) -> Any:
    """What a JSON text means.  Raises ValueError; RecursionError when it is nested too deeply."""
    value = json.loads(text)
    _demand_shallow(text, value)
    return value


def _demand_shallow(text: str, value: object) -> None:
    if text.count("[") + text.count("{") <= _MAX_DEPTH:
        return
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, list | dict)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise RecursionError


def _lines(name: str, lines: Iterable[bytes], encoding: str | None) -> Iterator[Page | Refusal]:
    nothing = True
    for number, line in enumerate(lines, 1):
        data = (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).strip()
        if not data:
            continue
        if len(line) > MAX_PAGE_BYTES:
            nothing = False
            yield too_long(f"{name}:{number}")
            continue
        if nothing and not data.startswith(b"{"):
            text = decoded(name, data, encoding=encoding)
            if isinstance(text, Refusal):
                yield text  # a picture, say: no line of it is worth a refusal of its own
                return
        nothing = False
        yield _record(f"{name}:{number}", number, data, encoding)
    if nothing:
        yield empty(name)


def _record(name: str, number: int, data: bytes, encoding: str | None) -> Page | Refusal:
    text = decoded(name, data, encoding=encoding)
    if isinstance(text, Refusal):
        return text
    try:
        record = _loaded(text)
    except json.JSONDecodeError as error:
        facts = {"name": name, "column": error.colno}
        return Refusal(name, Message(_BROKEN, facts), f"{number}:{error.colno}")
    except (ValueError, RecursionError):
        return Refusal(name, Message(_BEYOND, {"name": name}), f"{number}:1")
    if not isinstance(record, dict):
        return Refusal(name, Message(_NO_OBJECT, {"name": name}), f"{number}:1")
    return Page(name, text, "record")


def _array(name: str, stream: BufferedReader) -> Iterator[Page | Refusal]:
    text = _Text(text_chunks(name, stream))
    if text.next() != "[":  # its bytes are a bracket in another encoding
        raise _broken(f"{name}[1]")
    text.skip("[")
    number = 0
    while (mark := text.next()) != "]":
        number += 1
        item = f"{name}[{number}]"
        written, value = text.value(item)
        if isinstance(value, dict):
            yield Page(item, written, "record")
        else:
            yield Refusal(item, Message(_NO_OBJECT, {"name": item}))
        if (mark := text.next()) == ",":
            text.skip(",")
        elif mark != "]":
            raise _broken(f"{name}[{number + 1}]")
    if not number:
        yield empty(name)


class _Text:
    """A text that is read piece by piece, and forgotten behind the place of reading."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._text = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def next(self) -> str:
        """The next character that is no space; nothing at the end."""
        while True:
            while self._at < len(self._text):
                if (character := self._text[self._at]) not in _SPACE:
                    return character
                self._at += 1
            if not self._more():
                return ""

    def skip(self, character: str) -> None:
        """Go behind the next character, which is this one."""
        assert self.next() == character
        self._at += 1

    def value(self, name: str) -> tuple[str, Any]:
        """The next JSON value: as it is written, and what it means."""
        self.next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
                written, self._at = self._text[self._at : end], end
                _demand_shallow(written, value)
                return written, value
            except json.JSONDecodeError:
                # Broken, or not all of it read yet; twice as much, to stay linear.
                length = len(self._text) - self._at
                if length > MAX_PAGE_BYTES:
                    raise _broken(name) from None
                if not self._more():
                    raise _broken(name) from None
                while len(self._text) < 2 * length and self._more():
                    pass
            except (ValueError, RecursionError):
                raise RefusedHere(Refusal(name, Message(_BEYOND, {"name": name}))) from None

    def _more(self) -> bool:
        chunk = next(self._chunks, "")
        self._text = self._text[self._at :] + chunk
        self._at = 0
        return bool(chunk)


def _broken(name: str) -> RefusedHere:
    return RefusedHere(Refusal(name, Message(_BROKEN_ITEM, {"name": name})))


def _feed_items(name: str, feed: dict[str, Any]) -> Iterator[Page | Refusal]:
    items = feed.get("items")
    for number, item in enumerate(items if isinstance(items, list) else [], 1):
        if not isinstance(item, dict):
            yield Refusal(f"{name}[{number}]", Message(_NO_OBJECT, {"name": f"{name}[{number}]"}))
            continue
        authors = item.get("authors") or [item.get("author")]
        fields = {
            "title": item.get("title"),
            "body": item.get("content_text"),
            "content_html": item.get("content_html"),
            "published": item.get("date_published"),
            "url": item.get("url") or item.get("external_url"),
            "author": "、".join(
                each["name"] for each in authors if isinstance(each, dict) and each.get("name")
            ),
            "source": feed.get("title"),
            "tags": item.get("tags"),
        }
        yield record_page(f"{name}[{number}]", fields)
    if not items:
        yield empty(name)
