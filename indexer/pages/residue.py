"""What JSON and HTML leave behind in a text that was cut out of them carelessly."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

# Most lines hold none of it.
_SIGN: Final = re.compile(r"[&<\\\"]")
_BLOCKS: Final = "br|p|div|li|ul|ol|h[1-6]|tr|td|table|section|article|blockquote|hr"
_SPANS: Final = "span|strong|b|em|i|u|a|font|img|sup|sub|small|figure|figcaption|center|code"
_BREAK: Final = re.compile(
    rf"""</?(?:{_BLOCKS})\b[^<>]{{0,300}}>
    | (?:\\r)?\\n(?![a-z]) | \\r(?![a-z])
    | "[ ]?,[ ]?"[a-z_]{{2,20}}"[ ]?:[ ]?"        # ","content":"
    | ^[\[{{, ]{{0,4}}"[a-z_]{{2,20}}"[ ]?:[ ]?"  # {{"title":"
    | "[ ]?[}}\]]{{1,3}},?$                       # "}}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SPAN: Final = re.compile(rf"</?(?:{_SPANS})\b[^<>]{{0,300}}>", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,5});")
_ESCAPE: Final = re.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<mark>[\"/])|t(?![a-z]))")
_SURROGATES: Final = range(0xD800, 0xE000)


def without_residue(line: str) -> list[str]:
    """The parts of a line between what broke it, with what was escaped as it was meant."""
    if not _SIGN.search(line):
        return [line]
    return [_plain(part) for part in _BREAK.split(line)]


def _plain(text: str) -> str:
    text = _ENTITY.sub(lambda match: unescape(match[0]), _SPAN.sub("", text))
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    if match["code"]:
        code = int(match["code"], 16)
        return match[0] if code in _SURROGATES else chr(code)
    return match["mark"] or " "
