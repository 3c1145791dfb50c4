import pytest

from indexer.pages._text import read_lines
from indexer.pages.residue import without_residue

CASES = [
    ("山里的电&nbsp;便宜", ["山里的电\u00a0便宜"]),
    ("S&amp;P 指数&hellip;&#8220;上涨&#x201d;", ["S&P 指数…“上涨”"]),
    ("山里的电便宜。<br/>矿工搬了家。", ["山里的电便宜。", "矿工搬了家。"]),
    ('<p style="text-indent: 2em">山里的<strong>电</strong>便宜。</p>', ["", "山里的电便宜。", ""]),
    (r"\u3000\u3000山里的电便宜。\n矿工搬了家。", ["\u3000\u3000山里的电便宜。", "矿工搬了家。"]),
    ('山里的电价","content":"山里的电便宜。"}', ["山里的电价", "山里的电便宜。", ""]),
    ('{"title":"山里的电价","body":"他说:\\"便宜\\"。"}', ["", "山里的电价", '他说:"便宜"。', ""]),
    (r"https:\/\/example.org\/a", ["https://example.org/a"]),
]

TEXT = [
    "甲 & 乙 < 丙",
    "他说:“山里的电便宜”,然后走了。",
    '他说:"山里的电便宜",然后走了。',
    "if (a < b) 就转账 <T>",
    r"C:\news 和 \alpha",
    "[2019]年的[1]号报告",
    r"\ud83d",
]


@pytest.mark.parametrize(("line", "parts"), CASES)
def test_residue_is_taken_out(line, parts):
    assert without_residue(line) == parts


@pytest.mark.parametrize("line", TEXT)
def test_text_is_left_alone(line):
    assert without_residue(line) == [line]


def test_lines_keep_the_number_that_they_have_on_the_page():
    lines = read_lines("标题\n甲。<br>乙。\n丙。")
    assert [(line.number, line.text) for line in lines] == [
        (1, "标题"),
        (2, "甲。"),
        (2, "乙。"),
        (3, "丙。"),
    ]
