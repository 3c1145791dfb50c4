"""Pages composed in the grammar of scraped news sites, in every variant that they come in."""

import json
import random

import pytest

from benchmarks.pages import measure

# An article's paragraphs; colons, lists and brackets as articles have them.
PARAGRAPHS = [
    "雨季到来之前,矿工们把机器搬进了山里,那里的电价只有平原的一半。",
    "老王说:“山里的电便宜,我们算过三次账,每一次都是搬走更划算。”",
    "专家把原因分成两类:一类是电价,一类是气候。",
    "然而运输并不便宜,一台机器从码头到厂房要换三次车。",
    "据第[5]号调查:[2019]年的样本量明显不足,结论只能参考[1]。",
    "1. 电价:各地不同,夏天最低。",
    "2. 气候:山里多雨,机房要垫高。",
    "3. 道路:冬天封山,备件要提前运到。",
    "他在会上问:“如果明年电价上涨,谁来承担这笔费用?”",
    "从数字来看,去年新建的机房有四十座,今年只有十二座。",
    "换句话说:便宜的电不会一直便宜。",
    "这份报告(见附录)还提到,水电站的合同大多只签到秋天。",
    "机房里的温度常年保持在三十度上下,风扇的声音隔着山谷也听得见。",
    "第一,机器要防潮;第二,线路要防雷;第三,账本要防火。",
    "有人担心:水位下降以后,这些机器又要搬到哪里去?",
    "问:你们什么时候回平原?",
    "答:等电价公布以后再说,现在谁也说不准。",
]

# Titles and bodies; {M} and {D} are the stamp's month and day.
NEWSFLASHES = [
    ("甲所完成二十亿元融资", "{M}月{D}日消息,交易平台甲所完成二十亿元融资,资金将用于山间机房。"),
    ("乙链主网升级推迟一周", "据官方公告,乙链主网升级推迟一周,开发者需要更多时间测试。(山间日报)"),
    ("丙币:今日起支持跨链转账:无需手续费", "丙币官方今日宣布,即日起支持跨链转账,用户无需手续费。"),
    ("分析师:乙币短期承压:支撑位在三千元", "分析师老李表示,乙币短期承压,下方支撑位在三千元附近。"),
    ("声音 | 老赵:监管沙盒值得推广", "老赵近日在论坛上表示,监管沙盒值得推广,其他城市可以参考。"),
    ("动态 | 丁桥恢复存取款", "{M}月{D}日讯,跨链桥丁桥恢复存取款,此前因维护暂停六小时。"),
    ("金色财经行情播报 | 乙币跌破五千元", "据行情显示,乙币跌破五千元,日内跌幅达到百分之三。"),
    ("PA日报 | 戊行获得牌照;己所上线新币", "今日要闻:戊行获得牌照,己所上线新币,庚基金减持。"),
    (
        "CoinFoo:比特币面临考验:资金连续流出",
        "CoinFoo周报显示,比特币面临考验,资金已经连续三周流出。",
    ),
    ("⚠ 辛协议遭到攻击", "辛协议遭到攻击,损失约三百万元,团队已经暂停合约。"),
    ("02｜🏦【机构】壬银行开放托管业务", "壬银行今日开放托管业务,首批支持三种资产。"),
    (
        "癸公司回应停产传闻",
        "针对停产传闻,癸公司回应如下:\n\n"
        "1. 工厂仍在生产;\n\n2. 订单已经排到秋天;\n\n3. 谣言将依法处理。",
    ),
    (
        "子基金公布三季度持仓",
        "子基金公布三季度持仓,乙币占比最高。\n\n此前消息,子基金在春天减持了乙币。",
    ),
    ("昨日链上转账笔数回升", "昨日链上转账笔数回升至一百二十万笔,比前一天多一成。"),
    (
        "丑国央行行长:不急于发行数字货币",
        "丑国央行行长在采访中说:“我们不急于发行数字货币。”他认为还要观察。",
    ),
    ("数据:寅稳定币周增发两亿", "{M}月{D}日,数据显示,寅稳定币一周增发两亿,总量创下新高。"),
    ("Foo Labs 推出 Bar 钱包 2.0", "Foo Labs 宣布推出 Bar 钱包 2.0,支持硬件签名,时间为12:30。"),
    ("卯项目方转出一千万枚代币", "链上数据显示,卯项目方转出一千万枚代币,去向是某交易所。"),
    ("独家 | 辰矿业与水电站签约三年", "山间日报独家获悉,辰矿业与水电站签约三年,电价未公布。"),
    (
        "巳市警方破获虚拟货币诈骗案",
        "巳市警方通报,近日破获一起虚拟货币诈骗案,抓获八人,案值两千万元。",
    ),
]

