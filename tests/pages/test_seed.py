"""The page that the project started from, and pages composed in its grammar."""

import json
from pathlib import Path

import pytest

from benchmarks.pages import measure
from indexer.documents import Page
from indexer.pages import read_page

SHARED = Path(__file__).parents[3] / "shared"
SEED = SHARED / "seed" / "gold.json"
DEV = SHARED / "pages_dev" / "gold.jsonl"

needs_seed = pytest.mark.skipif(not SEED.exists(), reason="../shared/seed is not here")
needs_dev = pytest.mark.skipif(not DEV.exists(), reason="../shared/pages_dev is not here")


@needs_seed
def test_the_seed_page_is_read_exactly():
    gold = json.loads(SEED.read_text(encoding="utf-8"))
    content = (SEED.parent / gold["page"]).read_text(encoding="utf-8")
    article, *newsflashes = read_page(Page(gold["page"], content))

    expected = gold["article"]
    assert article.title == expected["title"]
    assert article.category == expected["column"]
    assert list(article.tags) == expected["tags"]
    assert article.author == expected["author"]
    # The page states no date; its text speaks of the spring of 2020, and of 2017 as long ago.
    if article.published:
        assert article.published.origin == "text"
        assert article.published.value in ("2020-05", "2020-05-09")
    assert article.site == gold["site"]
    assert list(article.paragraphs) == expected["paragraphs"]

    assert len(newsflashes) == len(gold["newsflashes"])
    for found, flash in zip(newsflashes, gold["newsflashes"], strict=True):
        assert found.published is not None
        assert (found.title, found.category, found.body) == (
            flash["title"],
            flash["category"],
            flash["body"],
        )
        assert (found.published.value, found.published.precision) == (
            flash["published"],
            flash["precision"],
        )
        assert found.lines == tuple(flash["lines"])
        assert found.site == gold["site"]


@needs_dev
def test_composed_pages_are_read_well_each_alone():
    score = measure(DEV)
    assert score.f1("strict") >= 0.99
    assert score.counts["lost"] == 0
    assert score.counts["leaked"] == 0
    assert score.counts["title"] == score.counts["pages"]
    assert score.counts["author"] == score.counts["pages"]
    assert score.counts["site"] == score.counts["pages"]
