"""What is suggested for what was typed: words first, then titles."""

import pytest

from indexer.query.parser import parse
from indexer.suggest import Suggester
from indexer.suggest.completion import MAX_LENGTH, MAX_SUGGESTIONS

from .conftest import add, document


@pytest.fixture(scope="session")
def suggester(news):
    return Suggester(news)


def shown(suggester, q, *kinds):
    return [each.text for each in suggester.suggestions(q) if each.kind in kinds]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # by characters
        ("比", "比特币"),
        ("比特", "比特币"),
        ("區", "区块链"),
        ("ＣＯＩＮ", "Coinbase"),
        ("CoinB", "Coinbase"),
        ("sol", "Solana"),
        # by pinyin: whole, begun, initials, mixed
        ("bitebi", "比特币"),
        ("bite", "比特币"),
        ("btb", "比特币"),
        ("bitb", "比特币"),
        ("b", "比特币"),
        ("BTB", "比特币"),
        ("qkl", "区块链"),
        ("qukuailian", "区块链"),
        ("yinhang", "银行"),
        ("yinxing", "银行"),
        ("xi'an", "西安"),
        ("yitf", "以太坊"),
        # characters, then pinyin, as an input method leaves them
        ("区kuai", "区块链"),
        ("区k", "区块链"),
        ("比t", "比特币"),
        # a name that no lexicon knows, and one that has several names
        ("孙", "孙宇晨"),
        ("syc", "孙宇晨"),
        ("eth", "ETH"),
    ],
)
def test_words_are_completed(suggester, typed, expected):
    assert expected in shown(suggester, typed, "term", "alias")


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("深圳 区kuai", "深圳 区块链"),
        ("深圳 btb", "深圳 比特币"),
        ("深圳 (挖矿 OR btb", "深圳 (挖矿 OR 比特币"),
        ("-btb", "-比特币"),
        ("标题:btb", "标题:比特币"),
        ("標題：qukuai", "標題：区块链"),
        ('"政策" qkl', '"政策" 区块链'),
        ("深圳区kuai", "深圳区块链"),
        ("深圳qkl", "深圳区块链"),
        ("城市:shen", "城市:深圳"),
        ("city:(北京 OR bh", None),
        ("城市:(shenz", "城市:(深圳"),
    ],
)
def test_the_last_word_of_a_query_is_completed(suggester, q, expected):
    found = [each.q for each in suggester.suggestions(q) if each.kind != "title"]
    assert expected is None or expected in found


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        # as many documents as the filter finds, not as have the word
        ("城市:shen", [("深圳", 2), ("沈阳", 1)]),
        ("城市:西", []),  # a word of the texts, but the city of none
        ("城市:无此", []),  # a record may name what is no city
    ],
)
def test_cities_of_documents_are_suggested_with_their_number(suggester, q, expected):
    assert [(each.text, each.count) for each in suggester.suggestions(q)] == expected


@pytest.mark.parametrize(
    "q",
    [
        "",
        " ",
        "深圳 ",
        '"btb',
        "“比特",
        '"比特币"',
        "作者:b",
        "类型:k",
        "日期:2",
        "AND",
        "比*",
        "(",
        "zzzz",
        "比" * (MAX_LENGTH + 1),
    ],
)
def test_nothing_is_suggested_where_nothing_fits(suggester, q):
    assert suggester.suggestions(q) == []


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("深圳", ["深圳发布政策", "【深圳】试点开始"]),
        ("【深圳", ["深圳发布政策", "【深圳】试点开始"]),
        ("shenzhen", ["深圳发布政策", "【深圳】试点开始"]),
        ("银行与", ["銀行與區塊鏈"]),
        ("ethereum 升", ["Ethereum 升级完成"]),
        ("-深圳", []),
        ("标题:深圳", []),
        ("区 深圳", []),
    ],
)
def test_titles_that_begin_with_the_whole_query(suggester, q, expected):
    assert sorted(shown(suggester, q, "title")) == sorted(expected)


def test_the_newest_titles_come_first_and_leave_room_for_words(suggester):
    titles = shown(suggester, "比特币", "title")
    assert titles == [f"比特币行情第{number}期" for number in (5, 4, 3, 2, 1, 0)]
    assert len(suggester.suggestions("b")) <= MAX_SUGGESTIONS


def test_a_title_leads_to_its_document_and_is_quoted_in_a_query(suggester, news):
    (found,) = [each for each in suggester.suggestions("银行与") if each.kind == "title"]
    assert news.document(found.document).document.title == "銀行與區塊鏈"
    assert found.q == "“銀行與區塊鏈”"


def test_another_name_of_a_thing_is_shown_with_the_main_one_and_once(suggester):
    (found,) = [each for each in suggester.suggestions("bitcoin") if each.kind != "title"]
    assert (found.text, found.main, found.kind, found.count) == ("Bitcoin", "比特币", "alias", 6)
    found = suggester.suggestions("比特币")[0]
    assert (found.text, found.main, found.kind, found.count) == ("比特币", None, "term", 6)


def test_names_of_what_is_in_no_document_are_not_suggested(suggester):
    assert shown(suggester, "瑞波", "term", "alias") == []


def test_words_are_in_order_of_frequency_and_what_was_typed_is_first(suggester):
    counts = [each.count for each in suggester.suggestions("shang") if each.kind != "title"]
    assert counts == sorted(counts, reverse=True) != []
    assert [each.text for each in suggester.suggestions("区块")][:2] == ["区块", "区块链"]
    assert suggester.suggestions("区域")[0].text == "区域"


@pytest.mark.parametrize(
    "q", ["btb", "深圳 qkl", "-btb", "(区kuai", "bitcoin", "深圳", "s", "eth", "v"]
)
def test_whatever_is_suggested_is_a_query_without_a_fault(suggester, q):
    opened = q.count("(")
    for each in suggester.suggestions(q):
        assert len(parse(each.q).notices) == opened


def test_a_superseded_title_is_not_suggested(catalog):
    from indexer import suggest
    from indexer.pages import Reading

    add(catalog, document("旧的标题写错了", "正文。"), document("旧的标题没写错", "正文二。"))
    suggest.follow(catalog)
    right = document("旧的标题没写错", "正文二。")
    catalog.reparse(
        lambda page, _: Reading(
            [right if "没写错" in page.name else document("新的标题", "正文。")]
        )
    )
    suggest.follow(catalog)
    found = Suggester(catalog)
    assert shown(found, "旧的", "title") == ["旧的标题没写错"]
    assert shown(found, "新的", "title") == ["新的标题"]
