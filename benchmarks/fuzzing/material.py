"""What inputs are made of: pieces of the bundled sample, and files of every format."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from functools import cache
from typing import Final

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.corpora import ROOT

_TOKENS: Final = ROOT / "benchmarks" / "data" / "fuzz_tokens.txt"
_ESCAPE: Final = re.compile(r"\\(?:x(..)|u(....)|U(........)|(.))")
_SHORT: Final = {"n": b"\n", "r": b"\r", "t": b"\t", "0": b"\0", "\\": b"\\"}
SAMPLE: Final = ROOT / "index_data" / "sample"
RECORDS: Final = (
    {
        "title": "蓉城矿场开机",
        "body": "成都的一家矿场今天开机。\n电价又降了。[2021/5/1]",
        "date": "2021-05-01",
        "tags": ["矿业", "电价"],
        "cities": "成都、深圳",
        "url": "https://example.org/2021/05/01/1.html",
    },
    {
        "title": '某钱包"融资"',
        "content_html": "<p>上海的一家钱包公司</p><p>完成&nbsp;<b>融资</b>,金额没有公布。</p>",
        "published": 1619798400,
        "kind": "newsflash",
        "source": "林间",
    },
    {
        "text": "区块链\ud83d\ude80",
        "time": "2021-05-01T09:30:00+08:00",
        "date_origin": "stamp",
        "corrections": {"published": {"was": "2020", "was_date_origin": "text"}},
    },
)
RSS: Final = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY s SYSTEM "file:///etc/hostname">]>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>蓉币网</title><item><title>矿场 &amp;amp; 电价</title><link>https://e.org/1</link>
<content:encoded><![CDATA[<p>第一段。</p><p>第二<b>段</b>。</p>]]></content:encoded>
<pubDate>Tue, 30 Nov 2021 12:41:29 +0000</pubDate><dc:creator>林间</dc:creator>
<category>矿业</category></item>
<item><guid isPermaLink="true">https://e.org/2</guid><description>摘要&b;。</description></item>
</channel></rss>"""
ATOM: Final = """<feed xmlns="http://www.w3.org/2005/Atom"><title>蓉币网</title>
<entry><title type="html">矿场</title><link rel="self" href="https://e.org/x"/>
<link href="https://e.org/1"/><published>2021-11-30T12:41:29Z</published>
<author><name>林间</name></author><category term="矿业"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>一段。</p></div></content></entry>
<entry><title>二</title><updated>2021-12-01T00:00:00Z</updated><summary>1 &lt; 2。</summary></entry>
</feed>"""
RDF: Final = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>蓉币网</title></channel><item><title>矿场</title><link>https://e.org/1</link>
<description>摘要</description><dc:date>2021-05-01</dc:date></item></rdf:RDF>"""
HTML: Final = """<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8">
<title>蓉城矿场开机_蓉币网</title><meta property="og:title" content="蓉城矿场开机">
<meta name="author" content="林间"><meta name="keywords" content="矿业,电价">
<link rel="canonical" href="https://e.org/2021/05/01/1.html">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "矿场",
"datePublished": "2021-05-01", "author": [{"name": "林间"}],
"publisher": {"name": "蓉币网"}}</script>
</head><body><ul><li><a href="/">首页</a><li><a href="/a">快讯</a><li><a href="/b">矿业</a></ul>
<h1>蓉城矿场开机</h1><p>成都的一家矿场今天开机，电价又降了，当地的人都说这是一件好事。</p>
<p>某交易所公告：上线新币，用户可以充值，交易明天开始。[2021/5/1]</p><table><tr><td>一</table>
<blockquote>他说：这里的水很多，电也很多，矿机也很多。</blockquote></body></html>"""
JSON_FEED: Final = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "蓉币网",
    "items": [
        {
            "title": "矿场",
            "url": "https://e.org/1",
            "content_html": "<p>第一段。</p>",
            "date_published": "2021-11-30T12:41:29Z",
            "authors": [{"name": "林间"}],
            "tags": ["矿业"],
        }
    ],
}


@cache
def tokens(name: str) -> list[bytes]:
    """What inputs of the target of this name are made of."""
    _, *sections = re.split(r"^== ", _TOKENS.read_text("utf-8"), flags=re.MULTILINE)
    found = (section.split("\n") for section in sections)
    lines = (line for names, *of in found if name in names.split() for line in of)
    return [_bytes_of(line) for line in lines if line]


def _bytes_of(line: str) -> bytes:
    data, done = b"", 0
    for escape in _ESCAPE.finditer(line):
        byte, short_code, long_code, other = escape.groups()
        data += line[done : escape.start()].encode()
        if byte:
            data += bytes.fromhex(byte)
        elif code := short_code or long_code:
            data += chr(int(code, 16)).encode("utf-8", "surrogatepass")
        else:
            data += _SHORT[other]
        done = escape.end()
    return data + line[done:].encode()


@cache
def pages(longest: int = 4000) -> list[str]:
    """The pages of the sample, and smaller pages cut out of them."""
    texts = [path.read_text("utf-8")[:longest] for path in sorted(SAMPLE.glob("*.txt"))]
    small = [text[:300] for text in texts[:30]] + [text[-300:] for text in texts[:30]]
    return [*small, *texts[::4]]


def encoded(text: str) -> list[bytes]:
    """A text in every encoding that is read."""
    return [text.encode(each, "replace") for each in ("utf-8", "gb18030", "big5hkscs", "utf-16")]


def json_lines() -> str:
    """The records, a line each."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in RECORDS[:2])


def table(separator: str) -> str:
    """A table of records."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=separator)
    rows.writerows([("title", "body", "date", "tags"), *(("题", '正"文\n一', "2020", "a,b"),) * 2])
    return text.getvalue()


def warc(*, packed: bool = False) -> bytes:
    """A web archive of a few answers."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    chunked = b"5\r\n<p>\xe4\xb8\r\n1\r\n\x80\r\n0\r\n\r\n"
    for kind, more, body in (
        ("text/html; charset=gbk", (), HTML.encode("gb18030")),
        ("text/plain", (("Content-Encoding", "gzip"),), gzip.compress(b"text", mtime=0)),
        ("text/html", (("Transfer-Encoding", "chunked"),), chunked),
    ):
        headers = StatusAndHeaders("200 OK", [("Content-Type", kind), *more], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            "http://e.org/",
            "response",
            payload=io.BytesIO(body),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": "2021-05-01T00:00:00Z"},
        )
        writer.write_record(record)
    return out.getvalue()


def zipped(method: int = zipfile.ZIP_DEFLATED, **files: bytes) -> bytes:
    """A zip of these files; a name may have ``__`` for its slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()
