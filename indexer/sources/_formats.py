"""Which reader an input is for: by the end of its name, or by how it begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from io import BufferedReader
from pathlib import PurePath
from typing import Final

from indexer.documents import Page
from indexer.i18n import N_, Message
from indexer.sources._archives import gunzipped, nested, unzipped
from indexer.sources._encoding import encoding_of, mark_of
from indexer.sources._refusal import Refusal, RefusedHere
from indexer.sources.feed import read_feed
from indexer.sources.json_records import read_json
from indexer.sources.table import read_table, separator_of
from indexer.sources.text import read_html, read_text
from indexer.sources.warc import read_warc

Reader = Callable[[str, BufferedReader], Iterator[Page | Refusal]]
_READERS: Final[Mapping[str, Reader]] = {
    ".txt": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".shtml": read_html,
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".json": read_json,
    ".csv": read_table,
    ".tsv": read_table,
    ".rss": read_feed,
    ".atom": read_feed,
    ".xml": read_feed,
    ".warc": read_warc,
}
_GZIP: Final = ".gz"
_WACZ: Final = ".wacz"
_ZIPS: Final = (".zip", _WACZ)
SUFFIXES: Final = (*_READERS, _GZIP, *_ZIPS)

_UNKNOWN: Final = N_("不认识 %(name)s 的格式；可以读的是 %(suffixes)s。")
_HTML: Final = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML: Final = re.compile(r"<(?:\?xml|rss|feed|rdf:RDF)\b")
_JSON: Final = re.compile(r"\{|\[\s*\{")
_LINE: Final = 4096


def read_input(
    name: str, stream: BufferedReader, called: str, inside: tuple[str, ...] = ()
) -> Iterator[Page | Refusal]:
    """The pages of one input.

    ``name`` is shown; ``called`` is the file name whose end says the format;
    where it has none, the first bytes say it.  ``inside`` names the forms of
    packing that were already undone: one archive, and one compression.
    """
    suffix = PurePath(called).suffix.lower() or _sniffed(stream)
    try:
        if suffix in inside or (inside and suffix in _ZIPS):
            yield nested(name)
        elif suffix == _GZIP:
            unpacked = gunzipped(name, stream)
            inner = called[: -len(_GZIP)]  # of a stream without a name nothing is left
            yield from read_input(name, unpacked, inner, (*inside, suffix))
        elif suffix in _ZIPS:
            yield from _members(name, stream, suffix)
        elif reader := _READERS.get(suffix):
            yield from reader(name, stream)
        else:
            facts = {"name": name, "suffixes": " ".join(SUFFIXES)}
            yield Refusal(name, Message(_UNKNOWN, facts))
    except RefusedHere as refused:
        yield refused.refusal


def _members(name: str, stream: BufferedReader, suffix: str) -> Iterator[Page | Refusal]:
    for member in unzipped(name, stream):
        if isinstance(member, Refusal):
            yield member
        elif suffix != _WACZ or member[0].startswith("archive/"):
            path, opened = member
            yield from read_input(f"{name}/{path}", opened, PurePath(path).name, (suffix,))


def _sniffed(stream: BufferedReader) -> str:
    """The suffix that the beginning of a stream calls for; text when nothing else."""
    beginning = stream.peek(_LINE)[:_LINE]
    if beginning.startswith(b"\x1f\x8b"):
        return ".gz"
    if beginning.startswith(b"PK\x03\x04"):
        return ".zip"
    if beginning.startswith(b"WARC/"):
        return ".warc"
    mark, stated = mark_of(beginning) or (b"", None)
    encoding = stated or encoding_of(beginning) or "utf-8"
    text = beginning[len(mark) :].decode(encoding, "replace").lstrip()
    for suffix, pattern in ((".json", _JSON), (".html", _HTML), (".xml", _XML)):
        if pattern.match(text):
            return suffix
    return ".csv" if separator_of(text.split("\n")[0]) else ".txt"
