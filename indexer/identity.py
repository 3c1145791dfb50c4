"""Names computed from content: the same on every machine and in every order of adding."""

from __future__ import annotations

import base64
import hashlib
from itertools import islice, product
from typing import Final, NamedTuple

from indexer.analysis import fold
from indexer.documents import Document, PublishedDate

_LENGTH: Final = 13
_BYTES: Final = 10  # base32 makes characters of five bytes at a time, and takes its time
_DAY: Final = len("2020-07-13")
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"  # of base32, RFC 4648
_LOOKS_LIKE: Final = str.maketrans("08", "ob")
_MOST_ALIKE: Final = 256


class Names(NamedTuple):
    """What a document is called, and its text alone, whatever date is stated with it."""

    id: str
    text: str


def names(document: Document) -> Names:
    """The id of a document, from its text and its stated date at day precision, and its text's.

    White space is no part of the text, so a re-wrapped copy is the same
    document; an inferred date is no part either, for a better guess must not
    change the id.
    """
    title, body = _text(document.title), _text(document.body)
    return Names(_name(title, body, _stated_day(document.published)), _name(title, body))


def document_id(document: Document) -> str:
    """The id of a document, as :func:`names` gives it."""
    return names(document).id


def text_id(document: Document) -> str:
    """The id of a document's text alone, as :func:`names` gives it."""
    return names(document).text


def near_ids(typed: str) -> set[str]:
    """The ids that may have been meant by one that there is not.

    The alphabet has no 0, 1 and 8, because they look like o, l or i, and b; besides, one
    character may be another, missing, one too many, or in its neighbour's place.
    """
    text = "".join(fold(typed).translate(_LOOKS_LIKE).split())
    if abs(len(text) - _LENGTH) > 1:
        return set()
    alike = product(*("il" if each in "il1" else each for each in text[:_LENGTH]))
    found = set(map("".join, islice(alike, _MOST_ALIKE)))
    for at in range(len(text) + 1):
        before, after = text[:at], text[at:]
        found.add(before + after[1:])
        found.add(before + after[1:2] + after[:1] + after[2:])
        for each in _ALPHABET:
            found.update((before + each + after[1:], before + each + after))
    return {each for each in found if len(each) == _LENGTH} - {typed}


def page_key(content: str) -> str:
    """The name of a page's raw text, whatever its file is called."""
    return _name(content)


def _text(text: str) -> str:
    return "".join(fold(text).split())


def _stated_day(published: PublishedDate | None) -> str:
    return published.value[:_DAY] if published and published.is_stated else ""


def _name(*parts: str) -> str:
    """The first 13 characters of the SHA-256 of the parts in base32, which 65 bits make.

    A line end separates the parts: titles, bodies and dates hold none here.
    """
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest[:_BYTES]).decode("ascii")[:_LENGTH].lower()
