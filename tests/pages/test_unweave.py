"""Small pages; ``A`` marks a paragraph of the article, ``N`` a newsflash."""

import pytest

from indexer.pages._text import read_lines
from indexer.pages.unweave import closing_source, unweave

PAGES = {
    "one between two paragraphs": (
        "矿工搬到了山里。\n\n甲公司获得新牌照:3月5日消息,甲公司获得新牌照。[2021/3/5]\n\n山里的电便宜。",
        ["矿工搬到了山里。", "山里的电便宜。"],
        [("甲公司获得新牌照", "3月5日消息,甲公司获得新牌照。", "2021-03-05")],
    ),
    "two in a row": (
        "甲链升级:据报道,甲链完成升级。[2021/3/5]\n"
        "乙链升级:据报道,乙链完成升级。[2021/3/6 1:02:03]",
        [],
        [
            ("甲链升级", "据报道,甲链完成升级。", "2021-03-05"),
            ("乙链升级", "据报道,乙链完成升级。", "2021-03-06T01:02:03"),
        ],
    ),
    "several paragraphs": (
        "矿工搬到了山里。\n\n甲基金买入乙币:6月1日消息,甲基金买入乙币。\n\n此前消息,甲基金成立。(山间日报)[2021/6/1]",
        ["矿工搬到了山里。"],
        [
            (
                "甲基金买入乙币",
                "6月1日消息,甲基金买入乙币。\n\n此前消息,甲基金成立。(山间日报)",
                "2021-06-01",
            )
        ],
    ),
    "a list inside the newsflash": (
        "矿工搬到了山里。\n\n"
        "甲公司回应:老王无法代表公司:针对老王的内部信,甲公司表示:\n\n"
        "1. 公章已经更换;\n\n2. 老王已经离职;\n\n3. 收款账户另行通知。[2020/7/13]\n\n"
        "山里的电便宜。",
        ["矿工搬到了山里。", "山里的电便宜。"],
        [
            (
                "甲公司回应:老王无法代表公司",
                "针对老王的内部信,甲公司表示:\n\n1. 公章已经更换;\n\n"
                "2. 老王已经离职;\n\n3. 收款账户另行通知。",
                "2020-07-13",
            )
        ],
    ),
    "a list of the article interrupted": (
        "1. 电价:各地不同。\n\n2. 气候:夏天多雨。\n\n"
        "乙所上线丙币:乙所今日宣布上线丙币。[2020/7/13]\n\n3. 道路:运输不便。",
        ["1. 电价:各地不同。", "2. 气候:夏天多雨。", "3. 道路:运输不便。"],
        [("乙所上线丙币", "乙所今日宣布上线丙币。", "2020-07-13")],
    ),
    "a paragraph with a colon above": (
        "老王说:“山里的电便宜,所以我们把机器都搬了过去。”\n\n"
        "专家把原因分成两类:一类是电价,一类是气候。\n\n"
        "乙所上线丙币:乙所今日宣布上线丙币。[2020/7/13]",
        [
            "老王说:“山里的电便宜,所以我们把机器都搬了过去。”",
            "专家把原因分成两类:一类是电价,一类是气候。",
        ],
        [("乙所上线丙币", "乙所今日宣布上线丙币。", "2020-07-13")],
    ),
    "glued to the text before and after": (
        "矿工搬到了山里。甲公司获得新牌照:3月5日消息,甲公司获得新牌照。[2021/3/5]山里的电便宜。",
        ["矿工搬到了山里。", "山里的电便宜。"],
        [("甲公司获得新牌照", "3月5日消息,甲公司获得新牌照。", "2021-03-05")],
    ),
    "glued without a full stop, known by its prefix": (
        "矿工搬到了山里声音 | 老王:山里很好:老王近日在会上表示,山里很好。[2021/3/5]",
        ["矿工搬到了山里"],
        [("老王:山里很好", "老王近日在会上表示,山里很好。", "2021-03-05")],
    ),
    "full-width punctuation": (
        "矿工搬到了山里。\n\n乙所：丙币今日上线：据公告，乙所今日上线丙币。［2020/7/13］",
        ["矿工搬到了山里。"],
        [("乙所：丙币今日上线", "据公告，乙所今日上线丙币。", "2020-07-13")],
    ),
    "a title in brackets": (
        "【甲公司获得新牌照】3月5日消息,甲公司获得新牌照。[2021/3/5]",
        [],
        [("甲公司获得新牌照", "3月5日消息,甲公司获得新牌照。", "2021-03-05")],
    ),
    "a column in brackets": (
        "【访谈】老王:山里的电很便宜:老王近日谈到,山里的电很便宜。[2021/3/5]",
        [],
        [("【访谈】老王:山里的电很便宜", "老王近日谈到,山里的电很便宜。", "2021-03-05")],
    ),
    "leading symbols stay": (
        "⚠ 丁桥被盗:丁桥今日被盗。[2021/3/5]\n02｜🏦【机构】戊行开户:戊行今日开放开户。[2021/3/6]",
        [],
        [
            ("⚠ 丁桥被盗", "丁桥今日被盗。", "2021-03-05"),
            ("02｜🏦【机构】戊行开户", "戊行今日开放开户。", "2021-03-06"),
        ],
    ),
    "question marks for lost spaces": (
        "Foo?Bar?母公司完成融资:3月5日消息,Foo?Bar?母公司完成融资。[2021/3/5]",
        [],
        [("Foo?Bar?母公司完成融资", "3月5日消息,Foo?Bar?母公司完成融资。", "2021-03-05")],
    ),
    "a full stop before the colon": (
        "山寨币表现平淡。:9月27日消息,己所看好避险需求。[2021/9/28]",
        [],
        [("山寨币表现平淡。", "9月27日消息,己所看好避险需求。", "2021-09-28")],
    ),
    "the stamp on a line of its own": (
        "甲链升级:据报道,甲链完成升级。\n[2021/3/5]\n矿工搬到了山里。",
        ["矿工搬到了山里。"],
        [("甲链升级", "据报道,甲链完成升级。", "2021-03-05")],
    ),
    "no title": (
        "今晨乙币大跌。矿工称:“不怕。”[2021/3/5]",
        [],
        [("今晨乙币大跌", "今晨乙币大跌。矿工称:“不怕。”", "2021-03-05")],
    ),
    "a stamp that is no date": (
        "甲链升级:据报道,甲链完成升级。[1900/1/1 0:00:00]",
        [],
        [("甲链升级", "据报道,甲链完成升级。", None)],
    ),
    "brackets that are no stamps": (
        "据第[5]号报告:[2019]年样本不足[1]。\n\n日程【2018.6.25】到达。\n\n[2019/1/3] 创世十周年。"
        "\n\n他在[2020/7/13]的信里提到此事。",
        [
            "据第[5]号报告:[2019]年样本不足[1]。",
            "日程【2018.6.25】到达。",
            "[2019/1/3] 创世十周年。",
            "他在[2020/7/13]的信里提到此事。",
        ],
        [],
    ),
}

