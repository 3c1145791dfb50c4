"""A catalog whose words and titles one can count."""

import pytest

from indexer import suggest
from indexer.catalog import Catalog
from indexer.documents import Document, Page, PublishedDate


def document(title, body="", day="2021-05-06", cities=()):
    return Document("newsflash", title, body, PublishedDate(day, "day", "stamp"), cities=cities)


def add(catalog, *documents):
    catalog.add([(Page(repr(each), repr(each)), [each]) for each in documents])


@pytest.fixture
def catalog(tmp_path):
    with Catalog.open(tmp_path / "catalog.db") as catalog:
        yield catalog


@pytest.fixture(scope="session")
def news(tmp_path_factory):
    """An archive in which some words are frequent; its title words stand in no body."""
    with Catalog.open(tmp_path_factory.mktemp("news") / "catalog.db") as catalog:
        for number in range(6):
            add(
                catalog,
                document(f"比特币行情第{number}期", "比特币价格上涨。", f"2021-05-0{number + 1}"),
            )
        add(
            catalog,
            document("以太坊升级", "以太坊和Ethereum都是它，ETH上涨。孙宇晨也来了。"),
            document("Ethereum 升级完成", "Ethereum升级。ETH，孙宇晨。"),
            document(
                "【深圳】试点开始",
                "深圳的区块链试点，Coinbase和bitcoin参加，孙宇晨说好。",
                cities=("深圳",),
            ),
            document(
                "深圳发布政策",
                "区块链政策：泰达币、莱特币、狗狗币、Solana。区域合作，表示欢迎。",
                cities=("深圳", "沈阳", "无此城"),
            ),
            document("銀行與區塊鏈", "銀行业务与矿机，挖矿。吴忌寒发言。北海道。西安。"),
            document("Vitalik 演讲", "Vitalik 谈 defi 与 layer2。"),
        )
        suggest.follow(catalog)
        yield catalog
