import pytest

from indexer.pages._text import read_lines
from indexer.pages.boilerplate import Furniture

WHOLE = [
    "未经授权,不得转载!",
    "未经授权，不得转载！",
    "郑重声明: 本文版权归原作者所有, 转载文章仅为传播更多信息之目的, 多谢。",
    "免责声明:本站文章只代表作者观点,与本站立场无关。",
    "本文版权归原作者所有,转载请注明出处。",
    "Ctrl+D 收藏本站",
    "[0:15ms0-13:411ms",
    "[0:73ms0-16:177ms]",
    "0.070s",
    "ads",
]

PARTS = [
    ("未经授权,不得转载!矿工搬了家。", "矿工搬了家。"),
    ("矿工搬了家。未经授权,不得转载!", "矿工搬了家。"),
    ("矿工搬了家。[0:15ms0-13:411ms", "矿工搬了家。"),
]

TEXT = [
    "这篇声明引来很多讨论:本文只谈其一。",
    "出块时间缩短到 0.070s",
    "他说:未经授权,不得转载是这一行的规矩。",
]

SITES = [
    ("山间网 山间网\n标题\n正文。", "山间网"),
    ("Ctrl+D 山间网\n标题\n正文。", "山间网"),
    ("标题\n正文。\n山间网", "山间网"),
    ("标题\n正文。\n山间网\n[0:15ms0-13:411ms", "山间网"),
    ("标题\n正文。\n本文版权归原作者所有,转载请注明出处。\n山间老友", "山间老友"),
    ("标题\n正文。\n后来呢", None),
    ("标题\n正文。\nCtrl+D 收藏本站", None),
    ("标题\n正文。\n请按Ctrl+D收藏山间网", "山间网"),
]


def left(content):
    return [line.text for line in Furniture(read_lines(content)).lines]


@pytest.mark.parametrize("line", WHOLE)
def test_boilerplate_is_left_out(line):
    assert left(f"标题\n{line}\n正文。") == ["标题", "正文。"]


@pytest.mark.parametrize(("line", "text"), PARTS)
def test_boilerplate_is_cut_off_text(line, text):
    assert left(f"标题\n{line}\n正文。") == ["标题", text, "正文。"]


@pytest.mark.parametrize("line", TEXT)
def test_text_is_kept(line):
    assert left(f"标题\n{line}\n正文。") == ["标题", line, "正文。"]


@pytest.mark.parametrize(("content", "site"), SITES)
def test_the_site_names_itself_at_head_or_foot(content, site):
    assert Furniture(read_lines(content)).site == site


def test_a_trail_names_the_column():
    furniture = Furniture(read_lines("首页 > ADA > 正文\n标题\n正文。"))
    assert furniture.column == "ADA"
    assert [line.text for line in furniture.lines] == ["标题", "正文。"]
