"""Serving: the address that is listened on, and an address that is taken."""

from __future__ import annotations

import socket
import threading
from queue import Queue
from urllib.request import urlopen

import pytest
from flask import Flask

from indexer.errors import UserError
from webui.server import serve


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_address_is_told_once_it_answers(app: Flask, host: str) -> None:
    told: Queue[str] = Queue()
    threading.Thread(target=serve, args=(app, host, 0, told.put), daemon=True).start()
    address = told.get(timeout=10)
    assert address.startswith(f"http://{host}:")
    with urlopen(f"{address}healthz", timeout=10) as response:
        assert response.status == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.7", "no.such.host.invalid"])
def test_an_address_that_cannot_be_had_is_a_sentence(app: Flask, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"{host} 的端口 {port}"):
            serve(app, host, port, lambda address: pytest.fail(f"told of {address}"))
