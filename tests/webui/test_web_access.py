"""Who may ask and who may change: tables of decisions, and real servers."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash

from indexer.errors import UserError, WrongUsage
from webui import create_app, files
from webui.access import Access, access_for
from webui.passwords import Passwords, Slowed, read_passwords, set_password

ROOT = Path(__file__).parents[2]
HOSTS = frozenset(("localhost", "127.0.0.1", "::1", "biwen.example"))
RIGHT, WRONG = "正确的密码 correct", "wrong password!"


def basic(name: str, password: str) -> dict[str, str]:
    token = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


@pytest.fixture(scope="module")
def auth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("secrets") / "passwords"
    set_password(file, "林间", RIGHT)
    return file


# Forms that change nothing, and are too long for an address.
ASKED_BY_POST = {"basket.as_json", "basket.export"}


def client(folder: Path, allowed: Access, base_url: str | None = None) -> FlaskClient:
    return create_app(folder, base_url, allowed).test_client()


def test_nothing_that_changes_is_there_without_edit(archive_folder: Path) -> None:
    app = create_app(archive_folder)
    safe = {"GET", "HEAD", "OPTIONS"}
    rules = [rule for rule in app.url_map.iter_rules() if not rule.methods <= safe]
    assert {rule.endpoint for rule in rules} <= ASKED_BY_POST
    assert app.test_client().get("/add").status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("biwen.example", 200),
        ("evil.example", 403),
        ("evil.example:8000", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost@evil.example", 403),
        ("evil.example@localhost.", 403),
        ("[::1", 403),
        ("0.0.0.0:8000", 403),
        ("", 403),
        ("localhost/x", 403),
        ("localhost:evil", 403),
        ("localhost:", 403),
        ("localhost.", 403),
        ("evil.example@localhost", 403),
        ("localhost, evil.example", 403),
        ("localhost:99999", 400),
        ("localhost..", 403),
        ("127.1", 403),
        ("2130706433", 403),
    ],
)
def test_on_this_machine_only_its_names_are_answered_to(
    archive_folder: Path, host: str, status: int
) -> None:
    asking = client(archive_folder, Access(hosts=HOSTS))
    for path in ("/search?q=", "/healthz", f"{files.address()}/page.css", "/nothing"):
        found = asking.get(path, headers={"Host": host})
        assert found.status_code == (404 if path == "/nothing" and status == 200 else status)
    if status == 403:
        assert "--base-url" in asking.get("/search", headers={"Host": host}).get_data(as_text=True)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("biwen.example", 200),
        ("192.0.2.1:8000", 200),
        ("[2001:db8::1]:8000", 200),
        ("a/b", 400),
        ("a@b", 400),
        ("a b", 400),
        ("a, b", 400),
        ("a:99999", 400),
        ('a"><script>', 400),
    ],
)
def test_elsewhere_any_name_will_do_that_is_one(
    archive_folder: Path, host: str, status: int
) -> None:
    found = client(archive_folder, Access()).get("/openapi.json", headers={"Host": host})
    assert found.status_code == status
    if status == 200:
        assert found.get_json()["servers"] == [{"url": f"http://{host}"}]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://localhost:8000"}, 200),  # http to another machine has no Sec-Fetch-*
        ({"Origin": "https://biwen.example"}, 200),  # a proxy that asks us by another name
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "http://localhost:9000"}, 403),  # another program on this machine
        ({"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost:8000", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost:8000.evil.example"}, 403),
        ({"Origin": "null"}, 403),  # from a sandbox, a file or a data: address
        ({"Origin": ""}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({"Referer": "http://localhost:8000/add"}, 403),
        ({}, 403),
    ],
)
def test_only_the_pages_of_this_site_change_anything(
    archive_folder: Path, headers: Mapping[str, str], status: int
) -> None:
    asking = client(archive_folder, Access(edit=True), "https://biwen.example/")
    found = asking.post("/add/uploads", headers={"Host": "localhost:8000", **headers})
    assert found.status_code == status
    if "biwen" not in headers.get("Origin", ""):
        nameless = client(archive_folder, Access(edit=True))
        found = nameless.post("/add/uploads", headers={"Host": "localhost:8000", **headers})
        assert found.status_code == status
    if status == 403:
        assert "Origin: http://localhost:8000" in found.get_data(as_text=True)
    assert asking.get("/add", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


READ, CHANGE, PAGE = ("GET", "/search?q="), ("POST", "/add/uploads"), ("GET", "/add")


@pytest.mark.parametrize("everybody", [False, True])
@pytest.mark.parametrize(
    ("given", "asked", "status"),
    [
        ({}, ("GET", "/healthz"), 200),
        ({}, ("GET", f"{files.address()}/page.css"), 200),
        ({}, READ, 401),
        ({}, PAGE, 401),
        ({}, CHANGE, 401),
        ({}, ("GET", "/nothing"), 401),
        ({}, ("POST", "/healthz"), 401),
        (basic("林间", WRONG), READ, 401),
        (basic("nobody", RIGHT), READ, 401),
        (basic("", ""), READ, 401),
        (basic("林间", ""), CHANGE, 401),
        ({"Authorization": "Basic ???"}, READ, 401),
        ({"Authorization": "Bearer x"}, READ, 401),
        (basic("林间", RIGHT), READ, 200),
        (basic("林间", RIGHT), PAGE, 200),
        (basic("林间", RIGHT), CHANGE, 200),
    ],
)
def test_passwords_are_asked_for(
    archive_folder: Path,
    auth: Path,
    everybody: bool,
    given: Mapping[str, str],
    asked: tuple[str, str],
    status: int,
) -> None:
    """With ``--open`` everybody reads, and only to change something needs one."""
    method, path = asked
    if everybody and not path.startswith("/add"):
        status = {"/nothing": 404}.get(path, 200 if method == "GET" else 405)
    asking = client(archive_folder, Access(edit=True, auth=auth, open=everybody))
    found = asking.open(path, method=method, headers={"Origin": "http://localhost", **given})
    assert found.status_code == status
    if status == 401:
        assert found.headers["WWW-Authenticate"] == 'Basic realm="biwen", charset="UTF-8"'
        assert "请输入名字和密码" in found.get_data(as_text=True)
        assert "扶持政策" not in found.get_data(as_text=True)


@pytest.mark.parametrize(("everybody", "status"), [(False, 401), (True, 200)])
def test_who_may_read_may_take_a_basket_along(
    archive_folder: Path, auth: Path, everybody: bool, status: int
) -> None:
    """It is sent by POST for its size, and changes nothing: whoever sends it."""
    asking = client(archive_folder, Access(edit=True, auth=auth, open=everybody))
    for name in ("basket.json", "basket.md"):
        assert asking.post(f"/{name}", data={"basket": "[]"}).status_code == status


LAN = "192.0.2.1"


@pytest.mark.parametrize(
    ("host", "base_url", "edit", "has_auth", "everybody", "allowed"),
    [
        ("127.0.0.1", None, False, False, False, True),
        ("localhost", None, True, False, False, True),
        ("::1", None, True, False, False, True),
        ("127.0.0.1", "http://localhost:8000", True, False, False, True),
        ("127.0.0.1", "https://biwen.example", False, False, False, True),
        ("127.0.0.1", "https://biwen.example", True, False, False, False),
        ("127.0.0.1", "https://biwen.example", True, False, True, False),
        ("127.0.0.1", "https://biwen.example", True, True, False, True),
        ("0.0.0.0", None, False, False, False, False),
        ("0.0.0.0", None, False, False, True, True),
        ("0.0.0.0", None, False, True, False, True),
        ("0.0.0.0", None, True, False, True, False),
        ("0.0.0.0", None, True, True, False, True),
        ("::", None, False, False, False, False),
        (LAN, None, False, False, False, False),
        (LAN, None, True, True, True, True),
    ],
)
def test_what_others_can_reach_is_closed_or_said_to_be_open(
    auth: Path,
    host: str,
    base_url: str | None,
    edit: bool,
    has_auth: bool,
    everybody: bool,
    allowed: bool,
) -> None:
    def find() -> Access:
        return access_for(host, 0, base_url, edit, auth if has_auth else None, everybody)

    if not allowed:
        with pytest.raises(WrongUsage, match="--auth FILE"):
            find()
        return
    found = find()
    assert (found.edit, found.open) == (edit, everybody)
    is_local = host not in ("0.0.0.0", LAN)
    assert ("127.0.0.1" in found.hosts) == is_local
    if is_local and base_url:
        assert urlsplit(base_url).hostname in found.hosts


# Passwords


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "passwords"


def test_a_password_is_kept_as_a_hash_and_replaced(file: Path) -> None:
    set_password(file, "a", RIGHT)
    file.write_text("# 说明\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    set_password(file, "b@example.org", RIGHT)
    set_password(file, "a", RIGHT + "2")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["# 说明", ""]
    assert [line.split(":")[:2] for line in lines[2:]] == [
        ["b@example.org", "scrypt"],
        ["a", "scrypt"],
    ]
    assert RIGHT not in file.read_text(encoding="utf-8")
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    known = Passwords(file)
    assert known.admits("a", RIGHT + "2")
    assert not known.admits("a", RIGHT)
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize(
    ("mode", "is_told"),
    [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o622, True)],
)
def test_a_file_that_others_can_read_is_told(
    file: Path, mode: int, is_told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    set_password(file, "a", RIGHT)
    file.chmod(mode)
    access_for("127.0.0.1", 0, None, False, file, False)
    assert (f"chmod 600 {file}" in caplog.text) == is_told


@pytest.mark.parametrize("name", ["", "a:b", "a b", "a\nb", "-a", "a" * 65, "a\0"])
def test_what_is_no_name_is_refused(file: Path, name: str) -> None:
    with pytest.raises(WrongUsage, match="名字"):
        set_password(file, name, RIGHT)
    assert not file.exists()


def test_a_short_password_is_refused(file: Path) -> None:
    with pytest.raises(WrongUsage, match="12"):
        set_password(file, "a", "eleven char")


HASHED = "scrypt:32768:8:1$salt$00ff"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有任何名字"),
        ("# only a comment\n", "没有任何名字"),
        (f"a:{HASHED}\nplain:password\n", "第 2 行"),
        (f"a b:{HASHED}\n", "第 1 行"),
        (f"a{HASHED}\n", "第 1 行"),
        ("a:scrypt:32768:8:1$salt$\n", "第 1 行"),
        ("\udcff", "无法读取"),
        (None, "无法读取"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence(file: Path, text: str | None, words: str) -> None:
    if text is not None:
        file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(UserError, match=words):
        read_passwords(file)


def test_a_changed_file_counts_at_once_and_a_broken_one_lets_nobody_in(
    archive_folder: Path, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    set_password(file, "a", RIGHT)
    asking = client(archive_folder, Access(auth=file))
    assert asking.get("/search", headers=basic("a", RIGHT)).status_code == 200
    set_password(file, "a", RIGHT + "2")
    assert asking.get("/search", headers=basic("a", RIGHT)).status_code == 401
    assert asking.get("/search", headers=basic("a", RIGHT + "2")).status_code == 200
    file.write_text("nonsense\n", encoding="utf-8")
    found = asking.get("/search", headers=basic("a", RIGHT + "2"))
    assert found.status_code == 503
    assert str(file) not in found.get_data(as_text=True)
    assert str(file) in caplog.text
    file.unlink()
    assert asking.get("/search", headers=basic("a", RIGHT + "2")).status_code == 503


def test_a_name_that_there_is_not_takes_as_long(file: Path) -> None:
    """The same work, also where the file was written for less or more of it."""
    hashed = generate_password_hash(RIGHT, "scrypt:4096:8:2")
    file.write_text(f"a:{hashed}\n", encoding="utf-8")
    passwords = Passwords(file)
    assert passwords.admits("a", RIGHT)
    assert not passwords.admits("nobody", RIGHT)
    assert passwords._nobodys.startswith("scrypt:4096:8:2$")
    assert not passwords.admits("nobody", "")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def tried(passwords: Passwords, name: str, password: str) -> bool | float:
    try:
        return passwords.admits(name, password)
    except Slowed as slowed:
        return slowed.seconds


def test_guessing_at_a_name_is_slowed_and_who_is_in_stays_in(file: Path) -> None:
    set_password(file, "a", RIGHT)
    set_password(file, "b", RIGHT)
    clock = Clock()
    passwords = Passwords(file, clock)
    assert passwords.admits("a", RIGHT)
    assert [tried(passwords, "a", WRONG) for _ in range(7)] == [False] * 5 + [10.0] * 2
    assert tried(passwords, "a", RIGHT) is True
    assert tried(passwords, "b", RIGHT) is True
    clock.now += 10
    assert [tried(passwords, "a", WRONG) for _ in range(2)] == [False, 10.0]
    clock.now += 1000  # a long rest saves up no more than five
    assert [tried(passwords, "a", WRONG) for _ in range(6)] == [False] * 5 + [10.0]


def test_guessing_at_many_names_is_slowed_and_remembers_no_more_than_it_must(file: Path) -> None:
    set_password(file, "a", RIGHT)
    clock = Clock()
    passwords = Passwords(file, clock)
    answers = [tried(passwords, f"name{number}", WRONG) for number in range(1000)]
    assert answers == [False] * 20 + [1.0] * 980
    assert tried(passwords, "a", RIGHT) == 1.0  # not known yet: it has to wait, too
    clock.now += 1
    assert tried(passwords, "a", RIGHT) is True
    clock.now += 100
    tried(passwords, "other", WRONG)
    assert len(passwords._each) < 25


def test_too_many_mistakes_are_told_with_the_time_to_wait(archive_folder: Path, auth: Path) -> None:
    asking = client(archive_folder, Access(auth=auth))
    answers = [asking.get("/search", headers=basic("林间", WRONG)) for _ in range(6)]
    assert [each.status_code for each in answers] == [401] * 5 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 10
    assert "密码错的次数太多" in answers[-1].get_data(as_text=True)


# Real servers


def run(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "run.py", *args],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "", "LANG": "C.UTF-8"},
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("arguments", [["--host", "0.0.0.0"], ["--host", "0.0.0.0", "--edit"]])
def test_a_server_that_others_reach_says_what_it_needs(
    archive_folder: Path, arguments: list[str]
) -> None:
    done = run("serve", "--port", "0", "--data", str(archive_folder), *arguments)
    assert done.returncode == 2
    assert "--auth FILE" in done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_with_passwords_answers_whom_it_knows(
    archive_folder: Path, tmp_path: Path, workers: str
) -> None:
    file = tmp_path / "passwords"
    done = run("password", "a", "--auth", str(file), stdin=RIGHT + "\n")
    assert (done.returncode, RIGHT in done.stdout + done.stderr) == (0, False)
    arguments = ["--auth", str(file), "--workers", workers, "--data", str(archive_folder)]
    server = subprocess.Popen(
        [sys.executable, "run.py", "serve", "--host", "0.0.0.0", "--port", "0", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert server.stdout
        port = urlsplit(server.stdout.readline().split()[-1]).port

        def status(path: str, **headers: str) -> int:
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                connection.request("GET", path, headers=headers)
                return connection.getresponse().status
            finally:
                connection.close()

        for _ in range(4):  # both workers, most likely
            assert status("/healthz") == 200
            assert status("/search?q=") == 401
            assert status("/search?q=", **basic("a", RIGHT)) == 200
            assert status("/search?q=", **{"biwen.own": "1", "biwen-own": "1"}) == 401
    finally:
        server.terminate()
        server.wait(20)
