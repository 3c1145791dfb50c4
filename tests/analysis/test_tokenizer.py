from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis import END, bigrams, cut, fold, is_word, word_over, words
from indexer.analysis.dictionary import frequencies
from indexer.analysis.segmenter import fine_cut, pieces

texts = st.text(
    st.one_of(
        st.sampled_from("比特币以太坊中国人民银行发展中国家台中山寨区块链其的在〇々鿿䀀𠀀"),
        st.sampled_from("abz059.,-%&'_ /:，。\nв한ビ🚀"),
        st.characters(),
    )
).map(fold)


@pytest.mark.parametrize(
    "line",
    [
        "吴忌寒|在|北京",
        "詹克团|和|吴忌寒|都|来自|比特大陆",
        "赵长鹏|创办|了|币安",
        "其中|山寨币|跌|得|多",
        "中国人民银行|发行|数字人民币",
        "发展中国家|也|买|泰达币",
        "以太坊|的|智能合约",
        "矿机|和|矿池",
        "去中心化|的|公链",
        "二|〇|二|〇|年",
        "人|々|鿿|䀀|𠀀|人",
    ],
)
def test_cut(line: str) -> None:
    assert "|".join(cut(line.replace("|", ""))) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("以太坊", "以太坊|以太|坊"),
        ("比特币涨了", "比特币|比特|币|涨|了"),
        ("去中心化", "去中心化|去|中心化|中心|化"),
        ("中国人民银行", "中国人民银行|中国|人民银行|人民|银行"),
        ("发展中国家", "发展中国家|发展|中|国家"),
        # A phrase stands for its plain words; a head of an office has the office.
        ("深化改革开放", "深化改革|深化|改革开放|改革|开放"),
        ("财政部长", "财政部长|财政部|财政|部长"),
        ("阿拉斯加州", "阿拉斯加州|阿拉斯加|阿拉斯|阿拉|斯|加|州"),
        ("其中山寨币", "其中|山寨币|山寨|币"),
        # The cut takes these apart; the words stand there all the same.
        ("从来没有", "从来|没有"),
        ("万元以上", "万元以上|万元|以上"),
        ("在台中开会", "在|台中|台|中|开会"),
        ("V神说", "v|神|说"),
        ("5G与ERC-20", "5g|与|erc-20|erc|20"),
        ("涨99.9%至12,000美元", "涨|99.9%|99.9|至|12,000|美元"),
        ("1,234,567.89", "1,234,567.89"),
        ("12,34", "12|34"),
        ("10%-20%", "10%-20%|10%|10|20%|20"),
        ("2.0", "2.0"),
        ("Web3.0", "web3.0|web3|web|3.0"),
        ("v1.2", "v1.2|v1"),
        ("卖出1000BTC", "卖出|1000btc|1000|btc"),
        ("0.5ETH", "0.5eth|0.5|eth"),
        ("10k", "10k"),
        ("BTC/USDT", "btc|usdt"),
        ("S&P 500", "s&p|500"),
        ("Bitcoin's", "bitcoin's|bitcoin"),
        ("e-CNY", "e-cny|cny"),
        # What is written together: a plural, a version, a known name and another.
        ("BIPs", "bips|bip"),
        ("this bus", "this|bus"),
        ("L2s", "l2s|l2"),
        ("zkRollup", "zkrollup|zk|rollup"),
        ("createpsbt", "createpsbt|create|psbt"),
        ("www.example.com", "www.example.com|www.example|www|example.com|example|com"),
        ("2020-07-13", "2020-07-13|2020-07|2020|07-13|07|13"),
        ("0x1f3a9b", "0x1f3a9b"),
        ("Привет, мир!", "привет|мир"),
        ("🚀🚀 。。", ""),
        ("", ""),
    ],
)
def test_words(text: str, line: str) -> None:
    assert "|".join(token.text for token in words(fold(text))) == line


