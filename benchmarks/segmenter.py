"""Both segmenters on every text of the corpora: ``python -m benchmarks.segmenter``.

Compares the cuts of jieba and rjieba, the added words included, on each
different run of Han characters in the titles and bodies.  Exit code 1 on any
difference.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable
from typing import Final

from benchmarks import corpora
from indexer.analysis import fold
from indexer.analysis.dictionary import CUTTABLE
from indexer.analysis.segmenter import JiebaSegmenter, RjiebaSegmenter, Segmenter
from indexer.documents import Document

_run: Final = re.compile(f"[{CUTTABLE}]+")


def runs(documents: Iterable[Document]) -> list[str]:
    """The different runs of Han characters in the folded titles and bodies, in order."""
    texts = (text for document in documents for text in (document.title, document.body))
    return sorted({run for text in texts for run in _run.findall(fold(text))})


def main() -> None:
    """Print for each corpus the runs, the differences, and the speed of both."""
    reference, fast = JiebaSegmenter(), RjiebaSegmenter()
    every: set[str] = set()
    differences = 0
    print(f"{'corpus':20}{'texts':>7}{'runs':>9}{'characters':>12}{'differences':>12}", end="")
    print(f"{'jieba s':>9}{'rjieba s':>9}")
    for name in ("sample", *corpora.NAMES):
        documents = corpora.sample() if name == "sample" else corpora.corpus(name)
        found = runs(documents)
        every.update(found)
        expected, slow_seconds = _timed(reference, found)
        cuts, fast_seconds = _timed(fast, found)
        wrong = [run for run, a, b in zip(found, expected, cuts, strict=True) if a != b]
        differences += len(wrong)
        print(f"{name:20}{len(documents):7}{len(found):9}{sum(map(len, found)):12}", end="")
        print(f"{len(wrong):12}{slow_seconds:9.1f}{fast_seconds:9.1f}")
        for run in wrong[:10]:
            print(f"DIFFERS: {'|'.join(reference.cut(run))} {'|'.join(fast.cut(run))}")
    print(f"{len(every)} different runs, {differences} differences")
    if differences:
        sys.exit(1)


def _timed(segmenter: Segmenter, found: list[str]) -> tuple[list[list[str]], float]:
    began = time.process_time()
    return [segmenter.cut(run) for run in found], time.process_time() - began


if __name__ == "__main__":
    main()
