"""What is typed: queries, addresses of searches, values of corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, get_args
from urllib.parse import parse_qsl

from benchmarks.fuzz_queries import VALID, faults
from benchmarks.fuzzing.target import Target, demand, demand_text, demand_texts
from indexer import corrections
from indexer.analysis import fold
from indexer.documents import Correctable, PublishedDate
from indexer.engine.tree import And, Everything, Node, Not, Or
from indexer.errors import WrongUsage
from indexer.pages.dates import date_in_url, read_date
from indexer.query.matching import spans
from indexer.query.parser import MAX_DEPTH, parse
from indexer.query.question import question
from indexer.query.request import SearchRequest, compared
from indexer.query.snippets import mark, snippet

_DEEPEST: Final = 8 * MAX_DEPTH


def _query(data: bytes) -> None:
    """A query on the first line, and below it a text in which it is marked."""
    typed, _, text = data.decode("utf-8", "surrogateescape").partition("\n")
    parsed = parse(typed)
    wrong = faults(typed, parsed.notices, asks_for_all=parsed.node == Everything())
    demand(not wrong, wrong)
    for node in filter(None, (parsed.node, parsed.loosened)):
        _demand_tree(node)
    demand_texts([str(each.message) for each in parsed.notices], "a notice")
    text = text.encode("utf-8", "replace").decode()
    whole = mark(text, parsed.node, "body")
    demand("".join(part.text for part in whole) == text, "marking changed the text")
    for start, end in spans(parsed.node, folded := fold(text), "body"):
        demand(0 <= start < end <= len(folded), f"a span {start}..{end} of {len(folded)}")
    shown = snippet(text, parsed.node)
    demand(all(part.text for part in shown), f"an empty segment in {shown}")


def _demand_tree(node: Node) -> None:
    for depth, each in _nodes(node, 0):
        demand(depth < _DEEPEST, "a tree too deep")
        if isinstance(each, And | Or):
            demand(each.nodes, f"{each} of nothing")
        for text in (getattr(each, "text", None), *getattr(each, "texts", ())):
            if text is not None:
                demand_text(text, "a leaf")
                demand(fold(text) == text and text, f"the leaf {text!r}")


def _nodes(node: Node, depth: int) -> Iterator[tuple[int, Node]]:
    yield depth, node
    for inner in node.nodes if isinstance(node, And | Or) else ():
        yield from _nodes(inner, depth + 1)
    if isinstance(node, Not):
        yield from _nodes(node.node, depth + 1)


def _request(data: bytes) -> None:
    """The query string of a search."""
    pairs = parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True)
    try:
        compared(pairs)
        request = SearchRequest.from_params(pairs)
    except WrongUsage as wrong:
        demand_text(str(wrong), "the sentence")
        return
    again = SearchRequest.from_params(parse_qsl(request.query_string()))
    demand(again == request, f"{request} is written as {request.query_string()}, read as {again}")
    question(request)


def _typed(data: bytes) -> None:
    """The value of a correction, a date, an address."""
    text = data.decode("utf-8", "surrogateescape")
    for field in get_args(Correctable):
        try:
            value = corrections.typed(field, text)
        except WrongUsage as wrong:
            demand_text(str(wrong), "the sentence")
            continue
        demand_texts(value, field)
        if isinstance(value, PublishedDate):
            demand(corrections.typed(field, value.value) == value, f"{value} is read otherwise")
    date_in_url(text)
    if date := read_date(text, "stamp"):
        demand(read_date(date.value, "stamp") == date, f"{date} is read otherwise")


def _query_seeds() -> Sequence[bytes]:
    text = "证监会：深圳区块链的比特币(BTC)矿场，12万美元。\n\n“好”！北京。"
    return [f"{q}\n{text}".encode() for q in VALID]


def _request_seeds() -> Sequence[bytes]:
    return [
        "q=深圳+区块链&from=2020&to=2020-05&city=深圳&kind=article&sort=newest&page=2".encode(),
        b"q=%E5%B8%81&match=any&aliases=0&collapse=0&since=8f14e45f-12&new=1&lang=en&undated=1",
        "q=a&q=b&category=声音&author=a&source=b&site=c&tag=d&tag=d".encode(),
    ]


def _typed_seeds() -> Sequence[bytes]:
    texts = (
        "2020-05-06T09:30",
        "深圳、北京；x",
        "article",
        "2022年3月5日 下午2:02",
        "4/27/2021 1:2 PM",
    )
    address = "https://e.org/2021/04/05/a.html"
    return [text.encode() for text in (*texts, address, "2021-02-10T09:11:56.123+05:30")]


TARGETS: Final = (
    Target("query", "queries, marking, snippets", _query, _query_seeds, 384),
    Target("request", "addresses of searches", _request, _request_seeds, 512),
    Target("typed", "corrections, dates, addresses", _typed, _typed_seeds, 256),
)
