"""The bundled pages, read as they were meant."""

from pathlib import Path

import pytest

from indexer.documents import Page
from indexer.pages import read_page

SAMPLE = Path(__file__).parents[2] / "index_data" / "sample"
PAGES = sorted(SAMPLE.glob("*.txt"))
SITES = {"区块旧闻网", "链闻样报", "币海拾遗", "島港鏈訊"}
BOILERPLATE = ("声明", "聲明", "版权说明", "风险提示", "風險提示", "未经授权", "未經授權")

# page, title, author, published
ARTICLES = [
    ("e001", "The DAO始末:代码即法律,直到它不再是", "林知夏", "2016-08-03T21:00:00"),
    ("e005", "負債變代幣:Bitfinex被盜後的八個月", "何秉之", "2017-04-10T17:30"),
    ("e008", "一家交易所的四年:Mt.Gox从开张到破产", "区块旧闻网", "2018-06-25T14:12"),
    ("e011", "减半是什么:写给第一次经历的人", "半两", "2016-07-11T08:30:00"),
    ("e020", "一张发票的上链之路:深圳为什么先走一步", "链闻样报·沈砚", "2018-08-20T10:00:00"),
    ("s001", "华盛顿的半年:从战略储备到稳定币法律", "何以安", "2025-07-20T13:00:00"),
]

# page, and titles of newsflashes on it that are easily cut at a wrong colon
NEWSFLASHES = [
    ("e007", "香港共识:矿工与开发者就扩容达成意见"),
    ("e025", "五十余家机构签署纽约共识"),
    ("e025", "五部委联合发布《关于防范比特币风险的通知》"),
]


def read(path):
    return read_page(Page(path.name, path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_page_gives_an_article_and_dated_newsflashes(path):
    article, *newsflashes = read(path)
    assert article.kind == "article"
    assert article.site in SITES
    assert not any(each.startswith(BOILERPLATE) for each in article.paragraphs)
    assert article.site not in article.paragraphs
    assert newsflashes
    assert all(each.published and each.published.origin == "stamp" for each in newsflashes)


@pytest.mark.parametrize(("name", "title", "author", "published"), ARTICLES)
def test_header_and_byline_are_read(name, title, author, published):
    article = read(SAMPLE / f"{name}.txt")[0]
    assert (article.title, article.author) == (title, author)
    assert article.published
    assert (article.published.value, article.published.origin) == (published, "byline")


@pytest.mark.parametrize(("name", "title"), NEWSFLASHES)
def test_titles_end_at_the_right_colon(name, title):
    assert title in [each.title for each in read(SAMPLE / f"{name}.txt")]
