"""A headline as it is pasted, bars, colons and all, finds its document before any other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.documents import Document, Page
from indexer.pipeline import catch_up
from indexer.query.request import SearchRequest

HEADLINES = (
    "声音 | 某央行官员：数字货币不会取代现金",
    "声音丨某研究员：矿工收入仍将下降",
    "早报｜比特币跌破3万美元；以太坊升级推迟",
    "行情 | BTC 突破 9000 美元",
    "区块头预言机 Hashi 的新设计 | 英文长推",
    "独家|起底矿机骗局",
    "周报｜选择的悖论",
    "外媒:某交易所申请破产",
    "Uniswap：以太坊合并后只支持一条链",
    "问答 | 什么是“闪电贷”？（上）",
    "2月8日比特币行情：再破12万美元",
)
# Each word of the headlines in documents that have little else of them.
OTHERS = (
    "声音很大。",
    "早报、周报与行情。",
    "独家的问答。",
    "某研究员。",
    "BTC 9000。",
    "外媒说破产。",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    archive = Archive.open(tmp_path_factory.mktemp("data"))
    bodies = [f"{headline}。编辑后来补充了细节。" for headline in HEADLINES] + list(OTHERS)
    titles = [*HEADLINES, *OTHERS]
    archive.catalog.add(
        [
            (Page(title, body), [Document("newsflash", title, body)])
            for title, body in zip(titles, bodies, strict=True)
        ]
    )
    catch_up(archive.catalog, archive.engine)
    yield archive
    archive.close()


@pytest.mark.parametrize("headline", HEADLINES)
def test_a_pasted_headline_finds_its_document_first(archive: Archive, headline: str) -> None:
    hits = archive.search(SearchRequest(headline)).hits
    assert [hit.stored.document.title for hit in hits][:1] == [headline]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        (
            "早报|独家",
            {"早报｜比特币跌破3万美元；以太坊升级推迟", "独家|起底矿机骗局", *OTHERS[1:3]},
        ),
        ("闪电贷 ｜ 预言机", {HEADLINES[4], HEADLINES[9]}),
        ("标题:(闪电贷|预言机) 英文", {HEADLINES[4]}),
    ],
)
def test_a_bar_between_words_finds_either(archive: Archive, q: str, found: set[str]) -> None:
    assert {hit.stored.document.title for hit in archive.search(SearchRequest(q)).hits} == found
