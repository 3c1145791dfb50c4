"""What a process takes on: too many requests, slow clients, large requests; over real sockets."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import pytest
from flask import Flask, Response, request
from hypothesis import given, settings
from hypothesis import strategies as st

from webui.channels import Channel, Limits, Phase
from webui.context import EXTENSION, Turn, by_turns
from webui.server import Serving, listening

LONG = 60.0  # seconds for which no test waits
PIECE = "x" * 1024


class Answer(NamedTuple):
    """What came before the end of the connection, without the headers that do not matter."""

    status: int
    headers: dict[str, str]
    body: bytes


class Held:
    """An application of which requests run for as long as a test wants."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.ended = threading.Event()
        self.app = Flask("held")
        self.app.config["MAX_CONTENT_LENGTH"] = 1 << 20
        self.app.get("/slow")(self.slow)
        self.app.get("/search.jsonl")(self.stream)
        self.app.post("/sent")(lambda: str(len(request.get_data())))
        for path in ("/quick", "/search", "/healthz", "/metrics", "/news/healthz"):
            self.app.get(path, endpoint=path)(lambda: "quick")

    def slow(self) -> str:
        self.began.release()
        assert self.go_on.wait(LONG)
        return "slow"

    def stream(self) -> Response:
        def pieces() -> Iterator[str]:
            self.began.release()
            try:
                while not self.go_on.is_set():
                    yield PIECE
            finally:
                self.ended.set()

        return Response(pieces())


@pytest.fixture
def held() -> Iterator[Held]:
    made = Held()
    yield made
    made.go_on.set()


@contextmanager
def served(app: Flask, **limits: float) -> Iterator[tuple[Serving, tuple[str, int]]]:
    with listening("127.0.0.1", 0) as sockets:
        serving = Serving(app, sockets, Limits(**limits))  # type: ignore[arg-type]
        running = threading.Thread(target=serving.run)
        running.start()
        try:
            yield serving, sockets[0].getsockname()
        finally:
            serving.stop()
            running.join()


def connected(address: tuple[str, int], text: str = "") -> socket.socket:
    client = socket.create_connection(address, LONG)
    client.sendall(text.encode())
    return client


def get(path: str, *headers: str) -> str:
    lines = (f"GET {path} HTTP/1.1", "Host: x", "Connection: close", *headers)
    return "".join(f"{line}\r\n" for line in lines) + "\r\n"


def received(client: socket.socket) -> Answer:
    """All until the end, which has to be orderly."""
    data = b""
    while some := client.recv(1 << 16):
        data += some
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return Answer(int(status.split()[1]), dict(each.split(": ", 1) for each in lines), body)


def answer(address: tuple[str, int], text: str) -> Answer:
    with connected(address, text) as client:
        return received(client)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def phases(serving: Serving) -> set[Phase]:
    return {each.phase for each in [*serving._map.values()] if isinstance(each, Channel)}


BUSY = "现在请求太多，来不及回答。请过 60 秒再试。"
BUSY_IN_ENGLISH = "Too many requests at the moment. Please try again in 60 seconds."


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (get("/search"), f"{BUSY}\n"),
        (get("/search", "Accept-Language: en-GB,zh;q=0.5"), f"{BUSY_IN_ENGLISH}\n"),
        (get("/search?q=x&lang=en"), f"{BUSY_IN_ENGLISH}\n"),
        (get("/search").replace("GET", "HEAD", 1), ""),
        (get("/search.json"), json.dumps({"error": {"message": BUSY}}, ensure_ascii=False) + "\n"),
    ],
)
def test_what_would_wait_too_long_is_told_to_come_again(held: Held, asked: str, text: str) -> None:
    with (
        served(held.app, threads=1, waiting=2, waiting_seconds=LONG) as (_, address),
        ExitStack() as stack,
    ):
        accepted = [stack.enter_context(connected(address, get("/slow")))]
        assert held.began.acquire(timeout=LONG)
        accepted += [stack.enter_context(connected(address, get("/quick"))) for _ in range(2)]
        until(lambda: answer(address, get("/search")).status == 503)  # now both of them wait
        refused = answer(address, asked)
        assert (refused.status, refused.body.decode()) == (503, text)
        assert refused.headers["Retry-After"] == "60"
        assert refused.headers["Connection"] == "close"
        for path in ("/healthz", "/metrics", "/news/healthz"):
            assert answer(address, get(path)).body == b"quick"
        held.go_on.set()
        assert [received(each).body for each in accepted] == [b"slow", b"quick", b"quick"]
        assert answer(address, get("/search")).status == 200


def test_what_has_waited_too_long_is_not_begun_any_more(held: Held) -> None:
    with (
        served(held.app, threads=1, waiting=9, waiting_seconds=0.05) as (_, address),
        connected(address, get("/slow")) as first,
    ):
        assert held.began.acquire(timeout=LONG)
        with connected(address, get("/slow")) as second:
            time.sleep(0.2)
            held.go_on.set()
            assert received(second).status == 503
        assert received(first).body == b"slow"
        assert not held.began.acquire(blocking=False)


