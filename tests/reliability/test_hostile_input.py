"""Input that is made to break a reader: what fuzzing found, and what is too large.

The long form: ``python -m benchmarks.fuzz``.
"""

from __future__ import annotations

import io
import json
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from benchmarks.fuzz_queries import archive_of
from benchmarks.fuzzing import material
from benchmarks.fuzzing.files import forged
from benchmarks.fuzzing.hostile import CASES, measured
from indexer.analysis import fold
from indexer.archive import Archive
from indexer.arrays import Arrays
from indexer.documents import Document, Page
from indexer.durable import Damaged
from indexer.pages import read, traces
from indexer.pages.html import html_text
from indexer.query.request import SearchRequest
from indexer.reading import page_rows
from indexer.reprints.comparison import Reading, Verdict, compare
from indexer.reprints.words import words_of
from indexer.sources import Refusal, read_paths
from indexer.suggest.columns import Columns


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
    "two characters whose bytes begin with a bracket": (
        "a.json",
        "审审".encode("utf-16-be"),
        "不是完整的 JSON",
    ),
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


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux says it")
def test_what_is_large_takes_little(tmp_path: Path) -> None:
    """The table of docs/reliability.md, without what takes long."""
    cases = [case for case in CASES if case.seconds <= 2]
    came = zip(cases, measured(cases), strict=True)
    assert [each for case, each in came if not case.holds(each)] == []


def test_long_pages_that_differ_everywhere_and_end_alike() -> None:
    """Read together, they are compared as far up as a newsflash may reach."""
    characters = [chr(0x4E00 + at * 7919 % 3000) for at in range(1_000_000)]
    tail = "某交易所今日宣布上线新币用户可以充值的公告已经发布在官网。[2020/7/13]"
    pages = []
    for step in (20, 30):
        changed = (each if at % step else "甲\n" for at, each in enumerate(characters))
        pages.append(Page("页.txt", "".join(changed) + tail))
    seen = [trace for page in pages for trace in traces(page)]
    keys = {tail.key for page in pages for tail in read(page).tails}
    began = time.process_time()
    read(pages[0], dict.fromkeys(keys, seen))
    assert time.process_time() - began < 3


def test_texts_that_say_a_few_words_for_ever_are_compared_at_once() -> None:
    words, numbers = ["深圳", "北京", "上涨", "下跌"], [str(at) for at in range(1000, 1200)]
    texts = []
    for seed in range(2):
        chance = Random(seed)
        texts.append(
            "，".join(chance.choice(words) + chance.choice(numbers) for _ in range(30_000))
        )
    first, second = (Reading.of("标题", text) for text in texts)
    began = time.process_time()
    assert compare(first, second) is Verdict.UNRELATED
    assert compare(first, Reading.of("标题", texts[0])) is Verdict.REPRINTS
    assert time.process_time() - began < 2


def test_a_text_without_words_is_compared_with_one_that_is_all_title() -> None:
    readings = Reading.of("！！", ""), Reading.of("标题", "……")
    assert compare(*readings) is compare(*reversed(readings))


@pytest.mark.parametrize(
    "text", ["一" + "亿" * 600, "1" * 2_000_000, "1" * 5000 + "万", "一" * 200_000, "百" * 200_000]
)
def test_a_number_longer_than_any_is_a_word(text: str) -> None:
    began = time.process_time()
    assert len(words_of(text)) == 1
    assert time.process_time() - began < 2


# In a title, in a body, in a query: marks that nobody sees do not hide a word.
MARKS = ("\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\ufe0f", "\U000e0041")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    documents = [
        Document("article", f"第{at}篇", f"说的是比{mark}特{mark}{mark}币的价格。")
        for at, mark in enumerate(MARKS)
    ]
    return archive_of(documents, tmp_path_factory.mktemp("marked") / "data")


@pytest.mark.parametrize("q", ["比特币", '"比特币"', "比特*", "BTC", '"特币的"', "body:比特币"])
def test_a_word_with_invisible_marks_inside_is_found_all_the_same(marked: Archive, q: str) -> None:
    answer = marked.search(SearchRequest(q))
    assert answer.total == len(MARKS)
    for hit in answer.hits:
        shown = "".join(part.text for part in hit.snippet if part.marked)
        assert fold(shown).startswith(("比特币", "特币的"))


@pytest.mark.parametrize("mark", MARKS)
def test_a_query_with_invisible_marks_finds_what_it_would_without(
    marked: Archive, mark: str
) -> None:
    assert marked.search(SearchRequest(f"比{mark}特{mark}币{mark}")).total == len(MARKS)


@pytest.mark.parametrize("piece", ["(", ")", '"', "币 ", "-", "|a"])
def test_a_query_of_a_million_characters_is_answered_at_once(marked: Archive, piece: str) -> None:
    request = SearchRequest(piece * (1_000_000 // len(piece)))
    began = time.process_time()
    answer = marked.search(request)
    assert time.process_time() - began < 1
    assert any("检索式太长" in str(notice.message) for notice in answer.notices)


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("<!DOCTYPE html>", ""),
        ("<html><frameset><frame></frameset>", ""),
        ("a\x01b", "a\x01b"),
        ("<?xml version='1.0' encoding='gbk'?><p>一", "一"),
        ("一<!-- 二 -->三<script>四</script>五<br>六", "一三五\n六"),
    ],
)
def test_a_piece_of_html_that_is_hardly_any(fragment: str, text: str) -> None:
    assert html_text(fragment) == text


@pytest.mark.parametrize(
    "directory",
    [
        b"[]",
        b"\xff",
        b"nothing",
        b"{}",
        b'{"file": "a", "facts": [], "arrays": {}}',
        b'{"file": "a", "facts": {}, "arrays": []}',
        b'{"file": "a", "facts": {}, "arrays": {"x": ["<u4", 1]}}',
        b'{"file": "a", "facts": {}, "arrays": {"x": ["<u4", 1.5, 64, 0]}}',
        b'{"file": "a", "facts": {}, "arrays": {"x": ["<u4", 1, -64, 0]}}',
        b'{"file": "a", "facts": {}, "arrays": {"x": ["<u4", 99999999999999999999, 64, 0]}}',
        b'{"file": "a", "facts": {}, "arrays": {"x": [["<u4"], 1, 64, 0]}}',
        b'{"file": "a", "facts": {}, "arrays": {"x": ["|S999999", 1, 64, 0]}}',
        b'{"file": "a", "facts": {}, "arrays": ' + b"[" * 100_000,
    ],
)
def test_a_directory_of_arrays_whose_checksum_is_right_but_nothing_else(
    tmp_path: Path, directory: bytes
) -> None:
    path = tmp_path / "a"
    path.write_bytes(forged(directory))
    with pytest.raises(Damaged):
        Arrays(path)
    with pytest.raises(Damaged):
        Columns(path)
