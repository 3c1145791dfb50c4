"""From a page to its documents, and the view that shows it beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from benchmarks.fuzzing import material
from benchmarks.fuzzing.target import Broken, Target, demand, demand_text, demand_texts
from indexer.catalog import page_row
from indexer.documents import Appearance, Document, OnPage, Page, StoredDocument, StoredPage
from indexer.errors import Refused
from indexer.identity import document_id
from indexer.pages import Evidence, Reading, read, traces
from indexer.pages._text import page_lines
from indexer.pages.as_read import as_read
from indexer.pages.dates import read_date
from indexer.pages.original import original

_ISO: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)?)?")
# Where none of these stands, nothing was unescaped, and texts are on the page as they are.
_ESCAPES: Final = re.compile(r'[&<\\"\ufeff]')


def _content(data: bytes) -> str:
    return data.decode("utf-8", "ignore")


def _page(data: bytes) -> None:
    page = Page("页.txt", _content(data))
    reading = _reading(page)
    if reading is None:
        return
    lines = len(page_lines(page.content))
    above = 0
    for document in reading.documents:
        demand(document.lines, "a document of a page of text without lines")
        first, last = document.lines or (0, 0)
        demand(1 <= first <= last <= lines, f"lines {document.lines} of {lines}")
        if document.kind == "newsflash":
            demand(above <= first, f"newsflashes out of order: {first} behind {above}")
            above = last
        if not _ESCAPES.search(page.content):
            for text in (document.title, *document.paragraphs):
                demand(text in page.content, f"not on the page: {text!r}")
    for trace in traces(page):
        demand(all(start <= len(trace.text) for start in trace.starts), "a start behind the end")


def _together(data: bytes) -> None:
    """A page, read with what others tell of it; NULs separate them."""
    first, *others = (Page("页.txt", text) for text in _content(data).split("\0")[:4])
    seen = [trace for page in (first, *others) for trace in traces(page)]
    alone = _reading(first)
    if alone is not None:
        _reading(first, {tail.key: seen for tail in alone.tails})


def _html(data: bytes) -> None:
    page = Page("页.html#https://e.org/2021/05/01/1.html", _content(data), "html")
    _reading(page)
    as_read(page)


def _record(data: bytes) -> None:
    """One JSON object; or fields, each led by a byte that chooses its name."""
    try:
        record: Any = json.loads(data)
        written = _content(data)
    except (ValueError, RecursionError):
        record = dict(map(_field, data.split(b"\n")))
        written = json.dumps(record)
    if not isinstance(record, dict):
        return
    page = Page("页.jsonl:1", written, "record")
    _reading(page)
    _, lines = as_read(page)
    demand_texts(lines, "a line")


_FIELDS: Final = (
    *("title", "body", "text", "content", "content_html", "published", "date", "time", "url"),
    *("link", "kind", "category", "author", "source", "site", "tags", "cities", "date_origin"),
    *("precision", "corrections", "pub_time", "datetime"),
)


def _field(data: bytes) -> tuple[str, Any]:
    name, value = _FIELDS[data[0] % len(_FIELDS) if data else 0], data[1:]
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value.decode("utf-8", "surrogateescape")


def _reading(page: Page, evidence: Evidence | None = None) -> Reading | None:
    """What is read of a page, and stored of it; None where it is refused."""
    try:
        reading = read(page, evidence)
    except Refused as refused:
        demand_text(str(refused), "the sentence")
        return None
    documents = reading.documents
    demand([each.position for each in documents] == [*range(len(documents))], "positions")
    demand(all(each.kind == "newsflash" for each in documents[1:]), "two articles")
    for document in documents:
        _demand_document(document)
    row = page_row(page, documents, reading.tails)
    demand(all(len(each.id) == 13 for each in row.documents), "an id of another length")
    return reading


def _demand_document(document: Document) -> None:
    demand_texts(document, "a part of the document")
    demand(document.title.strip() == document.title, f"the title {document.title!r}")
    demand("\n" not in document.title, f"a line end in the title {document.title!r}")
    demand(document.title or document.body, "nothing")
    demand(all(each.strip() for each in document.paragraphs), "an empty paragraph")
    for listed in (document.tags, document.cities):
        demand(len(set(listed)) == len(listed) and all(listed), f"the list {listed}")
    if date := document.published:
        demand(_ISO.fullmatch(date.value), f"the date {date.value!r}")
        demand(read_date(date.value, date.origin) == date, f"{date} is not read again as itself")
    if url := document.url:
        demand(url.startswith(("http://", "https://", "HTTP")) or ":" in url, f"the address {url}")


def _original(data: bytes) -> None:
    """A page, and documents of another one that are said to be of it."""
    shown, _, other = _content(data).partition("\0")
    documents: list[Document] = []
    with suppress(Refused):
        documents = read(Page("他.txt", other or shown)).documents
    stored = StoredPage("a" * 13, Page("页.txt", shown), "2021-05-01T00:00:00")
    seen = tuple(map(_on_page, documents[:20]))
    view = original(stored, seen)
    _, lines = as_read(stored.page)
    parts: dict[int, str] = dict.fromkeys(range(1, len(lines) + 1), "")
    last = 0
    for row in view.rows:
        demand(row.line >= last, "rows out of order")
        last = row.line
        parts[row.line] += row.text
        demand(row.document is None or 0 <= row.document < len(seen), f"of {row.document}")
    for number, line in enumerate(lines, 1):
        if parts[number] != line.text:
            raise Broken(f"line {number} is {line.text!r}, shown as {parts[number]!r}")


def _on_page(document: Document) -> OnPage:
    stored = StoredDocument(document_id(document), document, "c", (), 1)
    return OnPage(stored, Appearance("页.txt", document.position, lines=document.lines))


def _page_seeds() -> Sequence[bytes]:
    return [text.encode() for text in material.pages()]


def _html_seeds() -> Sequence[bytes]:
    body = material.HTML.partition("<body>")[2]
    return [material.HTML.encode(), body.encode(), *(text.encode() for text in _HTML_PAGES)]


_HTML_PAGES: Final = (
    "<p>一段很长的正文，说的是深圳的矿场。" * 3,
    "<article><h1>题</h1><div>" + "正文。<br>" * 9 + "</div></article>",
    "<title>题 - 站</title><time pubdate datetime=2021-05-01>" + "<p>正文，正文。" * 5,
)


def _record_seeds() -> Sequence[bytes]:
    whole = [json.dumps(each).encode() for each in material.RECORDS]
    fields = [
        b"\n".join(
            bytes([_FIELDS.index(name)])
            + json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
            for name, value in each.items()
        )
        for each in material.RECORDS
    ]
    return [*whole, *fields]


def _together_seeds() -> Sequence[bytes]:
    stamped = [text[-400:] for text in material.pages() if text.rstrip().endswith("]")][:20]
    return [f"{text}\0{text[:40]}{text[60:]}\0别的。{text[90:]}".encode() for text in stamped]


def _original_seeds() -> Sequence[bytes]:
    texts = material.pages(2000)
    return [text.encode() for text in texts[:40]] + [
        f"{shown}\0{other}".encode() for shown, other in zip(texts[:20], texts[30:50], strict=True)
    ]


TARGETS: Final = (
    Target("page", "pages of text", _page, _page_seeds, 1024),
    Target("together", "pages that share newsflashes", _together, _together_seeds),
    Target("html", "web pages (trafilatura, lxml)", _html, _html_seeds),
    Target("record", "records and the HTML in them", _record, _record_seeds),
    Target("original", "the page as it was read", _original, _original_seeds, 1024),
)