TRADITIONAL = [
    ("聲音 | 老趙:監管應當先行", "老趙日前表示,監管應當先行,產業才能長久。"),
    ("乙鏈將於下週升級", "據公告,乙鏈將於下週升級,屆時暫停轉帳兩小時。"),
    ("午所獲得牌照", "{M}月{D}日消息,交易所午所獲得牌照,成為當地第三家。"),
]

BOILERPLATE = [
    "未经授权,不得转载!",
    "郑重声明: 本文版权归原作者所有, 转载文章仅为传播更多信息之目的, 如有侵权请联系我们, 多谢。",
    "免责声明:本站文章只代表作者观点,与本站立场无关。",
    "风险提示:价格起伏很大,本页不构成任何投资建议。",
    "鄭重聲明: 文中觀點屬作者個人意見,與本站立場無關。",
    "责任编辑:小李",
    "标签:山间 电价",
    "分享到:微信 微博",
    "上一篇:山里的水价",
    "ads",
]

FULL_WIDTH = str.maketrans(",:;!?()[]|", "，：；！？（）［］｜")


def compose(seed, pool=None, glued=0.1, torn=0.0):
    """A page, and what an editor reads on it.

    Its newsflashes are made up, or of a pool that pages share; so many of them
    are glued to the paragraph before, of which so many have lost their full stop.
    """
    pick = random.Random(seed)
    if pool:
        flashes = pick.sample(pool, pick.randint(1, 6))
    else:
        made_up = pick.sample([*NEWSFLASHES, *TRADITIONAL], pick.randint(1, 9))
        flashes = [dated(pick, *each) for each in made_up]
    first = pick.randint(0, len(PARAGRAPHS) - 4)
    article = PARAGRAPHS[first : first + pick.randint(3, 9)]
    site = pick.choice(["山间网", "山间财经", "山間鏈訊", None])
    title, header, author, byline = top(pick)
    lines = [*furniture(pick, site), header, *byline, pick.choice([BOILERPLATE[0], ""])]
    article, woven = weave(pick, article, flashes, glued, torn)
    foot = [
        *pick.sample(BOILERPLATE[1:], 2),
        site or "",
        pick.choice(["0.064s", "[0:7ms0-9:208ms"]),
    ]
    content = pick.choice(["\n", "\n\n"]).join(line for line in [*lines, *woven, *foot] if line)
    gold = {
        "page": f"{seed}.txt",
        "title": title,
        "author": author,
        "site": site,
        "article": article,
        "newsflashes": [flash for flash, _ in flashes],
    }
    if pick.random() < 0.15:
        content = content.translate(FULL_WIDTH)
        gold = json.loads(json.dumps(gold, ensure_ascii=False), object_hook=full_width)
    return with_residue(pick, content), gold


def dated(pick, title, body):
    """A newsflash as gold and as text, with a date."""
    year, month, day = pick.randint(2017, 2024), pick.randint(1, 12), pick.randint(1, 28)
    time = pick.choice(["", f" {pick.randint(0, 23)}:{pick.randint(10, 59)}:07"])
    body = body.replace("{M}", str(month)).replace("{D}", str(day))
    stamp = f"[{year}/{month}/{day}{time}]"
    text = f"【{title}】{body}{stamp}" if use_brackets(pick, title) else f"{title}:{body}{stamp}"
    published = f"{year}-{month:02}-{day:02}" + (f"T{time.strip():0>8}" if time else "")
    word, bar, rest = title.partition(" | ")
    category = word if bar and word != "PA日报" else None
    gold = {"body": body, "published": published, "category": category}
    return {**gold, "title": rest if category else title}, text


def use_brackets(pick, title):
    plain = not any(mark in title for mark in ":|｜⚠【")
    return plain and pick.random() < 0.2


def top(pick):
    """Title, header, author and byline."""
    title = pick.choice(["雨季之前的搬迁", "机房进山:一笔算了三次的账", "山間電價調查"])
    tag = pick.choice(["比特币", "挖矿", "Foo Coin"])
    header = pick.choice(
        [f"区块链:{title}_{tag}", f"{title}_{tag}:{tag}", f"比特币:{title}", title]
    )
    author, byline = pick.choice(
        [
            ("老王", ["作者:老王"]),
            ("山间·老王", ["文丨山间·老王"]),
            ("山间日报", ["[2021-02-10 09:11:56] 来源:山间日报"]),
            ("老王", ["作者:老王 时间:1900/1/1 0:00:00"]),
            ("山间日报", ["来源:山间日报 2018-06-25 14:12"]),
            (None, ["时间:1900/1/1 0:00:00"]),
            (None, []),
        ]
    )
    return title, header, author, byline


