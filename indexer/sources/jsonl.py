"""Records: one JSON object a line (https://jsonlines.org), each a page."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO, Final

from indexer.documents import Page
from indexer.i18n import N_, Message
from indexer.sources._decoding import MAX_PAGE_BYTES, Refusal, decoded, empty, too_long

_SPREAD: Final = N_("%(name)s 不是一行一个 JSON 对象；请改成 JSON Lines 再加入。")
_BROKEN: Final = N_("%(name)s 从第 %(column)s 列起不是完整的 JSON，这一行可能没有写完。")
_BEYOND: Final = N_("%(name)s 里的数字太长或嵌套太深，无法读取。")
_NO_OBJECT: Final = N_("%(name)s 是 JSON，但不是一个对象（{…}）。")


def read_jsonl(name: str, stream: BinaryIO) -> Iterator[Page | Refusal]:
    """The records of the stream, line by line, named ``name:12``.

    A line that is no whole JSON object is refused with its place and the
    others go on; a file that is no such file at all is refused as a whole.
    Blank lines are passed over.
    """
    nothing = True
    for number, line in enumerate(iter(lambda: stream.readline(MAX_PAGE_BYTES + 1), b""), 1):
        data = (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).strip()
        if not data:
            continue
        if len(line) > MAX_PAGE_BYTES:
            yield too_long(f"{name}:{number}")
            return
        if nothing and (refusal := _no_such_file(name, number, data)):
            yield refusal
            return
        nothing = False
        yield _record(f"{name}:{number}", number, data)
    if nothing:
        yield empty(name)


def _no_such_file(name: str, number: int, data: bytes) -> Refusal | None:
    """What the first line with text says about the file."""
    if not data.startswith(b"{") and isinstance(refusal := decoded(name, data), Refusal):
        return refusal
    if data == b"{" or data.startswith(b"[") or b"\0" in data:
        return Refusal(name, Message(_SPREAD, {"name": name}), f"{number}:1")
    return None


def _record(name: str, number: int, data: bytes) -> Page | Refusal:
    text = decoded(name, data)
    if isinstance(text, Refusal):
        return text
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        facts = {"name": name, "column": error.colno}
        return Refusal(name, Message(_BROKEN, facts), f"{number}:{error.colno}")
    except (ValueError, RecursionError):
        return Refusal(name, Message(_BEYOND, {"name": name}), f"{number}:1")
    if not isinstance(record, dict):
        return Refusal(name, Message(_NO_OBJECT, {"name": name}), f"{number}:1")
    return Page(name, text, "record")
