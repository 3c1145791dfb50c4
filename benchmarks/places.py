"""How well and how fast cities are recognised: ``python -m benchmarks.places``.

F1 compares the set of cities of each gold sentence, summed over all sentences
(micro-averaged).  Speed is measured on real news beside the checkout, or on
the gold sentences where there is none.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Final, NamedTuple

from indexer.pages.places import cities_in

ROOT: Final = Path(__file__).parents[1]
GOLD: Final = (
    ROOT / "tests" / "pages" / "places_dev.tsv",
    ROOT / "tests" / "pages" / "places_held_out.tsv",
)
CORPORA: Final = ROOT.parent / "shared" / "corpora"


class Score(NamedTuple):
    """Cities found rightly, found wrongly, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed)


def gold_sentences(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each gold sentence of a file with the cities it names, in order."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            sentence, cities = line.split("\t")
            yield sentence, () if cities == "-" else tuple(cities.split(" "))


def score(path: Path) -> Score:
    """What :func:`cities_in` makes of a file of gold sentences."""
    right = wrong = missed = 0
    for sentence, cities in gold_sentences(path):
        wanted, found = set(cities), set(cities_in(sentence))
        right += len(wanted & found)
        wrong += len(found - wanted)
        missed += len(wanted - found)
    return Score(right, wrong, missed)


def _texts(corpus: Path) -> list[str]:
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [f"{record.get('title', '')}\n{record.get('text', '')}" for record in records]


def megabytes_per_second(texts: list[str]) -> float:
    """How many megabytes of UTF-8 :func:`cities_in` reads in a second of processor time."""
    size = sum(len(text.encode()) for text in texts)
    start = process_time()
    for text in texts:
        cities_in(text)
    return size / (process_time() - start) / 1e6


def main() -> None:
    """Print the scores of both halves of the gold set, and the speed on each corpus."""
    for path in GOLD:
        result = score(path)
        print(
            f"{path.name}: F1 {result.f1:.3f}"
            f" (right {result.right}, wrong {result.wrong}, missed {result.missed})"
        )
    corpora = {path.name: _texts(path) for path in sorted(CORPORA.glob("*.jsonl.gz"))}
    if not corpora:
        sentences = [sentence for path in GOLD for sentence, _ in gold_sentences(path)]
        corpora = {"gold sentences": ["\n".join(sentences)] * 200}
    for name, texts in corpora.items():
        print(f"{name}: {megabytes_per_second(texts):.1f} MB/s")
    everything = [text for texts in corpora.values() for text in texts]
    print(f"all: {megabytes_per_second(everything):.1f} MB/s")


if __name__ == "__main__":
    main()
