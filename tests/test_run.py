"""Every command through its real process: what it prints, where, and its exit code."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.locking import data_lock
from indexer.query.request import SearchRequest

ROOT = Path(__file__).parents[1]
PAGE = """加密货币:蓉城矿场的第一个丰水期_矿业

作者:林间

丰水期的电价降到了三角以下,成都周边的矿场陆续开机。

某钱包完成新一轮融资:今日,上海一家钱包团队宣布完成新一轮融资,投资方没有公布金额。[2020/7/13 9:05:00]

矿工们说,这个夏天会很忙。

观点 | 某研究员:手续费还会下降:某研究员在电话会议上表示,手续费还会下降。[2020/7/12]

编辑:小河

蓉币网
"""
RECORDS = [
    {
        "title": "某钱包完成新一轮融资",
        "body": "今日,上海一家钱包团队宣布完成新一轮融资,投资方没有公布金额。",
        "published": "2020-07-13",
        "site": "乙网",
        "url": "https://example.org/1",
    },
    {
        "title": "价格*星号*[方括号]",
        "body": "- 以减号开头的一段。\n1. 以数字开头的一段。",
        "date": "2021",
    },
]


def run(*args, data=None, stdin=None, **environ):
    """Run a command; give what it printed, what it said and how it ended."""
    done = subprocess.run(
        [sys.executable, "run.py", *args, *(["--data", str(data)] if data else [])],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "", "LANG": "C.UTF-8", **environ},
    )
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr, done.returncode


def table(printed):
    """The table that ``add`` ends with, without the reasons of refusals."""
    lines = (line.split("\t") for line in printed.splitlines() if not line.startswith("\t"))
    return {name: int(count) for name, count in lines}


def counts(*numbers):
    names = ("新增文档", "又见于别处", "更正文档", "未变页面", "拒绝")
    return dict(zip(names, numbers, strict=True))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "a.txt").write_text(PAGE, encoding="utf-8")
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS]
    (folder / "b.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def data(pages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    printed, said, code = run("add", str(pages), data=folder)
    assert (code, said) == (0, "")
    assert table(printed) == counts(4, 1, 0, 0, 0)
    return folder


def documents(pages):
    printed, _, code = run("parse", str(pages))
    assert code == 0
    return [json.loads(line) for line in printed.splitlines()]


FIELDS = [
    *("id", "kind", "title", "body", "published", "precision", "date_origin", "category"),
    *("author", "source", "site", "url", "tags", "cities", "page", "position"),
]


def test_parse_prints_documents_and_stores_nothing(pages):
    before = set((ROOT / "index_data").iterdir())
    found = documents(pages)
    assert [list(document) for document in found] == [FIELDS] * 5
    assert [(each["kind"], each["title"], each["position"]) for each in found] == [
        ("article", "蓉城矿场的第一个丰水期", 0),
        ("newsflash", "某钱包完成新一轮融资", 1),
        ("newsflash", "某研究员:手续费还会下降", 2),
        ("newsflash", "某钱包完成新一轮融资", 0),
        ("newsflash", "价格*星号*[方括号]", 0),
    ]
    assert found[1]["published"] == "2020-07-13T09:05:00"
    assert found[1]["id"] == found[3]["id"]
    assert found[3]["page"] == str(pages / "b.jsonl") + ":1"
    assert set((ROOT / "index_data").iterdir()) == before


def test_what_parse_prints_is_a_record_of_the_same_document(pages, tmp_path):
    printed, _, _ = run("parse", str(pages))
    again, _, code = run("parse", "-", stdin=printed)
    assert code == 0
    keep = [name for name in FIELDS if name not in ("page", "position")]
    first, second = (
        [{name: json.loads(line)[name] for name in keep} for line in lines.splitlines()]
        for lines in (printed, again)
    )
    assert first == second


def test_add_again_changes_nothing(pages, data):
    printed, _, code = run("add", str(pages), data=data)
    assert code == 0
    assert table(printed) == counts(0, 0, 0, 3, 0)


def test_a_page_corrects_the_borders_of_an_earlier_one_and_the_table_says_so(tmp_path):
    flash = "甲公司获得新牌照:3月5日消息,甲公司获得当地第三张新牌照,为期两年。[2021/3/5]"
    glued = f"山里的电价_比特币\n\n矿工们在雨季到来之前搬到了山里{flash}"
    clear = f"雨季之前的搬迁_比特币\n\n运输并不便宜。\n\n{flash}"
    data = tmp_path / "data"
    first, _, _ = run("add", "-", data=data, stdin=glued)
    assert table(first) == counts(1, 0, 0, 0, 0)
    second, _, _ = run("add", "-", data=data, stdin=clear)
    assert table(second) == counts(3, 0, 1, 0, 0)


def test_bad_input_is_refused_with_reason_and_place_and_the_rest_goes_on(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.txt").write_bytes(b"")
    (folder / "good.txt").write_text(PAGE, encoding="utf-8")
    (folder / "half.jsonl").write_text('{"body": "完整。"}\n{"body": "没写', encoding="utf-8")
    (folder / "picture.txt").write_bytes(b"GIF89a\0\0")
    printed, said, code = run("add", str(folder), "-", data=tmp_path / "data", stdin=" ")
    assert code == 1
    assert table(printed) == counts(4, 0, 0, 0, 4)
    reasons = [line.split("\t")[1:] for line in printed.splitlines() if line.startswith("\t")]
    assert [count for count, _ in reasons] == ["2", "1", "1"]  # two are empty
    assert "empty.txt 是空文件" in reasons[0][1]
    for words in ("empty.txt 是空文件", "half.jsonl:2 从第 10 列起", "picture.txt 不是文本"):
        assert words in said
    refused = (tmp_path / "data" / "refused.jsonl").read_text("utf-8").splitlines()
    positions = [json.loads(line)["position"] for line in refused]
    assert positions == [None, "2:10", "byte 6", None]


def test_refusals_for_one_reason_are_told_a_few_times_and_then_counted(tmp_path):
    lines = ['{"title": "没有正文"}\n'] * 9 + ["不是记录\n"] + ['{"title": "没有正文"}\n'] * 2
    (tmp_path / "a.jsonl").write_text("".join(lines), encoding="utf-8")
    printed, said, code = run("add", str(tmp_path / "a.jsonl"), data=tmp_path / "data")
    assert code == 1
    assert table(printed) == counts(0, 0, 0, 0, 12)
    *told, more = said.splitlines()
    assert [line.split("a.jsonl:")[1].split()[0] for line in told] == ["1", "2", "3", "10"]
    assert more.startswith("还拒绝了 8 个，原因和“")
    assert "a.jsonl:1 没有正文" in more
    assert more.endswith(f"全部写在 {tmp_path / 'data' / 'refused.jsonl'} 里")
    refused = (tmp_path / "data" / "refused.jsonl").read_text("utf-8").splitlines()
    assert len(refused) == 12


def test_search_for_people(data):
    printed, said, code = run("search", "融资", "--city", "上海", data=data)
    assert (code, said) == (0, "")
    assert "共 1 篇文档，显示 1 条结果" in printed
    assert "1. 某钱包完成新一轮融资" in printed
    assert "快讯 · 2020-07-13 09:05:00（文末时间戳） · 上海" in printed
    assert "见于 2 处" in printed
    assert "\x1b" not in printed


def test_search_tells_which_other_names_it_searched_for(data):
    _, said, _ = run("search", "XRP", data=data)
    assert said == "也搜索了：瑞波币\n"


def test_search_as_json(data):
    printed, _, code = run("search", "手续费", "--json", "--from", "2020-07", data=data)
    answer = json.loads(printed)
    assert code == 0
    assert (answer["query"], answer["total"], answer["total_is_exact"]) == ("手续费", 1, True)
    (hit,) = answer["hits"]
    assert hit["title"] == "某研究员:手续费还会下降"
    assert "<mark>手续费</mark>" in hit["snippet"]


def test_search_tells_of_documents_with_some_of_the_words_behind_the_others(tmp_path):
    bodies = ("矿工收入下降。", "矿工离开。", "收入公布。", "天气转冷。")
    records = "".join(json.dumps({"title": body, "body": body}) + "\n" for body in bodies)
    run("add", "-", data=tmp_path, stdin=records)
    printed, _, _ = run("search", "矿工 收入", data=tmp_path)
    blocks = printed.strip().split("\n\n")
    assert blocks[0] == "共 1 篇文档，显示 1 条结果"
    assert blocks[1].startswith("1. 矿工收入下降。")
    assert blocks[2].endswith("另有 2 篇文档只含部分词")
    assert {block.splitlines()[0] for block in blocks[3:]} <= {
        f"{number}. {body}" for number in (2, 3) for body in bodies[1:3]
    }
    assert len(blocks) == 5
    printed, _, _ = run("search", "矿工 收入", "--limit", "2", data=tmp_path)
    assert len(printed.strip().split("\n\n")) == 4
    printed, _, _ = run("search", "矿工 收入", "--limit", "1", data=tmp_path)
    assert printed.strip().endswith("另有 2 篇文档只含部分词")
    printed, _, _ = run("search", "矿工 收入", "--limit", "2", "--json", data=tmp_path)
    partial = json.loads(printed)["partial"]
    assert (partial["total"], len(partial["hits"])) == (2, 1)


def test_any_word_and_no_other_name(data):
    asked = ("search", "--json", "手续费 丰水期")
    assert json.loads(run(*asked, data=data)[0])["total"] == 2  # nothing has both
    printed, said, _ = run("search", "手续费 上海", "--match", "any", data=data)
    assert (printed.splitlines()[0], said) == ("共 2 篇文档，显示 2 条结果", "")
    _, said, _ = run("search", "XRP", "--no-aliases", data=data)
    assert said == ""


def test_limit_and_order(data):
    printed, _, _ = run("search", "", "--sort", "oldest", "--limit", "1", "--json", data=data)
    answer = json.loads(printed)
    assert [hit["published"] for hit in answer["hits"]] == ["2020-07-12"]
    assert answer["total"] == 4


def test_export_as_markdown(data):
    printed, _, code = run(
        "export", "方括号", "--format", "md", "--base-url", "https://notes.example/", data=data
    )
    assert code == 0
    link, quote = printed.strip().splitlines()
    assert link.startswith(r"- [价格\*星号\*\[方括号\]](https://notes.example/d/")
    assert " · 2021 · " in link
    assert quote == r"  > \- 以减号开头的一段。 1. 以数字开头的一段。"


def test_export_as_json_lines_gives_every_hit(data, pages):
    printed, _, code = run("export", "", "--format", "jsonl", data=data)
    exported = {json.loads(line)["id"] for line in printed.splitlines()}
    assert code == 0
    assert exported == {document["id"] for document in documents(pages)}


@pytest.mark.parametrize(
    ("given", "filters", "count"),
    [
        ([], {}, 4),
        (["--from", "2021"], {"first": "2021"}, 1),
        (["--to", "2020-07-13", "--sort", "oldest"], {"last": "2020-07-13", "sort": "oldest"}, 2),
        (["--from", "2021", "--undated"], {"first": "2021", "undated": True}, 2),
        (["--city", "上海", "--kind", "newsflash"], {"city": ("上海",), "kind": ("newsflash",)}, 1),
        (["--author", "林间", "--author", "无人"], {"author": ("林间", "无人")}, 1),
        (["--site", "乙网"], {"site": ("乙网",)}, 1),
        (["--category", "观点"], {"category": ("观点",)}, 1),
        (["--source", "无"], {"source": ("无",)}, 0),
        (["--tag", "无"], {"tag": ("无",)}, 0),
        (["--no-collapse", "--no-aliases"], {"collapse": False, "aliases": False}, 4),
    ],
)
def test_every_filter_of_the_page_narrows_an_export(data, given, filters, count):
    printed, _, code = run("export", "", *given, "--format", "jsonl", data=data)
    with closing(Archive.open(data)) as archive:
        expected = [hit.id for hit in archive.every(SearchRequest(**filters))]
    assert ([json.loads(line)["id"] for line in printed.splitlines()], code) == (expected, 0)
    assert len(expected) == count


def test_show(data, pages):
    id_ = documents(pages)[1]["id"]
    printed, _, code = run("show", id_, data=data)
    assert code == 0
    for words in (
        "# 某钱包完成新一轮融资",
        "- 日期：2020-07-13 09:05:00（文末时间戳）",
        "- 城市：上海",
        "今日,上海一家钱包团队",
        "## 出现在 2 处",
        "第 7 行",
        "https\\://example.org/1",
    ):
        assert words in printed
    printed, said, code = run("show", "nothing", data=data)
    assert (printed, said, code) == ("", "没有编号为 nothing 的文档。\n", 1)


def test_stats_check_and_rebuild(tmp_path, pages):
    run("add", str(pages), data=tmp_path)
    printed, _, _ = run("stats", "--json", data=tmp_path)
    counts = {"documents": 4, "articles": 1, "newsflashes": 3, "appearances": 5, "pages": 3}
    assert json.loads(printed).items() >= counts.items()
    assert "快讯\t3" in run("stats", data=tmp_path)[0]
    assert run("check", data=tmp_path) == ("目录库和索引都完好。\n", "", 0)
    printed, _, code = run("rebuild", "--reparse", data=tmp_path)
    assert code == 0
    assert printed == "重读：0 篇文档有变化，0 个编号被取代\n索引已重建，共 4 篇文档\n"
    for file in tmp_path.glob("catalog.db*"):
        file.write_bytes(b"x" * 5000)
    printed, said, code = run("check", data=tmp_path)
    assert (printed, code) == ("", 4)
    assert "已损坏" in said


WRONG = {
    ("search", "x", "--from", "2020-02-30"): "不是有效的日期",
    ("search", "x", "--from", "2021", "--to", "2020"): "晚于结束日期",
    ("search", "x", "--kind", "poem"): "newsflash",
    ("search", "x", "--limit", "0"): "1 到 1000",
    ("export", "x", "--base-url", "notes"): "请写成 https://",
    ("serve", "--cors", "https://notes.example/"): "没有路径和末尾的斜线",
    ("search",): "缺少 QUERY",
    ("export", "x", "--format", "pdf"): "md | bib | ris",
    ("fly",): "没有这个命令",
    ("stats", "--fast"): "没有选项 --fast",
}


@pytest.mark.parametrize(("args", "words"), WRONG.items(), ids=" ".join)
def test_wrong_usage_is_a_sentence(tmp_path, args, words):
    printed, said, code = run(*args, data=tmp_path)
    assert (printed, code) == ("", 2)
    assert words in said


def test_a_locked_folder_says_who_holds_it(tmp_path):
    with data_lock(tmp_path, "rebuild", 0, print):
        printed, said, code = run("add", "nothing.txt", "--wait", "0", data=tmp_path)
    assert (printed, code) == ("", 3)
    assert "rebuild（" in said
    assert f"pid {os.getpid()}" in said


def test_help_is_chinese():
    printed, _, code = run("--help")
    assert code == 0
    for words in ("用法：", "选项", "加入文件"):
        assert words in printed


COMMANDS = [
    "",
    "serve",
    "add",
    "parse",
    "search",
    "export",
    "show",
    "stats",
    "check",
    "backup",
    "restore",
    "rebuild",
]
COMMANDS += ["correct", "hide", "unhide", "corrections"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_english_where_the_locale_is(command):
    printed, said, code = run(*command.split(), "--help", LANG="en_US.UTF-8")
    assert (said, code) == ("", 0)
    assert "Usage: run.py" in printed
    assert "Show this help" in printed
    assert printed.isascii()


def test_messages_are_english_where_the_locale_is(data, tmp_path):
    english = {"LANG": "en_US.UTF-8"}
    _, said, code = run("search", "融资)", "--from", "2020", data=data, **english)
    assert (said, code) == ("A closing parenthesis without its opening one was ignored.\n", 0)
    _, said, code = run("search", "x", "--from", "2020-13", data=data, **english)
    assert said == '"2020-13" is not a valid date; write 2020, 2020-05 or 2020-05-06.\n'
    printed, said, code = run("add", "none.txt", data=tmp_path, **english)
    assert (said, code) == ("Refused: none.txt was not found.\n", 1)
    assert printed.endswith("\t1\tnone.txt was not found.\n")
    printed, _, _ = run("check", data=data, **english)
    assert printed == "The catalog and the index are sound.\n"


@pytest.fixture
def server(data):
    process = subprocess.Popen(
        [sys.executable, "run.py", "serve", "--port", "0", "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    yield process
    process.kill()
    process.communicate()


def test_serve_prints_its_address_and_stops_quietly(server):
    address = server.stdout.readline().split()[-1]
    with urllib.request.urlopen(f"{address}search.json?q=", timeout=10) as answer:
        assert json.load(answer)["total"] == 4
    server.send_signal(signal.SIGINT)
    assert server.wait(10) == 130
    assert "Traceback" not in server.stderr.read()


def test_no_command_adds_the_sample_to_an_empty_folder_and_serves(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "run.py", "--port", "0", "--data", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        address = process.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"{address}search.json?q=", timeout=10) as answer:
            assert json.load(answer)["total"] > 100
    finally:
        process.kill()
        assert "样本" in process.communicate()[1]


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_that_leaves_early_is_no_error(pages):
    many = "".join(json.dumps({"body": f"第 {n} 条。"}) + "\n" for n in range(5000))
    command = f"{sys.executable} run.py parse - | head -1"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, input=many, capture_output=True, encoding="utf-8"
    )
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""
