"""What a bare word drops, as a Chinese reader judged it (benchmarks/data/dropped.tsv)."""

from __future__ import annotations

import pytest

from benchmarks.words import HELD_OUT, JUDGED, bare, found, judged, rows, terms
from indexer.analysis import fold, words


def matches(term: str, text: str) -> bool:
    return found(bare(term), text, {token.text for token in words(text)})


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("中共中央", "中共中央政治局开会"),
        ("中央政治局", "中共中央政治局开会"),
        ("改革开放", "进一步深化改革开放"),
        ("交易所", "一家现货交易所上线"),
        ("城市更新", "城市更新改造项目"),
        ("财政部", "财政部长在会上说"),
        ("部长", "财政部长在会上说"),
        ("主网", "功能在主网上使用"),
        ("赛道", "今年的大赛道"),
        ("代币", "时代币种和三代币模型"),
        ("山西", "山西北部有雨"),
        ("BIP", "两个BIPs"),
        ("rollup", "zkRollup方案"),
        ("Vitalik", "创始人VitalikButerin"),
        ("Uniswap", "Uniswapv4上线"),
        ("PSBT", "createpsbt命令"),
    ],
)
def test_a_term_is_found_where_it_stands(term: str, text: str) -> None:
    assert matches(term, fold(text))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("链上", "这条产业链上的企业"),
        ("加州", "阿拉斯加州下雪"),
        ("中国", "发展中国家"),
        ("何一", "任何一方"),
        ("商务部", "各地商务部门"),
        ("币安", "比特币安全"),
        ("重庆", "隆重庆祝"),
        ("ETH", "ethan说something"),
        ("AI", "details"),
    ],
)
def test_a_term_is_not_found_across_the_border_of_a_word(term: str, text: str) -> None:
    assert not matches(term, fold(text))


def test_the_judged_places_are_as_they_were_judged() -> None:
    table = judged()
    assert len(table) >= 200
    known = {fold(term.text) for term in [*terms(), *terms(HELD_OUT)]}
    assert {place.term for place in table} <= known
    assert set(table.values()) == {"border", "miss"}
    assert max(len(text) for place in table for text in (place.before, place.after)) <= 4
    assert all(reason for *_, reason in rows(JUDGED))
    of_first_sample = list(table.values())[:199]
    assert of_first_sample.count("border") >= 0.98 * len(of_first_sample)
    wrong = [
        place
        for place, verdict in table.items()
        if verdict == "border" and matches(place.term, place.before + place.term + place.after)
    ]
    # So few characters do not always hold the word that crosses the border.
    assert len(wrong) <= 0.05 * len(table), wrong


def test_the_terms_are_drawn_from_all_kinds() -> None:
    assert len({fold(term.text) for term in terms()}) == len(terms()) == 500
    assert {term.kind for term in terms()} == {
        "person", "firm", "coin", "policy", "place", "term",
    }  # fmt: skip
    assert not {fold(term.text) for term in terms()} & {fold(term.text) for term in terms(HELD_OUT)}
