"""What is offered for a word that finds nothing, and what is left as it is."""

import numpy as np
import pytest

from indexer import suggest
from indexer.analysis import fold
from indexer.arrays import write
from indexer.suggest import Suggester
from indexer.suggest.building import term_columns
from indexer.suggest.corrections import corrections
from indexer.suggest.folder import Folder, State
from indexer.suggest.texts import Texts
from indexer.suggest.vocabulary import Vocabulary

from .conftest import add, document


@pytest.fixture(scope="session")
def suggester(news):
    return Suggester(news)


def corrected(suggester, q, frequency=lambda word: 0):
    return [each.q for each in suggester.corrections(q, frequency)]


@pytest.mark.parametrize(
    ("mistyped", "expected"),
    [
        # the same sound
        ("比特弊", "比特币"),
        ("以太访", "以太坊"),
        ("以太訪", "以太坊"),
        ("泰达必", "泰达币"),
        ("莱特比", "莱特币"),
        ("必特币", "比特币"),
        ("区快链", "区块链"),
        ("孙雨晨", "孙宇晨"),
        # nearly the same sound
        ("深镇", "深圳"),
        ("孙宇成", "孙宇晨"),
        ("挖狂", "挖矿"),
        # a character too few, too many, exchanged, another
        ("特比币", "比特币"),
        ("狗猫币", "狗狗币"),
        # Latin
        ("bitcion", "Bitcoin"),
        ("BITCION", "Bitcoin"),
        ("etherum", "Ethereum"),
        ("coinbsae", "Coinbase"),
        ("solona", "Solana"),
        # a name that no text has, of what is there under another one
        ("dogcoin", "Dogecoin"),
        ("泰达弊", "泰达币"),
        ("Tehter", "Tether"),
        # pinyin, spelled out
        ("bitebi", "比特币"),
        # in a query of several words, and within a chunk
        ("比特弊 价格", "比特币 价格"),
        ("深圳 以太访", "深圳 以太坊"),
        ("比特弊价格", "比特币价格"),
        ("深圳比特弊", "深圳比特币"),
        ("bitcion价格", "Bitcoin价格"),
        ("比特弊 以太访", "比特币 以太坊"),
        ("(比特弊 OR 深圳)", "(比特币 OR 深圳)"),
        ("比特弊 -莱特比", "比特币 -莱特比"),
        ('比特弊 "以太访"', '比特币 "以太访"'),
        ("比特弊 标题:以太访", "比特币 标题:以太访"),
    ],
)
def test_a_mistake_is_corrected(suggester, mistyped, expected):
    assert corrected(suggester, mistyped)[0] == expected


@pytest.mark.parametrize(
    "q",
    [
        # right, whether frequent or not
        "比特币",
        "以太坊",
        "Ethereum",
        "Coinbase",
        "孙宇晨",
        "吴忌寒",
        "defi",
        "layer2",
        # right names of what is in no document
        "瑞波币",
        "Polkadot",
        "大卫",
        "孙宇航",
        "王小明",
        # next to a name of what is in no document
        "polkdot",
        "瑞波必",
        "北京",
        # what is no word
        "2021",
        "100btc",
        "？",
        "zzzzzz",
        "eta",
        # not bare
        '"比特弊"',
        "-比特弊",
        "NOT 比特弊",
        "NOT (比特弊 OR 深圳)",
        "标题:比特弊",
        "标题:(比特弊 OR 莱特比)",
        "城市:深镇",
        "比特弊*",
        "",
    ],
)
def test_what_is_not_to_be_corrected(suggester, q):
    assert corrected(suggester, q) == []


def test_what_the_index_finds_by_its_characters_is_no_mistake(suggester):
    asked = []
    assert corrected(suggester, "比特弊", lambda word: asked.append(word) or 5) == []
    assert asked == ["比特弊"]


def test_the_changed_words_are_marked(suggester):
    (correction,) = suggester.corrections("深圳 以太訪 价格", lambda word: 0)
    shown = "".join(f"[{part.text}]" if part.marked else part.text for part in correction.text)
    assert shown == "深圳 [以太坊] 价格"


