"""Fuzzed queries: ``python -m benchmarks.fuzz_queries``.

Every text must get an answer, quickly, and be told what of it was ignored and
where that stands.  All queries are asked of a few documents; some of them of
the whole bundled sample.  Exit code 1 when one fails.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final
from unicodedata import category, normalize

import click

from benchmarks import corpora
from indexer import pipeline
from indexer.analysis import fold
from indexer.archive import Archive
from indexer.documents import Document
from indexer.engine.tree import Everything
from indexer.export.records import json_line
from indexer.identity import document_id
from indexer.query.answer import Notice
from indexer.query.lexer import MAX_LENGTH
from indexer.query.parser import parse
from indexer.query.request import SearchRequest
from indexer.sources import read_paths

SLOW: Final = 1.0
"""Seconds: no query on the sample may take longer."""

_PROGRESS: Final = 1000

VALID: Final = (
    *("深圳", "深圳 区块链", "BTC", "闵舜禾", "V神在北京", "5G", "ERC-20 12,000", "比特币减半", ""),
    *(
        '"证监会"',
        '"发展 中国"',
        "「区块链」",
        "“他说「好」”",
        '"深圳 区块链"~20',
        '"a b c d e f g h i j"~30',
    ),
    *("深圳 -北京", "深圳 NOT 北京", "-北京", "深圳 OR 北京", "(深圳 OR 北京) AND 矿场"),
    *("-(币 OR 链)", "title:深圳", "标题:(深圳 北京)", 'body:"矿场"', "city:成都", "kind:快讯"),
    *("城市：(深圳 OR 北京)", "栏目:声音", "author:Satoshi", "来源:新华社", "tag:NFT"),
    *("date:2020", "日期:2020-05..2020-06-30", "date:>=2021", "date:<2019-06"),
    *("date:(2019 OR 2020)", "比特*", "title:以太*", "block*", "深圳的区块链", "什么是比特币"),
    *("🚀", "，。", "*比特", "city:天上", "kind:诗", "date:昨天"),
)
_TOKENS: Final = (
    *("AND", "OR", "NOT", "(", ")", "-", "--", "*", "~", "~20", "~9999999", ":", "：", "\\"),
    *(
        '"',
        "“",
        "”",
        "「",
        "」",
        "『",
        "』",
        "〝",
        "〞",
        "'",
        "title:",
        "标题：",
        "city:",
        "城市:",
        "kind:",
    ),
    *(
        "date:",
        "日期：",
        "tag:",
        "作者:",
        "..",
        ">=",
        "<",
        " ",
        "\u3000",
        "\n",
        "\t",
        "\x00",
        "\x03",
    ),
    *("的", "币", "a", "0", "，", "%", "&", "\u200b", "\u202e", "\ufeff", "\ud800", "e\u0301"),
    *("㍿", "ﷺ", "İ", "ß", "𠀀", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
)
_surrogate: Final = re.compile("[\ud800-\udfff]")


def queries(documents: Sequence[Document], count: int, seed: int) -> Iterator[str]:
    """So many texts: valid queries and parts of the documents, joined, mutated and nested."""
    chance = Random(seed)
    for _ in range(count):
        q = _base(documents, chance)
        for _ in range(chance.choice((0, 1, 1, 2, 3, 5, 8))):
            q = chance.choice(_MUTATIONS)(q, chance)
        yield q


def _base(documents: Sequence[Document], chance: Random) -> str:
    match chance.randrange(10):
        case 0:
            return "".join(_character(chance) for _ in range(chance.randint(0, 40)))
        case 1:
            return "".join(chance.choices(_TOKENS, k=chance.randint(1, 30)))
        case 2 | 3:
            document = chance.choice(documents)
            text = f"{document.title} {document.body}"
            start = chance.randrange(len(text))
            return text[start : start + chance.randint(1, 40)]
        case 4 | 5:
            return _group(chance, 0)
        case _:
            return chance.choice(VALID)


def _group(chance: Random, depth: int) -> str:
    """A query by the grammar, of operators between groups and valid queries."""
    if depth > 4 or chance.random() < 0.4:
        return chance.choice(VALID)
    joins = (" ", " AND ", " OR ", " NOT ", " -", "　ＯＲ　", "")
    parts = [_group(chance, depth + 1) for _ in range(chance.randint(1, 3))]
    inner = chance.choice(joins).join(parts)
    return chance.choice(("({})", "（{}）", "-({})", "标题:({})", "{}")).replace("{}", inner)


def _character(chance: Random) -> str:
    while category(character := chr(chance.randrange(0x110000 >> chance.randint(0, 13)))) == "Cn":
        pass
    return character


def _at(q: str, chance: Random) -> int:
    return chance.randint(0, len(q))


def _inserted(q: str, chance: Random) -> str:
    at = _at(q, chance)
    return q[:at] + chance.choice(_TOKENS) + q[at:]


def _replaced(q: str, chance: Random) -> str:
    at = _at(q, chance)
    return q[:at] + _character(chance) + q[at + 1 :]


def _cut(q: str, chance: Random) -> str:
    start, end = sorted((_at(q, chance), _at(q, chance)))
    return q[:start] + q[end:] if chance.random() < 0.5 else q[start:end]


def _spliced(q: str, chance: Random) -> str:
    other = chance.choice(VALID)
    return q[: _at(q, chance)] + other[_at(other, chance) :]


def _wide(q: str, chance: Random) -> str:
    share = chance.random()
    return "".join(
        chr(ord(each) + 0xFEE0) if "!" <= each <= "~" and chance.random() < share else each
        for each in q
    )


def _nested(q: str, chance: Random) -> str:
    opening, closing = chance.choice(
        (("(", ")"), ("（", "）"), ("-(", ")"), ("标题:(", ")"), ("(", ""))
    )
    depth = chance.choice((1, 2, 19, 20, 21, 60))
    return opening * depth + q + closing * (depth - chance.randint(0, 1))


def _repeated(q: str, chance: Random) -> str:
    between = chance.choice((" ", "", " OR ", "-", " AND "))
    length = chance.choice((20, 50, 50, 100, 100, 300, MAX_LENGTH + 500))
    return between.join([q] * (length // (len(q) + len(between) + 1) + 1))


def _quoted(q: str, chance: Random) -> str:
    opening, closing = chance.choice(('""', "“”", "「」", "＂”", "『』"))
    return opening + q + closing + chance.choice(("", "", "~", "~20", "～５"))


_MUTATIONS: Final = (
    *(_inserted, _inserted, _replaced, _cut, _cut, _spliced, _spliced),
    *(_wide, _nested, _repeated, _quoted),
)


def faults(q: str, notices: Sequence[Notice], *, asks_for_all: bool) -> list[str]:
    """What is wrong with what is told about ``q``; ``asks_for_all`` when nothing of it is left."""
    q = _surrogate.sub("\ufffd", q)
    found = [
        f"{str(notice.message)!r} is not at {notice.position} of {q!r}"
        for notice in notices
        if not stands_there(notice, q)
    ]
    if asks_for_all and fold(q).strip() and not notices:
        found.append(f"all was ignored, and nothing told, of {q!r}")
    return found


def stands_there(notice: Notice, q: str) -> bool:
    """Whether the text at the notice's position begins with what the notice is about."""
    at = notice.position
    if at is None or not 0 <= at < len(q):
        return False
    if notice.message.text in SIGNS:
        return SIGNS[notice.message.text].match(_plain(q[at])) is not None
    rest = q[at:]
    if re.match(_MARKS, _plain(rest[0])):
        rest = rest[1:]
    named = [fact for fact in notice.message.facts.values() if isinstance(fact, str)]
    if set(notice.message.facts) == {"words"}:  # the first of those in the chunk
        chunk = fold(rest.split(maxsplit=1)[0])
        words = [word for name in named for word in name.split("”“")]
        return chunk.startswith(words[0]) and all(word in chunk for word in words)
    return not q[at].isspace() and all(
        rest.startswith(name) or rest.lstrip().startswith(name) for name in named
    )


