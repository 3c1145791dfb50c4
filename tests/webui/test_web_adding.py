"""Adding by the page: real servers, real sockets, real processes."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from indexer.intake import MAX_FILES, Progress, Uploads, shown_name
from indexer.locking import data_lock
from webui import create_app
from webui.access import Access

ROOT = Path(__file__).parents[2]
ORIGIN = {"Origin": "http://localhost"}


def record(number: int) -> bytes:
    fields = {
        "title": f"第{number}号公告",
        "body": f"编号{number}的矿场今天开机。",
        "date": "2024-01-01",
    }
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


class Server:
    """A server that is told to let itself be changed; started again after it was killed."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self._arguments = arguments
        self.process, self.address = self._started()

    def _started(self) -> tuple[subprocess.Popen[str], str]:
        command = ["serve", "--edit", "--port", "0", "--data", str(self.data), *self._arguments]
        process = subprocess.Popen(
            [sys.executable, "run.py", *command], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert process.stdout
        return process, process.stdout.readline().split()[-1]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        self.process, self.address = self._started()

    def post(
        self, path: str, files: Sequence[tuple[str, str, bytes]] = (), **headers: str
    ) -> tuple[str, str]:
        """Where a form with these files leads, and the page there."""
        boundary = uuid4().hex
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="'.encode()
            + name.encode()
            + b'"\r\n\r\n'
            + content
            + b"\r\n"
            for field, name, content in files
        )
        body += f"--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        sent = {"Content-Type": kind, "Origin": self.address.rstrip("/"), **headers}
        request = Request(self.address.rstrip("/") + path, body, sent, method="POST")
        with urlopen(request, timeout=60) as response:
            return response.url, response.read().decode()

    def get(self, path: str) -> Any:
        with urlopen(self.address.rstrip("/") + path, timeout=60) as response:
            return json.load(response)

    def total(self) -> int:
        return int(self.get("/search.json?q=")["total"])

    def outcome(self, url: str) -> Mapping[str, Any]:
        """What became of an upload, once that is known."""
        path = "/add/" + url.rpartition("/add/")[2].partition("/")[0] + ".json"
        found: Mapping[str, Any] = {}

        def is_over() -> bool:
            nonlocal found
            found = self.get(path)
            return found["state"] in ("done", "stopped")

        until(is_over)
        return found


def until(true: Callable[[], bool]) -> None:
    """Wait; the limit is only there so that a test that fails ends."""
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def serving(data: Path, *arguments: str) -> Iterator[Server]:
    server = Server(data, *arguments)
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("data")) as server:
        yield server


