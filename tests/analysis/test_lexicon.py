from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from indexer.analysis import aliases, cut, fold, is_word, spelling
from indexer.analysis.dictionary import (
    ALIASES,
    CUTTABLE,
    WORDS,
    added_words,
    frequencies,
    latin_names,
)
from indexer.analysis.tokenizer import MAX_JOINED
from indexer.query.parser import MAX_NAME_CHUNKS


def rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def test_every_added_word_is_cut_whole() -> None:
    assert len(added_words()) >= 300
    assert [(word, cut(word)) for word in added_words() if cut(word) != [word]] == []
    assert [word for word in added_words() if not is_word(word)] == []


def test_added_words_are_well_formed() -> None:
    names = [word for word, _ in rows(WORDS)]
    assert [name for name, times in Counter(map(fold, names)).items() if times > 1] == []
    assert [name for name in names if not re.fullmatch(f"[{CUTTABLE}]{{2,}}", fold(name))] == []


def test_latin_names_are_long_enough_to_stand_in_no_word_by_chance() -> None:
    names = latin_names()
    assert [name for name in names if not re.fullmatch("[a-z]{4,}", name)] == []
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_no_word_that_the_cut_takes_apart_is_longer_than_supposed() -> None:
    han = re.compile(f"[{CUTTABLE}]+")
    longer = [w for w in frequencies().counted() if len(w) > MAX_JOINED and han.fullmatch(w)]
    assert len(longer) > 5_000
    assert [word for word in longer if cut(word) != [word]] == []


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("btc", "比特币"),
        ("比特币", "btc"),
        ("以太坊", "以太币"),
        ("以太币", "eth"),
        ("usdt", "泰达币"),
        ("v神", "vitalik buterin"),
        ("vitalik buterin", "v神"),
        ("赵长鹏", "cz"),
        ("erc20", "erc-20"),
        ("数字人民币", "dcep"),
        ("mt.gox", "mt. gox"),
    ],
)
def test_aliases(name: str, other: str) -> None:
    assert other in aliases(name)
    assert name not in aliases(name)


@pytest.mark.parametrize("name", ["BTC", "Vitalik Buterin", "V神", "Shiba Inu", "比特币"])
def test_a_name_is_shown_as_the_lexicon_writes_it(name: str) -> None:
    assert spelling(fold(name)) == name


def test_another_text_is_shown_as_it_is() -> None:
    assert spelling("深圳") == "深圳"


def test_a_name_without_others_has_no_aliases() -> None:
    assert aliases("深圳") == ()


def test_each_name_belongs_to_one_group() -> None:
    groups = rows(ALIASES)
    assert len(groups) >= 300
    assert max(len(name.split()) for group in groups for name in group) <= MAX_NAME_CHUNKS
    assert [group for group in groups if len(group) < 2 or "" in group] == []
    names = Counter(fold(name) for group in groups for name in group)
    assert [name for name, times in names.items() if times > 1] == []
