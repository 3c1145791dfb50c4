"""How bare words do against plain substring search: ``python -m benchmarks.words``.

For each of the terms of ``data/terms.tsv``, the texts of the corpora beside
the checkout in which its folded characters stand are compared with those that
the bare word matches.  What the bare word drops must stand there across the
border of a word: ``data/dropped.tsv`` holds a sample of it, judged by hand.
Recall is what is matched of what should be: of the places that are dropped,
each term's share of misses among its few judged ones is taken for all of
them.  ``--sample N`` prints that many places that are still to be judged, a
few a term.  ``--engine N`` has the engine answer as many of the terms, over
every eighth text, and compares.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import click

from indexer.analysis import fold, words
from indexer.documents import Document, StoredDocument
from indexer.engine import Search
from indexer.engine.tree import And, Characters, Node, Or, Word
from indexer.engine.whoosh import WhooshEngine
from indexer.query.parser import parse

ROOT: Final = Path(__file__).parents[1]
DATA: Final = ROOT / "benchmarks" / "data"
TERMS: Final = DATA / "terms.tsv"
HELD_OUT: Final = DATA / "terms_held_out.tsv"
JUDGED: Final = DATA / "dropped.tsv"
CORPORA: Final = ROOT.parent / "shared" / "corpora"

CONTEXT: Final = 4
PER_TERM: Final = 3


class Term(NamedTuple):
    """A name or term with its kind and the corpus that it is most frequent in."""

    text: str
    kind: str
    corpus: str
    documents: int


class Place(NamedTuple):
    """Where a term stands, with a few characters before and after it; all folded."""

    term: str
    before: str
    after: str


def rows(path: Path) -> Iterator[list[str]]:
    """The lines of a data file, split at the tabs."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def terms(path: Path = TERMS) -> list[Term]:
    """The terms, kind by kind, the most frequent first."""
    return [Term(text, kind, corpus, int(n)) for text, kind, corpus, n in rows(path)]


def judged() -> dict[Place, str]:
    """Each judged place with its verdict: ``border`` or ``miss``."""
    return {Place(term, a, b): verdict for term, a, b, verdict, _ in rows(JUDGED)}


def corpus() -> list[str]:
    """The folded texts of all corpora, a title and its body in one."""
    texts = []
    for path in sorted(CORPORA.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                texts.append(fold(f"{record.get('title') or ''}\n{record.get('text') or ''}"))
    return texts


def found(node: Node, text: str, tokens: set[str]) -> bool:
    """Whether what a bare word asks for is in a text with these tokens."""
    match node:
        case Word(word):
            return word in tokens
        case Characters(characters):
            return characters in text
        case And(nodes):
            return all(found(each, text, tokens) for each in nodes)
        case Or(nodes):
            return any(found(each, text, tokens) for each in nodes)
    raise TypeError(node)


def bare(term: str) -> Node:
    """What the term asks for as a bare word, its other names left out."""
    return parse(term, aliases=False).node


def place(term: str, text: str) -> Place:
    """The first place of a term in a text."""
    at, end = text.index(term), text.index(term) + len(term)
    before, after = text[max(0, at - CONTEXT) : at], text[end : end + CONTEXT]
    return Place(term, *(" ".join(each.split()) for each in (before, after)))


def sampled(dropped: dict[str, list[Place]], size: int, seed: int) -> list[Place]:
    """Places drawn at random, not more than :data:`PER_TERM` of a term."""
    random = Random(seed)
    names = sorted(dropped)
    random.shuffle(names)
    drawn = []
    for term in names:
        different = sorted(set(dropped[term]))
        drawn += random.sample(different, min(PER_TERM, len(different)))
    random.shuffle(drawn)
    return drawn[:size]


def _differing(texts: list[str], some: list[Term]) -> list[str]:
    """The terms that the engine answers with other texts."""
    documents = [
        StoredDocument(f"{n:013}", Document("article", "", text), f"{n:013}", (), 1)
        for n, text in enumerate(texts)
    ]
    tokens = [{token.text for token in words(text)} for text in texts]
    differing = []
    with TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder), "benchmark")
        engine.rebuild(documents, 1)
        for term in some:
            node = bare(term.text)
            outcome = engine.search(Search(node, limit=None, facets=(), collapse=False))
            expected = {
                document.id
                for document, its_tokens in zip(documents, tokens, strict=True)
                if found(node, document.document.body, its_tokens)
            }
            if {hit.id for hit in outcome.hits} != expected:
                differing.append(term.text)
        engine.close()
    return differing


