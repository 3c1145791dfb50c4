"""The query language by examples: what the help page lists, and what the tests run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from indexer.i18n import N_
from indexer.query.request import SearchRequest


@dataclass(frozen=True, slots=True)
class Row:
    """Searches that show one thing, and what they do."""

    searches: tuple[SearchRequest, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Section:
    """The rows under one heading."""

    title: str
    rows: tuple[Row, ...]


def _row(explanation: str, *queries: str) -> Row:
    return Row(tuple(map(SearchRequest, queries)), explanation)


SECTIONS: Final = (
    Section(
        N_("词"),
        (
            _row(N_("标题或正文里有这个词。"), "比特币"),
            _row(N_("每个词都要有，先后不限；句子会自动切成词。"), "深圳 数字人民币"),
            _row(N_("数字和单位连在一起找，前面没有别的数字。"), "2100万枚", "9月4日"),
            _row(N_("简体、繁体，全角、半角，大写、小写都一样。"), "減半", "ｂｉｔｃｏｉｎ"),
            _row(N_("以这些字开头的词。"), "比特*"),
            Row(
                (SearchRequest("减半 挖矿 矿机", match="any"),),
                N_("有其中一个词就算，含得多的在前。"),
            ),
        ),
    ),
    Section(
        N_("原样与相距"),
        (
            _row(
                N_("引号里的字一个不差地连着出现，标点和空格也算。"),
                '"2万美元"',
                "“2万美元”",
                "「2万美元」",
            ),
            _row(
                N_("引号里的几个词相距不超过 20 个字，先后不限。"),
                '"深圳 区块链"~20',
                "“深圳 区块链”～20",
            ),
        ),
    ),
    Section(
        N_("排除、或者、括号"),
        (
            _row(
                N_("不要含有后面这个词的；减号紧贴着词，前面空一格。"),
                "交易所 被盗 -门罗",
                "交易所 被盗 NOT 门罗",
                "交易所 被盗 －门罗",
            ),
            _row(
                N_("有一个就可以；OR 要大写，竖线也行。"),
                "莱特币 OR 狗狗币",
                "莱特币|狗狗币",
                "莱特币 ｜ 狗狗币",
            ),
            _row(N_("两边都要有；与空格相同，只是从不放宽。"), "交易所 AND 被盗"),
            _row(
                N_("括号里的先算，全角括号也一样。"),
                "(深圳 OR 苏州) 数字人民币",
                "（深圳 OR 苏州）数字人民币",
            ),
        ),
    ),
    Section(
        N_("只查一项：中文、英文项名都可以，冒号全角半角都可以"),
        (
            _row(N_("标题里有。"), "标题:减半", "title:减半", "标题：“减半”"),
            _row(N_("标题里有其中一个。"), "标题:(减半 OR 分叉)"),
            _row(N_("正文里有。"), "正文:灰度", "body:灰度"),
            _row(N_("文中说到这座城市。"), "城市:深圳 交易所", "city:深圳 交易所"),
            _row(N_("只要文章，或只要快讯。"), "类型:文章 减半", "kind:newsflash 减半"),
            _row(N_("原来所在的栏目。"), "栏目:政策", "category:政策"),
            _row(N_("作者的署名。"), "作者:沈砚", "author:沈砚"),
            _row(N_("注明的出处媒体。"), "来源:区块旧闻网", "source:区块旧闻网"),
            _row(N_("页面自带的标签。"), "标签:监管", "tag:监管"),
        ),
    ),
    Section(
        N_("日期"),
        (
            _row(N_("某一年、某一月、某一日。"), "日期:2020", "date:2020-05", "日期:2017-09-04"),
            _row(N_("从一天到另一天，两端都算；一端可以不写。"), "日期:2020-05-01..2020-06-30"),
            _row(N_("这一年起，或这个月之前。"), "比特币 日期:>=2024", "比特币 date:<2014-06"),
        ),
    ),
    Section(
        N_("别名"),
        (
            _row(N_("同一事物的其他名字一起查，查了哪些会写明。"), "V神", "BTC"),
            Row(
                (SearchRequest("BTC", aliases=False),),
                N_("只查写下的这个：点“不用别名”；引号里的从不查别名。"),
            ),
        ),
    ),
)
