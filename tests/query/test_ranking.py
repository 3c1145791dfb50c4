"""What ranks, as a reader would write it: words, other names behind a slash, pairs."""

from __future__ import annotations

import pytest

from indexer.engine import Ranking
from indexer.query.ranking import MAX_PAIRS, MAX_WORDS, ranking_of


def written(ranking: Ranking) -> str:
    words = (
        "/".join(f"{node.field}:{node.text}" if node.field else node.text for node in word)
        for word in ranking.words
    )
    return " ".join(words) + (" + " + " ".join(ranking.pairs) if ranking.pairs else "")


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("减半", "减半"),  # a single word costs its own postings only
        ("比特币 矿工", "比特币 矿工"),
        ("矿工收入", "矿工 收入 + 矿工 工收 收入"),
        ("阚泽玥", "阚 泽 玥 + 阚泽 泽玥"),  # a name by its characters and their pairs
        ("ETH的价格", "eth 价格 + et th h的 的价 价格"),  # function words do not rank
        ("的", "的"),  # unless there is nothing else
        ("減半", "减半"),
        ("减半 减半", "减半"),
        ('"矿工收入"', "矿工 收入 + 矿工 工收 收入"),
        ("title:减半", "title:减半"),
        ("标题:矿工收入", "title:矿工 title:收入"),
        ("正文:矿工收入", "body:矿工 body:收入 + 矿工 工收 收入"),
        ("title:(减半 矿工) 行情", "title:减半 title:矿工 行情"),
        ("减半 -矿工", "减半"),
        ("减半 -(矿工 OR 行情) 收入", "减半 收入"),
        ("减半 NOT title:矿工", "减半"),
        ("NOT NOT 减半", "减半"),
        ("减半 city:深圳 date:2020", "减半"),
        ("减半 OR 矿工", "减半 矿工"),
        ("减半|矿工", "减半 矿工"),
        ("title:减半|矿工 行情", "title:减半 title:矿工 行情"),
        ("收入 -减半|矿工", "收入"),
        ("减半)(矿工", "减半 矿工"),
        ("矿*", "矿"),
        ("🚀", "🚀"),
        ("", ""),
        ("，。", ""),  # signs are searched for in quotes only
        ('"，。"', ",。"),
        ("-减半", ""),
    ],
)
def test_what_ranks(q: str, expected: str) -> None:
    assert written(ranking_of(q, use_aliases=False)) == expected


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("V神", "v神/vitalik buterin"),
        ("Vitalik Buterin", "vitalik/v神"),
        ("title:V神", "title:v神/title:vitalik buterin"),
    ],
)
def test_another_name_counts_as_the_word(q: str, expected: str) -> None:
    assert written(ranking_of(q)).startswith(expected)


def test_quotes_mean_themselves() -> None:
    assert all(len(word) == 1 for word in ranking_of('"BTC" "V神"').words)


def test_a_ticker_and_its_name_are_one_word() -> None:
    (word,) = ranking_of("BTC").words
    assert {"btc", "比特币"} <= {node.text for node in word}


def test_a_long_text_ranks_by_its_beginning() -> None:
    ranking = ranking_of("".join(chr(0x4E00 + each) for each in range(1000)))
    assert (len(ranking.words), len(ranking.pairs)) == (MAX_WORDS, MAX_PAIRS)
