"""The same questions to all engines, side by side in one process."""

from __future__ import annotations

import gc
import random
from collections.abc import Mapping

from benchmarks.engine import substrings
from benchmarks.engine.corpus import Corpus
from benchmarks.engine.figures import Figures, milliseconds, percentiles, steady_work
from benchmarks.engine.fts5 import Fts5
from benchmarks.engine.ours import Ours
from benchmarks.engine.peer import Counted, Peer
from benchmarks.engine.questions import EXACT, Question, questions
from benchmarks.engine.tantivy_peer import Tantivy


def measured(corpus: Corpus, count: int) -> Figures:
    """Median and 95th percentile by class and engine, as ``query.CLASS.ENGINE.p50``.

    A first round asks every question once and compares the answers; in the
    second, which is timed, ours and tantivy answer each question in turn, in an order
    by chance, so that whatever else the machine does hits both alike; FTS5 follows.  How
    much that is ``noise.p50`` and ``noise.p95`` say, of a fixed piece of work timed in the
    same turns.
    Raises AssertionError when the engines count differently.
    """
    ours = Ours(corpus)
    tantivy = Tantivy(corpus.folder / "tantivy", corpus.columns())
    fts5 = Fts5(corpus.folder / "fts5.db", corpus.columns())
    peers: dict[str, Peer] = {"ours": ours, "tantivy": tantivy, "fts5": fts5}
    asked = questions(corpus, count)
    figures: Figures = {"tantivy.segments": tantivy.segments}
    true = substrings.counted(corpus, [each.texts[0] for name in EXACT for each in asked[name]])
    for name, of_class in asked.items():
        totals = [_checked(peers, question, true) for question in of_class]
        figures[f"query.{name}.total"] = sorted(totals)[len(totals) // 2]
        figures[f"query.{name}.questions"] = len(of_class)
    gc.collect()
    gc.freeze()
    noise: list[float] = []
    chance = random.Random(corpus.size)
    for name, of_class in asked.items():
        asks = [
            {engine: peers[engine].prepared(question) for engine in ("ours", "tantivy")}
            for question in of_class
        ]
        # by itself, for each of its searches takes so long and reads so much that the others
        # would find nothing of theirs in the processor's caches
        asks += [{"fts5": fts5.prepared(question)} for question in of_class]
        # afterwards, for an engine may remember what it was asked a moment ago
        asks += [
            {
                "ours-bare": ours.prepared(question, facets=False),
                "tantivy-bare": tantivy.prepared(question, facets=False),
            }
            for question in of_class
        ]
        times: dict[str, list[float]] = {}
        for each in asks:
            noise.append(milliseconds(steady_work))
            # no engine always finds the caches as the same other leaves them
            for engine, ask in chance.sample(list(each.items()), len(each)):
                if ask:
                    times.setdefault(engine, []).append(milliseconds(ask))
        for engine, of_engine in times.items():
            figures |= percentiles(f"query.{name}.{engine}", of_engine)
    return figures | percentiles("noise", noise)


def _checked(peers: Mapping[str, Peer], question: Question, true: Mapping[str, Counted]) -> int:
    """The total; every engine must count the same.

    A stretch of text is another question to an engine that knows words alone (it is asked for
    these words in a row, commas between them or not, as this cut has them): ours is
    held against a substring search then, and the others against each other.
    """
    counts = {
        engine: peer.counted(ask())
        for engine, peer in peers.items()
        if (ask := peer.prepared(question))
    }
    ours = counts["ours"]
    others = [each for engine, each in counts.items() if engine != "ours"]
    if question.kind in EXACT:
        assert ours == true[question.texts[0]], question
    else:
        others.append(ours)
    assert all(each == others[0] for each in others), question
    return ours.total
