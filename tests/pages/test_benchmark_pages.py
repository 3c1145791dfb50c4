import json

import pytest

from benchmarks.pages import main, measure

PAGE = "BTC:山里的电价_BTC\n作者:老王\n山里的电便宜。\n甲链升级:据报道,甲链完成升级。[2021/3/5]"
FLASH = {
    "title": "甲链升级",
    "category": None,
    "body": "据报道,甲链完成升级。",
    "published": "2021-03-05",
    "precision": "day",
}
GOLD = {
    "page": "p.txt",
    "title": "山里的电价",
    "author": "老王",
    "published": None,
    "site": None,
    "article": ["山里的电便宜。"],
    "newsflashes": [FLASH],
}


@pytest.fixture
def gold_file(tmp_path):
    def write(gold):
        (tmp_path / "p.txt").write_text(PAGE, encoding="utf-8")
        path = tmp_path / "gold.jsonl"
        path.write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")
        return path

    return write


def test_a_page_read_right_scores_in_full(gold_file):
    score = measure(gold_file(GOLD))
    assert (score.f1("strict"), score.f1("loose"), score.failures) == (1.0, 1.0, [])
    assert (score.counts["lost"], score.counts["leaked"]) == (0, 0)
    assert score.megabytes_a_second > 0


@pytest.mark.parametrize(
    ("change", "strict", "loose"),
    [
        ({"title": "甲链已升级"}, 0.0, 0.0),
        ({"published": "2021-03-06"}, 0.0, 0.0),
        ({"body": "据报道,甲链完成升级。。"}, 0.0, 1.0),
        ({"body": "据 报道,甲链完成升级。"}, 1.0, 1.0),
    ],
    ids=["title", "date", "nearly the body", "white space"],
)
def test_title_date_and_body_have_to_be_equal(gold_file, change, strict, loose):
    score = measure(gold_file({**GOLD, "newsflashes": [{**FLASH, **change}]}))
    assert (score.f1("strict"), score.f1("loose")) == (strict, loose)


def test_lost_paragraphs_and_leaked_newsflashes_are_counted(gold_file):
    leaked = {**FLASH, "title": "电价", "body": "山里的电便宜。"}
    score = measure(gold_file({**GOLD, "article": ["不在页上。"], "newsflashes": [FLASH, leaked]}))
    assert (score.counts["lost"], score.counts["leaked"]) == (1, 1)


def test_the_table_and_the_failures_are_printed(gold_file, capsys):
    assert main([str(gold_file({**GOLD, "author": "老李"})), "--failures", "1"]) == 0
    printed = capsys.readouterr()
    perfect = "P 1.0000  R 1.0000  F1 1.0000"
    assert f"| newsflashes, strict | {perfect} | {perfect} |" in printed.out
    assert printed.err == "p.txt author: '老王' for '老李'\n"
