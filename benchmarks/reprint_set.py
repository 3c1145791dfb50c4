"""Made-up news with known edits: what is a reprint of what is known by construction.

The same seed gives the same set everywhere.  Stories, names and the retelling's
words are written for this purpose; those of the held-out half were not looked
at while the comparison was tuned.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from indexer.analysis import cut
from indexer.analysis.folding import TRADITIONAL

Half = Literal["development", "held out"]
CORPORA: Final = Path(__file__).parent.parent.parent / "shared" / "corpora"


@dataclass(frozen=True)
class Made:
    """A text, the story that it tells, and how it came to be."""

    title: str
    body: str
    story: int
    edit: str


# A place in braces is filled: {c} a company, {p} a person, {t} a ticker, {l} a city, {n} a number.
_STORIES: Final[dict[Half, tuple[tuple[str, str], ...]]] = {
    "development": (
        (
            "{t}突破{n}美元",
            "行情显示，{t}短时上涨，突破{n}美元，现报{n}.5美元，24小时涨幅达到{n2}%，"
            "行情波动较大，请做好风险控制。",
        ),
        (
            "{c}与{c2}达成战略合作",
            "{c}今日宣布与{c2}达成战略合作，双方将共同推出面向企业用户的托管服务。"
            "{c}创始人{p}表示，该服务预计在{n2}月上线，目前已有{n}家客户报名参与。",
        ),
        (
            "{l}警方破获一起虚拟货币诈骗案",
            "近日，{l}警方破获一起利用虚拟货币实施的诈骗案，抓获犯罪嫌疑人{n2}名，"
            "涉案资金超过{n}万元。警方表示，该团伙通过社交软件骗取投资者信任，"
            "随后引导受害人在虚假平台充值。目前案件正在进一步调查。",
        ),
        (
            "{c}完成{n}万美元融资",
            "据官方消息，区块链安全公司{c}完成{n}万美元A轮融资，由{c2}领投。"
            "{c}首席执行官{p}称，本轮资金将主要用于扩大研发团队，并在{l}建立新的办公室。",
        ),
        (
            "{p}：监管将会越来越明确",
            "{p}在{l}一场有{n}人到场的论坛上指出，未来{n2}年全球监管规则将会越来越明确，"
            "这对于合规的交易平台来说是重要的机会。他认为，投资者需要根据自身情况作出判断。",
        ),
        (
            "{c}遭黑客攻击，损失{n}枚{t}",
            "{c}发布公告称，其热钱包于{n2}日遭到黑客攻击，损失约{n}枚{t}。"
            "平台已经暂停提现，并将使用自有资金赔偿全部用户的损失。"
            "安全团队正在与执法机构合作追查被盗资产的流向。",
        ),
        (
            "{t}网络算力创新高",
            "数据显示，{t}全网算力昨日达到{n}EH/s，较上月增加{n2}%。"
            "分析认为，新一代矿机的大量部署是主要原因，但是中小矿工的利润可能受到影响。",
        ),
        (
            "{l}将举办区块链大会",
            "{l}市政府宣布，将于{n2}月{n3}日举办区块链技术大会，预计有{n}名专家参加。"
            "大会将讨论供应链金融、数字身份等问题，并发布行业发展报告。",
        ),
    ),
    "held out": (
        (
            "{t}跌破{n}美元",
            "据行情数据，{t}跌破{n}美元，最低触及{n}.2美元，24小时跌幅为{n2}%。"
            "过去{n3}小时全网爆仓金额较大，请投资者注意风险。",
        ),
        (
            "{c}获得{l}金融牌照",
            "{c}今日公布，已获得{l}监管机构颁发的数字资产牌照，可以向专业投资者提供交易服务。"
            "{c}负责人{p}透露，公司计划在年内招聘{n}名员工，并考虑开展支付业务。",
        ),
        (
            "{c}起诉前高管{p}",
            "法庭文件显示，{c}已经向{l}法院起诉前高管{p}，指控其挪用{n}枚{t}。"
            "{p}的律师否认了这一说法，并称将积极应诉。案件预计于{n2}月{n3}日开庭审理。",
        ),
        (
            "{c}主网升级完成",
            "{c}技术团队宣布，主网于区块高度{n}完成升级，新版本修复了{n2}个已知问题，"
            "并显著降低了交易手续费。节点运营者应当尽快更新软件，否则可能无法继续同步数据。",
        ),
        (
            "研究：{n2}%的机构计划增加配置",
            "{c}发布的研究报告表明，{n2}%的受访机构计划在未来{n3}年增加对{t}的配置。"
            "报告调查了来自{l}等地的{n}家机构，其中大部分认为流动性仍然是主要障碍。",
        ),
        (
            "{p}出任{c}首席技术官",
            "{c}宣布任命{p}为首席技术官，全面负责公司的底层协议开发。"
            "{p}此前在{c2}工作{n2}年，曾经领导超过{n}人的工程团队。"
            "公司希望借助他的经验加快产品进入{l}市场的速度。",
        ),
        (
            "{l}央行试点数字货币跨境结算",
            "{l}央行近日启动数字货币跨境结算试点，首批有{n2}家银行参与，累计交易{n}笔。"
            "央行官员{p}强调，试点目的是验证技术可行性，目前没有全面推广的时间表。",
        ),
        (
            "{c}销毁{n}枚{t}",
            "{c}完成第{n2}次季度销毁，共销毁{n}枚{t}。{c}表示，销毁数量根据当季收入计算，"
            "今后将继续按照这一方式进行，并在官方网站公开全部记录。",
        ),
    ),
}
_COMPANIES: Final[dict[Half, tuple[str, ...]]] = {
    "development": (
        *("云杉资本", "海豚科技", "星火交易所", "青石钱包", "北辰实验室", "Nodewise", "币安"),
        *("蓝湾集团", "Zenlock", "火币", "长风矿池", "麦田协议"),
    ),
    "held out": (
        *("红杉树资本", "白鲸科技", "曙光交易所", "松果钱包", "南斗实验室", "Chainmoor", "欧易"),
        *("远山集团", "Quorvault", "Coinbase", "飞鱼矿池", "稻草协议"),
    ),
}
_PEOPLE: Final[dict[Half, tuple[str, ...]]] = {
    "development": ("李明远", "王思齐", "Dana Wright", "陈嘉禾", "赵一鸣", "Igor Petrov"),
    "held out": ("周子墨", "孙若楠", "Karen Holt", "吴天佑", "郑晓岚", "Luis Ortega"),
}
_TICKERS: Final = ("BTC", "ETH", "EOS", "LTC", "SOL", "XRP", "比特币", "以太坊", "狗狗币")
_CITIES: Final = ("北京", "上海", "深圳", "杭州", "香港", "新加坡", "伦敦", "东京", "首尔", "迪拜")

# What a retelling puts in place of a word.
_RETOLD: Final[dict[Half, dict[str, str]]] = {
    "development": {
        **{"宣布": "公布", "表示": "称", "指出": "提到", "认为": "觉得", "达成": "缔结"},
        **{"共同": "一道", "推出": "上线", "预计": "预期", "目前": "当前", "参与": "加入"},
        **{"近日": "日前", "破获": "侦破", "抓获": "拘捕", "超过": "逾", "通过": "借助"},
        **{"随后": "之后", "虚假": "伪造", "调查": "侦查", "完成": "结束", "主要": "重点"},
        **{"扩大": "壮大", "建立": "设立", "未来": "今后", "明确": "清晰", "重要": "关键"},
        **{"机会": "机遇", "需要": "必须", "根据": "按照", "判断": "决定", "遭到": "遭受"},
        **{"已经": "已", "全部": "所有", "损失": "亏空", "追查": "追踪", "大量": "大批"},
        **{"利润": "收益", "影响": "冲击", "可能": "或许", "但是": "不过", "举办": "召开"},
        **{"讨论": "探讨", "问题": "议题", "发布": "公布", "发展": "进展", "显示": "表明"},
        **{"企业": "公司", "今日": "今天", "昨日": "昨天", "短时": "短线", "波动": "起伏"},
        **{"专家": "学者", "参加": "出席", "警方": "公安", "使用": "动用", "增加": "增长"},
    },
    "held out": {
        **{"公布": "宣布", "颁发": "发放", "可以": "能够", "提供": "给予", "透露": "表示"},
        **{"计划": "打算", "招聘": "招募", "考虑": "酝酿", "开展": "开启", "显示": "表明"},
        **{"已经": "业已", "指控": "控告", "说法": "指责", "积极": "主动", "预计": "有望"},
        **{"修复": "修补", "显著": "明显", "应当": "需要", "尽快": "及早", "更新": "升级"},
        **{"继续": "持续", "发布": "披露", "表明": "显示", "增加": "提高", "调查": "访问"},
        **{"大部分": "多数", "认为": "相信", "仍然": "依旧", "障碍": "阻碍", "任命": "聘请"},
        **{"负责": "主管", "此前": "之前", "曾经": "曾", "领导": "带领", "超过": "多于"},
        **{"希望": "期待", "借助": "凭借", "加快": "加速", "近日": "日前", "启动": "开始"},
        **{"参与": "参加", "累计": "总计", "强调": "指出", "目的": "目标", "验证": "检验"},
        **{"推广": "普及", "根据": "依照", "今后": "以后", "方式": "办法", "公开": "公示"},
        **{"注意": "留意", "过去": "此前", "今日": "今天", "全面": "整体", "最低": "最低"},
    },
}
# Two renderings of one source are two texts.
_TRANSLATIONS: Final[dict[Half, tuple[tuple[str, str], ...]]] = {
    "development": (
        (
            "美国证券交易委员会周三推迟了对现货比特币基金申请的决定，称需要更多时间评估市场操纵的"
            "风险。该机构把最后期限定在10月7日，在此之前公众可以提交意见。",
            "SEC把是否放行现货比特币基金的裁决往后拖了。这家机构周三说，市场会不会被人操控，它还要"
            "再看一看；外界10月7日之前都能递交看法，届时必须有个说法。",
        ),
        (
            "一位自2011年以来从未动过的比特币地址周五转出了500枚币，链上分析师猜测持有者可能是早期"
            "矿工，因为这些币都来自当年的区块奖励。",
            "沉睡了十二年的钱包醒了：周五有500个比特币离开一个2011年就没有动静的账户。研究链上记录"
            "的人推断，币的主人大概在那时候挖过矿，奖励一直存到如今。",
        ),
    ),
    "held out": (
        (
            "英格兰银行行长表示，稳定币若要广泛用于支付，就必须受到与商业银行货币同等的监管，否则"
            "公众对货币的信任会受到损害。他没有给出新规的时间。",
            "稳定币想当钱花，就得守银行守的规矩，英国央行的掌门人这样讲。他担心规矩不一，老百姓会"
            "不再相信手里的货币；至于法规几时出台，他闭口不谈。",
        ),
        (
            "开发者在论坛上提议把区块的燃料上限从3000万提高到4000万，理由是普通硬件如今足以应付更大"
            "的负载。反对者担心状态增长过快。",
            "论坛里有人想让每个区块多装三分之一的燃料，也就是由3000万抬到4000万，说是家用电脑已经扛"
            "得住；另一些人则怕账本膨胀得收不住。",
        ),
    ),
}


def reprint_set(half: Half, count: int, seed: int = 3) -> list[Made]:
    """About ``count`` stories of this half, each with its reprints and its near misses."""
    chance = random.Random(f"{seed} {half}")
    made: list[Made] = []
    other_stories = 2 * count
    stories = _stories(half, count, chance)
    for story, (title, body, sibling) in enumerate(stories):
        made.append(Made(title, body, story, "original"))
        # A text cut so short that it fits two stories belongs to neither, so a story has
        # either reprints or near misses.
        if story % 2:
            for edit, change in _RETELLINGS.items():
                made.append(Made(*change(title, body, half, chance), story, edit))
            continue
        for edit, alter in _ALTERATIONS.items():
            if (altered := alter(title, body, half, chance)) is not None:
                made.append(Made(*altered, other_stories + len(made), edit))
        if sibling is not None:
            made.append(Made(*sibling, other_stories + len(made), "same template"))
    for first, second in _TRANSLATIONS[half]:
        for body in (first, second):
            made.append(Made(body[:12], body, other_stories + len(made), "translation"))
    return made


def _stories(
    half: Half, count: int, chance: random.Random
) -> Iterator[tuple[str, str, tuple[str, str] | None]]:
    for number in range(count):
        template = _STORIES[half][number // 2 % len(_STORIES[half])]
        yield *_filled(template, half, chance), _filled(template, half, chance)
    texts = _read_texts(half)
    for title, body in chance.sample(texts, min(count, len(texts))):
        yield title, body, None


@cache
def _read_texts(half: Half) -> list[tuple[str, str]]:
    """Real texts of 100 to 3,000 characters, where the corpora are present."""
    texts: list[tuple[str, str]] = []
    for path in sorted(CORPORA.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                record = json.loads(line)
                body = record.get("text", "")
                if number % 2 == (half == "held out") and 100 <= len(body) <= 3000:
                    texts.append((record.get("title", "")[:40], body))
    return texts


def _filled(template: tuple[str, str], half: Half, chance: random.Random) -> tuple[str, str]:
    company, other = chance.sample(_COMPANIES[half], 2)
    values = {
        "c": company,
        "c2": other,
        "p": chance.choice(_PEOPLE[half]),
        "t": chance.choice(_TICKERS),
        "l": chance.choice(_CITIES),
        "n": chance.randint(20, 90_000),
        "n2": chance.randint(2, 12),
        "n3": chance.randint(13, 30),
    }
    title, body = template
    return title.format(**values), body.format(**values)


_NO_HAN: Final = re.compile("[^\u4e00-\u9fff]+")
_HAN: Final = re.compile("[\u4e00-\u9fff]+")
_DENIALS: Final = {
    **{"已经": "尚未", "将": "不会", "会": "不会", "可以": "不可以", "是": "不是", "没有": "有"},
    **{"可能": "不可能", "能够": "不能够", "完成": "未完成", "达到": "没有达到", "不会": "会"},
    **{"不能": "能", "认为": "不认为", "支持": "不支持", "影响": "不影响", "进入": "未进入"},
    **{"需要": "不需要", "无法": "可以"},
}
_Change = Callable[[str, str, Half, random.Random], tuple[str, str]]
_Alteration = Callable[[str, str, Half, random.Random], tuple[str, str] | None]


def _punctuation(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str]:
    """Half width for full width, quotes and spaces at whim, paragraphs joined."""
    table = str.maketrans({"，": ", ", "。": ".", "：": ":", "（": " (", "）": ") ", "、": ","})
    body = re.sub(r"\s+", "", body.translate(table))
    body = re.sub("[“”「」《》]", lambda _: chance.choice(('"', "", "'")), body)
    body = re.sub(r"(?<=[\u4e00-\u9fff])(?=[A-Z0-9])", lambda _: chance.choice(("", " ")), body)
    return title.replace("：", " | "), re.sub(r"(?<=[\u4e00-\u9fff])\.", "。\n\n", body, count=1)


# Between two Han characters: a number cut through is another number.
_PLACE: Final = re.compile("(?<=[\u4e00-\u9fff，。])(?=[\u4e00-\u9fff，。])")


def _place(body: str, wanted: float) -> int:
    """The place nearest to this part of the text at which it may be cut."""
    places = [match.start() for match in _PLACE.finditer(body)]
    return min(places, key=lambda place: abs(place - wanted * len(body)))


def _cut_tail(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str]:
    """A tenth to three tenths of the end are gone."""
    return title, body[: _place(body, chance.uniform(0.7, 0.9))]


def _cut_head(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str]:
    """A twentieth to a fifth of the beginning is gone."""
    return title, body[_place(body, chance.uniform(0.05, 0.2)) :]


def _signed(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str]:
    """An agency stands before the text or behind it, and another title above."""
    before, after = chance.choice(
        (("链上快讯报道，", ""), ("", "（币圈早报）"), ("本站消息：", ""))
    )
    return title, f"{before}{body}{after}"


@cache
def _traditional() -> dict[int, str]:
    lines = [line.split("\t") for line in TRADITIONAL.read_text(encoding="utf-8").splitlines()]
    return {ord(simplified): traditional for traditional, simplified in reversed(lines)}


def _script(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str]:
    """In traditional characters."""
    return title.translate(_traditional()), body.translate(_traditional())


def _retold(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str]:
    """Seven words in ten of those for which there is another are exchanged."""
    words = _RETOLD[half]

    def other(match: re.Match[str]) -> str:
        return "".join(
            words[word] if word in words and chance.random() < 0.7 else word
            for word in cut(match[0])
        )

    return _HAN.sub(other, title), _HAN.sub(other, body)


def _all_together(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str]:
    for change in (_retold, _cut_tail, _punctuation, _script):
        title, body = change(title, body, half, chance)
    return title, body


def _number(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str] | None:
    """One number, wherever it stands, is another."""
    numbers = sorted({match[0] for match in re.finditer(r"\d+", body)} - {"24"})
    if not numbers:
        return None
    number = chance.choice(numbers)
    pattern = rf"(?<!\d){number}(?!\d)"
    digits = list(number)
    at = chance.randrange(len(digits))
    digits[at] = chance.choice([each for each in "123456789" if each != digits[at]])
    other = "".join(digits)
    return re.sub(pattern, other, title), re.sub(pattern, other, body)


def _name(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str] | None:
    """One name, wherever it stands, is another of its kind."""
    kinds = (_COMPANIES[half], _PEOPLE[half], _CITIES)
    present = [(name, kind) for kind in kinds for name in kind if name in body]
    if not present:
        return None
    name, kind = chance.choice(present)
    other = chance.choice([each for each in kind if each not in body])
    return title.replace(name, other), body.replace(name, other)


def _negation(title: str, body: str, half: Half, chance: random.Random) -> tuple[str, str] | None:
    """A verb is denied, or its denial dropped."""
    cut_ = [word for run in re.split(_NO_HAN, body) for word in cut(run)]
    present = [word for word in _DENIALS if cut_.count(word) == 1 == body.count(word)]
    if not present:
        return None
    word = chance.choice(present)
    return title, body.replace(word, _DENIALS[word])


_RETELLINGS: Final[dict[str, _Change]] = {
    "punctuation": _punctuation,
    "cut tail": _cut_tail,
    "cut head": _cut_head,
    "signed": _signed,
    "script": _script,
    "retold": _retold,
    "all together": _all_together,
}
_ALTERATIONS: Final[dict[str, _Alteration]] = {
    "number": _number,
    "name": _name,
    "negation": _negation,
}
