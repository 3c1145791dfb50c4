"""Many texts folded at once are each of them folded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import END, fold
from indexer.analysis.dictionary import added_words, frequencies, jieba_dictionary
from indexer.analysis.joined import folded
from indexer.analysis.word_table import WordTable, hashes, powers

FRAGMENTS = (
    *("臺灣", "乾隆", "ＢＴＣ", "ﬁ", "…", "①", "\u200b"),
    *("比\u200b特币", "İ", "\u0003", "🚀", "K"),
)
texts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=6).map("".join)


@given(st.lists(texts, max_size=6))
def test_texts(given_texts: list[str]) -> None:
    found = folded(given_texts)
    expected = [fold(text) + END for text in given_texts]
    assert "".join(map(chr, found.codes.tolist())) == "".join(expected)
    assert found.starts.tolist() == [
        sum(map(len, expected[:at])) for at in range(len(expected) + 1)
    ]


def test_words_are_found_by_the_hashes_of_their_parts() -> None:
    table = WordTable(lambda: "比特 5 n\n比特币 70 n\n以太坊 8 nz\n中央银行 901 n\n比特币 71 n\n")
    asked = [("比", "特"), ("比特", "币"), ("币", "比特"), ("中央", "银行"), ("以太", "坊网")]
    made = hashes([a for a, _ in asked], 8) * powers(8)[[len(b) for _, b in asked]]
    made += hashes([b for _, b in asked], 8)
    places, words = table.find(made)
    found = {
        "".join(asked[place]): table.word(word)
        for place, word in zip(places.tolist(), words.tolist(), strict=True)
    }
    assert found == {"比特": "比特", "比特币": "比特币", "中央银行": "中央银行"}
    assert table.counted() == {"比特": 5, "以太坊": 8, "中央银行": 901, "比特币": 71}
    assert table.total == 985
    assert [table.frequency(word) for word in ("比特币", "以太坊", "以太", "")] == [71, 8, 0, 0]
    assert ["比特" in table, "特" in table] == [True, False]


def test_every_word_of_the_dictionary_has_its_frequency() -> None:
    lines = jieba_dictionary().read_text(encoding="utf-8").splitlines()
    expected = {word: int(frequency) for word, frequency, _ in map(str.split, lines)}
    expected |= added_words()
    assert frequencies().counted() == expected
    assert frequencies().total == sum(expected.values())
    assert all(frequencies().frequency(word) == expected[word] for word in list(expected)[::97])
