"""What of a text is worth being suggested."""

import pytest

from indexer.analysis import fold, words
from indexer.documents import StoredDocument
from indexer.suggest.counting import TITLE_LENGTH, Tally, likely_names, title_key

from .conftest import document


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("记者谌贻琴报道", "谌贻琴"),
        ("谌贻琴和韦仕昂说", "谌贻琴|韦仕昂"),
        ("谌贻琴，韦仕昂。", "谌贻琴|韦仕昂"),
        # words of the lexicon are no guesses, nor is what belongs to one
        ("比特币价格", ""),
        ("以太坊", ""),
        # function words, measure words, single characters, long rows
        ("他的和在", ""),
        ("13日称", ""),
        ("5万镁", ""),
        ("谌", ""),
        ("谌贻琴韦仕昂", ""),
        ("bitcoin 2.0", ""),
        ("", ""),
    ],
)
def test_likely_names(text, expected):
    assert "|".join(likely_names(words(fold(text)))) == expected


@pytest.mark.parametrize(
    ("word", "is_worth"),
    [
        ("比特币", True),
        ("bitcoin", True),
        ("BTC", True),
        ("web3", True),
        ("5g", True),
        ("erc-20", True),
        ("at&t", True),
        ("币", False),
        ("2021", False),
        ("99.9%", False),
        ("1.5btc", False),
        ("1000btc", False),
        ("0x52908400098527886e0f7030069857d2e4169ee7", False),
        ("a", False),
    ],
)
def test_words_worth_suggesting(word, is_worth):
    tally = Tally()
    tally.add(StoredDocument("a" * 13, document("标题", f"有 {word} 的正文"), "", (), 1))
    assert (fold(word) in {item.text.decode() for item in tally.terms()}) == is_worth


def test_a_document_counts_once_for_a_word():
    tally = Tally()
    for number in range(2):
        stored = StoredDocument(f"{number}" * 13, document("比特币", "比特币和比特币"), "", (), 1)
        tally.add(stored)
    assert {item.text.decode(): item.weight for item in tally.terms()}["比特币"] == 2


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("【深圳】试点", "深圳】试点"),
        ("★ BTC 上涨", "btc 上涨"),
        ("「", ""),
        ("币" * 50, "币" * TITLE_LENGTH),
    ],
)
def test_marks_before_a_title_count_for_nothing(title, key):
    assert title_key(fold(title)) == key
