import contextlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents import Page
from indexer.errors import Refused
from indexer.pages import read_page

WHOLE_PAGE = """首页 > ADA > 正文
加密货币:三地挖矿政策比较_区块链

文丨山间·老王

未经授权,不得转载!

深圳的矿工搬到了山里。

声音 | 老李:山里很好:老李近日在北京表示,山里很好。(山间日报)[2021/3/5 1:02:03]

山里的电便宜。

郑重声明: 本文版权归原作者所有, 多谢。

山间网

[0:15ms0-13:411ms"""


def read(content):
    return read_page(Page("页.txt", content))


def test_a_page_gives_the_article_first_and_then_its_newsflashes():
    article, newsflash = read(WHOLE_PAGE)
    assert (article.kind, article.position, article.page) == ("article", 0, "页.txt")
    assert article.title == "三地挖矿政策比较"
    assert article.body == "深圳的矿工搬到了山里。\n\n山里的电便宜。"
    assert (article.category, article.tags) == ("加密货币", ("区块链",))
    assert (article.author, article.site, article.published) == ("山间·老王", "山间网", None)
    assert article.lines == (8, 12)

    assert (newsflash.kind, newsflash.position) == ("newsflash", 1)
    assert newsflash.title == "老李:山里很好"
    assert newsflash.body == "老李近日在北京表示,山里很好。(山间日报)"
    assert (newsflash.category, newsflash.source) == ("声音", "山间日报")
    assert newsflash.published is not None
    assert newsflash.published.value == "2021-03-05T01:02:03"
    assert (newsflash.site, newsflash.lines) == ("山间网", (10, 10))
    assert newsflash.author is None


def test_the_cities_of_each_document_are_its_own():
    article, newsflash = read(WHOLE_PAGE)
    assert article.cities == ("深圳",)
    assert newsflash.cities == ("北京",)


def test_a_page_of_newsflashes_alone_has_no_article():
    [newsflash] = read("某栏:某标题_BTC\n甲链升级:据报道,甲链完成升级。[2021/3/5]")
    assert (newsflash.kind, newsflash.position) == ("newsflash", 0)


def test_without_a_header_the_first_sentence_is_the_title():
    [article] = read("矿工们在雨季到来之前搬到了山里。那里的电便宜。\n后来的事没有人知道。")
    assert article.title == "矿工们在雨季到来之前搬到了山里"
    assert article.body.startswith("矿工们在雨季到来之前搬到了山里。")


def test_a_title_cut_out_of_signs_ends_with_no_blank():
    [article] = read("!" * 79 + " " + "涨" * 100 + "。\n后来的事没有人知道。")
    assert article.title == "!" * 79


def test_the_byline_date_of_the_article_is_no_newsflash():
    [article] = read("BTC:某标题_BTC\n[2021-02-10 09:11:56] 来源:山间日报\n正文。")
    assert article.published is not None
    assert (article.published.value, article.published.origin) == ("2021-02-10T09:11:56", "byline")
    assert article.author == "山间日报"


def test_windows_and_unix_lines_read_alike():
    assert read(WHOLE_PAGE.replace("\n", "\r\n")) == read(WHOLE_PAGE)


@pytest.mark.parametrize("content", ["", " \n\u3000\n", "0.070s", "比特币:只有标题_BTC", "\ufeff"])
def test_a_page_without_text_is_refused_with_a_sentence(content):
    with pytest.raises(Refused) as refused:
        read(content)
    assert "页.txt" in str(refused.value)


PIECES = st.sampled_from(
    ["甲链升级", ":", "：", "。", "\n", "\n\n", " ", "声音 | ", "【", "】", "“", "”", "1. ", "_BTC",
     "[2020/7/13]", "[2021/11/30 12:41:29]", "[1900/1/1]", "[1]", "[2020/13/45]", "据报道,", "A",
     "未经授权,不得转载!", "0.070s", "作者:", "(", ")", "?", "\u3000", "𝕏", "⚠ "]
)  # fmt: skip
STAMP = re.compile(r"\[\d{4}/\d{1,2}/\d{1,2}[^\]]*\]")


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=200)))
def test_any_page_is_read_or_refused(content):
    try:
        documents = read(content)
    except Refused:
        return
    assert [document.position for document in documents] == list(range(len(documents)))
    for document in documents:
        assert document.title == document.title.strip()
        assert document.body == document.body.strip()
        assert document.title
        assert document.kind == "article" or document.page == "页.txt"


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_stamp_is_lost(content):
    # The first line may be taken as header or byline, so a plain one is put before.
    content = "某标题\n正文一。\n正文二。\n正文三。\n正文四。\n正文五。\n" + content
    documents = read(content)
    kept = sum(len(STAMP.findall(one.body + one.title)) for one in documents)
    newsflashes = sum(one.kind == "newsflash" for one in documents)
    # In a byline it is the article's own date.
    stamps = sum(len(STAMP.findall(line)) for line in content.split("\n") if "作者:" not in line)
    assert newsflashes + kept >= stamps


@pytest.mark.parametrize(
    "unit",
    ["链", "a ", "。", "链:", "【", "((", "_a", "声明:", "2020/7/13 ", "[2020/7/", "声音 | "],
)
@pytest.mark.parametrize("end", ["", "[2020/7/13]"], ids=["unstamped", "stamped"])
def test_a_line_of_five_megabytes_is_read_in_a_second(unit, end, monkeypatch):
    monkeypatch.setattr("indexer.pages.cities_in", lambda text: ())  # measured with the places
    content = unit * (5_000_000 // len(unit.encode())) + end
    started = time.process_time()
    with contextlib.suppress(Refused):
        read(content)
    assert time.process_time() - started < 1.0
