"""The cheat sheet and the guides: every example finds something, every label is explained."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from html import unescape
from pathlib import Path
from typing import Any, get_args

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from indexer.archive import Archive
from indexer.catalog import AddCounts
from indexer.documents import DateOrigin, Kind, PublishedDate
from indexer.export import labels
from indexer.export.tables import rows_of_counts
from indexer.i18n import LANGUAGES, Language, use_language
from indexer.query.fields import FIELDS
from indexer.query.request import SearchRequest
from webui.context import EXTENSION
from webui.filters import search_url
from webui.help_examples import SECTIONS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "search.md").read_text(encoding="utf-8")
GUIDES = (
    GUIDE,
    (ROOT / "docs" / "adding.md").read_text(encoding="utf-8"),
    (ROOT / "docs" / "curating.md").read_text(encoding="utf-8"),
)
EXAMPLES = [search for section in SECTIONS for row in section.rows for search in row.searches]
GUIDE_QUERIES = sorted({each for each in re.findall(r"`([^`]+)`", GUIDE) if each[0] != "/"})

# What a reader need not be told: where a link leads, what a field wants, what just happened.
PLAIN = {
    "N 起", "至 N", "N 至 N", "N：N", "上一页", "下一页", "从", "到",
    "例如 2020、2020-05 或 2020-05-06", "全部文档", "关键词，例如：深圳 区块链",
    "出错了", "去掉", "去掉“N”", "去掉关键词，列出全部", "另 N 地", "回到检索",
    "回到第一页", "复制", "存为文件：", "下载：", "导出全部结果：", "已复制",
    "中文加密货币新闻的全文检索",
    "已选中，请按 Ctrl+C 复制", "币闻检索", "年-月-日",
    "文章与快讯，各有日期、地点与出处", "更多（N）", "检索",
    "有 N 条建议，用上下键选择", "清除全部", "清除全部筛选", "第 N 段的链接", "翻页",
    "跳到正文", "给程序用", "返回结果", "这样无法检索", "输入时的建议",
    "正在上传 N%%", "正在列出文件……", "上传中断了：N", "连接不上服务器",
    "把文件或文件夹拖到这里，或者",
    "选择文件", "选择文件夹", "加入", "上传", "排队等待处理……", "已读 N%%，处理了 N 页", "处理",
    "已经加入", "看看好了没有", "再试一次", "加入的结果", "为什么拒绝", "还有 N 个原因相同",
    "……全部写在数据文件夹的 refused.jsonl 里", "加入别的", "去检索", "在页面上加入",
    "《N》移到第 N 位，共 N 篇", "上移", "上移《N》", "下移", "下移《N》", "移出", "移出《N》",
    "已移出《N》", "拖动可以排序", "资料篮已清空", "清空资料篮", "撤销", "导出：", "N 篇",
    "存成文件", "读入备份", "关闭",
    "列出全部", "只看这些", "我的资料和帮助", "检索条件", "起个名字", "给“N”起的名字", "已去掉“N”",
    "正在查看……",
    "正在检索…", "浏览器不让复制，链接是",
    *(section.title for section in SECTIONS if section.title not in ("词", "日期", "别名")),
}  # fmt: skip


@pytest.fixture(scope="module")
def archive(sample: Flask) -> Archive:
    found = sample.extensions[EXTENSION].archive
    assert isinstance(found, Archive)
    return found


@pytest.mark.parametrize(
    "search",
    [*EXAMPLES, *map(SearchRequest, GUIDE_QUERIES)],
    ids=lambda search: search.query_string(),
)
def test_every_example_finds_something_and_needs_no_notice(
    archive: Archive, search: SearchRequest
) -> None:
    answer = archive.search(search)
    assert answer.total > 0
    assert answer.notices == ()
    assert answer.corrections == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_is_a_link_with_its_explanation(sample: Flask, language: Language) -> None:
    client = sample.test_client()
    html = unescape(client.get(f"/help?lang={language}").text)
    for section in SECTIONS:
        for row in section.rows:
            assert (row.explanation in html) == (language == "zh")
            for search in row.searches:
                with sample.test_request_context():
                    url = search_url(search, lang=language)
                assert re.search(
                    rf'<a href="{re.escape(url)}"[^>]*><code>{re.escape(search.q)}</code>', html
                )
    assert client.get(url).status_code == 200


def test_a_search_from_the_cheat_sheet_stays_in_its_language(client: FlaskClient) -> None:
    assert '<input type="hidden" name="lang" value="en">' in client.get("/help?lang=en").text


def test_the_examples_show_every_construct() -> None:
    shown = " ".join(search.q for search in EXAMPLES)
    simplified = [name for name in FIELDS if not set(name) & set("標題類欄來籤")]
    assert len(simplified) == 18
    for construct in [
        *(f"{name}:" for name in simplified),
        *('"', "“", "「", "~20", "～20", " -", " －", "NOT", "AND", "OR", "(", "（", "*"),
        *("标题：", "..", ">=", "<"),
    ]:
        assert construct in shown, construct
    assert any(search.match == "any" for search in EXAMPLES)
    assert any(not search.aliases for search in EXAMPLES)


@pytest.mark.parametrize("url", ["/", "/search?q=深圳", "/search?from=x", "/help", "/nowhere"])
@pytest.mark.parametrize(("language", "name"), [("zh", "检索语法"), ("en", "Search syntax")])
def test_the_cheat_sheet_is_linked_from_every_page(
    client: FlaskClient, url: str, language: str, name: str
) -> None:
    html = client.get(url, headers={"Accept-Language": language}).text
    assert re.search(rf'<a class="syntax" href="/help"[^>]*>{name}</a>', html)
    lang = f"{url}{'&' if '?' in url else '?'}lang={language}"
    assert f'href="/help?lang={language}"' in client.get(lang).text


def halves() -> tuple[str, str]:
    """The Chinese and the English parts of the guides."""
    parts = [re.split(r"^# ", guide, flags=re.MULTILINE) for guide in GUIDES]
    return "".join(chinese for _, chinese, _ in parts), "".join(english for *_, english in parts)


def explained(half: str) -> set[str]:
    """The terms of a half's table that have their one line."""
    rows = re.findall(r"^\| (\*\*.+\*\*) \| (.+) \|$", half, re.MULTILINE)
    assert all(meaning.strip() for _, meaning in rows)
    return {term for terms, _ in rows for term in re.findall(r"\*\*(.+?)\*\*", terms)}


