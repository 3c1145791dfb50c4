"""Made-up stored documents, for tests of engines."""

from __future__ import annotations

from hypothesis import strategies as st

from indexer.analysis import fold, is_word
from indexer.documents import Document, PublishedDate, StoredDocument

FRAGMENTS = (
    *("中国", "发展中国家", "人民银行", "中国人民银行", "以太坊", "以太", "比特币", "比特大陆"),
    *(
        "吴忌寒",
        "詹克团",
        "臺北",
        "台中",
        "区块链",
        "區塊鏈",
        "BTC",
        "ＢＴＣ",
        "ERC-20",
        "5G",
        "2.0",
    ),
    *("哈", "哈哈", "哈哈哈", "，", "。", " ", "的", "币", "12,000", "99.9%", "🚀", "㎏", "\u200b"),
)
WORDS = sorted({fold(each) for each in FRAGMENTS if is_word(fold(each))})
CITIES = ("北京", "深圳", "香港")
DATES = ("2019", "2020-05", "2020-05-06", "2020-05-06T10:20", "2020-12-31", "2021-01-01")

texts = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join)


@st.composite
def documents(draw: st.DrawFn, number: int) -> StoredDocument:
    published = draw(st.none() | st.sampled_from(DATES))
    return StoredDocument(
        id=f"d{number:02}",
        document=Document(
            kind=draw(st.sampled_from(("article", "newsflash"))),
            title=draw(texts),
            body=draw(texts),
            published=PublishedDate(published, "day", "stamp") if published else None,
            category=draw(st.sampled_from((None, "声音", "行情"))),
            author=draw(st.sampled_from((None, "甲"))),
            source=draw(st.sampled_from((None, "CoinDesk", "新华社"))),
            cities=tuple(draw(st.lists(st.sampled_from(CITIES), unique=True, max_size=2))),
            tags=tuple(draw(st.lists(st.sampled_from(("NFT", "DeFi")), unique=True, max_size=2))),
        ),
        cluster=draw(st.sampled_from(("a", "b", "c"))) + str(number % 4),
        sites=tuple(draw(st.lists(st.sampled_from(("甲站", "乙站")), unique=True, max_size=2))),
        appearances=1,
        added=draw(st.integers(0, 3)),
    )


@st.composite
def corpora(draw: st.DrawFn) -> list[StoredDocument]:
    return [draw(documents(number)) for number in range(draw(st.integers(1, 14)))]


def newsflash(
    id_: str, body: str, published: str | None = None, title: str = "", cluster: str = ""
) -> StoredDocument:
    stated = PublishedDate(published, "day", "stamp") if published else None
    document = Document("newsflash", title, body, stated)
    return StoredDocument(id_, document, cluster or id_, (), 1)
