"""Below the path of a public address, behind proxies that take the path away and that do not."""

from __future__ import annotations

import json
import re
import threading
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from queue import Queue
from urllib.parse import quote, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from indexer.catalog import Catalog
from webui import create_app
from webui.server import serve

ROOT = "https://example.org/news/biwen/"
PATH = "/news/biwen"


@pytest.fixture
def client(archive_folder: Path) -> FlaskClient:
    return create_app(archive_folder, ROOT).test_client()


def document_id(client: FlaskClient) -> str:
    found: str = client.get("/search.json?q=扶持政策").json["hits"][0]["id"]
    return found


def links(html: str) -> list[str]:
    return [
        unescape(link)
        for link in re.findall(r'(?:href|src|action|data-suggest)="([^"#]+)', html)
        if not urlsplit(link).scheme
    ]


@pytest.mark.parametrize("prefix", ["", PATH])
def test_every_link_of_a_page_leads_below_the_path(client: FlaskClient, prefix: str) -> None:
    pages = ["/", "/search?q=深圳", "/trends?q=深圳", "/help", f"/d/{document_id(client)}", "/d/x"]
    found = {link for page in pages for link in links(client.get(prefix + page).text)}
    assert len(found) > 50
    for link in found:
        assert link.startswith(f"{PATH}/"), link
        if "/d/x?" not in link:  # itself, in the other language
            status = client.get(link.removeprefix(PATH) if not prefix else link).status_code
            assert status < 400, link


def test_the_page_may_be_asked_for_without_a_slash(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 200


def test_a_redirect_stays_below_the_path(client: FlaskClient, archive_folder: Path) -> None:
    with Catalog.open(archive_folder / "catalog.db") as catalog:
        (old,) = catalog.removed_since(0)
    response = client.get(f"/d/{old}.bib?q=a%20b")
    assert response.status_code == 301
    assert re.fullmatch(rf"{re.escape(PATH)}/d/\w{{13}}\.bib\?q=a%20b", response.location)
    assert client.get(response.location).status_code == 200


def test_what_leaves_the_page_is_absolute(client: FlaskClient) -> None:
    id_ = document_id(client)
    permalink = f"{ROOT}d/{id_}"
    html = client.get(f"/d/{id_}").text
    assert f'<link rel="canonical" href="{permalink}">' in html
    assert f'property="og:url" content="{permalink}"' in html
    assert f'href="{permalink}#p1"' in html
    document = client.get(f"/d/{id_}.json").json
    assert document["permalink"] == permalink
    for seen in document["appearances"]:
        assert seen["view"].startswith(f"{ROOT}p/")
    feed = ElementTree.fromstring(client.get("/search.atom?q=深圳").data)
    addresses = [link.get("href", "") for link in feed.iter("{http://www.w3.org/2005/Atom}link")]
    assert len(addresses) > 2
    opened = ElementTree.fromstring(client.get("/opensearch.xml").data)
    addresses += [each.get("template", "") for each in opened if each.get("template")]
    for address in addresses:
        assert address.startswith(ROOT), address
        assert "biwen/biwen" not in address


@pytest.fixture
def served(archive_folder: Path) -> str:
    ready: Queue[str] = Queue()
    app = create_app(archive_folder, ROOT)
    threading.Thread(target=serve, args=(app, "127.0.0.1", 0, ready.put), daemon=True).start()
    return ready.get(timeout=30)


@pytest.mark.parametrize("prefix", ["", PATH])
def test_it_is_served_so(served: str, prefix: str) -> None:
    connection = HTTPConnection(urlsplit(served).netloc)
    nothing = f"{prefix}/search.json?q={quote('没有这样的词')}"
    connection.request("GET", nothing, headers={"Host": "inner:1"})
    assert json.loads(connection.getresponse().read())["total"] == 0
    connection.request("GET", f"{prefix}/", headers={"Host": "inner:1"})
    html = connection.getresponse().read().decode()
    assert "inner" not in html
    assert f'<form class="ask" action="{PATH}/search"' in html
    connection.request("GET", urljoin(served, links(html)[0]))
    assert connection.getresponse().status == 200
    connection.close()