def test_what_never_came_to_the_application_is_counted_too(app: Flask) -> None:
    refused = 'biwen_requests_total{method="other",route="none",status="414"} 1.0'
    figures = get("/metrics").replace("Host: x", "Host: localhost")
    with served(app, url_bytes=100) as (_, address):
        before = answer(address, figures)
        assert (before.status, refused in before.body.decode()) == (200, False)
        assert answer(address, get("/search?q=" + "a" * 100)).status == 414
        assert refused in answer(address, figures).body.decode()


@pytest.mark.parametrize(
    "begun", ["GET", "GET /quick HTTP/1.1\r\nHost: x\r\n", "GET /quick HTTP/1.1\r\nX-Slow: "]
)
def test_a_request_that_does_not_end_is_let_go(held: Held, begun: str) -> None:
    with (
        served(held.app, header_seconds=0.5) as (_, address),
        connected(address, begun) as client,
    ):
        done = threading.Event()

        def go_on() -> None:
            while not done.wait(0.1):
                client.send(b"a")

        sending = threading.Thread(target=go_on)
        sending.start()
        try:
            refused = received(client)
        finally:
            done.set()
            sending.join()
        assert refused.status == 408
        assert refused.body.decode().startswith("请求发得太慢")


def test_who_asks_nothing_is_let_go_without_a_word(held: Held) -> None:
    with (
        served(held.app, idle_seconds=0.2) as (_, address),
        connected(address) as never,
        connected(address, get("/quick").replace("close", "keep-alive")) as once,
    ):
        assert never.recv(100) == b""
        assert received(once).status == 200


def body(size: int, *headers: str) -> str:
    length = f"Content-Length: {size}"
    return get("/sent", length, *headers).replace("GET", "POST", 1)


def test_a_body_may_take_long_at_the_least_rate_but_not_below_it(held: Held) -> None:
    with served(held.app, stall_seconds=3.0, bytes_per_second=200) as (_, address):
        with connected(address, body(20_000)) as steady:
            for _ in range(40):
                steady.sendall(b"x" * 500)
                time.sleep(0.1)
            assert received(steady).body == b"20000"
        with connected(address, body(20_000)) as slow:
            slow.sendall(b"x")
            assert received(slow).status == 408


def test_who_reads_nothing_is_let_go_and_holds_up_nobody(held: Held) -> None:
    with (
        served(
            held.app, streams=1, waiting_seconds=0.1, stall_seconds=1.0, bytes_per_second=1 << 20
        ) as (_, address),
        connected(address, get("/search.jsonl")),
    ):
        assert held.began.acquire(timeout=LONG)
        with connected(address, get("/search.jsonl")) as other:
            assert answer(address, get("/search")).status == 200
            assert held.ended.wait(LONG)
            assert received(other).status == 503  # it waited for the only thread of its kind


def test_who_sends_many_requests_at_once_and_reads_nothing_holds_no_thread(held: Held) -> None:
    held.app.get("/large", endpoint="large")(lambda: PIECE * 2000)
    many = get("/large").replace("Connection: close\r\n", "") * 50
    with served(held.app, threads=1) as (_, address), connected(address, many) as client:
        assert answer(address, get("/quick")).status == 200
        first = received(client)
        assert (first.status, first.headers["Connection"]) == (200, "close")
        assert len(first.body) == 2000 * len(PIECE)  # and the client may ask for the others again


def test_connections_on_which_nothing_is_asked_give_way(held: Held) -> None:
    with (
        served(held.app, connections=12, header_seconds=LONG, idle_seconds=LONG) as (_, address),
        ExitStack() as stack,
    ):
        working = stack.enter_context(connected(address, get("/slow")))
        assert held.began.acquire(timeout=LONG)
        idle = [
            stack.enter_context(connected(address, text))
            for text in ("", "GET /never HTTP/1.1\r\n", body(20_000) + "x") * 10
        ]
        for _ in range(20):
            assert answer(address, get("/quick")).status == 200
        gone = 0
        for each in idle:
            each.settimeout(0.01)
            try:
                gone += each.recv(1) == b""
            except (TimeoutError, ConnectionError) as error:
                gone += isinstance(error, ConnectionError)
        assert gone >= 8
        held.go_on.set()
        assert received(working).body == b"slow"


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        (get("/quick?" + "x" * 3000), 414, "网址太长"),
        (get("/quick", "X: " + "x" * 9000), 431, "请求头太长"),
        ("GET /quick HTTP/1.1\r\nX: " + "x" * 9000, 431, "请求头太长"),
        (body(50 << 20), 413, "一次发来的太多"),
        (body(50 << 20) + "x" * (5 << 20), 413, "一次发来的太多"),
        (body(50 << 20, "Expect: 100-continue"), 413, "一次发来的太多"),
        (get("/quick", "no header"), 400, "请求不合 HTTP 的格式"),
        ("\x16\x03\x01\r\n\r\n", 400, "请求不合 HTTP 的格式"),
        (get("/quick", "Transfer-Encoding: gzip"), 501, "Transfer-Encoding"),
    ],
)
def test_what_is_too_large_or_no_request_is_a_sentence(
    held: Held, sent: str, status: int, sentence: str
) -> None:
    with served(held.app, url_bytes=2000, header_bytes=8000) as (_, address):
        refused = answer(address, sent)
        assert refused.status == status
        assert sentence in refused.body.decode()
        assert not re.search("waitress|generated|exceeds", refused.body.decode())
        assert answer(address, get("/quick")).status == 200


