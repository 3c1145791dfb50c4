"""Citations, read by hand against the standards, and by the programs that take them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import bibtexparser
import pytest
import rispy
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Document, PublishedDate, StoredDocument
from indexer.export.citations import FORMS, Cited, cited
from tests.payloads import GROUPS, PAYLOADS

STYLE = "harvard-cite-them-right"
TODAY = date(2026, 11, 25)
BASE = "https://biwen.example"
ID = "cf7q2m4k6x3ta"
LINK = f"{BASE}/d/{ID}"

# A newsflash and an article, whole; then what may be missing.
FLASH = Document(
    "newsflash",
    "动态 | 深圳：区块链电子发票突破1000万张",
    "今日消息。",
    PublishedDate("2020-07-13T12:41", "minute", "stamp"),
    source="甲报",
    url="https://news.example/n/1",
)
ARTICLE = Document(
    "article",
    "稳定币走向何方？",
    "正文。",
    PublishedDate("2021-11", "month", "byline"),
    author="张三、李四",
    source="乙社",
    url="https://news.example/a/2",
)
UNDATED = replace(FLASH, published=None)
GUESSED = replace(FLASH, published=PublishedDate("2020-07", "month", "text"))
NOWHERE = replace(FLASH, url=None)
MANY = replace(ARTICLE, author="张三、李四、王五、赵六")
BARE = Document("newsflash", "标题", "正文。")


def stored(document: Document) -> StoredDocument:
    return StoredDocument(ID, document, ID, (), 1)


def written(form: str, document: Document) -> str:
    return FORMS[form].write(cited(stored(document), BASE, TODAY))


TITLE = "动态 | 深圳：区块链电子发票突破1000万张"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        # the order and the signs of the standard's own examples of a web page (8.11)
        (FLASH, f"甲报. {TITLE}[EB/OL]. （2020-07-13）[2026-11-25]. https://news.example/n/1."),
        (
            ARTICLE,
            "张三，李四. 稳定币走向何方？[EB/OL]. （2021-11）[2026-11-25]. https://news.example/a/2.",
        ),
        (
            MANY,
            "张三，李四，王五，等. 稳定币走向何方？[EB/OL]. （2021-11）[2026-11-25]. https://news.example/a/2.",
        ),
        (UNDATED, f"甲报. {TITLE}[EB/OL]. [2026-11-25]. https://news.example/n/1."),
        (GUESSED, f"甲报. {TITLE}[EB/OL]. [2026-11-25]. https://news.example/n/1."),
        (NOWHERE, f"甲报. {TITLE}[EB/OL]. （2020-07-13）[2026-11-25]. {LINK}."),
        (BARE, f"标题[EB/OL]. [2026-11-25]. {LINK}."),
    ],
)
def test_gbt7714_of_2025(document: Document, expected: str) -> None:
    assert written("gbt7714-2025", document) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (FLASH, f"甲报. {TITLE}[EB/OL]. (2020-07-13)[2026-11-25]. https://news.example/n/1."),
        (
            MANY,
            "张三, 李四, 王五, 等. 稳定币走向何方？[EB/OL]. (2021-11)[2026-11-25]. https://news.example/a/2.",
        ),
        (BARE, f"标题[EB/OL]. [2026-11-25]. {LINK}."),
    ],
)
def test_gbt7714_of_2015(document: Document, expected: str) -> None:
    assert written("gbt7714-2015", document) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (FLASH, f"甲报. (2020, July 13). {TITLE}. https://news.example/n/1"),
        (
            ARTICLE,
            "张三, & 李四. (2021, November). 稳定币走向何方？ 乙社. https://news.example/a/2",
        ),
        (
            UNDATED,
            f"甲报. (n.d.). {TITLE}. Retrieved November 25, 2026, from https://news.example/n/1",
        ),
        (BARE, f"标题. (n.d.). Retrieved November 25, 2026, from {LINK}"),
    ],
)
def test_apa(document: Document, expected: str) -> None:
    assert written("apa", document) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            "markdown",
            f"[动态 \\| 深圳：区块链电子发票突破1000万张]({LINK}) · 2020-07-13 12:41 · 甲报 · {ID}",
        ),
        ("wiki", f"[[{ID}|动态   深圳：区块链电子发票突破1000万张]]"),
        ("text", f"{TITLE}（2020-07-13 12:41，甲报，{ID}）{LINK}"),
    ],
)
def test_links_for_notes(form: str, expected: str) -> None:
    assert written(form, FLASH) == expected


@pytest.mark.parametrize(
    ("document", "missing"),
    [
        (ARTICLE, ()),
        (FLASH, ("author",)),
        (UNDATED, ("author", "date")),
        (GUESSED, ("author", "inferred")),
        (NOWHERE, ("author", "url")),
        (replace(FLASH, url="javascript:alert(1)"), ("author", "url")),
    ],
)
def test_what_is_missing_is_told(document: Document, missing: tuple[str, ...]) -> None:
    assert cited(stored(document), BASE, TODAY).missing == missing


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("张三", ("张三",)),
        ("张三、李四", ("张三", "李四")),
        ("张三 李四", ("张三", "李四")),
        ("张三/李四", ("张三", "李四")),
        ("Vitalik Buterin", ("Vitalik Buterin",)),
        ("Smith, John", ("Smith, John",)),
        ("Coinbase, Inc.", ("Coinbase, Inc.",)),
        ("财经网 & 区块链", ("财经网 & 区块链",)),
        ("张三,李四", ("张三", "李四")),
        ("Vitalik Buterin and Hal Finney", ("Vitalik Buterin", "Hal Finney")),
        ("金色财经 编译", ("金色财经 编译",)),
    ],
)
def test_names_of_a_byline(author: str, names: tuple[str, ...]) -> None:
    assert cited(stored(replace(ARTICLE, author=author)), BASE, TODAY).authors == names


def test_a_ris_record_is_read_as_it_was_meant() -> None:
    (read,) = rispy.loads(written("ris", ARTICLE))
    assert read["type_of_reference"] == "ELEC"
    assert read["authors"] == ["张三", "李四"]
    assert read["title"] == "稳定币走向何方？"
    assert read["year"] == "2021"
    assert read["date"] == "2021/11//"
    assert read["access_date"] == "2026/11/25/"
    assert read["urls"] == ["https://news.example/a/2"]
    assert read["publisher"] == "乙社"
    assert read["language"] == "zh-CN"
    assert read["notes"] == [f"biwen {ID}: {LINK}"]


def test_a_bibtex_entry_is_read_as_it_was_meant() -> None:
    (entry,) = bibtexparser.parse_string(written("bibtex", ARTICLE)).entries
    assert (entry.entry_type, entry.key) == ("online", f"biwen-{ID}")
    read = {name: field.value for name, field in entry.fields_dict.items()}
    assert read["author"] == "{张三} and {李四}"
    assert read["title"] == "{稳定币走向何方？}"
    assert read["date"] == "2021-11"
    assert read["urldate"] == "2026-11-25"
    assert read["url"] == "https://news.example/a/2"
    assert read["organization"] == "乙社"


def test_a_csl_item_is_read_by_citeproc() -> None:
    items = json.loads(written("csl", ARTICLE))
    style = CitationStylesStyle(STYLE, validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    bibliography.register(Citation([CitationItem(items[0]["id"])]))
    (line,) = map(str, bibliography.bibliography())
    for part in ("张三", "李四", "2021", "稳定币走向何方？", "https://news.example/a/2"):
        assert part in line


# Whatever a title may hold, one entry stays one entry, and its address the address.
titles = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: any(each.isprintable() and not each.isspace() for each in text)
)


@given(titles, titles)
def test_no_title_breaks_a_record(title: str, source: str) -> None:
    document = replace(ARTICLE, title=title, source=source)
    library = bibtexparser.parse_string(written("bibtex", document))
    assert not library.failed_blocks
    (entry,) = library.entries
    assert entry.fields_dict["url"].value == "https://news.example/a/2"
    (record,) = rispy.loads(written("ris", document))
    shown = cited(stored(document), BASE, TODAY).title
    assert record["title"] == shown
    (item,) = json.loads(written("csl", document))
    assert item["title"] == shown
    entry_text = written("bibtex", document)
    assert entry_text.count("{") == entry_text.count("}")  # BibTeX counts escaped ones as well
    assert "\n" not in written("gbt7714-2025", document) + written("apa", document)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_was_written_into_a_document_breaks_a_record(payload: str) -> None:
    url = f"https://example.org/{payload}"
    document = replace(ARTICLE, title=f"题{payload}", author=payload, source=payload, url=url)
    quoted = cited(stored(document), BASE, TODAY, note=payload)
    (record,) = rispy.loads(FORMS["ris"].write(quoted))
    assert record["title"] == quoted.title
    assert record["id"] == f"biwen-{ID}"
    library = bibtexparser.parse_string(FORMS["bibtex"].write(quoted))
    assert [entry.key for entry in library.entries] == [f"biwen-{ID}"]
    assert not library.failed_blocks
    (item,) = json.loads(FORMS["csl"].write(quoted))
    assert item["URL"].startswith("https://example.org/")
    assert not any(each.isspace() or not each.isprintable() for each in item["URL"])
    for form in FORMS.keys() - {"ris", "bibtex", "csl"}:
        assert len(FORMS[form].write(quoted).splitlines()) == 1


@pytest.mark.parametrize("payload", GROUPS["addresses"])
def test_only_addresses_of_the_web_are_cited(payload: str) -> None:
    url = cited(stored(replace(ARTICLE, url=payload)), BASE, TODAY).url
    assert url == LINK or (url.startswith("https://") and payload.startswith("https://"))


def test_the_facts_are_those_of_the_day() -> None:
    facts = cited(stored(FLASH), BASE + "/", TODAY)
    assert facts == Cited(
        id=ID,
        title=TITLE,
        authors=(),
        publisher="甲报",
        published="2020-07-13",
        url="https://news.example/n/1",
        permalink=LINK,
        accessed=TODAY,
        missing=("author",),
        facts=("2020-07-13 12:41", "甲报", ID),
    )
