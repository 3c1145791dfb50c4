"""What of a text is worth being suggested, and in how many documents it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import corpora
from indexer.analysis import fold, is_word, words
from indexer.suggest import counting
from indexer.suggest.counting import TITLE_LENGTH, Tally, count, title_key

from .tally import counted, likely_names


def weights(terms):
    found = dict(zip(terms.texts.strings(), terms.weights.tolist(), strict=True))
    assert len(found) == len(terms.hashes), "each comes once"
    return found


def tallied(*documents):
    tally = Tally()
    tally.add([text for document in documents for text in document])
    return weights(tally.terms())


NAMES = [
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
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_likely_names(text, expected):
    assert "|".join(likely_names(words(fold(text)))) == expected
    assert {word for word in tallied(("", text)) if not is_word(word)} == set(
        filter(None, expected.split("|"))
    )


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
    assert (fold(word) in tallied(("标题", f"有 {word} 的正文"))) == is_worth


def test_a_document_counts_once_for_a_word():
    twice = ("比特币", "比特币和比特币，谌贻琴和谌贻琴")
    assert tallied(twice, twice, ("谌贻琴", "")) == {
        "比特币": 2,
        "比特": 2,
        "谌贻琴": 3,
    }


def reference(documents):
    """The plain reference, without what is not worth suggesting."""
    return {
        word: number
        for word, number in counted(documents).items()
        if counting._worth.fullmatch(word)
    }


PARTS = [
    *(
        "比特币",
        "以太坊",
        "谌",
        "贻",
        "琴",
        "忌寒",
        "币",
        "的",
        "和",
        "日",
        "万",
        "改革开放",
        "深化",
    ),
    *(
        "3",
        "2021",
        "1.5",
        "v2.0",
        "web3",
        "ERC-20",
        "100btc",
        "ａ",
        "か",
        "カ",
        "한",
        "〇",
        "々",
        "𠮷",
    ),
    *(" ", "，", "。", "%", "-", "①", "１", "銀行"),
]
texts = st.lists(st.sampled_from(PARTS), max_size=12).map("".join)
documents = st.lists(st.tuples(texts, texts), max_size=6)


@settings(max_examples=300, deadline=None)
@given(documents)
def test_the_count_is_that_of_one_document_at_a_time(documents):
    assert tallied(*documents) == reference(documents)


@pytest.mark.parametrize("name", corpora.NAMES)
def test_the_count_of_real_texts_is_that_of_one_document_at_a_time(name):
    documents = [(each.title, each.body) for each in corpora.corpus(name)[:400]]
    assert tallied(*documents) == reference(documents)


@settings(max_examples=30, deadline=None)
@given(documents, st.integers(1, 3), st.integers(1, 40))
def test_many_words_are_counted_in_parts(documents, size, most_words):
    batches = [documents[at : at + size] for at in range(0, len(documents), size)]
    flat = [[text for document in batch for text in document] for batch in batches]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "_MOST_WORDS", most_words)
        assert weights(count(flat, processes=1)) == reference(documents)


def test_several_processes_count_the_same(monkeypatch):
    documents = [(f"比特币第{number}期", f"谌贻琴{number % 7}深圳") for number in range(60)]
    batches = [[text for each in documents[at : at + 5] for text in each] for at in range(0, 60, 5)]
    monkeypatch.setattr(counting, "WORTH_PROCESSES", 100)
    monkeypatch.setattr(counting, "_TASK_CHARACTERS", 100)
    monkeypatch.setattr(counting, "_MOST_PARTS", 3)
    assert weights(count(batches, processes=2)) == reference(documents)


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
