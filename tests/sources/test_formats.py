"""Every format gives pages: real files, written here."""

import csv
import gzip
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from indexer.sources import Refusal, _archives, read_paths

ROOT = Path(__file__).parents[2]
RECORDS = [
    {
        "title": "蓉城矿场开机",
        "body": "成都的一家矿场今天开机。\n电价又降了。",
        "date": "2021-05-01",
    },
    {
        "title": '某钱包"融资"',
        "body": "上海的一家钱包公司完成融资,金额没有公布。",
        "date": "2021-05-02",
    },
]
RSS = """<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY secret SYSTEM "file:///etc/passwd">]>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>蓉币网</title><link>https://example.org</link>
<item><title>矿场 &amp;amp; 电价</title><media:title>别的</media:title><link>https://example.org/1</link>
<description>摘要</description><content:encoded><![CDATA[<p>第一段。</p><p>第二<b>段</b>。</p>]]></content:encoded>
<pubDate>Tue, 30 Nov 2021 12:41:29 +0000</pubDate><dc:creator>林间</dc:creator>
<category>矿业</category><category>电价</category></item>
<item><guid>https://example.org/2</guid><description>只有摘要&secret;的一条。</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>蓉币网</title>
<entry><title type="html">矿场</title><link rel="self" href="https://example.org/x"/>
<link href="https://example.org/1"/><published>2021-11-30T12:41:29Z</published>
<author><name>林间</name></author><category term="矿业"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>第一段。</p></div></content></entry>
<entry><title>二</title><updated>2021-12-01T00:00:00Z</updated>
<summary>没有标签 1 &lt; 2。</summary></entry>
</feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "蓉币网",
    "items": [
        {
            "id": "1",
            "title": "矿场",
            "url": "https://example.org/1",
            "content_html": "<p>第一段。</p>",
            "date_published": "2021-11-30T12:41:29Z",
            "authors": [{"name": "林间"}],
            "tags": ["矿业"],
        }
    ],
}


def found(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read_paths([str(path)]))


def fields(pages):
    return [json.loads(page.content) for page in pages]


def names(pages, folder):
    return [page.name.removeprefix(f"{folder}/") for page in pages]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("indent", [None, 1])
def test_a_json_array_holds_records(tmp_path, encoding, indent):
    data = json.dumps(RECORDS, ensure_ascii=False, indent=indent).encode(encoding)
    pages = found(tmp_path / "a.json", data)
    assert fields(pages) == RECORDS
    assert names(pages, tmp_path) == ["a.json[1]", "a.json[2]"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_json_lines_and_one_object_over_many_lines(tmp_path, encoding):
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in RECORDS)
    assert fields(found(tmp_path / "a.jsonl", lines.encode(encoding))) == RECORDS
    whole = json.dumps(RECORDS[0], ensure_ascii=False, indent=2).encode(encoding)
    assert fields(found(tmp_path / "a.json", whole)) == RECORDS[:1]


def test_what_stands_before_a_broken_item_is_read(tmp_path):
    pages = found(tmp_path / "a.json", '[{"body": "一"}, 2, {"body": "三"}, {"body": "四')
    assert names(pages, tmp_path) == ["a.json[1]", "a.json[2]", "a.json[3]", "a.json[4]"]
    assert [isinstance(page, Refusal) for page in pages] == [False, True, False, True]
    assert "没有写完" in str(pages[3].message)


TABLES = [("a.csv", ",", "utf-8-sig"), ("a.csv", ",", "gb18030"), ("a.csv", "\t", "utf-16")]
TABLES += [("a.tsv", "\t", "utf-8"), ("a.csv", ";", "utf-8")]


@pytest.mark.parametrize(("name", "mark", "encoding"), TABLES)
def test_the_rows_of_a_table_are_records(tmp_path, name, mark, encoding):
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, ("title", "body", "date"), delimiter=mark)
    rows.writeheader()
    rows.writerows(RECORDS)
    pages = found(tmp_path / name, text.getvalue().encode(encoding))
    assert fields(pages) == RECORDS
    assert names(pages, tmp_path) == [f"{name}:2", f"{name}:4"]  # by the line where it starts


def test_rows_that_cannot_be_read_are_refused_and_the_others_go_on(tmp_path):
    pages = found(tmp_path / "a.csv", 'Title,Body\n一,二\n三,四,五\n六,"七"八\n\n九,十\n')
    assert names(pages, tmp_path) == ["a.csv:2", "a.csv:3", "a.csv:4", "a.csv:6"]
    assert [isinstance(page, Refusal) for page in pages] == [False, True, True, False]
    (refusal,) = found(tmp_path / "b.csv", "标题,内容\n一,二\n")
    assert "第一行不是列名" in str(refusal.message)


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "big5"])
def test_rss(tmp_path, encoding):
    text = RSS.format(encoding=encoding)
    pages = found(tmp_path / "a.rss", text.encode("gbk" if encoding == "gb2312" else "utf-8"))
    assert names(pages, tmp_path) == ["a.rss[1]", "a.rss[2]"]
    assert fields(pages)[0] == {
        "title": "矿场 & 电价",
        "content_html": "<p>第一段。</p><p>第二<b>段</b>。</p>",
        "published": "2021-11-30T12:41:29+00:00",
        "url": "https://example.org/1",
        "author": "林间",
        "source": "蓉币网",
        "tags": ["矿业", "电价"],
    }
    assert "root:" not in pages[1].content
    assert fields(pages)[1]["url"] == "https://example.org/2"


def test_atom(tmp_path):
    first, second = fields(found(tmp_path / "a.atom", ATOM))
    assert "<p>第一段。</p>" in first.pop("content_html").replace("html:", "")
    assert first == {
        "title": "矿场",
        "published": "2021-11-30T12:41:29Z",
        "url": "https://example.org/1",
        "author": "林间",
        "source": "蓉币网",
        "tags": ["矿业"],
    }
    assert (second["body"], second["published"]) == ("没有标签 1 < 2。", "2021-12-01T00:00:00Z")


@pytest.mark.parametrize("indent", [None, 1])
def test_json_feed(tmp_path, indent):
    (record,) = fields(found(tmp_path / "a.json", json.dumps(JSON_FEED, indent=indent)))
    assert record == {
        "title": "矿场",
        "url": "https://example.org/1",
        "content_html": "<p>第一段。</p>",
        "published": "2021-11-30T12:41:29Z",
        "author": "林间",
        "source": "蓉币网",
        "tags": ["矿业"],
    }


def test_a_feed_that_breaks_off_is_read_up_to_there(tmp_path):
    text = RSS.format(encoding="utf-8")
    page, refusal = found(tmp_path / "a.xml", text[: text.index("只有")])
    assert page.name.endswith("[1]")
    assert "不是完整的 XML" in str(refusal.message)
    (refusal,) = found(tmp_path / "b.xml", "<svg/>")
    assert "不是 RSS 或 Atom" in str(refusal.message)


def test_entities_do_not_expand(tmp_path):
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 50}">' for n in range(1, 9))
    item = "<rss><channel><item><title>&e8;</title></item></channel></rss>"
    text = f'<!DOCTYPE rss [<!ENTITY e0 "x">{levels}]>{item}'
    assert sum(len(getattr(each, "content", "")) for each in found(tmp_path / "a.rss", text)) < 100


def warc(*responses, packed=False):
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for address, status, kind, body in responses:
        head = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(address, "response", io.BytesIO(body), http_headers=head)
        writer.write_record(record)
    return out.getvalue()


HTML = "<html><body><p>成都的一家矿场今天开机。</p></body></html>"
RESPONSES = [
    ("https://example.org/1", "200 OK", "text/html; charset=gbk", HTML.encode("gbk")),
    ("https://example.org/2", "404 Not Found", "text/html", b"<p>gone</p>"),
    ("https://example.org/3.png", "200 OK", "image/png", b"\x89PNG"),
    ("https://example.org/4", "200 OK", "text/plain", "第四页。".encode()),
]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.wacz"])
def test_web_archives_give_the_pages_that_servers_answered_with(tmp_path, name):
    data = warc(*RESPONSES, packed=name.endswith("gz"))
    shown = name
    if name == "a.wacz":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("archive/data.warc.gz", warc(*RESPONSES, packed=True))
            archive.writestr("pages/pages.jsonl", '{"url": "https://example.org/1"}')
        data, shown = packed.getvalue(), "a.wacz/archive/data.warc.gz"
    first, second = found(tmp_path / name, data)
    assert names((first, second), tmp_path) == [
        f"{shown}#https://example.org/1",
        f"{shown}#https://example.org/4",
    ]
    assert (first.format, first.content, first.url) == ("html", HTML, "https://example.org/1")
    assert (second.format, second.content) == ("text", "第四页。")


def test_a_record_that_was_cut_short_is_no_page(tmp_path):
    whole = warc(RESPONSES[0], RESPONSES[3])
    first, refusal = found(tmp_path / "a.warc", whole[: -len("页。\r\n\r\n".encode())])
    assert first.content == HTML
    assert "不是完整的 WARC" in str(refusal.message)
    assert "https://example.org/4" in str(refusal.message)


def test_a_web_archive_that_is_none_is_refused(tmp_path):
    (refusal,) = found(tmp_path / "a.warc", "nothing of the kind\n" * 20)
    assert "不是完整的 WARC" in str(refusal.message)
    (refusal,) = found(tmp_path / "b.warc", warc(RESPONSES[1]))
    assert "没有网页" in str(refusal.message)


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_may_hold_names_twice_and_files_without_one(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for text in ("第一页。", "第二页。"):
            archive.writestr("a.txt", text)
        archive.writestr("x", "没有名字。")
        archive.infolist()[-1].filename = ""
    pages = found(tmp_path / "a.zip", out.getvalue())
    assert names(pages, tmp_path) == ["a.zip/a.txt"] * 2


def test_zip_and_gzip_hold_inputs_of_every_format(tmp_path):
    members = {
        "甲/b.txt": "第一页。",
        "a.csv": "body\n一\n",
        "c.html.gz": gzip.compress(HTML.encode()),
        "__MACOSX/b.txt": "x",
        "README.md": "x",
        "inner.zip": zipped(x="x"),
        "picture.png": b"\x89PNG",
    }
    pages = found(tmp_path / "a.zip", zipped(**members))
    assert names(pages, tmp_path) == [
        "a.zip/a.csv:2",
        "a.zip/c.html.gz",
        "a.zip/inner.zip",
        "a.zip/picture.png",
        "a.zip/甲/b.txt",
    ]
    assert "压缩包里的压缩包" in str(pages[2].message)
    assert "不认识" in str(pages[3].message)
    (page,) = found(tmp_path / "a.txt.gz", gzip.compress("第一页。".encode()))
    assert (page.name, page.content) == (str(tmp_path / "a.txt.gz"), "第一页。")


def test_damaged_archives_are_refused(tmp_path):
    noise = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(40_000))
    whole = gzip.compress(noise.encode())
    (refusal,) = found(tmp_path / "a.txt.gz", whole[: len(whole) // 2])
    assert "已损坏或不完整" in str(refusal.message)
    (refusal,) = found(tmp_path / "a.zip", zipped(x=noise)[:-30])
    assert "已损坏或不完整" in str(refusal.message)
    data = bytearray(zipped(**{"a.txt": noise}))
    data[len(data) // 2] ^= 255
    (refusal,) = found(tmp_path / "b.zip", bytes(data))
    assert "b.zip/a.txt" in str(refusal.message)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.zip"])
def test_floods_are_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr(_archives, "_FREE", 1_000_000)
    flood = ('{"body": "%s"}\n' % ("一" * 300_000)).encode() * 30
    data = gzip.compress(flood) if name.endswith("gz") else zipped(**{"a.jsonl": flood})
    *_, refusal = found(tmp_path / name, data)
    assert isinstance(refusal, Refusal)
    assert "大得不合理" in str(refusal.message)


LINES = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in RECORDS)
INPUTS = {
    "text": ("第一页,没有别的。".encode("gb18030"), 1),
    "JSON lines": (LINES.encode(), 2),
    "a JSON array": (json.dumps(RECORDS).encode(), 2),
    "a table": ("title,body\n一,二\n".encode(), 1),
    "RSS": (RSS.format(encoding="utf-8").encode(), 2),
    "HTML": (("<!DOCTYPE html>\n" + HTML).encode(), 1),
    "WARC": (warc(*RESPONSES), 2),
    "gzip": (gzip.compress(LINES.encode()), 2),
    "zip": (zipped(**{"a.jsonl": LINES}), 2),
    "gzip in gzip": (gzip.compress(gzip.compress(b"x")), 0),
}


@pytest.mark.parametrize(("data", "count"), INPUTS.values(), ids=INPUTS.keys())
def test_standard_input_of_any_format(data, count):
    done = subprocess.run(
        [sys.executable, "run.py", "parse", "-"], cwd=ROOT, input=data, capture_output=True
    )
    assert len(done.stdout.splitlines()) == count, done.stderr.decode()
    assert done.returncode == (0 if count else 1)
