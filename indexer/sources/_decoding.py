"""From the bytes of an input to its text, or to the reason why there is none."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

from indexer.i18n import N_, Message
from indexer.sources._encoding import encoding_of, mark_of
from indexer.sources._refusal import (
    MAX_PAGE_BYTES,
    Refusal,
    RefusedHere,
    empty,
    too_long,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MAX_CONTROL_SHARE: Final = 0.01
_CHUNK: Final = 256 * 1024
_BLANK: Final = "\ufeff \t\n\v\f\u3000\u00a0"
_WRONG_BYTES: Final = N_(
    "%(name)s 从第 %(byte)s 字节（自 0 起）不是 %(encoding)s 文本；请检查文件。"
)
_UNDECIDED: Final = N_(
    "%(name)s 从第 %(byte)s 字节（自 0 起）不是 UTF-8 文本，也看不出是 GB18030、Big5 还是 UTF-16"
    " 的中文；请转成 UTF-8 再加入。"
)
# What pages are written in, by Python's names for what https://encoding.spec.whatwg.org lists:
# among its other codecs are some that give no text, or half characters (hex, utf-7).
_DECLARABLE: Final = re.compile(
    r"utf-(?:8|16(?:-[lb]e)?)|ascii|iso8859-\d+|cp(?:125\d|866|874)|koi8-[ru]|mac-(?:roman|cyrillic)"
    r"|gb(?:2312|k|18030)|big5(?:hkscs)?|euc_(?:jp|kr)|iso2022_jp|shift_jis|cp9(?:32|49|50)|tis-620"
)
_BINARY: Final = N_("%(name)s 不是文本文件（第 %(byte)s 字节起是二进制内容）。")


def decoded(
    name: str, data: bytes, *, encoding: str | None = None, declared: str | None = None
) -> str | Refusal:
    """The text of ``data``, in ``encoding`` or in the one that its characters tell.

    What a page declares itself to be in is believed where they do not tell.
    Line ends become ``\\n``; a few stray control characters are dropped.
    """
    if not data.strip():
        return empty(name)
    mark, stated = mark_of(data) or (b"", None)
    encoding = encoding or stated or encoding_of(data) or _known(declared)
    if encoding is None:
        return _undecided(name, data)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        return _wrong_bytes(name, len(mark) + error.start, encoding)
    return _cleaned(name, text)


def text_chunks(name: str, stream: BinaryIO) -> Iterator[str]:
    """The text of a stream in pieces, line ends as they are.

    Raises RefusedHere where its encoding cannot be told, or a byte is wrong in it.
    """
    decoder: codecs.IncrementalDecoder | None = None
    encoding, start = "", 0
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
        if decoder is None:
            mark, stated = mark_of(chunk) or (b"", None)
            if stated is None and chunk.isascii() and b"\0" not in chunk:
                start += len(chunk)
                yield chunk.decode("ascii")
                continue
            encoding = stated or encoding_of(chunk) or ""
            if not encoding:
                raise RefusedHere(_undecided(name, chunk, start))
            decoder = codecs.getincrementaldecoder(encoding)()
            start, chunk = start + len(mark), chunk[len(mark) :]
        pending = len(decoder.getstate()[0])
        try:
            yield decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise RefusedHere(_wrong_bytes(name, start - pending + error.start, encoding)) from None
        start += len(chunk)
    if decoder is not None and (rest := decoder.getstate()[0]):
        raise RefusedHere(_wrong_bytes(name, start - len(rest), encoding))


def text_lines(name: str, stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream, their ends kept; raises RefusedHere as :func:`text_chunks`."""
    rest = ""
    for chunk in text_chunks(name, stream):
        *lines, rest = (rest + chunk).split("\n")
        yield from (line + "\n" for line in lines)
        if len(rest) > MAX_PAGE_BYTES:
            raise RefusedHere(too_long(name))
    if rest:
        yield rest


class _Utf8(io.RawIOBase):
    """The text of a stream, in UTF-8 without a mark."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self._chunks = text_chunks(name, stream)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        while not self._rest and (chunk := next(self._chunks, None)) is not None:
            self._rest = chunk.encode("utf-8")
        view = memoryview(buffer)
        count = min(len(view), len(self._rest))
        view[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def in_utf8(name: str, stream: BinaryIO) -> io.BufferedReader:
    """The same text in UTF-8; reading it raises RefusedHere as :func:`text_chunks`."""
    return io.BufferedReader(_Utf8(name, stream), _CHUNK)


def _known(encoding: str | None) -> str | None:
    """The codec of a declared encoding; GB2312 and GBK are parts of GB18030."""
    try:
        name = codecs.lookup(encoding or "").name
    except (LookupError, ValueError):
        return None
    if not _DECLARABLE.fullmatch(name):
        return None
    return {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}.get(name, name)


def _wrong_bytes(name: str, at: int, encoding: str) -> Refusal:
    facts = {"name": name, "byte": at, "encoding": encoding.upper()}
    return Refusal(name, Message(_WRONG_BYTES, facts), f"byte {at}")


def _undecided(name: str, data: bytes, start: int = 0) -> Refusal:
    if (at := data.find(0)) >= 0:
        return _binary(name, start + at)
    try:
        data.decode("utf-8")
        at = start  # a few characters that are valid in two encodings
    except UnicodeDecodeError as error:
        at = start + error.start
    return Refusal(name, Message(_UNDECIDED, {"name": name, "byte": at}), f"byte {at}")


def _cleaned(name: str, text: str) -> str | Refusal:
    stray = _CONTROL.search(text)
    if stray:
        cleaned = _CONTROL.sub("", text)
        if "\0" in text or len(text) - len(cleaned) > _MAX_CONTROL_SHARE * len(text):
            return _binary(name, len(text[: stray.start()].encode("utf-8")))
        text = cleaned
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip(_BLANK) else empty(name)


def _binary(name: str, at: int) -> Refusal:
    return Refusal(name, Message(_BINARY, {"name": name, "byte": at}), f"byte {at}")
