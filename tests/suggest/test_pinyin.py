"""Readings of text, and what typed letters may stand for."""

import pytest

from indexer.suggest.pinyin import DATA, MAX_READINGS, fuzzy_classes, parses, readings, spelled_out

SYLLABLES = sorted(
    {s for line in DATA.read_text("utf-8").split("\n") for s in line.split("\t")[0].split()}
)


def spelled(reading):
    return " ".join(SYLLABLES[number - 1] for number in reading)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("比特币", ["bi te bi"]),
        ("银行", ["yin xing", "yin hang", "yin heng"]),
        ("长安", ["zhang an", "chang an"]),
        ("旅行", ["lv xing", "lv hang", "lv heng"]),
        ("币安bnb", ["bi an"]),
        ("吴忌寒", ["wu ji han"]),
        ("bnb币安", []),
        ("", []),
    ],
)
def test_a_text_is_read_in_every_way(text, expected):
    assert [spelled(reading) for reading in readings(text)] == expected


def test_there_are_few_readings_of_a_long_text():
    assert len(readings("行长行长行长行长行长")) == MAX_READINGS


def span(pattern):
    """``bi`` is this syllable, ``t*`` any that begins so."""
    syllable = pattern.rstrip("*")
    like = [
        number
        for number, name in enumerate(SYLLABLES, 1)
        if name == pattern or (syllable != pattern and name.startswith(syllable))
    ]
    return like[0], like[-1] + 1


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("bitebi", {"bi te bi*", "bi t* e bi*"}),
        ("btb", {"b* t* b*"}),
        ("bitb", {"bi t* b*"}),
        ("bite", {"bi te*", "bi t* e*"}),
        ("xian", {"xian*", "xi an*", "xi a n*", "xia n*"}),
        ("xi'an", {"xi an*", "xi a n*"}),
        ("sh", {"sh*", "s* h*"}),
        ("nv", {"nv*"}),
        ("nü", {"nv*"}),
        ("bitcoin", set()),
        ("v", set()),
        ("'", set()),
    ],
)
def test_letters_are_parsed_in_every_way(letters, expected):
    found = {parse.spans for parse in parses(letters)}
    assert found == {tuple(map(span, text.split())) for text in expected}


def test_only_an_initial_that_is_not_the_last_abbreviates():
    assert [parse.abbreviated for parse in parses("bi")] == [False]
    assert [parse.abbreviated for parse in parses("b")] == [False]
    assert [parse.abbreviated for parse in parses("bitb")] == [True]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [("bitebi", {"bi te bi"}), ("xian", {"xi an"}), ("bi", set()), ("bitcoin", set())],
)
def test_pinyin_that_is_spelled_out(letters, expected):
    assert {spelled(reading) for reading in spelled_out(letters)} == expected


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("zhang", "zan", True),
        ("shen", "seng", True),
        ("lin", "ning", True),
        ("chi", "ci", True),
        ("bi", "pi", False),
        ("fang", "huang", False),
        ("xin", "xian", False),
    ],
)
def test_syllables_that_accents_confuse(one, other, alike):
    classes = fuzzy_classes()
    a, b = (classes[SYLLABLES.index(name) + 1] for name in (one, other))
    assert (a == b) == alike
