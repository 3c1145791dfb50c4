"""Many clients at once, and clients that are slow on purpose."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Final

from benchmarks.reliability.clients import Answer, arrive, asked
from benchmarks.serve import Server

_LITTLE: Final = 4096  # of memory for what was received and not read
_EVERY_SECONDS: Final = 1.0


def burst(server: Server, paths: Sequence[str], count: int) -> list[Answer]:
    """What so many clients get that connect and ask at one moment."""
    answers: list[Answer] = []
    start = threading.Barrier(count)

    def ask(path: str) -> None:
        start.wait()
        answers.append(asked(server, path))

    clients = [threading.Thread(target=ask, args=(path,)) for path in islice(cycle(paths), count)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return answers


def steady(server: Server, paths: Sequence[str], rate: float, seconds: float) -> list[Answer]:
    """What readers get who ask at a fixed rate."""
    answers: list[Answer] = []
    requests = (("", path) for path in cycle(paths))
    arrive(server, requests, rate, seconds, lambda due, kind, answer: answers.append(answer))
    return answers


@contextmanager
def slow(server: Server, senders: int, readers: int, path: str) -> Iterator[Counter[str]]:
    """For as long as the block runs, clients that are slow on purpose.

    ``senders`` send a header a byte a second and never end it; ``readers`` ask for ``path``, which
    should be long, and read a byte a second.  Whoever is thrown out comes again.  What becomes of
    them is counted.
    """
    seen: Counter[str] = Counter()
    done = threading.Event()
    first = [f"GET {path} HTTP/1.1\r\nHost: {server.host}\r\n"] * (senders + readers)
    first[senders:] = [f"{each}\r\n" for each in first[senders:]]

    def begun(text: str) -> socket.socket | None:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _LITTLE)
        client.settimeout(_EVERY_SECONDS)
        try:
            client.connect((server.host, server.port))
            client.sendall(text.encode())
        except OSError:
            client.close()
            return None
        client.setblocking(False)
        seen["connections"] += 1
        return client

    def go_on() -> None:
        clients = [begun(text) for text in first]
        while not done.wait(_EVERY_SECONDS):
            for number, client in enumerate(clients):
                if client is None or not _is_on(client, number < senders):
                    if client:
                        client.close()
                        seen["thrown out"] += 1
                    clients[number] = begun(first[number])
        for client in clients:
            if client:
                client.close()

    going = threading.Thread(target=go_on)
    going.start()
    try:
        yield seen
    finally:
        done.set()
        going.join()


def _is_on(client: socket.socket, sends: bool) -> bool:
    """Send or read one byte; whether the connection is still there."""
    try:
        if sends:
            client.send(b"a")
            return not client.recv(1)  # an answer is the end, as is the end
        return bool(client.recv(1))
    except BlockingIOError:
        return True
    except OSError:
        return False
