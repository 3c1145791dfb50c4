"""The readers of input files."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Sequence
from io import BufferedReader, BytesIO
from typing import Final

from benchmarks.fuzzing import material
from benchmarks.fuzzing.target import Run, Target, demand, demand_page, demand_refusal
from indexer.sources import Refusal
from indexer.sources._formats import read_input


def _reader(called: str) -> Run:
    """Give a file of this name to the reader that it is for."""

    def run(data: bytes) -> None:
        _read(called, data)

    return run


def _read(called: str, data: bytes) -> None:
    for item in read_input("输入", BufferedReader(BytesIO(data)), called):
        demand(item.name.startswith("输入"), f"the name {item.name!r}")
        if isinstance(item, Refusal):
            demand_refusal(item)
        else:
            demand_page(item)


_ARCHIVES: Final = (".zip", ".wacz", ".gz", ".warc.gz", ".jsonl.gz")


def _archive(data: bytes) -> None:
    """The first byte chooses the name."""
    if data:
        _read(f"a{_ARCHIVES[data[0] % len(_ARCHIVES)]}", data[1:])


def _text_seeds() -> Sequence[bytes]:
    return [each for text in material.pages()[:6] for each in material.encoded(text[:300])]


def _page_seeds() -> Sequence[bytes]:
    declared = [
        f"<meta charset={name}>{text}".encode(name)
        for name in ("utf-8", "gb18030", "big5hkscs", "shift_jis", "windows-1251")
        for text in ("<p>一", "<p>Привет", "<p>abc")
        if text.encode(name, "ignore").decode(name) == text
    ]
    return [*material.encoded(material.HTML), *declared]


def _json_seeds() -> Sequence[bytes]:
    array = json.dumps(material.RECORDS, indent=1)
    feed = json.dumps(material.JSON_FEED, ensure_ascii=False)
    one = json.dumps(material.RECORDS[2])
    return [
        *(each for text in (material.json_lines(), feed) for each in material.encoded(text)),
        *(array.encode(), one.encode(), array.encode("utf-16"), array.replace("\n", "").encode()),
    ]


def _table_seeds() -> Sequence[bytes]:
    return [each for mark in ",\t;" for each in material.encoded(material.table(mark))]


def _feed_seeds() -> Sequence[bytes]:
    texts = (material.RSS, material.ATOM, material.RDF)
    return [each for text in texts for each in material.encoded(text)]


def _warc_seeds() -> Sequence[bytes]:
    return [material.warc(), material.warc(packed=True)]


def _archive_seeds() -> Sequence[bytes]:
    files = {"a_dot_jsonl": material.json_lines().encode(), "b__c_dot_txt": "正文。" * 9}
    zips = [
        material.zipped(method, **{name: bytes(str(data), "utf-8") for name, data in files.items()})
        for method in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
            zipfile.ZIP_BZIP2,
            zipfile.ZIP_LZMA,
        )
    ]
    wacz = material.zipped(archive__a_dot_warc=material.warc(), datapackage_dot_json=b"{}")
    text = "一段正文。\n".encode() * 9
    return [
        *(b"\0" + each for each in zips),
        b"\1" + wacz,
        b"\2" + gzip.compress(text, mtime=0),
        b"\2" + gzip.compress(gzip.compress(text, mtime=0), mtime=0),
        b"\3" + gzip.compress(material.warc(), mtime=0),
        b"\4" + gzip.compress(material.json_lines().encode(), mtime=0),
    ]


def _sniffed_seeds() -> Sequence[bytes]:
    return [
        *_text_seeds()[:4],
        *_json_seeds()[:4],
        *_feed_seeds()[:4],
        *_table_seeds()[:4],
        *_page_seeds()[:4],
        *(each[1:] for each in _archive_seeds()[:3]),
        *_warc_seeds(),
    ]


TARGETS: Final = (
    Target("text", "text files, their encoding", _reader("a.txt"), _text_seeds),
    Target("charset", "web pages, their charset", _reader("a.html"), _page_seeds),
    Target("json", "JSON lines, arrays, feeds", _reader("a.json"), _json_seeds),
    Target("table", "CSV and TSV", _reader("a.csv"), _table_seeds),
    Target("feed", "RSS and Atom", _reader("a.xml"), _feed_seeds),
    Target("warc", "web archives", _reader("a.warc"), _warc_seeds, 8192),
    Target("archive", "zip, WACZ and gzip", _archive, _archive_seeds, 8192),
    Target("sniffed", "input without a name, its format", _reader(""), _sniffed_seeds, 8192),
)