def page_labels() -> dict[str, str]:
    """Every label of the page and its translation, facts as N."""
    found = {}
    with (ROOT / "webui/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        for message in read_po(file, locale="en"):
            if message.id and "。" not in (
                name := message.id if isinstance(message.id, str) else message.id[0]
            ):
                string = message.string if isinstance(message.string, str) else message.string[-1]
                found[name] = string
    for kind in get_args(Kind):
        found[labels.kind(kind)] = in_english(labels.kind, kind)
    for origin in get_args(DateOrigin):
        date = PublishedDate("2020", "year", origin)
        found[labels.origin(date)] = in_english(labels.origin, date)
    counts = asdict(AddCounts())
    for row, (name, _) in enumerate(rows_of_counts(counts, 0)):
        found[name] = in_english(lambda row: list(rows_of_counts(counts, 0))[row][0], row)
    return {facts_out(name): facts_out(string) for name, string in found.items()}


def in_english(say: Callable[[Any], str], value: object) -> str:
    use_language("en")
    try:
        return say(value)
    finally:
        use_language("zh")


def facts_out(text: str) -> str:
    return re.sub(r"%\(\w+\)s", "N", text.replace("%(names)s", "…"))


def test_every_label_of_the_page_is_explained_in_both_languages() -> None:
    chinese, english = map(explained, halves())
    shown = page_labels()
    wanted = {name: string for name, string in shown.items() if name not in PLAIN}
    assert set(wanted) - chinese == set()
    assert set(wanted.values()) - english == set()
    assert set(shown) >= PLAIN


def test_nothing_is_explained_that_is_not_on_the_page() -> None:
    chinese, english = map(explained, halves())
    shown = page_labels()
    assert chinese <= set(shown)
    assert english <= set(shown.values())