CATEGORIES = [
    ("声音 | 老王:山里很好:老王表示,山里很好。[2021/3/5]", "声音", "老王:山里很好"),
    ("聲音丨老王:山裡很好:老王表示,山裡很好。[2021/3/5]", "聲音", "老王:山裡很好"),
    (
        "金色财经行情播报 | 乙币跌破七千:据行情,乙币跌破七千。[2021/3/5]",
        "金色财经行情播报",
        "乙币跌破七千",
    ),
    ("老王日记 | 山里很好:老王表示,山里很好。[2021/3/5]", None, "老王日记 | 山里很好"),
]

SOURCES = [
    ("乙币上涨。(Cointelegraph)", "Cointelegraph"),
    ("乙币上涨。(The Block)", "The Block"),
    ("乙币上涨。（金十）", "金十"),
    ("乙币上涨(约三成)", None),
    ("乙币上涨。(完)", None),
    ("乙币上涨。(2021)", None),
    ("乙币上涨。(图1:价格)", None),
]


@pytest.mark.parametrize(("content", "article", "newsflashes"), PAGES.values(), ids=PAGES)
def test_article_and_newsflashes_are_told_apart(content, article, newsflashes):
    paragraphs, found = unweave(read_lines(content))
    assert [line.text for line in paragraphs] == article
    assert [
        (one.title, one.body, one.published.value if one.published else None) for one in found
    ] == newsflashes


@pytest.mark.parametrize(("content", "category", "title"), CATEGORIES)
def test_a_listed_prefix_is_the_category(content, category, title):
    _, [newsflash] = unweave(read_lines(content))
    assert (newsflash.category, newsflash.title) == (category, title)


@pytest.mark.parametrize(("body", "source"), SOURCES)
def test_the_medium_in_brackets_at_the_end_is_the_source(body, source):
    assert closing_source(body) == source
