"""Serving: the address that is listened on, and an address that is taken."""

from __future__ import annotations

import socket
import threading
from queue import Queue
from urllib.request import urlopen

import pytest
from flask import Flask

from indexer.errors import UserError
from indexer.i18n import gettext, use_language
from webui.server import serve


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_address_is_told_once_it_answers(app: Flask, host: str) -> None:
    told: Queue[str] = Queue()
    threading.Thread(target=serve, args=(app, host, 0, told.put), daemon=True).start()
    address = told.get(timeout=10)
    assert address.startswith(f"http://{host}:")
    with urlopen(f"{address}healthz", timeout=10) as response:
        assert response.status == 200


def test_a_search_has_been_answered_before_the_address_is_told() -> None:
    answered: list[str] = []
    app = Flask(__name__)
    app.add_url_rule("/search", view_func=lambda: answered.append("search") or "")
    use_language("en")
    app.before_request(lambda: use_language("zh"))
    before: Queue[tuple[list[str], str]] = Queue()

    def tell(address: str) -> None:
        before.put(([*answered], gettext("快讯")))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(app, "127.0.0.1", 0, tell)
    assert before.get_nowait() == (["search"], "Newsflash")


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.7", "no.such.host.invalid"])
def test_an_address_that_cannot_be_had_is_a_sentence(app: Flask, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"{host} 的端口 {port}"):
            serve(app, host, port, lambda address: pytest.fail(f"told of {address}"))
