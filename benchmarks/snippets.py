"""How long snippets and marks take: ``python -m benchmarks.snippets``.

The best of several times, in processor time, for a page of 20 snippets by class
of query, of short and of long documents, and for marking one whole article.
Beside them, in the same run, what it takes to fold these documents and cut them
whole into words, which is where marking without short cuts would begin.
The documents are those of the bundled sample and, where they are beside the
checkout, of the collections, joined and cut to one length.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Final

import click

from benchmarks import corpora
from indexer.analysis import fold, words
from indexer.query.parser import parse
from indexer.query.snippets import mark, snippet

PAGE: Final = 20
SHORT: Final = 1_500
LONG: Final = 20_000
WHOLE: Final = 50_000

QUERIES: Final = {
    "one frequent word": "比特币",
    "a word and its other names": "以太坊",
    "three words": "交易所 监管 投资者",
    "a quote": '"加密货币"',
    "a quoted comma": '"，"',
    "a name no lexicon has": "穆拉图诺",
    "a prefix": "比特*",
    "two near one another": '"市场 监管"~20',
    "a word inside longer ones": "中国",
    "a function word": "的",
}


def page(text: str, size: int) -> list[str]:
    """20 documents of ``size`` characters from ``text``, from its beginning again at its end."""
    endless = text * (PAGE * size // len(text) + 1)
    return [endless[at : at + size] for at in range(0, PAGE * size, size)]


def best(work: Callable[[], object], rounds: int) -> float:
    """The least milliseconds of processor time that ``work`` took."""
    times = []
    for _ in range(rounds):
        began = process_time()
        work()
        times.append(process_time() - began)
    return min(times) * 1000


@click.command(help=__doc__)
@click.option("--rounds", default=7, show_default=True, help="of which the best counts")
def main(rounds: int) -> None:
    """Print a table for the sample and each collection of long texts."""
    texts = {"sample": corpora.sample()}
    texts |= {name: corpora.corpus(name) for name in corpora.NAMES}
    for name, documents in texts.items():
        text = "\n\n".join(document.body for document in documents if document.body)
        if text:
            _report(name, text, rounds)


def _report(name: str, text: str, rounds: int) -> None:
    short, long, whole = page(text, SHORT), page(text, LONG), page(text, WHOLE)[0]
    print(f"{name}: milliseconds, the best of {rounds}")
    print(f"{f'{PAGE} of {SHORT}':>38} {f'{PAGE} of {LONG}':>12} {f'mark {WHOLE}':>12}")
    for label, q in QUERIES.items():
        node = parse(q).node
        works: list[Callable[[], object]] = [
            lambda node=node: [snippet(each, node) for each in short],
            lambda node=node: [snippet(each, node) for each in long],
            lambda node=node: mark(whole, node, "body"),
        ]
        _row(label, works, rounds)
    _row(
        "(cut whole)",
        [
            lambda: [words(fold(each)) for each in short],
            lambda: [words(fold(each)) for each in long],
            lambda: words(fold(whole)),
        ],
        rounds,
    )


def _row(label: str, works: list[Callable[[], object]], rounds: int) -> None:
    times = [best(work, rounds) for work in works]
    print(f"{label:27} {times[0]:10.1f} {times[1]:12.1f} {times[2]:12.1f}")


if __name__ == "__main__":
    main()