def test_the_nearest_come_first_then_the_most_frequent(catalog):
    add(
        catalog,
        *(document(f"甲{number}", "莱特币。") for number in range(2)),
        *(document(f"乙{number}", "市值。") for number in range(2)),
        *(document(f"丙{number}", "试制。") for number in range(5)),
        document("丁", "时值。"),
    )
    suggest.follow(catalog)
    assert corrected(Suggester(catalog), "市置") == ["市值", "试制", "时值"]


def test_a_word_that_very_few_have_beside_a_very_near_and_very_frequent_one(catalog):
    add(catalog, *(document(f"第{number}号", "ethereum。") for number in range(1001)))
    add(catalog, document("甲", "etherum。 eterheum"))
    suggest.follow(catalog)
    found = Suggester(catalog)
    assert corrected(found, "etherum") == ["Ethereum"]
    # Two edits away it may be a name of its own.
    assert corrected(found, "eterheum") == []
    add(catalog, document("乙", "etherum。"))
    suggest.follow(catalog)
    assert corrected(found, "etherum") == []


@pytest.fixture
def corrected_among(tmp_path):
    """Corrections of a word in so many texts beside another one in so many."""

    def among(slip, count, right, weight):
        folder = Folder(tmp_path, "")
        run, weights = folder.new_file("terms"), folder.new_file("weights")
        columns = term_columns(Texts.of([fold(right)]), np.array([weight]))
        write(run, columns, {})
        write(weights, {"weight": columns["weight"]}, {})
        vocabulary = Vocabulary(folder, State("", 0, ((run.name, weights.name),)))
        return [each.q for each in corrections(slip, vocabulary, lambda word: count)]

    return among


@pytest.mark.parametrize(
    ("slip", "count", "right", "weight"),
    [
        # 常见词里错了一个字：百倍之差就提示
        ("区块连", 4, "区块链", 729),
        ("区块连", 20, "区块链", 2000),
        ("交易锁", 1, "交易所", 384),
        ("流动型", 2, "流动性", 232),
        ("以太访", 3, "以太坊", 711),
        ("智能合月", 2, "智能合约", 300),
        # 其他的词：千倍之差才提示
        ("孙雨晨", 1, "孙宇晨", 1500),
        ("etherum", 2, "Ethereum", 2000),
    ],
)
def test_a_slip_that_some_texts_have_too(corrected_among, slip, count, right, weight):
    assert corrected_among(slip, count, right, weight) == [right]


@pytest.mark.parametrize(
    ("name", "count", "other", "weight"),
    [
        # 没有少那么多：也许是别的说法
        ("区块连", 8, "区块链", 729),
        ("国家基", 11, "国家级", 157),
        ("产业联", 7, "产业链", 279),
        # 文章里已经不少
        ("区块连", 21, "区块链", 9000),
        # 人名：一个字也不能认错
        ("孙宇辰", 2, "孙宇晨", 900),
        ("赵长朋", 2, "赵长鹏", 900),
        ("肖锋", 1, "肖风", 900),
        # 不同的字属于另一个词
        ("货币网", 2, "火币网", 900),
        # 词典里有的词
        ("公链", 1, "供链", 900),
        ("私钥", 1, "私要", 900),
        ("密钥", 1, "秘钥", 900),
        ("质押", 1, "滞压", 900),
        # 音不同，或差两个字
        ("区块间", 1, "区块链", 729),
        ("曲快链", 1, "区块链", 729),
        # 英文名常常只差一个字母
        ("solano", 1, "Solana", 900),
        ("bitcore", 1, "Bitcoin", 900),
        ("litecoins", 1, "Litecoin", 900),
        ("tera", 1, "Terra", 900),
        ("celo", 2, "Celer", 900),
    ],
)
def test_a_rare_name_is_no_slip_of_a_frequent_one(corrected_among, name, count, other, weight):
    assert corrected_among(name, count, other, weight) == []


def test_a_whole_paragraph_costs_few_searches(suggester):
    asked = []
    corrected(suggester, "叉在雾里鲸吞窸窣" * 200, lambda word: asked.append(word) or 0)
    assert 0 < len(asked) <= 16


def test_what_is_longer_than_any_name_is_not_looked_at(suggester):
    asked = []
    assert corrected(suggester, "都" * 2000, lambda word: asked.append(word) or 0) == []
    assert not asked