def _plain(character: str) -> str:
    plain = normalize("NFKC", character)
    return plain if len(plain) == 1 else character


_MARKS: Final = '["“”「」『』〝〞]'

# What stands at the position of the notices that name no part of the query.
SIGNS: Final = {
    text: re.compile(sign)
    for text, sign in {
        "检索式太长：只看了前 %(limit)s 个字符。": r"(?s).",
        "引号没有配对，当作引到末尾。": _MARKS,
        "引号里是空的，已忽略。": _MARKS,
        "“~”后面要写字数，例如 ~20；这里忽略了它。": "~",
        "“~”只看了前 %(limit)s 个词。": _MARKS,
        "括号套了超过 %(limit)s 层，更里面的括号已忽略。": r"\(",
        "左括号没有配对，当作括到末尾。": r"\(",
        "括号里是空的，已忽略。": r"\(",
        "右括号没有配对，已忽略。": r"\)",
        "检索词太多：只用了前 %(limit)s 个。": r"\S",
    }.items()
}


def archive_of(documents: Sequence[Document], folder: Path) -> Archive:
    """An archive of these documents in a new data folder."""
    folder.mkdir()
    records = folder / "documents.jsonl"
    lines = (json_line(document_id(document), document) for document in documents)
    records.write_text("\n".join(lines), encoding="utf-8")
    archive = Archive.open(folder)
    inputs = read_paths([str(records)])
    pipeline.add(
        inputs, archive.catalog, archive.engine, folder / "refused", lambda _: None, lambda _: None
    )
    return archive


