"""A page as it was read: no line is lost, and every document stands where it was read."""

import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import fold
from indexer.catalog import Catalog
from indexer.documents import Appearance, Document, OnPage, Page, StoredDocument, StoredPage
from indexer.pages import read
from indexer.pages.original import original
from indexer.sources import read_paths
from tests.pages.test_composed import NEWSFLASHES, TRADITIONAL, compose, dated

SAMPLE = Path(__file__).parents[2] / "index_data" / "sample"


def shown(page, documents=None):
    """The page with the documents that the reader gives, or these instead."""
    found = documents or read(page).documents
    on_page = [
        OnPage(
            StoredDocument(str(at), document, "", (), 1),
            Appearance(page.name, document.position, lines=document.lines),
        )
        for at, document in enumerate(found)
    ]
    return original(StoredPage("p", page, ""), tuple(on_page))


def marked(page):
    """The rows as a reader can check them at a glance: whose, line, [what was not read]."""
    return [
        f"{'-' if row.document is None else row.document} {row.line} "
        + "".join(text if is_read else f"[{text}]" for text, is_read in row.pieces)
        for row in page.rows
        if row.text.strip()
    ]


def same(text):
    return "".join(fold(text).split())


def lines_of(page):
    """The lines that the rows make, each by its number."""
    lines = defaultdict(str)
    for row in page.rows:
        lines[row.line] += row.text
    assert list(lines) == list(range(1, len(lines) + 1))
    return list(lines.values())


def check(page):
    """Every document is there whole, within the lines on which it was read."""
    for at, each in enumerate(page.documents):
        document = each.stored.document
        rows = [row for row in page.rows if row.document == at]
        read_here = "".join(text for row in rows for text, is_read in row.pieces if is_read)
        assert same(document.body) in same(read_here), document.title
        first, last = each.seen.lines or (1, 10**9)
        for row in rows:
            if first <= row.line <= last or not any(is_read for _, is_read in row.pieces):
                continue
            # Above its text there is the article's title alone.
            assert document.kind == "article"
            assert same("".join(text for text, is_read in row.pieces if is_read)) == same(
                document.title
            )


def through_the_catalog(folder, pages):
    """The pages as they are shown once all of them are read with each other's evidence."""
    with Catalog.open(folder / "catalog.db") as catalog:
        readings = [(page, read(page)) for page in pages]
        tails = {page: reading.tails for page, reading in readings}
        catalog.add([(page, reading.documents) for page, reading in readings], tails=tails)
        catalog.settle(read)
        ids = {
            seen.page_id
            for stored in catalog.all_documents()
            for seen in catalog.appearances(stored.id)
        }
        return [original(catalog.page(each), catalog.on_page(each)) for each in sorted(ids)]


def test_every_document_of_the_sample_is_found_on_its_page(tmp_path):
    pages = list(read_paths([str(SAMPLE)]))
    found = through_the_catalog(tmp_path, pages)
    assert len(found) == len(pages) == 89
    contents = {page.name: page.content for page in pages}
    for page in found:
        assert lines_of(page) == contents[page.stored.page.name].split("\n")
        check(page)


def test_pages_that_share_newsflashes_are_shown_as_they_are_stored(tmp_path):
    # Glued, torn and with residue: where newsflashes begin, the other pages have told.
    pick = random.Random(40)
    templates = [*NEWSFLASHES, *TRADITIONAL]
    pool = [dated(pick, *templates[number % len(templates)]) for number in range(40)]
    composed = (compose(seed, pool, glued=0.5, torn=0.5) for seed in range(60))
    pages = [Page(gold["page"], content) for content, gold in composed]
    for page in through_the_catalog(tmp_path, pages):
        assert lines_of(page) == page.stored.page.content.split("\n")
        check(page)


GLUED = """政策:山里的电_电价
文 | 老王

雨季之前,
矿工们把机器
搬进了
山里,
那里的电
只有一半的价钱。声音 | 老赵:监管沙盒值得推广:老赵表示可以参考。[2020/7/13]丁桥恢复:跨链桥恢复。
[2020/7/14]
专家把原因分成两类。
免责声明:本站文章只代表作者观点,与本站立场无关。"""


def test_a_line_with_several_documents_is_told_apart():
    page = shown(Page("a.txt", GLUED))
    assert marked(page) == [
        "0 1 [政策:]山里的电[_电价]",
        "- 2 [文 | 老王]",
        "0 4 雨季之前,",
        "0 5 矿工们把机器",
        "0 6 搬进了",
        "0 7 山里,",
        "0 8 那里的电",
        "0 9 只有一半的价钱。",
        "1 9 [声音 | ]老赵:监管沙盒值得推广[:]老赵表示可以参考。[[2020/7/13]]",
        "2 9 丁桥恢复[:]跨链桥恢复。",
        "2 10 [[2020/7/14]]",
        "0 11 专家把原因分成两类。",
        "- 12 [免责声明:本站文章只代表作者观点,与本站立场无关。]",
    ]
    assert lines_of(page) == GLUED.split("\n")


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (  # what was escaped is no part of the text, which goes on behind it
            "山里的电\n\n雨季<b>之前</b>,矿工&amp;机器搬进了山里。<br>水位&nbsp;下降了。",
            [
                "0 1 山里的电",
                "0 3 雨季[<b>]之前[</b>],矿工&[amp;]机器搬进了山里。[<br>]水位[&nbsp;]下降了。",
            ],
        ),
        (  # a body that retells its title
            "山里的电\n\n雨季之前。\n\n动态 | 丁桥恢复存取款:"
            "丁桥恢复存取款,此前因维护暂停六小时。[2020/7/13]",
            [
                "0 1 山里的电",
                "0 3 雨季之前。",
                "1 5 [动态 | ]丁桥恢复存取款[:]丁桥恢复存取款,此前因维护暂停六小时。[[2020/7/13]]",
            ],
        ),
    ],
)
def test_pages_of_text(content, rows):
    assert marked(shown(Page("a.txt", content))) == rows