def furniture(pick, site):
    """What stands above the title."""
    above = [[], [f"{site} {site}"], [f"Ctrl+D {site}"]] if site else [[], ["Ctrl+D 收藏本站"]]
    return pick.choice([*above, ["首页 > ADA > 正文"], ["ads"]])


def weave(pick, article, flashes, glued, torn):
    """The paragraphs, and the same with newsflashes between them.

    Some newsflashes stand in a row, some are glued to what is before them.
    """
    gaps = sorted(pick.choices(range(1, len(article) + 1), k=len(flashes)))
    paragraphs, lines = [], []
    for place, paragraph in enumerate(article, 1):
        between = [text for gap, (_, text) in zip(gaps, flashes, strict=True) if gap == place]
        if between and torn and pick.random() < torn:
            paragraph = paragraph.rstrip("。!?”")
            between[0] = paragraph + between[0]
        else:
            lines.append(paragraph)
        paragraphs.append(paragraph)
        for text in between:
            if lines and pick.random() < glued and lines[-1][-1] in "。]":
                lines[-1] += text
            else:
                lines.append(text)
    return paragraphs, lines


def with_residue(pick, content):
    """The page as a careless extractor leaves it."""
    way = pick.random()
    if way < 0.06:
        return content.replace("\n", "<br>")
    if way < 0.12:
        return "\n".join(f"<p>&nbsp;{line}</p>" for line in content.split("\n"))
    if way < 0.18:
        head, *lines = content.split("\n")
        return '{"title":"' + head + '","content":"' + r"\n\u3000\u3000".join(lines) + '"}'
    return content.replace("\n", "\n\u3000\u3000") if way < 0.25 else content


def full_width(value):
    def widened(one):
        return one.translate(FULL_WIDTH) if isinstance(one, str) else one

    kept = {"page", "published"}
    return {
        name: [widened(one) for one in each]
        if isinstance(each, list)
        else each
        if name in kept
        else widened(each)
        for name, each in value.items()
    }


def write(folder, pages):
    """The pages as files, and the gold beside them."""
    lines = []
    for content, gold in pages:
        (folder / gold["page"]).write_text(content, encoding="utf-8")
        lines.append(json.dumps(gold, ensure_ascii=False))
    (folder / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder / "gold.jsonl"


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    return write(tmp_path_factory.mktemp("composed"), map(compose, range(200)))


@pytest.fixture(scope="module")
def score(gold):
    return measure(gold)


def test_newsflashes_are_found_with_title_date_and_body(score):
    assert score.f1("strict") >= 0.985, score.failures[:5]


def test_no_paragraph_is_lost_and_no_newsflash_left(score):
    assert score.counts["lost"] == 0, score.failures[:5]
    assert score.counts["leaked"] <= 0.01 * score.counts["expected"], score.failures[:5]


@pytest.mark.parametrize("fact", ["title", "author", "site"])
def test_title_author_and_site_are_read(score, fact):
    assert score.counts[fact] >= 0.99 * score.counts["pages"], score.failures[:5]


def test_reading_together_takes_nothing_from_what_is_read_well_alone(gold, score):
    assert measure(gold, together=True).f1("strict") >= score.f1("strict")


# How many newsflashes the pages share, how many of these are glued, how many of them without
# a full stop before; and the F1 that each page alone keeps below, and all of them together reach.
HARDER = [
    (40, 0.2, 0.2, 0.95, 0.99),
    (40, 0.5, 0.5, 0.9, 0.97),
    (120, 0.5, 0.5, 0.9, 0.95),
]


@pytest.mark.parametrize(("shared", "glued", "torn", "alone", "together"), HARDER)
def test_newsflashes_that_recur_are_told_from_each_other_by_their_neighbours(
    shared, glued, torn, alone, together, tmp_path
):
    pick = random.Random(shared)
    templates = [*NEWSFLASHES, *TRADITIONAL]
    pool = [dated(pick, *templates[number % len(templates)]) for number in range(shared)]
    gold = write(tmp_path, (compose(seed, pool, glued, torn) for seed in range(80)))
    assert measure(gold).f1("strict") < alone
    found = measure(gold, together=True)
    assert found.f1("strict") >= together, found.failures[:9]
    assert found.counts["lost"] <= 0.03 * found.counts["paragraphs"]
