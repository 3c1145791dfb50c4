"""The words of many texts at once are those of each of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import fold, words
from indexer.analysis.bulk import Vocabulary

SAMPLE = Path(__file__).parents[2] / "index_data" / "sample"

FRAGMENTS = (
    *("中国", "发展中国家", "中国人民银行", "深化改革", "开放", "台", "中", "中共中央政治局"),
    *("首次", "代币发行融资", "财政部长", "以太坊", "其中山寨币", "𠮷野家", "〇", "々", "臺北"),
    *("BTC", "ERC-20", "12,000", "99.9%", "uniswapv3", "www.coindesk.com", "5G"),
    *("，", "。", " ", "\n\n", "🚀", "的", "\u3000"),
)
texts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=12).map("".join)


def occurrences(vocabulary: Vocabulary, given_texts: list[str]) -> list[Counter[tuple[str, int]]]:
    found = vocabulary.occurrences(given_texts)
    counted: list[Counter[tuple[str, int]]] = [Counter() for _ in given_texts]
    for word, text, offset in zip(*(each.tolist() for each in found), strict=True):
        counted[text][vocabulary.words[word], offset] += 1
    return counted


def expected(given_texts: list[str]) -> list[Counter[tuple[str, int]]]:
    return [Counter((token.text, token.start) for token in words(text)) for text in given_texts]


@pytest.mark.parametrize("given_texts", [[], [""], ["", "比特币", ""], ["，。"], ["台中"]])
def test_few_texts(given_texts: list[str]) -> None:
    assert occurrences(Vocabulary(), given_texts) == expected(given_texts)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(texts, max_size=4), min_size=1, max_size=3))
def test_any_texts_in_several_goes(goes: list[list[str]]) -> None:
    vocabulary = Vocabulary()
    for each in goes:
        folded = [fold(text) for text in each]
        assert occurrences(vocabulary, folded) == expected(folded)


def test_the_sample() -> None:
    pages = [path.read_text("utf-8") for path in sorted(SAMPLE.rglob("*.txt"))]
    folded = [fold(page) for page in pages]
    assert len(folded) > 50
    assert occurrences(Vocabulary(), folded) == expected(folded)
