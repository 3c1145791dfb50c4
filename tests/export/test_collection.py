"""A basket as one Markdown note, read by a parser of YAML and one of CommonMark."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from indexer.documents import Document, PublishedDate, StoredDocument
from indexer.export.collection import Collected, Picked, written
from tests.payloads import PAYLOADS

DAY = date(2026, 11, 25)
BASE = "https://biwen.example"
SOURCE = f"{BASE}/basket"
FLASH = Document(
    "newsflash",
    "深圳：区块链电子发票突破1000万张",
    "今日消息。\n\n第二段。",
    PublishedDate("2020-07-13T12:41", "minute", "stamp"),
    source="甲报",
    url="https://news.example/n/1",
)
NASTY = (
    "[方括号] | 竖线 # 井号",
    '"引号" 与 `反引号`',
    "- 列表 * 星 _下划线_",
    "1. 数字",
    "> 引用",
    "# 标题",
    "---",
    "![图](x) [[双链]] ![[嵌入]]",
    "<script>alert(1)</script> &amp; &#35;",
    "$$a$$ ~~b~~ ==c== %%d%% ^e",
    "key:: value",
    "https://elsewhere.example/a_b",
    "行一\n---\n行二",
    "\\",
    "+ 加",
    "A | B\n--|--",
    "\ttab",
)


def stored(document: Document, id_: str = "a" * 13) -> StoredDocument:
    return StoredDocument(id_, document, id_, (), 1)


def note(
    *documents: StoredDocument,
    notes: dict[str, str] | None = None,
    missing: tuple[Picked, ...] = (),
) -> str:
    return written(Collected(documents, notes or {}, missing), BASE, SOURCE, DAY)


def read(text: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The front matter, and the blocks below it: what they are, and their text as it is shown."""
    _, front, body = re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(body)
    blocks = []
    for before, token in pairwise(tokens):
        if token.type == "inline":
            children = token.children or []
            assert {child.type for child in children} <= {
                "text",
                "text_special",
                "link_open",
                "link_close",
            }
            quoted = "quote " if token.level > 1 and before.level > 0 else ""
            blocks.append((quoted + before.tag, "".join(child.content for child in children)))
    assert not [
        token for token in tokens if token.type in ("html_block", "table_open", "hr", "fence")
    ]
    return yaml.safe_load(front), blocks


def links(text: str) -> list[str]:
    found = []
    for token in MarkdownIt("commonmark").parse(text):
        found += [
            str(child.attrGet("href"))
            for child in token.children or ()
            if child.type == "link_open"
        ]
    return found


def test_a_note_has_front_matter_and_a_section_a_document() -> None:
    text = note(stored(FLASH), notes={"a" * 13: "对比 2019 年"})
    front, blocks = read(text)
    assert front == {
        "title": "资料篮 2026-11-25",
        "date": DAY,
        "tags": ["biwen"],
        "count": 1,
        "source": SOURCE,
    }
    assert blocks == [
        ("h1", "资料篮 2026-11-25"),
        ("h2", FLASH.title),
        ("p", f"快讯 · 2020-07-13 12:41 · 甲报 · {'a' * 13}"),
        ("p", "对比 2019 年"),
        ("quote p", "今日消息。 第二段。"),
        (
            "p",
            f"甲报. {FLASH.title}[EB/OL]. （2020-07-13）[2026-11-25]. https://news.example/n/1.",
        ),
    ]
    assert links(text) == [f"{BASE}/d/{'a' * 13}"]


@pytest.mark.parametrize("text", [*NASTY, *filter(str.isprintable, PAYLOADS)])
def test_titles_and_notes_are_read_as_they_are_written(text: str) -> None:
    shown = " ".join(text.split())
    _, blocks = read(note(stored(replace(FLASH, title=text)), notes={"a" * 13: text}))
    assert [kind for kind, _ in blocks] == ["h1", "h2", "p", "p", "quote p", "p"]
    assert (blocks[1][1], blocks[3][1]) == (shown, shown)


printable = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30).filter(
    lambda text: bool(text.split())
)


@given(printable, printable, printable)
def test_whatever_is_written_stays_in_its_place(title: str, body: str, remark: str) -> None:
    document = stored(replace(FLASH, title=title, body=body))
    _, blocks = read(note(document, notes={"a" * 13: remark}))
    assert [kind for kind, _ in blocks] == ["h1", "h2", "p", "p", "quote p", "p"]
    texts = [" ".join(each.split()) for each in (title, remark, body)]
    assert [blocks[at][1] for at in (1, 3, 4)] == texts


def test_what_is_not_there_is_listed_last() -> None:
    missing = (Picked("b" * 13, "有用", "旧 | 标题"), Picked("c" * 13))
    front, blocks = read(note(stored(FLASH), missing=missing))
    assert front["count"] == 1
    assert blocks[-3:] == [
        ("h2", "不在资料库里的"),
        ("quote p", f"旧 | 标题 · {'b' * 13} · 有用"),
        ("quote p", f"{'c' * 13} · {'c' * 13}"),
    ]


def test_an_empty_basket_is_a_note_all_the_same() -> None:
    front, blocks = read(note())
    assert front["count"] == 0
    assert [kind for kind, _ in blocks] == ["h1"]
