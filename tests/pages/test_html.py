"""Web pages are read like text pages, with what their heads say."""

import json

import pytest
from lxml.html import document_fromstring

from indexer.documents import Page, PublishedDate
from indexer.errors import Refused
from indexer.pages import read_page
from indexer.pages.html import _drop_menus
from indexer.pages.record import read_record

FLASH = (
    "某钱包完成新一轮融资:今日,上海一家钱包团队宣布完成新一轮融资,没有公布金额。[2020/7/13 9:05:00]"
)
PARAGRAPHS = (
    "丰水期的电价降到了三角以下,成都周边的矿场陆续开机,机房里的风扇声从早响到晚。",
    FLASH,
    "矿工们说,这个夏天会很忙。",
    "当地的供电公司则提醒,园区以外的用电不在优惠之列,违规者将被断电。",
)
MENU = "<ul>" + "".join(f'<li><a href="/{n}">频道{n}</a></li>' for n in range(9)) + "</ul>"
TITLE = "蓉城矿场的第一个丰水期"
OPEN_GRAPH = f"""<title>{TITLE}_矿业 - 蓉币网</title>
<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="蓉币网">
<meta property="article:published_time" content="2020-07-14T00:30:00Z">
<meta name="author" content="林间"><meta name="keywords" content="矿业,电价">
<link rel="canonical" href="https://example.org/a/1.html">"""
JSON_LD = f"""<title>{TITLE} | 蓉币网</title><script type="application/ld+json">{{"@graph": [
{{"@type": "WebSite"}}, {{"@type": "NewsArticle", "headline": "{TITLE}",
"datePublished": "2020-07-14T08:30:00+08:00", "author": [{{"@type": "Person", "name": "林间"}}],
"publisher": {{"name": "蓉币网"}}}}]}}</script>
<meta property="og:url" content="https://example.org/a/1.html">
<meta property="article:tag" content="矿业"><meta property="article:tag" content="电价">"""


def html(head="", body="", name="a.html"):
    return Page(name, f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>", "html")


def paragraphs(tag="p"):
    return "".join(f"<{tag}>{text}</{tag}>" for text in PARAGRAPHS)


BODIES = {
    "paragraphs": f"{MENU}<h1>{TITLE}</h1><div class='article-content'>{paragraphs()}</div>{MENU}",
    "line breaks": f"{MENU}<h1>{TITLE}</h1><div>{'<br><br>'.join(PARAGRAPHS)}</div>{MENU}",
    "divisions": f"{MENU}<article>{paragraphs('div')}</article><footer>© 蓉币网</footer>",
}


@pytest.mark.parametrize("head", [OPEN_GRAPH, JSON_LD], ids=["Open Graph", "schema.org"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_article_and_newsflash_are_told_apart(head, body):
    article, newsflash = read_page(html(head, body))
    assert (article.kind, article.title) == ("article", TITLE)
    assert article.paragraphs == (PARAGRAPHS[0], *PARAGRAPHS[2:])
    assert article.published == PublishedDate("2020-07-14T08:30:00", "second", "meta")
    assert (article.author, article.site) == ("林间", "蓉币网")
    assert article.url == article.page_url == "https://example.org/a/1.html"
    assert article.tags == ("矿业", "电价")
    assert (newsflash.kind, newsflash.title) == ("newsflash", "某钱包完成新一轮融资")
    assert newsflash.published.value == "2020-07-13T09:05:00"
    assert (newsflash.url, newsflash.page_url) == (None, "https://example.org/a/1.html")


def only(head="", name="a.html", above=""):
    text = "成都周边的矿场今天陆续开机,电价降到了三角以下。"
    (document,) = read_page(html(head, f"<h1>{TITLE}</h1>{above}<p>{text}</p>", name))
    return document


WARC = "crawl.warc.gz#https://example.org"


@pytest.mark.parametrize(
    ("page", "value", "origin"),
    [
        (only(), None, None),
        (only(name=f"{WARC}/2021/11/30/x.html"), "2021-11-30", "url"),
        (only(name=f"{WARC}/news/20211130/9.html"), "2021-11-30", "url"),
        (only(name=f"{WARC}/news/20211399/9.html"), None, None),
        (only('<meta itemprop="datePublished" content="2021-11-29">'), "2021-11-29", "meta"),
        (only('<meta name="pubdate" content="1900-01-01">'), None, None),
        (only('<meta property="article:modified_time" content="2021-11-29">'), None, None),
        (
            only(
                '<meta name="pubdate" content="2021-11-29">',
                above="<p>作者:林间 2021-11-29 08:30</p>",
            ),
            "2021-11-29T08:30",
            "byline",
        ),
    ],
)
def test_the_date_is_stated_or_there_is_none(page, value, origin):
    found = page.published and page.published.is_stated and page.published
    assert (found.value if found else None, found.origin if found else None) == (value, origin)


TITLES = [
    (f"<title>{TITLE} - 蓉币网</title>", TITLE),
    (f"<title>{TITLE}</title>", TITLE),
    ("<title>别的</title>", "别的"),
    ("", TITLE),
]


@pytest.mark.parametrize(("head", "title"), TITLES)
def test_title(head, title):
    assert only(head).title == title


def test_an_address_in_the_name_is_the_article_s():
    assert only(name=f"{WARC}/1").url == "https://example.org/1"
    relative = only('<link rel="canonical" href="/2">', name=f"{WARC}/1")
    assert relative.url == "https://example.org/2"


@pytest.mark.parametrize("body", ["", MENU, "<script>x</script>"])
def test_a_page_without_text_is_refused(body):
    with pytest.raises(Refused) as refused:
        read_page(html("<title>空</title>", body))
    assert "a.html" in str(refused.value)


def test_the_html_of_a_feed_s_entry_is_read_as_paragraphs():
    fields = {
        "title": "x",
        "content_html": "<p>第一<b>段</b>。</p><script>y</script>二<br>三 &amp; 四",
    }
    document = read_record(Page("a.rss[1]", json.dumps(fields), "record"))
    assert document.paragraphs == ("第一段。", "二", "三 & 四")


def test_a_control_character_behind_a_menu_breaks_nothing() -> None:
    tree = document_fromstring(f"<html><body>{MENU}&#1;比特币</body></html>")
    _drop_menus(tree)
    assert tree.text_content() == "\x01比特币"