def test_pieces_have_their_own_offsets() -> None:
    found = [tuple(token) for token in words(fold("买 以太坊 ERC-20"))]
    assert found == [
        ("买", 0, 1),
        ("以太坊", 2, 5),
        ("以太", 2, 4),
        ("坊", 4, 5),
        ("erc-20", 6, 12),
        ("erc", 6, 9),
        ("20", 10, 12),
    ]


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("中国", "发展中国家", False),
        ("国人", "中国人民银行", False),
        ("中山", "其中山寨币", False),
        ("山寨", "其中山寨币", True),
        ("以太", "以太坊", True),
        ("人民银行", "中国人民银行", True),
        ("台中", "他在台中开会", True),
        ("btc", "wbtc", False),
        ("btc", "卖出30btc", True),
        ("eth", "eth2.0上线", True),
        ("erc-20", "erc-20-token", True),
        ("coindesk.com", "www.coindesk.com", True),
        ("20%", "10%-20%", True),
    ],
)
def test_a_word_is_found_as_a_word(word: str, text: str, found: bool) -> None:
    assert is_word(word)
    assert (word in [token.text for token in words(text)]) is found


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("比特币", True),
        ("吴忌寒", True),
        ("台中", True),
        ("链", True),
        ("erc-20", True),
        ("12,000", True),
        ("99.9%", True),
        ("5g", True),
        ("v神", False),
        ("b轮", False),
        ("王小明明", False),
        ("btc/usdt", False),
        ("btc usdt", False),
        ("12,34", False),
        ("btc.", False),
        ("ビットコイン", False),
        ("비트코인", False),
        ("a-b-c-d-e", False),
        ("🚀", False),
        ("", False),
    ],
)
def test_is_word(text: str, answer: bool) -> None:
    assert is_word(text) is answer


@given(texts)
def test_tokens_are_what_stands_at_their_offsets(text: str) -> None:
    tokens = words(text)
    assert [token.text for token in tokens] == [text[token.start : token.end] for token in tokens]
    assert tokens == sorted(set(tokens), key=lambda token: (token.start, -token.end))


@given(texts)
def test_every_letter_digit_and_ideograph_is_in_a_token(text: str) -> None:
    covered = {at for token in words(text) for at in range(token.start, token.end)}
    assert [c for at, c in enumerate(text) if c.isalnum() and at not in covered] == []


# 一个十, 上不去, 令狐冲进 and the like are words that the cut takes apart.
@given(
    st.lists(
        st.one_of(
            st.sampled_from("中国人民银行发展家台山寨其以太坊比特币的去心化"),
            st.sampled_from(
                ["一个十", "一个家", "上不去", "从来没", "万元以上", "令狐冲进", "台中"]
            ),
            st.sampled_from(["深化", "改革", "开放", "中央", "政治局", "首次", "代币发行", "融资"]),
            st.sampled_from(["世界形势", "再也不是", "再上去", "转出", "中短期", "一路两"]),
        ),
        min_size=1,
        max_size=8,
    ).map("".join)
)
@example("世界形势转出再上去")
def test_words_are_those_that_the_cut_does_not_cross(run: str) -> None:
    lexicon = frequencies()
    borders, expected, at = {0}, set(), 0
    for word in cut(run):
        expected.add((word, at, at + len(word)))
        expected |= {(piece, at + a, at + b) for piece, a, b in pieces(word)}
        for plain in fine_cut(word):
            at += len(plain)
            borders.add(at)
    expected |= {
        (run[a:b], a, b) for a, b in combinations(sorted(borders), 2) if run[a:b] in lexicon
    }
    assert {tuple(token) for token in words(run)} == expected


@given(st.text("ab12.,-%&/ ", max_size=12))
def test_a_token_of_rule_is_a_word_of_itself(text: str) -> None:
    for token in words(text):
        if is_word(token.text):
            assert words(token.text)[0] == (token.text, 0, len(token.text))


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("", []),
        ("链", [("链" + END, 0)]),
        ("a 币,", [("a ", 0), (" 币", 1), ("币,", 2), ("," + END, 3)]),
    ],
)
def test_bigrams(text: str, grams: list[tuple[str, int]]) -> None:
    assert bigrams(text) == grams


@given(texts)
def test_bigrams_hold_the_text(text: str) -> None:
    grams = bigrams(text)
    assert "".join(gram[0] for gram, _ in grams) == text
    assert [gram for gram, _ in grams] == [(text + END)[at : at + 2] for _, at in grams]
    assert [at for _, at in grams] == list(range(len(text)))


@pytest.mark.parametrize(
    "run",
    [
        "其中山寨币跌得多在台中开会",
        "发展中国家的中国人民银行",
        "深化改革开放首次代币发行融资",
        "中共中央政治局常委会以太坊",
    ],
)
def test_the_word_over_a_place_covers_every_word_that_reaches_over_it(run: str) -> None:
    for at in range(len(run) + 1):
        over = [(start, end) for _, start, end in words(run) if start < at < end]
        whole = (min(over)[0], max(end for _, end in over)) if over else None
        assert word_over(cut(run), at) == whole, at
