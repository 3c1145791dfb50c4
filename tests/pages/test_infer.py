"""What an article's own text says about its date; and what it does not say."""

import pytest

from indexer.documents import Page, PublishedDate
from indexer.pages import read_page
from indexer.pages.infer import infer_date

# title, text, date
TOLD = [
    # filed on a day
    ("山里的电价", "山间日报北京2020年5月9日电 山里的电价跌了一半。", "2020-05-09"),
    ("山里的电价", "2020年5月9日讯,山里的电价跌了一半。", "2020-05-09"),
    ("山裡的電價", "據山間日報2020年5月9日消息,山裡的電價跌了一半。", "2020-05-09"),
    ("山里的电价", "2020年5月9日(今天),山里的电价跌了一半。", "2020-05-09"),
    ("2019年8月5日行情:乙币上涨", "多头占优。", "2019-08-05"),
    ("山间早报(2019-08-05)", "多头占优。", "2019-08-05"),
    # opens with the latest event of all it tells
    ("山间大会开幕", "2018年9月9日,山间大会开幕。\n老王到会。", "2018-09"),
    ("山间大会开幕", "2018年9月9日,山间大会开幕。\n上一届在2017年9月1日。", "2018-09"),
    ("山间大会开幕", "2018/9/9,山间大会开幕。\n9月5日,老王先到。", "2018-09"),
    ("山间大会开幕", "2018年9月9日,山间大会开幕。\n预计到2019年3月,电站完工。", "2018-09"),
]

NOT_TOLD = [
    ("山里的电价", "山里的电价跌了一半。"),
    ("山里的电价", "2018年,山里通了电。"),
    ("山间大会开幕", "9月的山里很凉。2018年9月9日,山间大会开幕。"),
    # a day or month of a year that the text does not state
    ("山里的电价", "5月9日,山里的电价跌了一半。"),
    ("山里的电价", "3月以来电价下跌。\n2017年9月4日,山里通了电。"),
    ("山里的电价", "今天(1月12日)公布的数据说,2024年电价跌了一半。"),
    # the latest event is another one, far from the opening
    ("山里的电价", "2018年9月9日,山里通了电。\n2019年3月2日,电价跌了一半。"),
    ("山里的电价", "2018年9月9日,山里通了电。\n10月底,电价跌了一半。"),
    ("山里的电价", "山里的电便宜。\n2018年9月9日,山里通了电。"),
    ("从2017年9月4日到今天:山间日报的三年", "电价跌了一半。"),
    ("山里的电价", "据山间日报2017年9月4日报道,山里通了电。\n2019年,电价跌了一半。"),
    # the text looks back
    ("山里的电价", "2018年9月9日,山里通了电。\n如今,电价跌了一半。"),
    ("山里通电始末", "2018年9月9日,山里通了电。"),
    # still to come
    ("山间大会", "2018年10月24日,山间大会将在山里开幕。"),
    ("山间大会", "山间大会定于2018年10月24日开幕。"),
    ("山里决定山间大会2018年10月12日召开", "会议在山里闭幕。"),
    ("山里的电价", "自2018年9月9日起,山里的电价减半。"),
    # the month was about to end
    ("山间大会", "2018年9月30日,山间大会开幕。"),
    # no date
    ("山间大会", "2018年13月40日讯,山间大会开幕。"),
]


@pytest.mark.parametrize(("title", "text", "date"), TOLD)
def test_a_text_tells_its_date(title, text, date):
    found = infer_date(title, text.split("\n"))
    precision = "day" if len(date) == 10 else "month"
    assert found == PublishedDate(date, precision, "text")


@pytest.mark.parametrize(("title", "text"), NOT_TOLD)
def test_a_text_does_not_tell_its_date(title, text):
    assert infer_date(title, text.split("\n")) is None


def test_a_newsflash_tells_nothing_about_the_article():
    flash = "甲链升级:2020年5月9日讯,甲链完成升级。[2020/5/9]"
    article, _ = read_page(Page("p", f"山里的电价\n山里的电便宜。\n{flash}\n矿工搬到了山里。"))
    assert article.published is None


def test_a_byline_is_believed_before_the_text():
    page = Page("p", "山里的电价\n时间:2020/5/10\n2020年5月9日讯,山里的电价跌了一半。")
    assert read_page(page)[0].published == PublishedDate("2020-05-10", "day", "byline")
