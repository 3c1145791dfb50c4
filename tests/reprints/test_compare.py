"""What is a reprint of what, one pair a line."""

import pytest

from indexer.reprints import Reading, Verdict, compare
from indexer.reprints.words import words_of

STORY = (
    "币安今日宣布，将于7月13日推出面向企业用户的托管服务，首批支持3种代币。"
    "创始人表示，目前已有120家客户报名。"
)
REPRINTS = {
    "punctuation": "币安今日宣布,将于7月13日推出面向企业用户的托管服务;首批支持 3 种代币."
    "创始人表示:目前已有120家客户报名!",
    "traditional": "幣安今日宣布，將於7月13日推出面向企業用戶的託管服務，首批支持3種代幣。"
    "創始人表示，目前已有120家客戶報名。",
    "full width": "币安今日宣布，将于７月１３日推出面向企业用户的托管服务，首批支持３种代币。"
    "创始人表示，目前已有１２０家客户报名。",
    "synonyms": "币安今天公布，将于7月13日上线面向公司客户的托管服务，首批支持3种代币。"
    "创始人称，当前已有120家用户报名。",
    "an unknown synonym": STORY.replace("首批", "率先"),
    "another name of it": STORY.replace("币安", "Binance"),
    "numerals": STORY.replace("3种", "三种"),
    "a cut tail": STORY[:-14],
    "a cut word": STORY[:-16],
    "a cut head": STORY[7:],
    "an agency before": "链上快讯消息，" + STORY,
    "an agency behind": STORY + "（币圈早报）",
}
OTHERS = {
    "a number": STORY.replace("120", "130"),
    "a date": STORY.replace("13日", "14日"),
    "a numeral": STORY.replace("3种", "四种"),
    "a name": STORY.replace("币安", "火币"),
    "a Latin name": STORY.replace("币安", "Kraken"),
    "an unknown name": STORY.replace("币安", "云杉资本"),
    "a negation": STORY.replace("将于", "不会于"),
    "launched or stopped": STORY.replace("推出", "下线"),
    "another direction": STORY.replace("支持", "禁止"),
    "a negation cut off": "不" + STORY,
}


@pytest.mark.parametrize("other", REPRINTS.values(), ids=REPRINTS)
def test_reprints(other):
    assert verdicts(STORY, other) == {Verdict.REPRINTS}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_texts_that_say_something_else(other):
    assert Verdict.REPRINTS not in verdicts(STORY, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("比特币突破9000美元", "比特币突破9100美元"),
        ("比特币突破9000美元", "比特币跌破9000美元"),
        (
            "云杉资本与甲骨文达成战略合作，共同研发新一代钱包",
            "云杉资本与思科达成战略合作，共同研发新一代钱包",
        ),
        (
            "该交易所明日会上线这一代币，请用户留意公告",
            "该交易所明日不会上线这一代币，请用户留意公告",
        ),
        ("深圳警方破获一起诈骗案，抓获嫌疑人数名", "杭州警方破获一起诈骗案，抓获嫌疑人数名"),
        (
            "某公链创始人张伟表示，主网将在年底之前开放，请各位留意公告",
            "某公链创始人李伟表示，主网将在年底之前开放，请各位留意公告",
        ),
        (
            "报告称，多数用户的存款以美元计价，本金不受影响",
            "报告称，多数用户的存款以欧元计价，本金不受影响",
        ),
        ("一文读懂某公链：技术如何实现", "一文读懂某公链：生态与前景"),
        ("某钱包推出密钥恢复服务的公告", "某钱包推迟上线密钥恢复服务的公告"),
        ("海豚科技宣布完成新一轮融资，估值未公布", "白鲸科技宣布完成新一轮融资，估值未公布"),
    ],
)
def test_texts_of_one_template(one, other):
    assert Verdict.REPRINTS not in verdicts(one, other)


def test_two_translations_are_two_texts():
    one = "美联储周三宣布维持利率不变，但暗示年内还会降息两次，理由是通胀已经回落。"
    other = "利率这回没有动：联准会礼拜三开完会放话，物价既然压下来了，今年再降两回也说得过去。"
    assert Verdict.REPRINTS not in verdicts(one, other)


def test_another_title_is_no_other_story_unless_it_says_more():
    body = STORY
    known = Reading.of("币安推出托管服务", body)
    assert compare(known, Reading.of("重磅：7月13日见", body)) is Verdict.REPRINTS
    assert compare(known, Reading.of("火币慌了", body)) is not Verdict.REPRINTS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.2万美元", "12000|美元"),
        ("１２，０００美元", "12000|美元"),
        ("12000.00美元", "12000|美元"),
        ("三百二十万枚", "3200000|枚"),
        ("三百余枚", "300|余|枚"),
        ("2020-07-03", "2020|7|3"),
        ("2020年7月3日", "2020|7|3"),
        ("涨1.50%", "上涨|1.5%"),
        ("BTC、比特幣", "比特币"),
        ("尚未上线", "不|推出"),
        ("无法上线", "不|推出"),
        ("一种代币", "代币"),
    ],
)
def test_words_that_count(text, words):
    assert "|".join(words_of(text)) == words


def verdicts(one, other):
    """The verdict in both orders, with and without a title."""
    found = set()
    for title in ("", "快讯"):
        first, second = Reading.of(title, one), Reading.of(title, other)
        found |= {compare(first, second), compare(second, first)}
    return found
