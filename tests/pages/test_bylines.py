import pytest

from indexer.pages._text import read_lines
from indexer.pages.bylines import read_bylines, read_foot

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
    ("来源:山间日报 2018-06-25 14:12", "2018-06-25T14:12", "山间日报"),
    ("作者:老王 2016-07-11 08:30:00", "2016-07-11T08:30:00", "老王"),
    ("編譯:老王 2021/9/25", "2021-09-25", "老王"),
    ("文丨山间日报·老王 2018-08-20 10:00:00", "2018-08-20T10:00:00", "山间日报·老王"),
    ("山间日报 2018-08-20 10:00", "2018-08-20T10:00", "山间日报"),
    ("山间日报 · 2021-02-10 09:11 · 阅读1.2万", "2021-02-10T09:11", "山间日报"),
    ("来源:山间日报 2021-02-10 09:11:56 作者:老王", "2021-02-10T09:11:56", "老王"),
    ("2021-02-10 09:11 来源:山间日报 阅读 1234", "2021-02-10T09:11", "山间日报"),
    ("2021-02-10 09:11 发布", "2021-02-10T09:11", None),
    ("作者 | 老王 发布于 2021-02-10", "2021-02-10", "老王"),
    ("發布時間:2021年2月10日 09:11 來源:山間日報", "2021-02-10T09:11", "山間日報"),
    ("文/老王 2021.2.10", "2021-02-10", "老王"),
    ("来源:山间日报 2021-02-10T09:11:00+00:00", "2021-02-10T17:11:00", "山间日报"),
    ("4/27/2021 12:48:57 PM", "2021-04-27T12:48:57", None),
]

FOOTS = [
    ("作者:老王", "老王", None),
    ("(来源:山间日报 2018-06-25)", "山间日报", "2018-06-25"),
    ("来源:山间日报\n责任编辑:小李", "山间日报", None),
    ("文丨老王 2018年6月25日 14:12", "老王", "2018-06-25T14:12"),
]

TEXT = [
    "作者:他写道,矿工们在雨季之前就搬了家。后来怎样,没有人知道。",
    "来源 这个词在链上有别的意思",
    "2021年3月5日,矿工们搬了家",
    "文章认为:市场会好转",
    "作者:他写道,矿工们在雨季之前就搬了家,没有告诉别人",
    "2021年3月5日 14:00 矿工大会",
    "矿工大会 2021-03-05",
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


def test_a_second_line_may_date_what_the_first_one_signs():
    byline, rest = read_bylines(read_lines("作者:老王\n山间日报 2018-08-20 10:00\n正文。"))
    assert byline.author == "老王"
    assert byline.published is not None
    assert byline.published.value == "2018-08-20T10:00"
    assert len(rest) == 1


@pytest.mark.parametrize(("foot", "author", "published"), FOOTS)
def test_a_byline_may_stand_at_the_foot(foot, author, published):
    byline, rest = read_foot(read_lines(f"正文。\n后来呢\n{foot}"))
    assert byline.author == author
    assert (byline.published.value if byline.published else None) == published
    assert [line.text for line in rest] == ["正文。", "后来呢"]


@pytest.mark.parametrize(
    "last", ["没有人知道。", "2021年3月5日", "问:后来呢", "山间日报 2018-08-20 10:00"]
)
def test_without_a_label_the_last_line_is_text(last):
    byline, rest = read_foot(read_lines(f"正文。\n{last}"))
    assert (byline.author, byline.published, len(rest)) == (None, None, 2)


def test_bylines_stand_at_the_top():
    lines = read_lines("\n".join(["正文。"] * 6 + ["作者:老王"]))
    byline, rest = read_bylines(lines)
    assert byline.author is None
    assert rest == lines
