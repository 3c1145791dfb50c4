"""Input that is made to break a reader: what fuzzing found, and what is too large.

The long form: ``python -m benchmarks.fuzz``.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.fuzzing import material
from indexer.reading import page_rows
from indexer.sources import Refusal, read_paths


def came_of(folder: Path, name: str, data: bytes | str) -> list[str]:
    """The titles of what is read from a file of this name, and the sentences of what is refused."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return [
        str(item.message).removeprefix(str(folder))
        if isinstance(item, Refusal)
        else ",".join(str(row.values[1]) for row in item.documents)
        for item in page_rows(read_paths([str(path)]))
    ]


def zipped(change: Callable[[bytes], bytes]) -> bytes:
    return change(material.zipped(a_dot_txt="一段正文。".encode()))


def central(data: bytes, offset: int, value: bytes) -> bytes:
    """The zip with other bytes in the entry of its table of contents."""
    at = data.index(b"PK\x01\x02") + offset
    return data[:at] + value + data[at + len(value) :]


def overlapping() -> bytes:
    """A zip whose second entry is the first once more, as often as one likes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "一段正文。" * 300)
        (info,) = archive.infolist()
        archive.filelist.extend([info] * 50)
    return out.getvalue()


def warc(headers: str, http: bytes = b"") -> bytes:
    head = f"WARC/1.0\r\nContent-Length: {len(http)}\r\n{headers}\r\n\r\n"
    return head.encode() + http + b"\r\n\r\n"


# What atheris found, each with the sentence or the title that comes of it now.
FOUND = {
    "a half character in a JSON Feed": (
        "a.json",
        json.dumps(material.JSON_FEED).replace("example", "\\ud800"),
        "矿场",
    ),
    "a half character in an object over several lines": (
        "a.json",
        '{"title": "题\\ud800",\n"body": "正文"}',
        "题\ufffd",
    ),
    "JSON behind a form feed": ("a.json", '\f[{"body": "正文"}]', "不是一个对象"),
    "JSON that is nested as deep as it can be read": (
        "a.jsonl",
        '{"body": "正文", "tags": ' + "[" * 900 + "]" * 900 + "}",
        "嵌套太深",
    ),
    "JSON in an array, as deep": (
        "a.json",
        '[{"body": "正文", "tags": ' + "[" * 900 + "]" * 900 + "}]",
        "嵌套太深",
    ),
    **{
        f"a page that says that it is in {name}": (
            "a.html",
            f"<meta charset={name}>".encode() + b"<p>\xff+2AA-\\ud800",
            "看不出",
        )
        for name in ("hex", "base64", "utf-7", "unicode_escape", "undefined", "idna", "rot13")
    },
    "a zip of another version": ("a.zip", zipped(lambda d: central(d, 6, b"\xff\0")), "已损坏"),
    "a zip whose name is no UTF-8": (
        "a.zip",
        zipped(lambda d: central(central(d, 8, b"\0\x08"), 46, b"\xff")),
        "已损坏",
    ),
    "a zip whose file lies before its beginning": (
        "a.zip",
        zipped(lambda d: d[:-6] + struct.pack("<I", len(d)) + d[-2:]),
        "已损坏",
    ),
    "a zip without a name in it": (
        "a.zip",
        zipped(lambda d: central(d, 28, b"\0\0")),
        "已损坏",
    ),
    "a zip whose files overlap": ("a.zip", overlapping(), "已损坏"),
    "a WARC without an address": (
        "a.warc",
        warc("WARC-Type: response", b"HTTP/1.1 200 OK\r\n\r\nabc"),
        "不是完整的 WARC",
    ),
    "a date in a feed that no calendar has": (
        "a.rss",
        "<rss><channel><item><title>题</title><description>正文</description>"
        "<pubDate>30 Nov 2021 12:41:29 +99999999999999999999</pubDate></item></channel></rss>",
        "应为：2008 年以来的日期",
    ),
    "a canonical address that is none": (
        "a.html",
        "<link rel=canonical href='http://['><title>题</title>" + "<p>一段很长的正文。" * 9,
        "题",
    ),
    "names within names in JSON-LD": (
        "a.html",
        '<script type="application/ld+json">{"@type": "Article", "author": '
        + "[" * 900
        + "]" * 900
        + "}</script><title>题</title>"
        + "<p>一段很长的正文。" * 9,
        "题",
    ),
}


@pytest.mark.parametrize(("name", "data", "expected"), FOUND.values(), ids=FOUND)
def test_what_fuzzing_found_in_files(
    tmp_path: Path, name: str, data: bytes | str, expected: str
) -> None:
    came = came_of(tmp_path, name, data)
    assert came
    assert expected in came[0]
