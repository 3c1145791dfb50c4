import pytest

from indexer.pages._text import read_lines
from indexer.pages.bylines import read_bylines

AUTHORS = [
    ("文丨山间·老王", "山间·老王"),
    ("文 | 山间老王", "山间老王"),
    ("文/山间老王 编辑/小李", "山间老王"),
    ("作者:山间老王", "山间老王"),
    ("作者：山间老王", "山间老王"),
    ("作者 | 山间老王", "山间老王"),
    ("撰文:山间老王", "山间老王"),
    ("编译：山间译社", "山间译社"),
    ("来源:山间日报", "山间日报"),
    ("來源：山間日報", "山間日報"),
    ("来源:山间日报 作者:山间老王", "山间老王"),
    ("作者:山间老王 编译:山间译社", "山间老王"),
]

DATES = [
    ("时间:2021/3/5 9:08:07", "2021-03-05T09:08:07", None),
    ("[2021-02-10 09:11:56] 来源:山间日报", "2021-02-10T09:11:56", "山间日报"),
    ("2021年3月5日 14:02 作者:老王", "2021-03-05T14:02", "老王"),
    ("[2021-02-10]", "2021-02-10", None),
    ("时间:1900/1/1 0:00:00", None, None),
]

TEXT = [
    "作者:他写道,矿工们在雨季之前就搬了家。后来怎样,没有人知道。",
    "来源 这个词在链上有别的意思",
    "2021年3月5日,矿工们搬了家",
    "文章认为:市场会好转",
]


@pytest.mark.parametrize(("line", "author"), AUTHORS)
def test_a_byline_names_the_author(line, author):
    byline, rest = read_bylines(read_lines(f"{line}\n\n正文第一段。"))
    assert byline.author == author
    assert [line.text for line in rest] == ["正文第一段。"]


@pytest.mark.parametrize(("line", "published", "author"), DATES)
def test_a_byline_dates_the_article(line, published, author):
    byline, rest = read_bylines(read_lines(f"{line}\n正文第一段。"))
    assert (byline.published.value if byline.published else None) == published
    assert byline.author == author
    assert len(rest) == 1


@pytest.mark.parametrize("line", TEXT)
def test_text_is_no_byline(line):
    byline, rest = read_bylines(read_lines(line))
    assert byline.author is None
    assert [line.text for line in rest] == [line]


def test_bylines_stand_at_the_top():
    lines = read_lines("\n".join(["正文。"] * 6 + ["作者:老王"]))
    byline, rest = read_bylines(lines)
    assert byline.author is None
    assert rest == lines
