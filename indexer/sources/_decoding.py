"""From the bytes of an input to its text, or to the reason why there is none."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from indexer.i18n import N_, Message

MAX_PAGE_BYTES: Final = 16 * 1024 * 1024

_UTF16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MAX_CONTROL_SHARE: Final = 0.01
# Bytes of another encoding that happen to decode give rare characters; GB2312
# holds the 6,763 common ones and the punctuation of the language.
_MIN_COMMON_SHARE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Refusal:
    """An input, or a line of one, that was refused.

    ``position`` is ``12:40`` for line and column, ``byte 1034`` (from 0) where
    the text cannot be decoded, None where the whole input is meant.
    """

    name: str
    message: Message
    position: str | None = None


def empty(name: str) -> Refusal:
    """The refusal of an input without text."""
    return Refusal(name, Message(N_("%(name)s 是空文件。"), {"name": name}))


def too_long(name: str) -> Refusal:
    """The refusal of a page that is no page."""
    facts = {"name": name, "limit": MAX_PAGE_BYTES // 1024 // 1024}
    return Refusal(
        name, Message(N_("%(name)s 超过 %(limit)s MB，不像是一个页面；请拆分后再加入。"), facts)
    )


def decoded(name: str, data: bytes) -> str | Refusal:
    """The text of ``data``: UTF-8, UTF-16 with its mark, or GB18030.

    GB18030 is believed when all of it decodes and reads as Chinese.  Line ends
    become ``\\n``; a few stray control characters are dropped.
    """
    if not data.strip():
        return empty(name)
    mark = data[:2]
    if mark in _UTF16:
        return _strictly(name, data, 2, _UTF16[mark])
    if (at := data.find(0)) >= 0:
        return _binary(name, at)
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    text = _strictly(name, data, start, "utf-8")
    if isinstance(text, Refusal) and (chinese := _gb18030(data)) is not None:
        return _cleaned(name, chinese)
    return text


def _strictly(name: str, data: bytes, start: int, encoding: str) -> str | Refusal:
    try:
        return _cleaned(name, data[start:].decode(encoding))
    except UnicodeDecodeError as error:
        at = start + error.start
    facts = {"name": name, "byte": at, "encoding": encoding.upper()}
    text = N_(
        "%(name)s 从第 %(byte)s 字节（自 0 起）不是 %(encoding)s 文本，也不像 GB18030 中文；"
        "请转成 UTF-8 再加入。"
    )
    return Refusal(name, Message(text, facts), f"byte {at}")


def _gb18030(data: bytes) -> str | None:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    foreign = [character for character in text if not character.isascii()]
    common = "".join(foreign).encode("gb2312", errors="ignore").decode("gb2312")
    return text if len(common) >= _MIN_COMMON_SHARE * len(foreign) else None


def _cleaned(name: str, text: str) -> str | Refusal:
    stray = _CONTROL.search(text)
    if stray:
        cleaned = _CONTROL.sub("", text)
        if "\0" in text or len(text) - len(cleaned) > _MAX_CONTROL_SHARE * len(text):
            return _binary(name, len(text[: stray.start()].encode("utf-8")))
        text = cleaned
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip("\ufeff \t\n\v\f\u3000\u00a0") else empty(name)


def _binary(name: str, at: int) -> Refusal:
    text = N_("%(name)s 不是文本文件（第 %(byte)s 字节起是二进制内容）。")
    return Refusal(name, Message(text, {"name": name, "byte": at}), f"byte {at}")
