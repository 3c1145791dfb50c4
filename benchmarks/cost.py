"""What the dearest requests cost: ``python -m benchmarks.cost --data DIR``.

Asks a data folder of :mod:`benchmarks.newsflashes` (that of ``python -m benchmarks.engine --data``
is one) for what is known to take long: very many words, prefixes of one character, quotes of the
most frequent characters, texts near one another, deep pages, comparisons, feeds, exports, and what
a page offers beside.  Printed is the time of the processor, which does not depend on what else the
machine does, and how many of the requests were refused because of ``--seconds``.  With
``--seconds inf`` none is: some then take minutes.

Exits with 1 when a request took more than a second beyond what it may.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

import click
from flask.testing import FlaskClient

from benchmarks.newsflashes import vocabulary
from indexer.query.lexer import MAX_LENGTH
from indexer.query.request import MOST_COMPARED
from webui import create_app

_REFUSED: Final = 422
_BEYOND: Final = 1.0  # seconds; between two looks at the time there are at most some tenths
_HEAD: Final = 200  # of the most frequent words


class Form(NamedTuple):
    """A form of request: its address, and what gives a query of that form."""

    name: str
    query: Callable[[random.Random], str]
    path: str = "/search.json"
    more: tuple[tuple[str, str], ...] = ()


class Cost(NamedTuple):
    """Of all requests of a form: the most milliseconds, how many were refused, and of how many."""

    name: str
    most: float
    refused: int
    asked: int


def forms(words: Sequence[str]) -> Iterator[Form]:
    """The forms of request; ``words`` are the most frequent ones."""
    characters = sorted({character for word in words for character in word})

    def several(pattern: str, texts: Sequence[str], between: str) -> Callable[[random.Random], str]:
        def query(chance: random.Random) -> str:
            filled = (pattern.format(*chance.sample(texts, 2)) for _ in range(MAX_LENGTH))
            found = next(filled)
            for each in filled:
                if len(found) + len(between) + len(each) > MAX_LENGTH:
                    break
                found += between + each
            return found

        return query

    def one(pattern: str, texts: Sequence[str]) -> Callable[[random.Random], str]:
        return lambda chance: pattern.format(*chance.sample(texts, 2))

    def nothing(_: random.Random) -> str:
        return ""

    def quote(chance: random.Random) -> str:
        return f'"{paragraph(chance)[: MAX_LENGTH - 2]}"'

    paragraph = several("{}", words, "")
    near = several('"{} {}"~100', characters, " OR ")
    any_words = several("{}", words, " OR ")
    yield Form("a frequent word", one("{}", words))
    yield Form("all of very many words", several("{}", words, " "))
    yield Form("any of very many words", any_words)
    yield Form("any of very many characters", several("{}", characters, " OR "))
    yield Form("very many prefixes of one character", several("{}*", characters, " OR "))
    yield Form("very many quotes of one character", several('"{}"', characters, " OR "))
    yield Form("very many quotes of one word", several('"{}"', words, " OR "))
    yield Form("one quote as long as can be", quote)
    yield Form("a paragraph as long as can be", paragraph)
    yield Form("none of very many words", several("-{}", words, " "))
    yield Form("a word without very many prefixes", several("-{}*", characters, " "))
    yield Form("two characters near each other", one('"{} {}"~50', characters))
    yield Form("two words near each other", one('"{} {}"~50', words))
    yield Form("very many pairs near each other", near)
    yield Form("a deep page of a frequent word", one("{}", words), more=(("page", "5000"),))
    yield Form("the deepest page of everything", nothing, more=(("page", "1000000"),))
    yield Form("the same as a page", any_words, "/search")
    yield Form("pairs near each other as a page", near, "/search")
    yield Form("a feed", any_words, "/search.atom")
    yield Form("a feed of pairs near each other", near, "/search.atom")
    yield Form("a comparison", any_words, "/trends.json")
    yield Form("what is new", any_words, "/new.json")
    yield Form("an export of pairs near each other", near, "/search.jsonl")
    yield Form("suggestions", paragraph, "/suggest.json")
    yield Form("suggestions by pinyin", lambda _: "zhongguo" * 25, "/suggest.json")
    yield Form("corrections of very many words", lambda _: " ".join(f"qx{n}zv" for n in range(200)))


def costs(client: FlaskClient, form: Form, queries: int) -> Cost:
    """What so many requests of the form cost.  Raises SystemExit for an answer that is an error."""
    chance = random.Random(form.name)
    most, refused = 0.0, 0
    for _ in range(queries):
        several = MOST_COMPARED if form.path.startswith("/trends") else 1
        asked = [*(("q", form.query(chance)) for _ in range(several)), *form.more]
        began = time.thread_time()
        response = client.get(f"{form.path}?{urlencode(asked)}")
        most = max(most, time.thread_time() - began)
        if response.status_code not in (200, _REFUSED):
            raise SystemExit(f"{form.name}: {response.status_code} for {asked}")
        refused += response.status_code == _REFUSED
    return Cost(form.name, most * 1000, refused, queries)


def related(client: FlaskClient, queries: int) -> Cost:
    """What a document's page costs, with what is related to it and very much to mark."""
    hits = client.get("/search.json").json["hits"][:queries]
    marked = urlencode({"q": " OR ".join(vocabulary()[:_HEAD])})
    most = 0.0
    for hit in hits:
        began = time.thread_time()
        client.get(f"/d/{hit['id']}?{marked}")
        most = max(most, time.thread_time() - began)
    return Cost("a document with related ones", most * 1000, 0, len(hits))


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--seconds", default=1.0, show_default=True, help="that a request may search")
@click.option("--queries", default=5, show_default=True, help="of each form")
def main(data: Path, seconds: float, queries: int) -> None:
    """Print what is measured, the dearest first."""
    client = create_app(data, seconds=seconds).test_client()
    client.get("/search.json?q=中国人民银行")  # which loads what every search needs
    asked = [costs(client, form, queries) for form in forms(vocabulary()[:_HEAD])]
    asked.append(related(client, queries))
    total = client.get("/healthz").json["documents"]
    print(f"{total:,} documents, {seconds:g} s a request, {queries} requests of each form")
    print("| form | most, ms | refused |")
    print("| --- | ---: | ---: |")
    for cost in sorted(asked, key=lambda cost: -cost.most):
        print(f"| {cost.name} | {cost.most:,.0f} | {cost.refused} of {cost.asked} |")
    sys.exit(max(cost.most for cost in asked) > 1000 * (seconds + _BEYOND))


if __name__ == "__main__":
    main()
