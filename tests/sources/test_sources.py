"""Inputs become pages, or refusals that say what, where and why."""

import os
import sys
from pathlib import Path

import pytest

from indexer.documents import Page
from indexer.sources import Refusal, read_paths

CHINESE = "快讯:某矿场今日在成都开工,首批矿机已到。"

TEXTS = {
    "UTF-8": CHINESE.encode(),
    "UTF-8 with a mark": CHINESE.encode("utf-8-sig"),
    "UTF-16, little end first": b"\xff\xfe" + CHINESE.encode("utf-16-le"),
    "UTF-16, big end first": b"\xfe\xff" + CHINESE.encode("utf-16-be"),
    "GB18030": CHINESE.encode("gb18030"),
    "a stray control character": ("\x08" + CHINESE * 9).encode()[: 1 + len((CHINESE * 9).encode())],
}


@pytest.mark.parametrize("data", TEXTS.values(), ids=TEXTS.keys())
def test_text_is_decoded(tmp_path, data):
    (tmp_path / "a.txt").write_bytes(data)
    (page,) = read_paths([str(tmp_path / "a.txt")])
    assert page == Page(str(tmp_path / "a.txt"), page.content, "text")
    assert set(page.content.split("快讯:")[1:]) == {CHINESE.removeprefix("快讯:")}


def test_line_ends_are_one_kind(tmp_path):
    (tmp_path / "a.txt").write_bytes("一\r\n二\r三\n".encode())
    (page,) = read_paths([str(tmp_path / "a.txt")])
    assert page.content == "一\n二\n三\n"


REFUSED = {
    # name, bytes, position, words of the reason
    "empty": ("a.txt", b"", None, "是空文件"),
    "blank": ("a.txt", " \n\u3000\n".encode(), None, "是空文件"),
    "picture called text": ("a.txt", b"\x89PNG\r\n\x1a\n\0\0", "byte 8", "不是文本文件"),
    "cut inside a character": ("a.txt", "区块".encode()[:-1], "byte 3", "UTF-8"),
    "Latin-1": ("a.txt", "café".encode("latin-1"), "byte 3", "UTF-8"),
    "odd UTF-16": ("a.txt", b"\xff\xfe" + "区".encode("utf-16-le")[:-1], "byte 2", "UTF-16-LE"),
    "unknown format": ("a.png", b"\x89PNG", None, "不认识"),
    "empty records": ("a.jsonl", b"\n\n", None, "是空文件"),
    "picture called records": ("a.jsonl", b"\x89PNG\r\n\x1a\n\0\0", "byte 8", "不是文本文件"),
}


@pytest.mark.parametrize(
    ("name", "data", "position", "words"), REFUSED.values(), ids=REFUSED.keys()
)
def test_refused_as_a_whole(tmp_path, name, data, position, words):
    path = tmp_path / name
    path.write_bytes(data)
    (refusal,) = read_paths([str(path)])
    assert isinstance(refusal, Refusal)
    assert (refusal.name, refusal.position) == (str(path), position)
    assert words in str(refusal.message)
    assert str(path) in str(refusal.message)


def test_each_line_of_a_record_file_stands_for_itself(tmp_path):
    lines = [
        '{"body": "第一条"}',
        "",
        '{"body": "第二条没有写',
        '["第三条"]',
        '{"body": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"body": "第四条"}',
    ]
    path = tmp_path / "a.jsonl"
    path.write_bytes("\n".join(lines).encode("utf-8-sig") + b'\n{"body": "\xff"}\n{"body": ')
    found = [
        each.name.rpartition(":")[2] if isinstance(each, Page) else each.position
        for each in read_paths([str(path)])
    ]
    assert found == ["1", "3:10", "4:1", "5:1", "6:1", "7", "byte 10", "9:9"]


def test_a_folder_is_read_in_the_order_of_names_with_its_folders(tmp_path):
    for name in ("b/2.txt", "b/1.txt", "a.txt", "c.jsonl", ".hidden.txt", ".git/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"body": "x"}', encoding="utf-8")
    (tmp_path / "README.zh-CN.md").write_text("说明", encoding="utf-8")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    names = [os.path.relpath(each.name, tmp_path) for each in read_paths([str(tmp_path)])]
    assert names == [
        "a.txt",
        "c.jsonl:1",
        "photo.jpg",
        str(Path("b", "1.txt")),
        str(Path("b", "2.txt")),
    ]


def test_what_is_not_there_is_refused_and_the_rest_goes_on(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.txt").write_text(CHINESE, encoding="utf-8")
    missing, folder, page = read_paths(
        [str(tmp_path / "no.txt"), str(tmp_path / "empty"), str(tmp_path / "a.txt")]
    )
    assert "找不到" in str(missing.message)
    assert "没有文件" in str(folder.message)
    assert page.content == CHINESE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_a_line_is_given_before_the_next_is_read(tmp_path):
    path = tmp_path / "pipe.jsonl"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDWR)  # keeps both ends open: nobody waits
    os.write(reading, b'{"body": "x"}\n')
    assert next(read_paths([str(path)])).name == f"{path}:1"
    os.close(reading)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
def test_a_file_name_that_is_no_text_can_be_shown(tmp_path):
    path = os.fsencode(tmp_path) + b"/" + "新闻".encode("gbk") + b".txt"
    Path(os.fsdecode(path)).write_text(CHINESE, encoding="utf-8")
    (page,) = read_paths([str(tmp_path)])
    assert page.content == CHINESE
    assert page.name.encode("utf-8").endswith(b".txt")


def test_what_a_run_wrote_into_its_data_folder_is_no_page(tmp_path):
    (tmp_path / "whoosh").mkdir()
    for name in ("catalog.db", "catalog.db-wal", "refused.jsonl", "lock.json", "whoosh/x.seg"):
        (tmp_path / name).write_bytes(b"\0")
    (tmp_path / "a.txt").write_text(CHINESE, "utf-8")
    (page,) = read_paths([str(tmp_path)])
    assert page.name == str(tmp_path / "a.txt")


def test_without_a_catalog_a_file_of_such_a_name_is_somebody_s_own(tmp_path):
    (tmp_path / "refused.jsonl").write_text('{"body": "减半"}\n', "utf-8")
    (page,) = read_paths([str(tmp_path)])
    assert page.format == "record"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_in_a_folder_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    (refusal,) = read_paths([str(tmp_path)])
    assert "不是普通文件" in str(refusal.message)


def test_the_lines_behind_one_that_is_too_long_are_read(tmp_path):
    path = tmp_path / "a.jsonl"
    long = '{"body": "' + "长" * 12_000_000 + '"}'
    path.write_text(f'{{"body": "一"}}\n{long}\n{{"body": "三"}}\n', "utf-8")
    first, refusal, last = read_paths([str(path)])
    assert (first.name, last.name) == (f"{path}:1", f"{path}:3")
    assert isinstance(refusal, Refusal)


def test_a_first_line_that_is_too_long_is_refused_alone(tmp_path):
    path = tmp_path / "a.jsonl"
    long = '{"body": "' + "长" * 12_000_000 + '"}'
    path.write_text(f'{long}\n{{"body": "二"}}\n', "utf-8")
    refusal, last = read_paths([str(path)])
    assert isinstance(refusal, Refusal)
    assert last.name == f"{path}:2"
