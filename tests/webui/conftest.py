"""A small archive whose every answer can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.catalog import Catalog
from indexer.documents import Document, Page, PublishedDate
from indexer.engine.whoosh import WhooshEngine
from indexer.i18n import use_language
from indexer.pages import Reading
from indexer.pipeline import add, catch_up, complete
from indexer.sources import read_paths
from webui import create_app

SAMPLE = Path(__file__).parents[2] / "index_data" / "sample"
HOSTILE = '<script>alert(1)</script> & [方括号](http://x) *星* "引号"'
MISREAD = "上海论坛闭幕了吗"


def _day(text: str) -> PublishedDate:
    return PublishedDate(text, "day", "stamp")


ARTICLE = Document(
    kind="article",
    title="深圳发布区块链扶持政策",
    body="深圳市今天发布区块链扶持政策。\n\n北京的专家表示欢迎。\n\n政策即日生效。",
    published=PublishedDate("2020-05-06T09:30", "minute", "byline"),
    category="政策",
    author="陈晓",
    site="甲网",
    url="https://example.org/a?b=1&c=2",
    tags=("区块链", "扶持"),
    cities=("深圳", "北京"),
    lines=(1, 9),
)
FLASH = Document(
    kind="newsflash",
    title="深圳试点数字钱包",
    body="深圳开始试点数字钱包。",
    published=_day("2020-07-13"),
    source="乙社",
    cities=("深圳",),
    position=1,
    lines=(4, 4),
)
INFERRED = Document(
    kind="article",
    title="回顾矿场搬迁",
    body="多家矿场离开成都。",
    published=PublishedDate("2021-06", "month", "text"),
    site="甲网",
    cities=("成都",),
)
UNDATED = Document(
    kind="article", title=HOSTILE, body=f"正文也有 {HOSTILE}", url="javascript:alert(1)"
)
WRONGLY_READ = Document(
    kind="newsflash",
    title=MISREAD,
    body="论坛在上海闭幕。",
    published=_day("2019-03-02"),
    cities=("上海",),
)
REPRINTED = [
    Document(
        kind="newsflash",
        title="跨年公告",
        body="交易平台发布跨年公告。",
        published=_day(day),
        site="甲网",
    )
    for day in ("2019-12-31", "2020-01-02")
]
SERIES = [
    Document(
        kind="newsflash",
        title=f"第{number}号区块高度公告",
        body=f"编号{number}的公告。",
        published=_day(f"2018-{number % 12 + 1:02}-15"),
        category=f"栏目{number}",
    )
    for number in range(30)
]
PAGES = {
    "one.txt": [ARTICLE, FLASH],
    "two.txt": [INFERRED, FLASH],
    "three.txt": [UNDATED],
    "four.txt": [WRONGLY_READ],
    "five.txt": REPRINTED,
    "series.txt": SERIES,
}


@pytest.fixture(scope="session")
def archive_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the pages above; one title was read better the second time."""
    folder = tmp_path_factory.mktemp("data")
    with Catalog.open(folder / "catalog.db") as catalog:
        engine = WhooshEngine(folder / "whoosh", catalog.uuid)
        catalog.add([(Page(name, name), documents) for name, documents in PAGES.items()])
        catalog.reparse(
            lambda page, _: Reading(
                [
                    replace(each, title="上海论坛闭幕") if each.title == MISREAD else each
                    for each in PAGES[page.name]
                ]
            )
        )
        catch_up(catalog, engine)
        engine.close()
    return folder


@pytest.fixture(scope="session")
def app(archive_folder: Path) -> Flask:
    """The application at an address of its own."""
    return create_app(archive_folder, "https://biwen.example/")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application over the bundled sample."""
    data = tmp_path_factory.mktemp("sample")
    with Catalog.open(data / "catalog.db") as catalog:
        engine = WhooshEngine(data / "whoosh", catalog.uuid)
        pages = read_paths([str(SAMPLE)])
        add(pages, catalog, engine, data / "refused.jsonl", lambda _: None, lambda _: None)
        complete(catalog, engine)
        engine.close()
    return create_app(data)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """The language of a request ends with the test."""
    yield
    use_language("zh")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that asks for no language."""
    return app.test_client()
