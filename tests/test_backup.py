"""A backup is whole and sound, made while others write; what is put back is held against it."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.reliability.trial import Result, content, ended
from indexer.archive import Archive
from indexer.catalog import Catalog, restore
from indexer.documents import Document, Page
from indexer.query.request import SearchRequest

ROOT = Path(__file__).parents[1]


def batch(number: int) -> list[tuple[Page, list[Document]]]:
    documents = [
        Document("newsflash", f"第{number}批", f"第{number}批的第{each}条。") for each in range(3)
    ]
    return [(Page(f"{number}", f"{number}"), documents)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    with Catalog.open(folder / "catalog.db") as catalog:
        for number in range(5):
            catalog.add(batch(number))
    assert ended("search", "第", "--data", folder).code == 0
    return folder


def backed_up(data: Path, file: Path) -> Path:
    assert ended("backup", file, "--data", data) == Result(0, f"目录库已备份到 {file}\n", "")
    return file


def total(data: Path) -> int:
    with closing(Archive.open(data)) as archive:
        return archive.search(SearchRequest(q="第")).total


def test_what_was_backed_up_comes_back(data: Path, tmp_path: Path) -> None:
    then = content(data)
    file = backed_up(data, tmp_path / "copies" / "one.db")
    with Catalog.open(data / "catalog.db") as catalog:
        catalog.add(batch(9))
        former = catalog.uuid
    restored = ended("restore", file, "--data", data)
    (kept,) = data.glob("catalog-*.db")
    assert restored == Result(
        0,
        f"已从 {file} 恢复目录库；下一个命令会重建索引（用 OpenSearch 的要运行 rebuild）。\n",
        f"原来的目录库留在 {kept}\n",
    )
    assert content(data) == then
    searched = ended("search", "第", "--data", data)
    assert (searched.code, "重建" in searched.err) == (0, True)
    assert total(data) == 15
    assert ended("check", "--data", data).out == "目录库和索引都完好。\n"
    with Catalog.open(kept) as catalog:
        assert (catalog.uuid, len(catalog.ids())) == (former, 18)
    with Catalog.open(data / "catalog.db") as catalog:
        assert catalog.uuid != former
        assert catalog.former == {former}


def test_a_log_that_was_not_written_back_is_kept_with_its_catalog(
    data: Path, tmp_path: Path
) -> None:
    file = backed_up(data, tmp_path / "one.db")
    add = (
        "import os, sys; from pathlib import Path; from indexer.catalog import Catalog;"
        "from indexer.documents import *;"
        "c = Catalog.open(Path(sys.argv[1]));"
        "c.add([(Page('x', 'x'), [Document('newsflash', '', '日志里的。')])]);"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", add, str(data / "catalog.db")], cwd=ROOT, check=False)
    assert (data / "catalog.db-wal").stat().st_size
    assert ended("restore", file, "--data", data).code == 0
    assert not (data / "catalog.db-wal").exists()
    (kept,) = data.glob("catalog-*.db")
    with Catalog.open(kept) as catalog:
        assert len(catalog.ids()) == 16
    assert ended("search", "第", "--data", data).code == 0
    assert total(data) == 15


def test_a_filesystem_without_second_names_for_a_file(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: Path, target: Path) -> None:  # as exFAT answers
        raise PermissionError(errno.EPERM, "Operation not permitted", source)

    then = content(data)
    file = backed_up(data, tmp_path / "one.db")
    with monkeypatch.context() as patched:
        patched.setattr(os, "link", link)
        kept = restore(file, data / "catalog.db")
    assert kept
    (data / "catalog.db").unlink()
    kept.rename(data / "catalog.db")
    assert content(data) == then


def test_an_existing_file_is_not_overwritten(data: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "notes.txt", tmp_path / "notes.txt.new"
    file.write_text("notes")
    other.write_text("others")
    refused = ended("backup", file, "--data", data)
    assert (refused.code, "备份不覆盖任何文件" in refused.err) == (1, True)
    assert file.read_text() == "notes"
    file.unlink()
    backed_up(data, file)
    assert other.read_text() == "others"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_what_is_no_file_is_no_backup(data: Path, tmp_path: Path) -> None:
    for command in ("backup", "restore"):
        refused = ended(command, tmp_path, "--data", data)
        assert (refused.code, "应为：一个可用的文件。" in refused.err) == (2, True)
    os.mkfifo(pipe := tmp_path / "pipe")
    then = content(data)
    refused = ended("restore", pipe, "--data", data)
    assert (refused.code, "不是本程序能用的目录库备份" in refused.err) == (1, True)
    assert content(data) == then


def test_a_backup_is_one_transaction_of_a_catalog_that_is_written_to(
    data: Path, tmp_path: Path
) -> None:
    ended_writing = threading.Event()

    def write() -> None:
        with Catalog.open(data / "catalog.db") as catalog:
            number = 100
            while not ended_writing.is_set():
                catalog.add(batch(number))
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        files = [backed_up(data, tmp_path / f"{number}.db") for number in range(4)]
    finally:
        ended_writing.set()
        writer.join()
    counts = []
    for file in files:
        with Catalog.open(file) as catalog:
            assert catalog.check() == []
            counts.append(len(catalog.ids()))
    assert counts == sorted(counts)
    assert all(count % 3 == 0 for count in counts)


def harmed(file: Path) -> Iterator[tuple[str, bytes]]:
    """The file with a value changed that no other check holds, cut, zeroed, of something else."""
    sound = file.read_bytes()
    copy = file.with_name("changed.db")
    copy.write_bytes(sound)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE pages SET name = 'another' WHERE number = 1")
    yield "与写下时不符", copy.read_bytes()
    yield "备份", sound[: len(sound) // 2]
    yield "备份", sound[:1000] + bytes(2000) + sound[3000:]
    yield "备份", b"notes\n" * 1000
    yield "不是本程序能用的目录库备份", b""


def test_a_damaged_backup_changes_nothing(data: Path, tmp_path: Path) -> None:
    file = backed_up(data, tmp_path / "one.db")
    then = content(data)
    bad = tmp_path / "bad.db"
    for words, harm in harmed(file):
        bad.write_bytes(harm)
        refused = ended("restore", bad, "--data", data)
        assert refused.code in (1, 4)
        assert words in refused.err
        assert refused.out == ""
        assert content(data) == then
        assert not [*data.glob("catalog-*"), *data.glob("*.new")]


def test_a_catalog_that_is_not_sound_is_not_backed_up(data: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(data / "catalog.db")) as connection, connection:
        connection.execute("UPDATE documents SET title = 'x' WHERE number = 1")
    refused = ended("backup", tmp_path / "one.db", "--data", data)
    assert (refused.code, "没有写备份" in refused.err) == (4, True)
    assert not [*tmp_path.glob("one.db*")]


def test_a_damaged_catalog_is_refused_with_the_way_back(data: Path, tmp_path: Path) -> None:
    file = backed_up(data, tmp_path / "one.db")
    for harm in (b"", b"x" * 5000):
        (data / "catalog.db").write_bytes(harm)
        for command in (("search", "第"), ("add", "x.txt"), ("check",), ("stats",), ("rebuild",)):
            refused = ended(*command, "--data", data)
            assert refused.code == 4, refused
            assert "run.py restore FILE" in refused.err
        assert ended("restore", file, "--data", data).code == 0
        assert ended("search", "第", "--data", data).code == 0
        assert total(data) == 15


def test_a_catalog_in_use_is_not_replaced(data: Path, tmp_path: Path) -> None:
    file = backed_up(data, tmp_path / "one.db")
    hold = (
        "import sys; from pathlib import Path; from indexer.archive import Archive;"
        "a = Archive.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(data)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        refused = ended("restore", file, "--data", data)
        holder.stdin.close()
    assert (refused.code, "正被别的程序使用" in refused.err) == (3, True)
    assert not [*data.glob("catalog-*")]
    assert ended("restore", file, "--data", data).code == 0


def test_a_backup_makes_a_new_folder_elsewhere(data: Path, tmp_path: Path) -> None:
    file = backed_up(data, tmp_path / "one.db")
    other = tmp_path / "other"
    assert ended("restore", file, "--data", other).err == ""
    assert content(other) == content(data)


def test_an_older_catalog_put_in_place_is_told_of(data: Path) -> None:
    old = (data / "catalog.db").read_bytes()
    with closing(Archive.open(data)) as archive:
        archive.catalog.add(batch(9))
    assert ended("search", "第", "--data", data).code == 0
    (data / "catalog.db").write_bytes(old)
    checked = ended("check", "--data", data)
    assert (checked.code, "目录库少了索引里已有的更改" in checked.err) == (4, True)
    searched = ended("search", "第", "--data", data)
    assert (searched.code, "目录库少了索引里已有的更改" in searched.err) == (0, True)
    assert ended("check", "--data", data).code == 0


@pytest.mark.parametrize("mode", [0o700, 0o500])
def test_a_plain_copy_of_a_catalog_can_be_put_back(data: Path, tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    copy = folder / "catalog.db"
    copy.write_bytes((data / "catalog.db").read_bytes())
    folder.chmod(mode)
    other = tmp_path / "other"
    assert ended("restore", copy, "--data", other).code == 0
    assert content(other) == content(data)
    folder.chmod(0o700)


CHANGES = {
    "documents": [
        "title = 'x'",
        "body = body || '。'",
        "published = '2020-05-0x', precision = 'day', date_origin = 'text'",
        "published = '2020-05', precision = 'day', date_origin = 'text'",
        "published = '2020-05-01', precision = 'day', date_origin = 'told'",
        "kind = 'article', published = '2020-05-32', precision = 'day', date_origin = 'text'",
        "cities = '['",
        "tags = 'x'",
        "generation = 99",
        "text = 'x'",
    ],
    "pages": ["raw = x'00'", "key = 'x'", "format = 'poem'"],
}


@pytest.mark.parametrize(
    "change", [f"{table} SET {change}" for table in CHANGES for change in CHANGES[table]]
)
def test_check_names_the_catalog_that_was_changed(data: Path, change: str) -> None:
    with closing(sqlite3.connect(data / "catalog.db")) as connection, connection:
        connection.execute(f"UPDATE {change} WHERE number = 1")
    for command in (("check",), ("search", "第"), ("rebuild",)):
        result = ended(*command, "--data", data)
        assert result.code in (0, 4)
        if command == ("check",):
            assert result.code == 4
            assert "catalog.db" in result.err
