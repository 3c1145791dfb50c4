"""One index, looked at by who has the catalog and by who has not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from engines import address_of
from flask.testing import FlaskClient
from opensearchpy import OpenSearch
from werkzeug.test import TestResponse

from indexer import pipeline
from indexer.archive import Archive
from indexer.catalog import Catalog
from indexer.documents import Document, Page
from indexer.pages import Evidence, Reading
from webui import create_app

BASE = "https://biwen.example/"
LINK_TO_PAGE = re.compile(r'<a href="/p/[^>]*>[^<]*</a>')
VIEW = re.compile(r'"view":("[^"]*"|null)')
TOOK = re.compile(r"[\d.]+ (毫秒|ms)|\"took_ms\":[\d.]+")
HEADERS = ("Content-Type", "Content-Disposition", "ETag", "Location", "Cache-Control", "Vary")


class Pages:
    """Adds pages with made-up documents to a catalog, and can have them read otherwise."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._held: dict[str, list[Document]] = {}

    def add(self, name: str, *documents: Document) -> None:
        """A page with these documents, unless it was added before."""
        if name not in self._held:
            self._held[name] = [
                replace(each, page=name, position=number) for number, each in enumerate(documents)
            ]
            self.catalog.add([(Page(name, name), self._held[name])])

    def read_anew(self, change: Callable[[Document], Document]) -> None:
        """Every page, each document of it changed so."""
        for documents in self._held.values():
            documents[:] = map(change, documents)

        def read(page: Page, evidence: Evidence | None) -> Reading:
            return Reading(self._held[page.name])

        self.catalog.reparse(read)


class Place:
    """A data folder with a catalog, and an empty one, for one index."""

    def __init__(self, nodes: list[str], index: str, folder: Path) -> None:
        self.url = address_of(nodes, index)
        self.nodes = OpenSearch(nodes)
        self.name = index
        self.folder, self.empty = folder / "catalog", folder / "nothing"
        self.catalog = Archive.open(self.folder, engine=self.url, create=True)
        self.pages = Pages(self.catalog.catalog)
        self.follow()
        self.index = Archive.open(self.empty, engine=self.url)
        apps = [create_app(each, BASE, engine=self.url) for each in (self.folder, self.empty)]
        self.clients: list[FlaskClient] = [each.test_client() for each in apps]
        self._opened = [each.extensions["biwen"].archive for each in apps]

    def follow(self) -> None:
        """Bring the index to the catalog's generation."""
        pipeline.catch_up(self.catalog.catalog, self.catalog.engine)

    def both(self, path: str, **more: Any) -> tuple[TestResponse, TestResponse]:
        """What the server with the catalog answers, and the one without."""
        method = "POST" if "data" in more else "GET"
        one, other = (
            client.open(path, method=method, buffered=True, **more) for client in self.clients
        )
        return one, other

    def assert_same(self, path: str, status: int = 200, **more: Any) -> str:
        """The answer of both, who may only differ in links to pages, and in how long it took."""
        one, other = self.both(path, **more)
        assert (one.status_code, other.status_code) == (status, status), path
        assert [one.headers.get(each) for each in HEADERS] == [
            other.headers.get(each) for each in HEADERS
        ]
        assert shown(one.text) == shown(other.text), path
        return other.text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self.catalog, self.index, *self._opened):
            each.close()
        self.nodes.indices.delete(index=f"{self.name}-*")


def shown(text: str) -> list[str]:
    """The lines of an answer as far as they must be the same."""
    text = LINK_TO_PAGE.sub("", VIEW.sub("", untimed(text)))
    return [line.strip() for line in text.splitlines()]


def untimed(text: str) -> str:
    """An answer without how long it took."""
    return TOOK.sub("", text)
