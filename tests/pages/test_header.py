import pytest

from indexer.pages._text import read_lines
from indexer.pages.header import Header, read_header

HEADERS = [
    # header, column, title, tags
    ("加密货币:三地挖矿政策比较_区块链", "加密货币", "三地挖矿政策比较", ("区块链",)),
    ("三地挖矿政策比较_BTC:BTC", None, "三地挖矿政策比较", ("BTC",)),
    ("三地挖矿政策比较_BTC:ETH", None, "三地挖矿政策比较", ("BTC", "ETH")),
    ("AVAX：三地挖矿政策比较_USDT", "AVAX", "三地挖矿政策比较", ("USDT",)),
    ("三地挖矿政策比较", None, "三地挖矿政策比较", ()),
    ("比特币:三地挖矿政策比较", "比特币", "三地挖矿政策比较", ()),
    ("三地挖矿政策比较_比特币_ETH", None, "三地挖矿政策比较", ("比特币", "ETH")),
    ("算力报告:foo_bar:本周回升", None, "算力报告:foo_bar:本周回升", ()),
    # A space stands inside a Latin tag.
    ("以太坊:山间基金始末:代码与电价_The DAO", "以太坊", "山间基金始末:代码与电价", ("The DAO",)),
    ("山间交易所的四年_Mt. Foo:Mt. Foo", None, "山间交易所的四年", ("Mt. Foo",)),
    ("暗网:山间集市的三年_监管", "暗网", "山间集市的三年", ("监管",)),
    ("科普:什么是电价", "科普", "什么是电价", ()),
    ("區塊鏈:山間的電價_礦機:礦機", "區塊鏈", "山間的電價", ("礦機",)),
    # A word that is no column belongs to the title ...
    ("CoinShares:机构持仓下降:连续三周", None, "CoinShares:机构持仓下降:连续三周", ()),
    ("IMF:稳定币需要监管_ETH", None, "IMF:稳定币需要监管", ("ETH",)),
    ("PA日报 | 某所上线新币;某链升级", None, "PA日报 | 某所上线新币;某链升级", ()),
    ("比特币:机构报告:本周流出_BTC", "比特币", "机构报告:本周流出", ("BTC",)),
    # ... unless the page repeats it as a tag, or it was cut out of a Latin word.
    ("FOO:某链升级完成_FOO", "FOO", "某链升级完成", ("FOO",)),
    ("ING:Kingdom 公链升级", "ING", "Kingdom 公链升级", ()),
]


@pytest.mark.parametrize(("text", "column", "title", "tags"), HEADERS)
def test_a_header_is_column_title_and_tags(text, column, title, tags):
    assert read_header(read_lines(text)[0]) == Header(title, column, tags)


@pytest.mark.parametrize(
    "text",
    ["矿工们在雨季到来之前就把机器运到了山里。", "一段很长的正文," * 40],
    ids=["a sentence", "a paragraph"],
)
def test_a_line_of_text_is_no_header(text):
    assert read_header(read_lines(text)[0]) == Header()
