"""Correcting and hiding by the real commands."""

from __future__ import annotations

import json
import os
from contextlib import closing

import pytest

from indexer import pipeline
from indexer.archive import Archive
from indexer.locking import data_lock

from .test_pipeline import record
from .test_run import documents, pages, run  # noqa: F401


@pytest.fixture
def data(pages, tmp_path):  # noqa: F811
    folder = tmp_path / "data"
    run("add", str(pages), data=folder)
    return folder


@pytest.fixture
def id_(pages):  # noqa: F811
    return documents(pages)[1]["id"]  # 某钱包完成新一轮融资, 2020-07-13T09:05:00, 上海


def test_correct_search_show_and_undo(data, id_):
    printed, said, code = run(
        *("correct", id_, "--title", "某钱包融资", "--date", "2020-07-14", "--city", "杭州"),
        *("--city", "上海市", "--author", "陈晓", "--source", "乙社", "--kind", "article"),
        data=data,
    )
    assert (said, code) == ("", 0)
    first, *changes = printed.splitlines()
    assert first == f"{id_}\t某钱包融资"
    assert [line.split("\t")[1] for line in changes] == [
        "标题：某钱包完成新一轮融资 → 某钱包融资",
        "日期：2020-07-13 09:05:00（文末时间戳） → 2020-07-14（已更正）",
        "城市：上海 → 杭州、上海",
        "作者：（无） → 陈晓",
        "来源：（无） → 乙社",
        "类型：快讯 → 文章",
    ]
    hits = json.loads(run("search", "", "--city", "杭州", "--json", data=data)[0])["hits"]
    (hit,) = hits
    assert (hit["id"], hit["title"], hit["published"]) == (id_, "某钱包融资", "2020-07-14")
    assert (hit["precision"], hit["date_origin"], hit["kind"]) == ("day", "correction", "article")
    assert hit["corrections"]["published"]["was"] == "2020-07-13T09:05:00"
    shown = run("show", id_, data=data)[0]
    for words in (
        "# 某钱包融资",
        "- 日期：2020-07-14（已更正）",
        "- 标题已更正：原读作 某钱包完成新一轮融资",
        "- 日期已更正：原读作 2020-07-13 09:05:00（文末时间戳）",
        "今日,上海一家钱包团队",
    ):
        assert words in shown

    listed = json.loads(run("corrections", "--json", data=data)[0])
    assert [(each["id"], sorted(each["corrections"]), each["hidden"]) for each in listed] == [
        (id_, ["author", "cities", "kind", "published", "source", "title"], None)
    ]
    fields = ("title", "date", "city", "author", "source")
    undo = [word for field in fields for word in ("--undo", field)]
    printed, _, code = run("correct", id_, *undo, data=data)
    assert (len(printed.splitlines()), code) == (2, 0)
    assert run("correct", id_, "--undo", "kind", data=data)[0] == f"{id_}\t某钱包完成新一轮融资\n"
    assert run("corrections", data=data) == ("", "", 0)
    assert run("check", data=data) == ("目录库和索引都完好。\n", "", 0)


def test_a_correction_does_not_merge_what_is_damaged(tmp_path):
    data = tmp_path / "data"
    with closing(Archive.open(data)) as archive:
        for number in range(9):
            page = record(number)
            pipeline.add([page], archive.catalog, archive.engine, data / "refused.jsonl", id, id)
        corrected = archive.catalog.ids()[0]
    for segment in [*(data / "whoosh").glob("*.segment")][:2]:
        content = bytearray(segment.read_bytes())
        content[100] ^= 1
        segment.write_bytes(content)
    assert run("correct", corrected, "--author", "陈晓", data=data)[1:] == ("", 0)
    assert run("check", data=data) == ("目录库和索引都完好。\n", "", 0)


def test_an_empty_value_says_that_there_is_none(data, id_):
    run("correct", id_, "--date", "", "--city", "", "--author", "", data=data)
    (hit,) = json.loads(run("search", "钱包团队", "--json", data=data)[0])["hits"]
    assert (hit["published"], hit["cities"], hit["author"]) == (None, [], None)


def test_a_city_that_no_gazetteer_has_is_kept_and_told(data, id_):
    printed, said, code = run("correct", id_, "--city", "某某屯", data=data)
    assert (said, code) == ("地名表里没有城市“某某屯”，照原样记下\n", 0)
    assert "城市：上海 → 某某屯" in printed


