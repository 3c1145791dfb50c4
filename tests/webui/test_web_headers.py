"""What every answer forbids, whatever it is; and what an address cannot reach."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask

from tests.payloads import GROUPS, PAYLOADS
from webui import create_app, files
from webui.access import Access
from webui.server import serve

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "biwen",
}
EXPORTS = ("csv", "bib", "ris", "csl", "md", "jsonl", "gbt7714")
STATIC = f"{files.address()}/page.css"


@pytest.fixture(scope="module")
def app(archive_folder: Path) -> Flask:
    """The application with all that it can have."""
    return create_app(archive_folder, allowed=Access(edit=True))


def checked(headers: dict[str, str]) -> None:
    directives = dict(
        each.split(None, 1) for each in headers["Content-Security-Policy"].split("; ")
    )
    assert directives == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


def every_get(app: Flask) -> Iterator[str]:
    client = app.test_client()
    document = client.get("/search.json?q=深圳").get_json()["hits"][0]["id"]
    seen = client.get(f"/d/{document}.json").get_json()["appearances"]
    sent = client.post("/add/uploads", headers={"Origin": "http://localhost"}).get_json()
    parts = {
        "document_id": document,
        "page_id": seen[0]["page_id"],
        "upload_id": sent["id"],
        "form": "bib",
        "filename": "page.js",
    }
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            yield re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda found: parts[found[1]], rule.rule)


def test_every_address_and_every_method(app: Flask) -> None:
    client = app.test_client()
    paths = list(every_get(app))
    assert len(paths) > 25
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            answer = client.open(path, method=method)
            assert answer.status_code == (405 if method in ("PUT", "DELETE") else 200), path
            checked(dict(answer.headers))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/search?from=x", 400),
        ("GET", "/search.json?page=0", 400),
        ("GET", "/search.csv?sort=x", 400),
        ("GET", "/search.atom?from=x", 400),
        ("GET", "/search?q=%ff", 400),
        ("GET", "/nothing", 404),
        ("GET", "/d/2222222222222", 404),
        ("GET", "/p/2222222222222.json", 404),
        ("GET", f"{files.address()}/nothing.js", 404),
        ("GET", "/static/000000000000/page.js", 404),
        ("POST", "/search", 405),
        ("TRACE", "/", 405),
        ("BREW", "/", 405),
        ("POST", "/add", 403),
        ("POST", "/basket.json", 400),
        ("POST", "/basket.md", 400),
        ("GET", "/d/", 404),
    ],
)
def test_errors(app: Flask, method: str, path: str, status: int) -> None:
    answer = app.test_client().open(path, method=method)
    assert answer.status_code == status
    checked(dict(answer.headers))
    assert answer.cache_control.no_store


def test_too_much_and_unchanged(app: Flask) -> None:
    client = app.test_client()
    headers = {"Origin": "http://localhost"}
    much = client.post("/add", data=b"x" * (65 * 1024**2), headers=headers)
    kept = client.get("/search.atom").headers["ETag"]
    same = client.get("/search.atom", headers={"If-None-Match": kept})
    style = client.get(STATIC, headers={"If-None-Match": client.get(STATIC).headers["ETag"]})
    for answer, status in ((much, 413), (same, 304), (style, 304)):
        assert answer.status_code == status
        checked(dict(answer.headers))


def test_a_fault_of_the_program(archive_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(archive_folder)
    app.add_url_rule("/fault", view_func=lambda: {}["missing"])
    answer = app.test_client().get("/fault")
    assert answer.status_code == 500
    text = answer.get_data(as_text=True)
    assert "已经写进日志" in text
    assert not re.search(r"Traceback|KeyError|missing|\.py\b", text)
    assert "KeyError" in caplog.text
    checked(dict(answer.headers))


@pytest.mark.parametrize("form", EXPORTS)
@pytest.mark.parametrize("payload", GROUPS["headers"] + GROUPS["redirects"])
def test_files_have_names_of_their_own(app: Flask, form: str, payload: str) -> None:
    answer = app.test_client().get(f"/search.{form}", query_string={"q": payload, "lang": "en"})
    name = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=biwen\.[a-z.]+", name)


def test_what_one_reader_sees_is_not_kept_for_another(archive_folder: Path, tmp_path: Path) -> None:
    from webui.passwords import set_password

    secret = tmp_path / "passwords"
    set_password(secret, "a", "correct horse")
    client = create_app(archive_folder, allowed=Access(auth=secret)).test_client()
    for path in ("/search", "/search.json", "/search.csv", "/search.atom", "/suggest.json?q=x"):
        answer = client.get(path, auth=("a", "correct horse"))
        assert answer.status_code == 200
        assert answer.cache_control.private
        refused = client.get(path)
        assert refused.status_code == 401
        assert refused.cache_control.no_store
        checked(dict(refused.headers))
    assert not client.get(STATIC).cache_control.private


# Paths


OUTSIDE = (
    "..", "../", "../webui/server.py", "../../etc/passwd", "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%252f..%252fetc%252fpasswd",
    "....//....//etc/passwd", "..\\..\\windows\\win.ini", "..%5c..%5cwindows%5cwin.ini",
    "%00", "page.css%00.js", "%00/etc/passwd", "/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd",
    "file:///etc/passwd", "C:%5cwindows%5cwin.ini", "C:/windows/win.ini", "%5c%5chost%5cshare",
    "CON", "NUL", "aux.css", "page.css::$DATA", "page.css.", "page.css%20", "PAGE.CSS", "~root",
    ".", "./page.css/..", "%c0%ae%c0%ae/etc/passwd", "\u2025/etc/passwd", "．．／etc/passwd", "*",
    "catalog.db", "../catalog.db", "../uploads", "uploads/lock", "refused.jsonl", "current.json",
    "a" * 5000,
)  # fmt: skip


@pytest.mark.parametrize(
    "place",
    [
        "/",
        f"{files.address()}/",
        "/static/",
        "/d/",
        "/p/",
        "/add/",
        "/search.",
        "/trends.",
        "/basket.",
        "/d/2222222222222.",
    ],
)
def test_no_address_leads_to_a_file(app: Flask, place: str) -> None:
    client = app.test_client()
    for name in (*OUTSIDE, *(quote(payload, safe="") for payload in PAYLOADS)):
        answer = client.get(place + name)
        text = answer.get_data(as_text=True)
        assert answer.status_code in (200, 308, 404), name
        assert "root:" not in text
        assert "SQLite format" not in text
        assert "import annotations" not in text
        if answer.status_code == 308:  # of slashes that are too many
            assert urlsplit(answer.headers["Location"]).netloc in ("", "localhost")
        elif answer.status_code == 200:
            # the home page, by way of dots that a browser takes away
            assert client.get("/").get_data()[:500] == answer.get_data()[:500], name


@pytest.mark.parametrize("payload", PAYLOADS)
def test_redirects_stay_here(app: Flask, payload: str) -> None:
    client = app.test_client()
    old = "/d/" + quote(payload, safe="")
    for path in (old, f"/x{quote(payload)}", f"/search?lang={quote(payload)}"):
        answer = client.get(path)
        if location := answer.headers.get("Location"):
            assert urlsplit(location).netloc in ("", "localhost")
        assert not {"Set-Cookie", "Evil"} & set(answer.headers.keys())


# What comes before the application


@pytest.fixture(scope="module")
def port(app: Flask) -> int:
    told: Queue[str] = Queue()
    threading.Thread(target=serve, args=(app, "127.0.0.1", 0, told.put), daemon=True).start()
    return urlsplit(told.get(timeout=30)).port or 0


def answered(port: int, request: bytes) -> tuple[int, dict[str, str], str]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body.decode()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n folded\nx: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: ".ljust(2**18, b"x"), 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ],
)
def test_what_is_no_request_learns_nothing(port: int, request_: bytes, status: int) -> None:
    found, headers, text = answered(port, request_)
    assert found == status
    assert headers["Content-Type"].startswith("text/plain")
    assert "Server" not in headers
    assert not re.search(r"waitress|Traceback|\.py|File ", text)


@pytest.mark.parametrize(
    "host", ["a..b", ".", "a" * 64 + ".example", "xn--a", "[:::]", "[1]", "a b", "a:99999"]
)
def test_a_host_that_is_none_is_refused(port: int, host: str) -> None:
    """Also by a page, which has links of its own."""
    for path in ("/search", "/openapi.json", "/nothing"):
        asked = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        status, headers, text = answered(port, asked.encode())
        assert (status, "Host" in text) == (400, True)
        checked(headers)


@pytest.mark.parametrize(
    "more",
    [
        b"X-Forwarded-Host: evil.example\r\n",
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Port: 9\r\n",
        b"X-Forwarded-Prefix: /evil\r\n",
        b"Forwarded: host=evil.example;proto=https\r\n",
        b"X-Original-URL: /evil\r\nX-Rewrite-URL: /evil\r\n",
        b"X-HTTP-Method-Override: DELETE\r\n",
    ],
)
def test_what_a_client_says_of_a_proxy_is_not_believed(port: int, more: bytes) -> None:
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n"
    status, _, text = answered(port, asked + more + b"\r\n")
    assert status == 200
    assert '"http://localhost:1"' in text
    assert "evil" not in text


def test_the_host_that_counts_is_that_of_the_header(archive_folder: Path) -> None:
    """A browser sends no other; the absolute form is for proxies."""
    app = create_app(archive_folder, allowed=Access(hosts=frozenset(("localhost",))))
    told: Queue[str] = Queue()
    threading.Thread(target=serve, args=(app, "127.0.0.1", 0, told.put), daemon=True).start()
    port = urlsplit(told.get(timeout=30)).port or 0
    for target, hosts, status in (
        (b"/", b"Host: localhost\r\n", 200),
        (b"/", b"", 403),
        (b"/", b"Host: evil.example\r\n", 403),
        (b"http://localhost/", b"Host: evil.example\r\n", 403),
        (b"/", b"Host: localhost\r\nHost: evil.example\r\n", 403),
        (b"/", b"Host: evil.example\r\nHost: localhost\r\n", 403),
        (b"//evil.example/", b"Host: localhost\r\n", 404),
    ):
        request = b"GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (target, hosts)
        found, headers, text = answered(port, request)
        assert found in (status, 308), (target, hosts)
        assert "evil.example" not in headers.get("Location", "")
        if found == 200:
            assert 'href="//evil' not in text


def test_nothing_of_an_absolute_address_is_linked(port: int) -> None:
    asked = b"GET http://evil.example/openapi.json HTTP/1.1\r\nHost: localhost\r\n"
    status, _, text = answered(port, asked + b"Connection: close\r\n\r\n")
    assert status == 200
    assert "evil" not in text