def _drops(chosen: list[Term], texts: list[str]) -> dict[str, list[Place]]:
    """For each term, by its folded text, a place in each text that the bare word drops."""
    tokens = [{token.text for token in words(text)} for text in texts]
    return {
        folded: [
            place(folded, text)
            for text, its_tokens in zip(texts, tokens, strict=True)
            if folded in text and not found(node, text, its_tokens)
        ]
        for folded, node in ((fold(term.text), bare(term.text)) for term in chosen)
    }


def _missed(dropped: list[Place], verdicts: dict[Place, str]) -> float:
    """How many of the places are misses, by the share among those of the term that are judged."""
    known = [verdicts[each] for each in dropped if each in verdicts]
    return len(dropped) * known.count("miss") / len(known) if known else 0.0


def _print_table(chosen: list[Term], dropped: dict[str, list[Place]]) -> None:
    verdicts = judged()
    click.echo(f"{'kind':8}{'terms':>7}{'texts':>8}{'dropped':>9}{'raw':>9}{'recall':>9}")
    for kinds in [[kind] for kind in dict.fromkeys(term.kind for term in chosen)] + [None]:
        its = [term for term in chosen if kinds is None or term.kind in kinds]
        holding = sum(term.documents for term in its)
        lost = sum(len(dropped[fold(term.text)]) for term in its)
        missed = sum(_missed(dropped[fold(term.text)], verdicts) for term in its)
        kept = holding - lost
        click.echo(
            f"{kinds[0] if kinds else 'all':8}{len(its):7}{holding:8}{lost:9}"
            f"{kept / holding:9.4f}{kept / (kept + missed):9.4f}"
        )
    standing = {each for places in dropped.values() for each in places}
    told = Counter(verdicts[each] for each in standing if each in verdicts)
    share = told["border"] / max(1, told.total())
    unjudged = [
        term for term, places in dropped.items() if places and verdicts.keys().isdisjoint(places)
    ]
    click.echo(
        f"judged {told.total()} places that are dropped: {share:.4f} across a border of a word"
    )
    click.echo(f"terms with none judged: {' '.join(unjudged) or 'none'}")


@click.command(help=__doc__)
@click.option("--held-out", is_flag=True, help="the terms that nothing was tuned on")
@click.option("--sample", "size", default=0, help="print so many places to be judged")
@click.option("--seed", default=1, show_default=True)
@click.option("--engine", "asked", default=0, help="ask the engine for so many terms")
def main(held_out: bool, size: int, seed: int, asked: int) -> None:
    """Print recall by kind, what was dropped, and how it was judged."""
    texts = corpus()
    if not texts:
        raise SystemExit(f"no corpora in {CORPORA}")
    if asked:
        some = Random(seed).sample(terms(), asked)
        differing = _differing(texts[::8], some)
        click.echo(
            f"the engine, asked for {asked} terms, differs in: {' '.join(differing) or 'none'}"
        )
        return
    chosen = terms(HELD_OUT if held_out else TERMS)
    dropped = _drops(chosen, texts)
    if not size:
        _print_table(chosen, dropped)
        return
    verdicts = judged()
    for each in sampled(dropped, size, seed):
        if each not in verdicts:
            click.echo("\t".join(each))


if __name__ == "__main__":
    main()
