"""Large hostile inputs, each measured alone: the processor's time, the most memory, what came out.

They go the way of an addition: the file is read, its pages are read, and their rows made.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.fuzzing import material
from indexer.reading import page_rows
from indexer.sources import Refusal, read_paths

_MEGABYTE: Final = 1 << 20
_SENTENCE: Final = "某交易所今日宣布上线新币，用户可以充值。"


@dataclass(frozen=True)
class Case:
    """A file of this name with these bytes; what must come of it, in so many seconds and MB.

    ``outcome`` counts documents and the reasons of refusals, as :func:`outcome` does.
    """

    name: str
    file: str
    make: Callable[[], bytes]
    outcome: str
    seconds: float = 2.0
    megabytes: int = 200

    def holds(self, came: Measured) -> bool:
        """Whether that is what must come of it."""
        within = came.seconds <= self.seconds and came.megabytes <= self.megabytes
        return within and came.outcome == self.outcome


class Measured(NamedTuple):
    """What came of a case."""

    name: str
    bytes: int
    seconds: float
    megabytes: int
    outcome: str


def _text(piece: str, size: int = 5 * _MEGABYTE) -> Callable[[], bytes]:
    """A piece again and again, up to so many bytes."""
    data = piece.encode()
    return lambda: data * (size // len(data))


def _gzip_bomb() -> bytes:
    return gzip.compress(b" " * (16 * _MEGABYTE), mtime=0) * 64


def _zip_bomb() -> bytes:
    return material.zipped(a_dot_jsonl=b" " * (1024 * _MEGABYTE))


def _record(body: str) -> bytes:
    return json.dumps({"title": "题", "body": body}, ensure_ascii=False).encode()


def _laughs() -> bytes:
    entities = "".join(f"<!ENTITY a{level} '{f'&a{level - 1};' * 10}'>" for level in range(1, 10))
    body = "<item><description>&a9;</description></item>"
    return (
        f"<!DOCTYPE rss [<!ENTITY a0 'ha'>{entities}]><rss><channel>{body}</channel></rss>".encode()
    )


def _external() -> bytes:
    entity = '<!ENTITY s SYSTEM "file:///etc/passwd">'
    body = "<item><description>一段正文&s;。</description></item>"
    return f"<!DOCTYPE rss [{entity}]><rss><channel>{body}</channel></rss>".encode()


def _record_of(http: bytes, length: int | None = None) -> bytes:
    size = len(http) if length is None else length
    return (
        (
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://e.org/\r\n"
            b"WARC-Date: 2021-05-01T00:00:00Z\r\nContent-Type: application/http\r\n"
            b"Content-Length: %d\r\n\r\n" % size
        )
        + http
        + b"\r\n\r\n"
    )


def _chunk_bomb() -> bytes:
    packed = gzip.compress(b"<" * (1024 * _MEGABYTE), mtime=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(packed) + packed + b"\r\n0\r\n\r\n"
    return _record_of(head + chunked)


def _long_header() -> bytes:
    return b"WARC/1.0\r\nX: " + b"x" * (50 * _MEGABYTE)


def _wrong_length() -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>abc"
    return _record_of(http, 99_999_999_999)


_DEEP: Final = 100_000
CASES: Final = (
    Case("gzip of 1 GB", "a.jsonl.gz", _gzip_bomb, "1 bomb"),
    Case("zip of 1 GB", "a.zip", _zip_bomb, "1 bomb", 4),
    Case("gzip in gzip", "a.txt.gz.gz", lambda: gzip.compress(b"a"), "1 nested"),
    Case("a line of 5 MB", "a.txt", _text(_SENTENCE), "1 document", 20),
    Case("a record of 5 MB", "a.jsonl", lambda: _record(_SENTENCE * 87_000), "1 document", 20),
    Case("JSON, 100,000 arrays deep", "a.json", lambda: b"[" * _DEEP, "1 refused"),
    Case("JSON, 100,000 objects deep", "a.json", lambda: b'{"a":' * _DEEP, "1 refused"),
    Case("XML, 100,000 deep", "a.rss", lambda: b"<rss>" + b"<a>" * _DEEP, "1 refused"),
    Case("HTML, 100,000 deep", "a.html", lambda: b"<div>" * _DEEP + b"x", "1 refused"),
    Case(
        "HTML in a record, 100,000 deep",
        "a.jsonl",
        lambda: json.dumps({"content_html": "<b>" * _DEEP + "x"}).encode(),
        "1 refused",
    ),
    Case("HTML, 300,000 elements", "a.html", lambda: b"<p>" + b"<b>a</b>" * 300_000, "1 refused"),
    Case("a billion laughs", "a.rss", _laughs, "1 refused"),
    Case("an entity that is a file", "a.rss", _external, "1 document"),
    Case(
        "a feed of 5 MB without an entry",
        "a.rss",
        lambda: b"<rss>" + b"<a/>" * 1_250_000 + b"</rss>",
        "1 refused",
        8,
    ),
    Case(
        "an entry that does not end",
        "a.rss",
        lambda: b"<rss><item>" + b"<a>b</a>" * 2_200_000,
        "1 too long",
        12,
        900,
    ),
    Case("WARC, longer than it says", "a.warc", _wrong_length, "1 refused"),
    Case("WARC, a header of 50 MB", "a.warc", _long_header, "1 refused"),
    Case("WARC, a chunk of 1 GB in gzip", "a.warc", _chunk_bomb, "1 too long"),
    Case(
        "CSV, a field of 100 MB",
        "a.csv",
        lambda: b'body\n"' + b"x" * (100 * _MEGABYTE),
        "1 too long",
    ),
    Case(
        "CSV, a row that does not end",
        "a.csv",
        lambda: b'body\n"' + b'\n","' * (25 * _MEGABYTE),
        "1 too long",
        4,
    ),
    Case(
        "a million stamps",
        "a.txt",
        lambda: b"a[2020/7/13]" * 1_000_000,
        "1000000 documents",
        300,
        4000,
    ),
    Case("a million lines", "a.txt", lambda: "一。\n".encode() * 1_000_000, "1 document", 20, 900),
    Case(
        "a million combining marks",
        "a.txt",
        lambda: ("e" + "\u0301" * 1_000_000 + "。").encode(),
        "1 document",
        8,
    ),
    Case(
        "a million invisible marks",
        "a.txt",
        lambda: ("比特币" + "\u200b\u202e" * 500_000).encode(),
        "1 document",
        8,
    ),
    *(
        Case(f"5 MB of {piece!r}".replace("|", "\\|"), "a.txt", _text(piece), outcome, 10, 400)
        for piece, outcome in (
            ("首页 > ", "1 document"),
            ("_标签", "1 document"),
            ("<p ", "1 document"),
            ('"', "1 document"),
            ("&#1", "1 document"),
            ("[2020/7/13", "1 document"),
            ("【题", "1 document"),
            (" a", "1 document"),
            ("：", "1 document"),
            ("快讯|", "1 document"),
            ("2021年3月5日 ", "1 document"),
            ("作者:", "1 document"),
            ("1.", "1 document"),
            ("a:b\n", "1 refused"),
            ("\\u", "1 document"),
            ("纽约", "1 document"),
            ("（", "1 document"),
            ("“", "1 document"),
        )
    ),
)


def outcome(path: Path) -> str:
    """What comes of a file: how many documents, and how often what was refused."""
    counts: dict[str, int] = {}
    for item in page_rows(read_paths([str(path)])):
        if isinstance(item, Refusal):
            kind = _reason(str(item.message))
            counts[kind] = counts.get(kind, 0) + 1
        else:
            counts["document"] = counts.get("document", 0) + len(item.documents)
    return ", ".join(
        f"{count} {kind}{'s' if kind == 'document' and count > 1 else ''}"
        for kind, count in counts.items()
    )


_REASONS: Final = {"解压后大得": "bomb", "压缩包里的压缩包": "nested", "MB，不像": "too long"}


def _reason(sentence: str) -> str:
    return next((kind for part, kind in _REASONS.items() if part in sentence), "refused")


def measured(cases: Iterable[Case]) -> Iterator[Measured]:
    """What comes of the cases, each in a process of its own; memory is what it took more."""
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            path = Path(folder, case.file)
            path.write_bytes(case.make())
            size = path.stat().st_size
            yield Measured(case.name, size, *_apart(lambda path=path: outcome(path)))
            path.unlink()


def _apart(do: Callable[[], str]) -> tuple[float, int, str]:
    """What a function gives in a process of its own; the seconds and megabytes that it took."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        Path("/proc/self/clear_refs").write_text("5")  # the most memory, from here on
        before, began = _memory(), time.process_time()
        try:
            came = do()
        except BaseException as error:
            came = f"{type(error).__name__}: {error}"
        told: tuple[Any, ...] = time.process_time() - began, _memory() - before, came
        os.write(writing, json.dumps(told).encode()[:4000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        data = stream.read()
    os.waitpid(child, 0)
    seconds, megabytes, came = json.loads(data) if data else (0.0, 0, "it died")
    return round(seconds, 1), megabytes, came


def _memory() -> int:
    status = Path("/proc/self/status").read_text("ascii", "replace")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) // 1024 if found else 0