class _Rows(HTMLParser):
    """The cells of the table of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._inside = tag in ("th", "td")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, text: str) -> None:
        if self._inside:
            self.cells.append(text)


def table(html: str) -> dict[str, int]:
    cells = _Rows(html).cells
    return {name: int(count) for name, count in zip(cells[::2], cells[1::2], strict=True)}


def test_a_form_answers_with_the_table_that_add_prints(server: Server, tmp_path: Path) -> None:
    page = (ROOT / "index_data" / "sample" / "e001.txt").read_bytes()
    files = [
        ("files", "一.jsonl", record(1) + record(2)),
        ("files", "页面.txt", page),
        ("files", "页面.txt", page),
        ("files", "坏.txt", bytes(range(128, 255)) * 9),
        ("files", "<img src=x>.exe", b"MZ"),
    ]
    folder = tmp_path / "same"
    for number, (_, name, content) in enumerate(files):
        (folder / str(number)).mkdir(parents=True)
        (folder / str(number) / name).write_bytes(content)
    printed = subprocess.run(
        [sys.executable, "run.py", "add", str(folder), "--data", str(tmp_path / "other")],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    lines = [line.split("\t") for line in printed.splitlines() if not line.startswith("\t")]

    url, html = server.post("/add", files)
    assert "/add/" in url
    assert table(html) == {name: int(count) for name, count in lines}
    assert "坏.txt 从第" in html
    assert "不认识 &lt;img src=x&gt;.exe 的格式" in html
    with urlopen(url) as again:
        assert again.read().decode() == html
    hit = server.get("/search.json?q=%E7%AC%AC1%E5%8F%B7")["hits"][0]
    (seen,) = server.get(f"/d/{hit['id']}.json")["appearances"]
    assert seen["page"] == "一.jsonl:1"
    names = [json.loads(line)["name"] for line in (server.data / "refused.jsonl").open()]
    assert names == ["坏.txt", "<img src=x>.exe"]


NAMES = [
    ("../../../etc/passwd.jsonl", "../../../etc/passwd.jsonl"),
    ("/etc/passwd.jsonl", "/etc/passwd.jsonl"),
    ("C:\\fakepath\\a.jsonl", "C:\\fakepath\\a.jsonl"),
    ("a/b/c.jsonl", "a/b/c.jsonl"),
    ("两\u2028行\x85.jsonl", "两行.jsonl"),
    ("nul\0byte.jsonl", "nulbyte.jsonl"),
    ("\u202elnosj.jsonl", "lnosj.jsonl"),
    ("🐂👨‍👩‍👧市.jsonl", "🐂👨‍👩‍👧市.jsonl"),
    ("长" * 5000 + ".jsonl", "…" + "长" * 194 + ".jsonl"),
    ("..", ".."),
    ("progress.json", "progress.json"),
    ("names.jsonl", "names.jsonl"),
    (" \t ", "?"),
]


@pytest.mark.parametrize(("given", "shown"), NAMES)
def test_a_name_is_shown_and_never_followed(given: str, shown: str) -> None:
    assert shown_name(given) == shown


def test_files_of_any_name_are_taken_in_and_none_leaves_its_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as server:
        files = [("files", name, record(number)) for number, (name, _) in enumerate(NAMES)]
        url, _ = server.post("/add", [each for each in files if "\0" not in each[1]])
        found = server.outcome(url)
        assert (found["state"], found["refused"]) == ("done", 0)
        assert found["added"] == len(NAMES) - 1
    assert {each.name for each in tmp_path.iterdir()} == {"data"}
    (kept,) = [each for each in (data / "uploads").iterdir() if each.is_dir()]
    assert {each.name for each in kept.iterdir()} == {"progress.json", "names.jsonl", "size"}


@pytest.mark.parametrize(
    "upload_id",
    ["..", "../..", "%2e%2e%2f%2e%2e", "20260101000000-0123456789abcdef", "lock", "a" * 1000, "\0"],
)
def test_an_upload_that_there_is_not_is_not_found(archive_folder: Path, upload_id: str) -> None:
    client = create_app(archive_folder, None, Access(edit=True)).test_client()
    for path in (f"/add/{upload_id}", f"/add/{upload_id}.json"):
        assert client.get(path).status_code == 404
    for path in (f"/add/{upload_id}/pieces", f"/add/{upload_id}/complete"):
        assert client.post(path, headers=ORIGIN).status_code == 404


@pytest.fixture
def client(archive_folder: Path, tmp_path: Path) -> FlaskClient:
    data = shutil.copytree(archive_folder, tmp_path / "data")
    return create_app(data, None, Access(edit=True)).test_client()


def piece(client: FlaskClient, url: str, name: str, content: bytes, file: str = "a.txt") -> int:
    data = {name: (io.BytesIO(content), file)}
    return client.post(url, data=data, headers=ORIGIN).status_code


@pytest.mark.parametrize(
    ("pieces", "statuses", "content"),
    [
        ([("0:0", b"ab"), ("0:2", b"cd")], [204, 204], b"abcd"),
        ([("0:0", b"ab"), ("0:2", b"cd"), ("0:2", b"cd")], [204] * 3, b"abcd"),  # sent again
        ([("0:0", b"ab"), ("0:0", b"ab"), ("0:2", b"cd")], [204] * 3, b"abcd"),
        ([("0:0", b"ab"), ("0:3", b"cd")], [204, 400], b"ab"),
        ([("0:1", b"ab")], [400], None),
        ([("0:0", b"")], [204], b""),
        ([(f"{MAX_FILES}:0", b"ab")], [400], None),
        ([("x:0", b"ab")], [400], None),
        ([("-1:0", b"ab")], [400], None),
        ([("files", b"ab")], [400], None),
    ],
)
def test_pieces_make_up_a_file_in_their_order(
    client: FlaskClient,
    tmp_path: Path,
    pieces: list[tuple[str, bytes]],
    statuses: list[int],
    content: bytes | None,
) -> None:
    begun = client.post("/add/uploads", headers=ORIGIN).get_json()
    assert [piece(client, begun["pieces"], *each) for each in pieces] == statuses
    upload = Uploads(tmp_path / "data").find(begun["id"])
    assert upload
    assert [(name, path.read_bytes()) for name, path in upload.files()] == (
        [] if content is None else [("a.txt", content)]
    )
    assert "没有收全" in client.get(begun["url"]).get_data(as_text=True)
    upload.complete()
    assert piece(client, begun["pieces"], "1:0", b"late") == 400


def test_a_name_that_was_cut_off_is_written_anew(tmp_path: Path) -> None:
    upload = Uploads(tmp_path).begin()
    names = tmp_path / "uploads" / upload.id / "names.jsonl"
    names.write_text('\n[0, "a.t', encoding="utf-8")
    upload.receive(0, 0, "a.txt", io.BytesIO(b"x"))
    assert [name for name, _ in upload.files()] == ["a.txt"]


def test_what_is_too_large_is_a_sentence(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = client.post("/add/uploads", headers=ORIGIN).get_json()
    monkeypatch.setattr("indexer.intake._uploads.MAX_BYTES", 5)
    assert piece(client, begun["pieces"], "0:0", b"abcde") == 204
    assert piece(client, begun["pieces"], "1:0", b"f") == 400
    monkeypatch.setattr("indexer.intake._uploads._SPARE_BYTES", 1 << 60)
    data = {"files": (io.BytesIO(b"x"), "a.txt")}
    found = client.post("/add", data=data, headers=ORIGIN)
    assert (found.status_code, "磁盘快满了" in found.get_data(as_text=True)) == (400, True)
    monkeypatch.setitem(client.application.config, "MAX_CONTENT_LENGTH", 100)
    found = client.post("/add", data={"files": (io.BytesIO(b"x" * 200), "a")}, headers=ORIGIN)
    assert found.status_code == 413
    assert "一次发来的太多" in found.get_data(as_text=True)


def test_a_form_without_files_is_a_sentence(client: FlaskClient) -> None:
    for data in ({}, {"files": (io.BytesIO(b""), "")}):
        found = client.post("/add", data=data, headers=ORIGIN)
        assert found.status_code == 400
        assert "没有选文件" in found.get_data(as_text=True)


def test_a_server_with_nothing_to_edit_receives_no_large_bodies(archive_folder: Path) -> None:
    command = ["serve", "--port", "0", "--data", str(archive_folder)]
    process = subprocess.Popen(
        [sys.executable, "run.py", *command], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
    )
    try:
        assert process.stdout
        address = process.stdout.readline().split()[-1]
        request = Request(address + "add", headers={"Content-Length": "40000000"}, method="POST")
        with pytest.raises(HTTPError) as refused:
            urlopen(request, timeout=10)
        assert refused.value.code == 413
    finally:
        process.kill()
        process.wait()


def sent(server: Server, contents: Sequence[bytes], name: str = "a.jsonl") -> str:
    """Send files in pieces, as the page does; where what becomes of them is told."""
    _, text = server.post("/add/uploads")
    begun = json.loads(text)
    for number, content in enumerate(contents):
        for offset in range(0, len(content), 900_000):
            part = content[offset : offset + 900_000]
            server.post(begun["pieces"], [(f"{number}:{offset}", name, part)])
    server.post(begun["complete"])
    return str(begun["url"])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_uploads_at_once_are_taken_in_one_after_the_other_each_once(
    tmp_path: Path, workers: str
) -> None:
    with serving(tmp_path / "data", "--workers", workers) as server:
        contents = [b"".join(map(record, range(start, start + 50))) for start in range(0, 300, 50)]
        with ThreadPoolExecutor(6) as threads:
            urls = list(threads.map(lambda content: sent(server, [content]), contents))
        found = [server.outcome(url) for url in urls]
        assert [(each["state"], each["added"], each["unchanged"]) for each in found] == [
            ("done", 50, 0)
        ] * 6
        assert server.total() == 300


def test_while_another_command_writes_it_waits_and_says_who(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        with data_lock(server.data, "add", 0, lambda _: None):
            url = sent(server, [record(1)])
            path = f"{url}.json"
            until(lambda: "add" in (server.get(path)["problem"] or ""))
            assert server.get(path)["state"] == "running"
        assert server.outcome(url)["state"] == "done"


def intake_of(server: Server) -> int | None:
    """The process that takes in for a server, if it runs."""
    children = Path(f"/proc/{server.process.pid}/task")
    for task in children.iterdir():
        for child in (task / "children").read_text().split():
            if b"indexer.intake" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    return None


needs_proc = pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="looks into /proc"
)


def has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def stored_pages(data: Path) -> int:
    try:
        with sqlite3.connect(f"file:{data / 'catalog.db'}?mode=ro", uri=True) as catalog:
            return int(catalog.execute("SELECT count(*) FROM pages").fetchone()[0])
    except sqlite3.Error:
        return 0


@needs_proc
@pytest.mark.parametrize("at", ["begun", "some stored"])
def test_a_server_that_is_killed_goes_on_when_it_starts_again(tmp_path: Path, at: str) -> None:
    count = 5000
    with serving(tmp_path / "data") as server:
        url = sent(server, [b"".join(map(record, range(count)))])
        until(lambda: intake_of(server) is not None)
        pid = intake_of(server)
        assert pid
        if at == "some stored":
            until(lambda: stored_pages(server.data) > 0)
        server.kill()
        until(lambda: has_ended(pid))
        before = stored_pages(server.data)
        assert before < count
        server.start()
        found = server.outcome(url)
        assert (found["state"], found["added"] + found["unchanged"]) == ("done", count)
        assert found["unchanged"] == before
        assert server.total() == count


@needs_proc
def test_an_intake_that_is_killed_is_started_again_and_given_up_after_some_times(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "data") as server, data_lock(server.data, "add", 0, lambda _: None):
        url = sent(server, [record(1)])
        for _ in range(3):
            until(lambda: intake_of(server) is not None)
            pid = intake_of(server)
            assert pid
            os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: has_ended(pid) or intake_of(server) != pid)
        found = server.outcome(url)
        assert found["state"] == "stopped"
        assert "几次中断" in found["problem"]
        path = url.partition("?")[0]
        with urlopen(server.address.rstrip("/") + path) as page:
            assert re.search("再试一次", page.read().decode())
        server.post(path)
        until(lambda: server.get(f"{path}.json")["state"] == "running")


def bomb(size: int) -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.jsonl", "w", force_zip64=True) as member,
    ):
        for _ in range(size >> 20):
            member.write(b" " * (1 << 20))
    return packed.getvalue()


def test_archives_are_unpacked_within_the_same_bounds_as_by_add(server: Server) -> None:
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as archive:
        archive.writestr("甲/一.jsonl", record(901))
        archive.writestr("乙.zip", b"PK\x05\x06" + b"\0" * 18)
    files = [
        ("files", "炸弹.zip", bomb(200 << 20)),
        ("files", "两层.zip", inside.getvalue()),
        ("files", "压缩.jsonl.gz", gzip.compress(record(902))),
        ("files", "断.jsonl.gz", gzip.compress(record(903) * 100)[:-20]),
    ]
    url, _ = server.post("/add", files)
    found = server.outcome(url)
    assert found["state"] == "done"
    reasons = [reason for each in found["reasons"] for reason in each["first"]]
    assert len(reasons) == found["refused"] == 3
    for words in (
        "炸弹.zip/a.jsonl 解压后大得不合理",
        "两层.zip/乙.zip 是压缩包里的压缩包",
        "断.jsonl.gz",
    ):
        assert [reason for reason in reasons if words in reason], reasons
    hit = server.get("/search.json?q=%E7%AC%AC901%E5%8F%B7")["hits"][0]
    assert server.get(f"/d/{hit['id']}.json")["appearances"][0]["page"] == "两层.zip/甲/一.jsonl:1"


def test_hidden_files_of_a_folder_are_left_out_as_by_add(server: Server) -> None:
    files = [
        ("files", "夹/.DS_Store", b"\0"),
        ("files", "夹/.git/config", b"x"),
        ("files", "夹/README.md", b"x"),
        ("files", "夹/一.jsonl", record(801)),
        ("files", ".隐藏.jsonl", record(802)),  # chosen by itself
    ]
    url, _ = server.post("/add", files)
    found = server.outcome(url)
    assert (found["added"], found["refused"]) == (2, 0)


def test_reasons_are_told_in_the_reader_s_language(server: Server) -> None:
    url, html = server.post("/add?lang=en", [("files", "x.exe", b"MZ")])
    assert "The format of x.exe is unknown" in html
    with urlopen(url.replace("lang=en", "lang=zh")) as page:
        assert "不认识 x.exe 的格式" in page.read().decode()


def test_only_the_last_outcomes_are_kept(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    for number in range(30):
        upload = uploads.begin()
        upload.receive(0, 0, "a", io.BytesIO(b"x"))
        upload.complete()
        upload.report(Progress("done"))
        os.utime(tmp_path / "uploads" / upload.id, (number, number))
    assert len(uploads.all()) <= 22
    abandoned = uploads.begin()
    os.utime(tmp_path / "uploads" / abandoned.id, (0, 0))
    uploads.begin()
    assert uploads.find(abandoned.id) is None
