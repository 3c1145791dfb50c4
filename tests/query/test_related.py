"""What related documents are found by, and that those of the greatest scores are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import matches_text
from scored import expected_scores
from stored import newsflash

from indexer.analysis import fold
from indexer.documents import Document, StoredDocument
from indexer.engine import Ranking
from indexer.engine.tree import Characters, Word
from indexer.engine.whoosh import WhooshEngine
from indexer.query.related import more_like, term_counts


@pytest.mark.parametrize(
    ("title", "body", "terms"),
    [
        # words of title and body, the longest where they overlap, as often as they stand
        ("矿工收入下降", "矿工的收入下降。", "矿工 2, 收入 2, 下降 2"),
        ("", "以太坊升级", "以太坊 1, 升级 1"),
        ("臺北", "台北", "台北 2"),
        # no function words, numbers, single characters
        ("", "我们在 2021 年关于 12,000 币的", ""),
        ("", "ERC-20 与 5G，DeFi", "erc-20 1, 5g 1, defi 1"),
        # what the cut leaves single is taken together: names
        ("", "刘晓蕾认为，苗景岚离职", "认为 1, 离职 1, 刘晓蕾* 1, 苗景岚* 1"),
        ("", "嬴夔冼姒妲", ""),
        ("", "取走现金", "取走 1, 现金 1"),
    ],
)
def test_what_may_be_looked_for(title: str, body: str, terms: str) -> None:
    counts = term_counts(Document("newsflash", title, body))
    shown = [
        f"{term.text}{'*' if isinstance(term, Characters) else ''} {count}"
        for term, count in counts.items()
    ]
    assert ", ".join(shown) == terms


BASE = 50
NAMES = (
    "比特币",
    "以太坊",
    "减半",
    "矿工",
    "监管",
    "算力",
    "收入",
    "交易所",
    "吴忌寒",
    "defi",
    "公告",
)
UNKNOWN = ("郑皓升", "苗景岚", "冼夔")
texts = st.lists(st.sampled_from((*NAMES, *UNKNOWN, "的", "2021")), max_size=12).map("，".join)


def expected(
    corpus: Sequence[StoredDocument], asked: Document, reprints: int
) -> list[tuple[str, float]]:
    """Every document that is near enough with its score, the best first: one by one."""
    bodies, titles = (
        [fold(getattr(each.document, field)) for each in corpus] for field in ("body", "title")
    )

    def held(term: Word | Characters) -> int:
        return max(sum(matches_text(term, text) for text in texts) for texts in (bodies, titles))

    counts = Counter[Word | Characters]()
    for text in (fold(asked.title), fold(asked.body)):
        for name in NAMES:
            counts[Word(name)] += text.count(name)
        for name in UNKNOWN:
            counts[Characters(name)] += text.count(name)
    idf = {
        term: log(1 + (len(corpus) - held(term) + 0.5) / (held(term) + 0.5))
        for term, count in counts.items()
        if count and 1 + reprints < held(term) <= max(len(corpus) // 50, 50)
    }
    best = sorted(idf, key=lambda term: (-counts[term] * idf[term], term.text))[:12]
    if not best:
        return []
    least = max(0.3 * sum(map(idf.__getitem__, best)), 1.9 * max(map(idf.__getitem__, best)))
    scores = expected_scores(corpus, Ranking(tuple((term,) for term in best), passages=False))
    near = [(id_, score) for id_, score in scores.items() if score >= least]
    return sorted(near, key=lambda each: (-each[1], each[0]))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # an example writes three segments; to shrink one takes minutes
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    given_texts=st.lists(st.tuples(texts, texts), min_size=4, max_size=16),
    reprints=st.integers(0, 2),
)
def test_the_nearest_are_found_over_segments_and_deletions(
    given_texts: list[tuple[str, str]],
    reprints: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    corpus = [
        newsflash(f"d{number:02}", body, title=title)
        for number, (title, body) in enumerate(given_texts)
    ]
    corpus += [newsflash(f"e{number:02}", "公告", title="闲话") for number in range(BASE)]
    gone = [newsflash("gone", "比特币减半" * 20, title="郑皓升"), newsflash("d00", "矿工苗景岚")]
    engine = WhooshEngine(tmp_path_factory.mktemp("index"), "catalog")
    engine.rebuild([*gone, *corpus[2:]], 1)
    engine.update(corpus[:1], [], 2)
    engine.update(corpus[1:2], ["gone"], 3)
    for each in corpus[: len(given_texts)]:
        wanted = expected(corpus, each.document, reprints)
        asked = more_like(each.document, engine, reprints)
        hits = engine.search(asked.search).hits if asked else ()
        found = [(hit.id, hit.score) for hit in hits if asked and hit.score >= asked.least]
        assert len(found) == min(len(wanted), 6)
        assert [score for _, score in found] == pytest.approx([score for _, score in wanted[:6]])
        assert found == [(id_, pytest.approx(dict(wanted)[id_])) for id_, _ in found]
    engine.close()
