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
    "版权说明:本站文章整理自公开资料,转载请注明出处,文中信息不作为任何交易的依据。",
    "鄭重聲明: 文中觀點屬作者個人意見,與本站立場無關。",
    "風險提示:價格起伏很大,本頁不構成任何投資建議。",
    "【特别提示】:以上内容仅供参考,风险自担。",
    "声明:文章观点仅代表作者本人,请读者自行核实。",
    "以上观点均不代表山间网立场,据此操作风险自负。",
    "如有侵权,请联系我们删除。",
    "转载请联系作者获得授权",
    "原文链接:https://example.org/a/12",
    "标签:比特币 矿机",
    "上一篇:山里的电价",
    "下一篇 > 山里的水价",
    "阅读原文",
    "點擊閱讀全文 >>",
    "分享到:微信 微博",
    "微信 | 微博 | 复制链接",
    "相关阅读:",
    "暂无评论",
    "登录后发表评论",
    "某网安备 11010102001234号",
]

# At the head or foot of a page; in the middle of a text somebody may say so.
EDGE = [
    "风险提示:山间的行情起伏很大。",
    "扫码关注我们的微信公众号,每天看山间新闻",
    "投稿邮箱: shan@example.org",
    "币圈有风险,投资需谨慎",
    "本文首发于山间日报",
    "下一篇 山里的水价",
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
    "声明发出之后,山里的电价跌了一半。",
    "矿工们的说明:电表坏了三天。",
    "下一篇报告将讲述矿工们的去向。",
    "阅读原文的人不到一成。",
    "风险提示:甲链遭到攻击,用户不要转账。[2021/3/5]",
    "评论认为,山里的电便宜。",
    "标签说明不了什么。",
    "提示:我们把机器搬进山里以后,电价又跌了。",
    "在应用商店里搜索得到,下载以后要先注册app账户。老王试过。",
    "合作:甲公司与乙公司共建机房。",
    "进入社区的矿工越来越多。",
]

SITES = [
    ("山间网 山间网\n标题\n正文。", "山间网"),
    ("Ctrl+D 山间网\n标题\n正文。", "山间网"),
    ("标题\n正文。\n山间网", "山间网"),
    ("标题\n正文。\n山间网\n[0:15ms0-13:411ms", "山间网"),
    ("标题\n正文。\n本文版权归原作者所有,转载请注明出处。\n山间老友", "山间老友"),
    ("标题\n正文。\n后来呢", None),
    ("标题\n正文。\n版权说明:本站文章整理自公开资料。\n山间拾遗", "山间拾遗"),
    ("标题\n正文。\n山间拾遗\n0.064s", "山间拾遗"),
    ("标题\n来源:山间拾遗\n正文。\n山间拾遗", "山间拾遗"),
    ("标题\n文丨山间拾遗·老王\n正文。\n山间拾遗", "山间拾遗"),
    ("標題\n正文。\n山間鏈訊", "山間鏈訊"),
    ("标题\n正文。\nShanNews", "ShanNews"),
    ("标题\n正文。\n后来呢?\n0.064s", None),
    ("标题\n正文。\nCtrl+D 收藏本站", None),
    ("标题\n正文。\n请按Ctrl+D收藏山间网", "山间网"),
]


def left(content):
    return [line.text for line in Furniture(read_lines(content)).lines]


@pytest.mark.parametrize("line", WHOLE)
def test_boilerplate_is_left_out(line):
    assert left(f"标题\n{line}\n正文。") == ["标题", "正文。"]


@pytest.mark.parametrize("line", EDGE)
def test_some_lines_are_boilerplate_only_at_the_foot(line):
    middle = "\n".join(["标题", *["正文。"] * 9, line, *["正文。"] * 9])
    assert line in left(middle)
    assert left(f"标题\n正文。\n{line}") == ["标题", "正文。"]


@pytest.mark.parametrize(("line", "text"), PARTS)
def test_boilerplate_is_cut_off_text(line, text):
    assert left(f"标题\n{line}\n正文。") == ["标题", text, "正文。"]


@pytest.mark.parametrize("line", TEXT)
def test_text_is_kept(line):
    assert left(f"标题\n正文。\n{line}") == ["标题", "正文。", line]
    assert left(f"标题\n{line}\n正文。") == ["标题", line, "正文。"]


@pytest.mark.parametrize(("content", "site"), SITES)
def test_the_site_names_itself_at_head_or_foot(content, site):
    assert Furniture(read_lines(content)).site == site


def test_a_trail_names_the_column():
    furniture = Furniture(read_lines("首页 > ADA > 正文\n标题\n正文。"))
    assert furniture.column == "ADA"
    assert [line.text for line in furniture.lines] == ["标题", "正文。"]