WORDS = (
    b"GET |POST /sent| HTTP/1.1\r\n|\r\n|\r\n\r\n|\n|Host: x\r\n|Content-Length: |3|-1|"
    b"Transfer-Encoding: chunked\r\n|0\r\n\r\n|Expect: 100-continue\r\n|Connection: close\r\n|"
    b"Accept-Language: \xff,\r\n|/?lang=%ff|/search.json|//[|http://x:y/|\x00|\x85|#"
).split(b"|")
PARTS = st.one_of(st.sampled_from(WORDS), st.binary(max_size=20))


def test_whatever_is_sent_gets_an_answer_of_http_or_none(held: Held) -> None:
    with served(held.app) as (_, address):

        @given(st.lists(PARTS, max_size=12))
        @settings(max_examples=200, deadline=None)
        def sent(parts: list[bytes]) -> None:
            with connected(address) as client:
                client.sendall(b"".join(parts))
                client.shutdown(socket.SHUT_WR)
                data = b""
                while some := client.recv(1 << 16):
                    data += some
            assert re.match(rb"HTTP/1\.[01] \d{3} |\Z", data)
            assert b"HTTP/1.1 500" not in data

        sent()
        assert answer(address, get("/quick")).body == b"quick"


def test_what_goes_wrong_with_one_connection_ends_no_other(held: Held) -> None:
    with served(held.app) as (serving, address):
        try:
            raise OSError("the client was gone before it was a connection")
        except OSError:
            serving._listeners[0].handle_error()
        assert answer(address, get("/quick")).status == 200


def test_a_fault_of_the_program_is_a_sentence(held: Held, caplog: pytest.LogCaptureFixture) -> None:
    def application(environ: object, start_response: object) -> list[bytes]:
        raise RuntimeError("inside")

    held.app.wsgi_app = application  # type: ignore[method-assign]
    with served(held.app) as (_, address):
        refused = answer(address, get("/quick"))
    assert refused.status == 500
    assert refused.body.decode() == "服务器出了错，原因已经写进日志。请稍后再试。\n"
    assert "inside" in caplog.text


def test_what_is_being_sent_either_way_is_finished_and_nothing_else_waited_for(held: Held) -> None:
    with (
        served(held.app, grace_seconds=LONG) as (serving, address),
        connected(address, body(6) + "abc") as sender,
        connected(address, get("/search.jsonl")) as reader,
        connected(address, get("/slow")) as working,
        connected(address, "GET /quick") as never,
        connected(address) as idle,
    ):
        assert reader.recv(1)
        assert held.began.acquire(timeout=LONG)
        assert held.began.acquire(timeout=LONG)
        # What is not accepted yet when it stops is not closed either, but left to the next process.
        until(lambda: {Phase.BODY, Phase.HEADERS, Phase.IDLE} <= phases(serving))
        serving.stop()
        assert (idle.recv(1), never.recv(1)) == (b"", b"")
        sender.sendall(b"def")
        assert received(sender).body == b"6"
        held.go_on.set()
        assert received(working).body == b"slow"
        got = b""
        while some := reader.recv(1 << 16):
            got += some
        assert got.endswith(b"0\r\n\r\n")  # the end of all pieces


def test_a_long_file_lets_searches_in_between(app: Flask) -> None:
    site, lines = app.extensions[EXTENSION], [f"{number}\n" for number in range(1000)]
    with app.app_context():
        pieces = by_turns(lines)
        got = next(pieces)
        with site.turn.taken():  # if it were still held, this would wait for ever
            pass
        assert got == "".join(lines[: got.count("\n")])
        assert 1 < got.count("\n") < 100
        assert got + "".join(pieces) == "".join(lines)


def test_turns_are_taken_in_the_order_of_coming_long_ones_last() -> None:
    turn, order, come = Turn(), [], ["a", "Z", "b", "Y", "c", "X"]

    def take(name: str) -> None:
        with turn.taken(behind=name.isupper()):
            order.append(name)

    with turn.taken():
        for number, name in enumerate(come):
            threading.Thread(target=take, args=(name,)).start()
            until(lambda number=number: len(turn._first + turn._behind) > number)  # type: ignore[misc]
    until(lambda: len(order) == len(come))
    assert order == ["a", "b", "c", "Z", "Y", "X"]
