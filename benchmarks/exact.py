"""Quotes against plain substring search: ``python -m benchmarks.exact``.

Indexes a mixture of real texts in many steps, so that there are many segments,
and removed and replaced documents in them; asks for random substrings of 1 to
30 characters in quotes; and compares the answers with Python's ``in`` over the
folded titles and bodies.  Exit code 1 on any difference.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import click

from benchmarks import corpora
from indexer.analysis import fold
from indexer.analysis.folding import TRADITIONAL
from indexer.documents import Document, StoredDocument
from indexer.engine import Engine, Search
from indexer.engine.whoosh import WhooshEngine
from indexer.query.answer import Marked
from indexer.query.parser import parse
from indexer.query.snippets import mark

STEPS: Final = 7
LENGTHS: Final = ((1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 30))
_QUOTES: Final = ('""', "“”", "「」", "『』", "〝〞", "＂＂", "｢｣")
# For each question so many of the documents found are looked at for their marks.
_MARKED: Final = 2


class Shelf(NamedTuple):
    """What is indexed: the documents by corpus, and the texts that are in it no longer."""

    present: Mapping[str, Sequence[StoredDocument]]
    gone: Mapping[str, Sequence[Document]]


def fill(engine: Engine, texts: Mapping[str, Sequence[Document]], chance: Random) -> Shelf:
    """Index the documents of each corpus in :data:`STEPS` steps.

    One eighth of them goes again: half of it is removed, half is replaced by
    the text of another document under the same id.
    """
    present: dict[str, list[StoredDocument]] = {}
    gone: dict[str, list[Document]] = {}
    added: list[list[StoredDocument]] = [[] for _ in range(STEPS)]
    removed: list[list[str]] = [[] for _ in range(STEPS)]
    for name, documents in texts.items():
        mixed = chance.sample(documents, len(documents))
        eighth = len(mixed) // 8
        gone[name] = mixed[:eighth]
        present[name] = [_stored(f"{name}/{at}", each) for at, each in enumerate(mixed[eighth:])]
        earlier = dict(enumerate(gone[name][: eighth // 2]))
        for at, stored in enumerate(present[name]):
            step = chance.randrange(1 if at in earlier else 0, STEPS)
            added[step].append(stored)
            if at in earlier:
                added[chance.randrange(step)].append(_stored(stored.id, earlier[at]))
        for at, document in enumerate(gone[name][eighth // 2 :]):
            stored, step = _stored(f"{name}/gone/{at}", document), chance.randrange(1, STEPS)
            added[chance.randrange(step)].append(stored)
            removed[step].append(stored.id)
    engine.rebuild(added[0], 1)
    for step in range(1, STEPS):
        engine.update(added[step], removed[step], step + 1)
    return Shelf(present, gone)


def _stored(id_: str, document: Document) -> StoredDocument:
    return StoredDocument(id_, document, cluster=id_, sites=(), appearances=1)


@dataclass(frozen=True, slots=True)
class Question:
    """A text to be found, with the corpus and the way by which it was drawn."""

    text: str
    corpus: str
    kind: str


def questions(shelf: Shelf, count: int, chance: Random) -> Iterator[Question]:
    """Random texts, of every corpus, kind and length alike; blank ones left out."""
    names = [name for name, documents in shelf.present.items() if documents]
    kinds = list(_KINDS)
    while count:
        name, kind = chance.choice(names), chance.choice(kinds)
        documents: Sequence[Document] = (
            shelf.gone[name]
            if kind == "of a removed text"
            else [stored.document for stored in shelf.present[name]]
        )
        if not documents:
            continue
        document = chance.choice(documents)
        source = chance.choice([text for text in (document.title, document.body) if text] or [""])
        length = chance.randint(*chance.choice(LENGTHS))
        text = _KINDS[kind](source, length, chance)
        if fold(text).strip():
            yield Question(text, name, kind)
            count -= 1


def _inside(text: str, length: int, chance: Random) -> str:
    start = chance.randint(0, max(len(text) - length, 0))
    return text[start : start + length]


def _round(text: str, places: Sequence[int], length: int, chance: Random) -> str:
    """A part of the text that holds one of the places and the character after it."""
    if not places:
        return ""
    start = max(chance.choice(places) - chance.randint(0, max(length - 2, 0)), 0)
    return text[start : start + max(length, 2)]


def _paragraphs(text: str, length: int, chance: Random) -> str:
    places = [at for at, character in enumerate(text) if character == "\n"]
    return _round(text, places, length, chance)


def _repeated(text: str, length: int, chance: Random) -> str:
    places = [at for at, (a, b) in enumerate(pairwise(text)) if a == b != "\n"]
    return _round(text, places, length, chance)


def _respelled(text: str, length: int, chance: Random) -> str:
    """Traditional for simplified, capitals, full width, marks of no width in between."""
    spellings = _spellings()
    return "".join(
        chance.choice((character, *spellings.get(fold(character), ())))
        + chance.choice(("", "", "", "\u200b", "\u2060"))
        for character in _inside(text, length, chance)
    )


def _spellings() -> dict[str, tuple[str, ...]]:
    """By folded character the other characters that fold to it."""
    if not _SPELLINGS:
        others = defaultdict(list)
        for line in TRADITIONAL.read_text(encoding="utf-8").splitlines():
            others[line.split("\t")[1]].append(line[0])
        for code in range(0x21, 0x7F):
            plain = chr(code)
            others[fold(plain)] += [plain, chr(code + 0xFEE0)]
        _SPELLINGS.update((folded, tuple(each)) for folded, each in others.items())
    return _SPELLINGS


_SPELLINGS: Final[dict[str, tuple[str, ...]]] = {}


def _mutated(text: str, length: int, chance: Random) -> str:
    """One character of another place: most of these stand nowhere."""
    part = _inside(text, length, chance)
    at = chance.randrange(len(part)) if part else 0
    return part[:at] + chance.choice(text or "币") + part[at + 1 :]


_KINDS: Final = {
    "anywhere": _inside,
    "at the start": lambda text, length, _: text[:length],
    "at the end": lambda text, length, _: text[-length:],
    "across paragraphs": _paragraphs,
    "with a repeated character": _repeated,
    "respelled": _respelled,
    "mutated": _mutated,
    "of a removed text": _inside,
}


def quoted(text: str, chance: Random) -> str | None:
    """The text between marks that close nowhere in it; None when it holds every closing mark."""
    plain = set(map(_plain, text))
    fit = [pair for pair in _QUOTES if _plain(pair[1]) not in plain]
    if not fit:
        return None
    pair = chance.choice(fit)
    return f"{pair[0]}{text}{pair[1]}"


def _plain(character: str) -> str:
    return unicodedata.normalize("NFKC", character)


class Folded(NamedTuple):
    """A document as the oracle looks at it."""

    stored: StoredDocument
    title: str
    body: str


def folded(shelf: Shelf) -> list[Folded]:
    """Every document that is to be found, its title and its body folded."""
    return [
        Folded(stored, fold(stored.document.title), fold(stored.document.body))
        for documents in shelf.present.values()
        for stored in documents
    ]


class Result(NamedTuple):
    """How many documents hold a text, how many were found, and how many of these hold it.

    ``marks`` counts the places that were looked at, ``wrong_marks`` those texts
    among the found ones in which other characters were marked.
    """

    expected: int
    found: int
    right: int
    marks: int
    wrong_marks: int

    @property
    def is_exact(self) -> bool:
        """Whether precision and recall are 1, and every mark is in its place."""
        return self.expected == self.found == self.right and not self.wrong_marks


def ask(question: Question, q: str, engine: Engine, texts: Sequence[Folded]) -> Result:
    """The answer of the engine to the quote ``q`` against substring search."""
    wanted = fold(question.text)
    expected = {
        each.stored.id: each.stored.document
        for each in texts
        if wanted in each.title or wanted in each.body
    }
    node = parse(q).node
    outcome = engine.search(Search(node, collapse=False, limit=None, facets=()))
    found = {hit.id for hit in outcome.hits}
    assert len(found) == len(outcome.hits) == outcome.total, f"{q!r} counts otherwise than it lists"
    marks = wrong = 0
    for document in list(expected.values())[:_MARKED]:
        for text, shown in (
            (document.title, mark(document.title, node, "title")),
            (document.body, mark(document.body, node, "body")),
        ):
            where = marked_by_hand(text, wanted)
            marks += len(where)
            wrong += marked(shown) != where
    return Result(len(expected), len(found), len(found & expected.keys()), marks, wrong)


def marked_by_hand(text: str, wanted: str) -> set[int]:
    """The offsets of the characters of ``text`` from which an occurrence of ``wanted`` comes.

    ``wanted`` is folded; each character of the text is folded by itself.
    """
    origins = [at for at, character in enumerate(text) for _ in fold(character)]
    flat, covered = fold(text), set[int]()
    start = flat.find(wanted)
    while start >= 0:
        covered.update(origins[start : start + len(wanted)])
        start = flat.find(wanted, start + 1)
    return covered


def marked(segments: Marked) -> set[int]:
    """The offsets of the marked characters in the joined segments, invisible ones left out."""
    at, covered = 0, set[int]()
    for segment in segments:
        if segment.marked:
            covered.update(at + i for i, each in enumerate(segment.text) if fold(each))
        at += len(segment.text)
    return covered


def segments(folder: Path) -> int:
    """How many segments the index in the folder has."""
    return len(json.loads((folder / "current.json").read_text("utf-8"))["segments"])


@click.command(help=__doc__)
@click.option("--substrings", default=5000, show_default=True)
@click.option("--share", default=0.1, show_default=True, help="of every corpus that is indexed")
@click.option("--seed", default=1, show_default=True)
def main(substrings: int, share: float, seed: int) -> None:
    """Print precision and recall by corpus and length, and by the way of drawing."""
    chance = Random(seed)
    texts = {"sample": corpora.sample()}
    for name in corpora.NAMES:
        documents = corpora.corpus(name)
        texts[name] = chance.sample(documents, round(len(documents) * share))
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder), "corpora")
        began = time.perf_counter()
        shelf = fill(engine, texts, chance)
        gone = sum(map(len, shelf.gone.values()))
        print(f"{sum(map(len, shelf.present.values()))} documents, {gone} removed or replaced,")
        print(f"{segments(Path(folder))} segments, {time.perf_counter() - began:.0f} s to index")
        exact = _compare(engine, shelf, substrings, chance)
        engine.close()
    if not exact:
        sys.exit(1)


def _compare(engine: Engine, shelf: Shelf, substrings: int, chance: Random) -> bool:
    results: dict[tuple[str, str], list[Result]] = {
        **{(name, _shown(bounds)): [] for name in shelf.present for bounds in LENGTHS},
        **{("all", kind): [] for kind in _KINDS},
        ("all", "1-30"): [],
    }
    texts, inexpressible = folded(shelf), 0
    began = time.perf_counter()
    for question in questions(shelf, substrings, chance):
        q = quoted(question.text, chance)
        if q is None:
            inexpressible += 1
            continue
        result = ask(question, q, engine, texts)
        if not result.is_exact:
            print(f"DIFFERS: {q!r} of {question.corpus}, {question.kind}: {result}")
        size = len(question.text)
        bounds = next((each for each in LENGTHS if size <= each[1]), LENGTHS[-1])
        results[question.corpus, _shown(bounds)].append(result)
        results["all", question.kind].append(result)
        results["all", "1-30"].append(result)
    print(
        f"{inexpressible} texts that no quote can hold, {time.perf_counter() - began:.0f} s to ask"
    )
    print(f"{'corpus':20}{'characters':27}{'asked':>6}{'in none':>8}{'documents':>10}", end="")
    print(f"{'precision':>11}{'recall':>9}{'marks':>9}{'wrong':>6}")
    for (name, row), group in results.items():
        if group:
            print(f"{name:20}{row:27}{_figures(group)}")
    return all(result.is_exact for result in results["all", "1-30"])


def _shown(bounds: tuple[int, int]) -> str:
    return "-".join(dict.fromkeys(map(str, bounds)))


def _figures(group: Sequence[Result]) -> str:
    expected, found, right, marks, wrong = map(sum, zip(*group, strict=True))
    in_none = sum(not result.expected for result in group)
    precision, recall = right / found if found else 1.0, right / expected if expected else 1.0
    return f"{len(group):6}{in_none:8}{expected:10}{precision:11.6f}{recall:9.6f}{marks:9}{wrong:6}"


if __name__ == "__main__":
    main()
