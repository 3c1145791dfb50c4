"""Clusters of reprints: how good and how fast, ``python -m benchmarks.reprints``.

First the pairs of the generated set (see reprint_set.py) that share a cluster,
then the time and memory for a catalog of generated newsflashes: one in ten a
retold copy, one in twenty a price flash of one template.
"""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args

import click

from benchmarks.newsflashes import newsflashes, vocabulary
from benchmarks.reprint_set import Half, Made, reprint_set
from indexer.catalog import Catalog
from indexer.documents import Document, Page
from indexer.identity import document_id
from indexer.reprints import update

_BATCH: Final = 2000


@dataclass
class Quality:
    """How the pairs that share a cluster agree with the pairs that tell one story."""

    precision: float
    recall: float
    by_edit: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))


def clusters_of(documents: Sequence[Document], folder: Path) -> list[str]:
    """The cluster of each document, found in a catalog of its own."""
    with Catalog.open(folder / "catalog.db") as catalog:
        _add(catalog, iter(documents))
        update(catalog)
        found = {stored.id: stored.cluster for stored in catalog.all_documents()}
    return [found[document_id(document)] for document in documents]


def quality(half: Half, stories: int, folder: Path, seed: int = 3) -> Quality:
    """Cluster the generated set of this half and compare with what is known of it."""
    made = reprint_set(half, stories, seed)
    documents = [Document("newsflash", each.title, each.body) for each in made]
    found = clusters_of(documents, folder)
    together = _pairs(found)
    true = _pairs([each.story for each in made])
    result = Quality(len(together & true) / len(together), len(together & true) / len(true))
    original: tuple[Made, str] | None = None
    for each, cluster in zip(made, found, strict=True):
        if each.edit == "original" or original is None:
            original = each, cluster
            continue
        same, same_cluster = each.story == original[0].story, cluster == original[1]
        result.by_edit[each.edit][same == same_cluster] += 1
    return result


def _pairs(groups: Sequence[object]) -> set[tuple[int, int]]:
    members: dict[object, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        members[group].append(number)
    return {pair for each in members.values() for pair in itertools.combinations(each, 2)}


def _add(catalog: Catalog, documents: Iterator[Document]) -> None:
    number = 0
    while batch := [*itertools.islice(documents, _BATCH)]:
        pages = [(Page(f"{at}", f"{at}"), [each]) for at, each in enumerate(batch, number)]
        catalog.add(pages)
        number += len(batch)


def _archive(count: int) -> Iterator[Document]:
    chance = random.Random(5)
    recent: list[Document] = []
    for record in newsflashes(count, vocabulary()):
        kind = chance.random()
        if kind < 0.1 and recent:
            copied = chance.choice(recent)
            cut = chance.randrange(len(copied.body) * 4 // 5, len(copied.body))
            yield Document("newsflash", copied.title, copied.body[:cut].replace("，", ", "))
        elif kind < 0.15:
            price, change = chance.randint(3_000, 60_000), chance.randint(1, 999) / 100
            yield Document(
                "newsflash",
                f"比特币突破{price}美元",
                f"行情显示，比特币短时上涨，突破{price}美元，现报{price + change}美元，"
                f"24小时涨幅达到{change}%，行情波动较大，请做好风险控制。",
            )
        else:
            document = Document("newsflash", record["title"], record["body"])
            recent = [*recent[-999:], document]
            yield document


def _speed(documents: int, folder: Path) -> None:
    with Catalog.open(folder / "catalog.db") as catalog:
        _add(catalog, _archive(documents))
        before = _peak_memory()
        began, busy = time.perf_counter(), time.process_time()
        found = update(catalog)
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        peak = _peak_memory()
        print(f"{documents} documents, {found.texts} texts, {found.moved} moved:", end=" ")
        print(f"{seconds:.0f} s, of them {busy:.0f} s of one processor")
        print(f"peak memory {peak:.0f} MB ({before:.0f} MB before)")
        catalog.add([(Page("one more", "one more"), [Document("newsflash", "一", "又一条" * 9)])])
        began = time.perf_counter()
        update(catalog)
        print(f"one more document: {time.perf_counter() - began:.1f} s")


def _peak_memory() -> float:
    """The greatest memory that this process had, in megabytes."""
    import resource  # not on Windows, where the rest of this module serves the tests

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@click.command(help=__doc__)
@click.option("--documents", default=100_000, show_default=True, help="0: no measure of speed")
@click.option("--stories", default=300, show_default=True, help="of each half; 0: no table")
@click.option("--seed", default=3, show_default=True)
def main(documents: int, stories: int, seed: int) -> None:
    """Print the table of quality, then time and memory."""
    if stories:
        for half in get_args(Half):
            with tempfile.TemporaryDirectory() as folder:
                found = quality(half, stories, Path(folder), seed)
            print(f"{half}: precision {found.precision:.4f}, recall {found.recall:.4f}")
            for edit, right in found.by_edit.items():
                total = right.total()
                print(f"  {edit:15} {right[True] / total:.4f} of {total} as they should be")
    if documents:
        with tempfile.TemporaryDirectory() as folder:
            _speed(documents, Path(folder))


if __name__ == "__main__":
    main()