def test_hide_and_unhide(data, id_):
    printed, said, code = run("hide", id_, "--reason", "与另一篇重复", data=data)
    assert (printed, said, code) == (f"已隐藏 {id_}\n", "", 0)
    assert json.loads(run("search", "", "--json", data=data)[0])["total"] == 3
    assert id_ not in run("export", "", "--format", "jsonl", data=data)[0]
    printed, said, code = run("show", id_, data=data)
    assert (printed, code) == ("", 1)
    assert "与另一篇重复" in said
    assert f"unhide {id_}" in said
    assert "隐藏：与另一篇重复" in run("corrections", data=data)[0]
    counts = json.loads(run("stats", "--json", data=data)[0])
    assert (counts["documents"], counts["hidden"]) == (3, 1)
    assert run("check", data=data) == ("目录库和索引都完好。\n", "", 0)
    run("rebuild", "--reparse", data=data)
    assert json.loads(run("search", "", "--json", data=data)[0])["total"] == 3
    assert run("unhide", id_, data=data) == (f"已恢复 {id_}\n", "", 0)
    assert json.loads(run("search", "", "--json", data=data)[0])["total"] == 4
    assert run("unhide", id_, data=data) == ("", f"文档 {id_} 没有被隐藏。\n", 1)


def test_a_reason_that_the_terminal_could_not_decode(data, id_):
    broken = os.fsdecode("与另一篇".encode() + b"\xff")
    assert run("hide", id_, "--reason", broken, data=data)[2] == 0
    assert "隐藏：与另一篇\t" in run("corrections", data=data)[0]


def test_a_superseded_id_is_followed_and_told(tmp_path):
    flash = "甲公司获得新牌照:3月5日消息,甲公司获得当地第三张新牌照,为期两年。[2021/3/5]"
    glued = f"山里的电价_比特币\n\n矿工们在雨季到来之前搬到了山里{flash}"
    clear = f"雨季之前的搬迁_比特币\n\n运输并不便宜。\n\n{flash}"
    run("add", "-", data=tmp_path, stdin=glued)
    (hit,) = json.loads(run("search", "新牌照", "--json", data=tmp_path)[0])["hits"]
    run("correct", hit["id"], "--author", "陈晓", data=tmp_path)
    run("add", "-", data=tmp_path, stdin=clear)
    (now,) = json.loads(run("search", "新牌照", "--json", data=tmp_path)[0])["hits"]
    assert now["id"] != hit["id"]
    assert now["author"] == "陈晓"  # it came along
    _, said, code = run("correct", hit["id"], "--source", "乙社", data=tmp_path)
    assert (said, code) == (f"{hit['id']} 现在是 {now['id']}\n", 0)
    (now,) = json.loads(run("search", "新牌照", "--json", data=tmp_path)[0])["hits"]
    assert (now["author"], now["source"]) == ("陈晓", "乙社")


WRONG = {
    ("correct", "nothing", "--title", "甲"): (1, "没有编号为 nothing 的文档"),
    ("hide", "nothing"): (1, "没有编号为 nothing 的文档"),
    ("unhide", "nothing"): (1, "没有编号为 nothing 的文档"),
    ("correct", "nothing"): (2, "请写出要更正什么"),
    ("correct",): (2, "缺少 ID"),
    ("correct", "x", "--title", " "): (2, "标题不能是空的"),
    ("correct", "x", "--date", "2020-02-30"): (2, "不是 2008 年以来的日期"),
    ("correct", "x", "--kind", "poem"): (2, "article | newsflash"),
    ("correct", "x", "--undo", "body"): (2, "title | date"),
    ("correct", "x", "--body", "甲"): (2, "没有选项 --body"),
}


@pytest.mark.parametrize("args", WRONG, ids=" ".join)
def test_wrong_usage_is_a_sentence(tmp_path, args):
    expected, words = WRONG[args]
    printed, said, code = run(*args, data=tmp_path)
    assert (printed, code) == ("", expected)
    assert words in said


def test_it_waits_its_turn(data, id_):
    with data_lock(data, "rebuild", 0, print):
        _, said, code = run("correct", id_, "--title", "甲", "--wait", "0", data=data)
    assert code == 3
    assert "rebuild（" in said