def ask(q: str, archive: Archive, chance: Random) -> list[str]:
    """What is wrong with the answer to ``q``, asked with options by chance."""
    params = [("q", q)]
    for name, values in (("match", "all any"), ("aliases", "0 1"), ("collapse", "0 1")):
        params.append((name, chance.choice(values.split())))
    request = SearchRequest.from_params(params)
    try:
        answer = archive.search(request)
        json.dumps(answer.to_json())
    except Exception as error:
        return [f"{type(error).__name__}: {error} for {q!r}"]
    placed = [notice for notice in answer.notices if notice.position is not None]
    return faults(request.q, placed, asks_for_all=False)


def interpret(q: str) -> tuple[list[str], list[str]]:
    """What is wrong with the tree for ``q`` and its notices; and the sentences of these."""
    try:
        parsed = parse(q)
    except Exception as error:
        return [f"{type(error).__name__}: {error} for {q!r}"], []
    told = [notice.message.text for notice in parsed.notices]
    return faults(q, parsed.notices, asks_for_all=parsed.node == Everything()), told


@click.command(help=__doc__)
@click.option("--queries", "count", default=100_000, show_default=True)
@click.option("--documents", default=60, show_default=True, help="that all are asked of")
@click.option("--sample", default=5000, show_default=True, help="queries for the whole sample")
@click.option("--seed", default=1, show_default=True)
def main(count: int, documents: int, sample: int, seed: int) -> None:
    """Print what was told how often, what went wrong, and the slowest queries."""
    texts = corpora.sample()
    failed = _interpreted(queries(texts, count, seed))
    with tempfile.TemporaryDirectory() as folder:
        for asked, some in ((sample, texts), (count, texts[:documents])):
            archive = archive_of(some, Path(folder, str(len(some))))
            print(f"{asked} queries asked of {len(some)} documents")
            failed += _asked(archive, queries(texts, asked, seed))
            archive.close()
    if failed:
        sys.exit(1)


def _interpreted(asked: Iterator[str]) -> int:
    told: Counter[str] = Counter()
    failed = count = 0
    for q in asked:
        count += 1
        wrong, notices = interpret(q)
        failed += _reported(wrong)
        told.update(notices)
    print(f"{count} queries parsed: {failed} faults")
    for sentence, times in told.most_common():
        print(f"{times:8} {sentence}")
    return failed


def _asked(archive: Archive, asked: Iterator[str]) -> int:
    chance, failed, seconds = Random(0), 0, 0.0
    slowest: list[tuple[float, str]] = []
    for count, q in enumerate(asked, 1):
        began = time.perf_counter()
        wrong = ask(q, archive, chance)
        took = time.perf_counter() - began
        if took > SLOW:
            wrong = [*wrong, f"{took:.1f} s for {q!r}"]
        failed += _reported(wrong)
        seconds += took
        slowest = sorted([*slowest, (took, q)], reverse=True)[:5]
        if count % _PROGRESS == 0:
            print(f"{count:8} asked: {failed} faults, {seconds / count * 1000:.1f} ms each")
    for took, q in slowest:
        print(f"{took * 1000:8.0f} ms {q[:80]!r}")
    return failed


def _reported(wrong: Sequence[str]) -> int:
    for each in wrong:
        print(f"FAULT: {each[:500]}")
    return len(wrong)


if __name__ == "__main__":
    main()