def test_blank_lines_go_with_what_they_stand_in():
    page = shown(Page("a.txt", "山里的电\n\n雨季之前搬进了山里。\n\n水位下降以后再搬。\n\nads"))
    assert [row.document for row in page.rows] == [0, 0, 0, 0, 0, None, None]


def test_another_copy_may_be_wrapped_otherwise():
    page = Page("a.txt", "山里的电\n\n雨季之前,\n机器搬进了山里。\n\n水位下降　以后再搬。")
    (document,) = read(page).documents
    elsewhere = replace(document, body="雨季之前，機器搬進了山裡。水位下降以後再搬。")
    page = shown(page, [elsewhere])
    assert marked(page) == [
        "0 1 山里的电",
        "0 3 雨季之前,",
        "0 4 机器搬进了山里。",
        "0 6 水位下降　以后再搬。",
    ]
    check(page)


HTML = """<html><head><title>山里的电 - 山间网</title>
<meta property="og:title" content="山里的电"><script>alert(1)</script></head><body>
<ul><li><a href="/">首页</a></li><li><a href="/a">行情</a></li><li><a href="/b">专栏</a></li></ul>
<article><h1>山里的电</h1>
<p>雨季到来之前,矿工们把机器搬进了山里,那里的电价只有平原的一半,运输却并不便宜。</p>
<p>丁桥恢复存取款:跨链桥丁桥恢复存取款,此前因为维护暂停六小时。[2020/7/13 12:00:01]</p>
<p>专家把原因分成两类:一类是电价,一类是气候,两类都在一年一年地变化。</p>
</article></body></html>"""


def test_of_a_web_page_the_main_text_is_shown():
    page = shown(Page("a.html", HTML, "html"))
    assert page.is_main_text
    assert marked(page) == [
        "0 1 山里的电",
        "0 3 雨季到来之前,矿工们把机器搬进了山里,那里的电价只有平原的一半,运输却并不便宜。",
        "1 5 丁桥恢复存取款[:]跨链桥丁桥恢复存取款,此前因为维护暂停六小时。[[2020/7/13 12:00:01]]",
        "0 7 专家把原因分成两类:一类是电价,一类是气候,两类都在一年一年地变化。",
    ]
    check(page)


def test_a_web_page_without_main_text_is_shown_as_it_is_stored():
    page = Page("a.html", "<html><body></body></html>", "html")
    document = Document("article", "山里的电", "雨季之前。")
    page = shown(page, [document])
    assert not page.is_main_text
    assert marked(page) == ["- 1 [<html><body></body></html>]"]


@pytest.mark.parametrize(
    ("record", "rows"),
    [
        (
            '{"title": "丁桥恢复", "body": "丁桥恢复。\\n此后。", "n": [1, null], "x": "y"}',
            [
                "0 1 title=丁桥恢复",
                "0 2 body=丁桥恢复。",
                "0 3 body=此后。",
                "- 4 n=[[1, null]]",
                "- 5 x=[y]",
            ],
        ),
        (  # an entry of a feed
            '{"link": "https://a.cn/", "content_html": "<p>丁桥<b>恢复</b>。</p><p>此后。</p>"}',
            [
                "- 1 link=[https://a.cn/]",
                "0 2 content_html=丁桥恢复。",
                "0 3 content_html=此后。",
            ],
        ),
        (  # half of a character, as cut emoji leave it
            '{"text": "丁桥\\ud83d恢复。"}',
            ["0 1 text=丁桥\ufffd恢复。"],
        ),
    ],
)
def test_the_fields_of_a_record_stand_one_below_the_other(record, rows):
    page = shown(Page("a.jsonl:1", record, "record"))
    found = [
        f"{'-' if row.document is None else row.document} {row.line} {row.field}="
        + "".join(text if is_read else f"[{text}]" for text, is_read in row.pieces)
        for row in page.rows
    ]
    assert found == rows
    check(page)


def test_a_newsflash_that_stands_twice_on_a_page_is_marked_twice():
    flash = "丁桥恢复存取款:跨链桥丁桥恢复存取款。[2020/7/13]"
    page = shown(Page("a.txt", f"山里的电\n\n{flash}\n雨季之前搬进了山里。\n{flash}"))
    assert [row.document for row in page.rows if row.text] == [0, 1, 0, 2]
    one = shown(Page("a.txt", f"山里的电 {flash} 雨季之前搬进了山里。 {flash}"))
    assert [row.document for row in one.rows][-1] == len(one.documents) - 1


text = st.text("ab的丁桥。:[]|1/\n \u3000ＢＴ臺&<>;\u200b", max_size=60)
document = st.builds(
    Document,
    kind=st.sampled_from(["article", "newsflash"]),
    title=text,
    body=text,
    lines=st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9)),
    category=st.none() | text,
)


@settings(deadline=None, max_examples=300)
@given(text, st.lists(document, max_size=3))
def test_no_text_is_lost_or_changed_whatever_the_catalog_says(content, documents):
    page = shown(Page("a.txt", content), documents or [Document("article", "", "x")])
    assert lines_of(page) == content.split("\n")


@settings(deadline=None, max_examples=300)
@given(text.filter(same), text, text)
def test_a_text_that_stands_on_the_page_is_found(body, before, after):
    document = Document("article", "", body)
    page = shown(Page("a.txt", f"{before}\n{body}\n{after}"), [document])
    check(page)
