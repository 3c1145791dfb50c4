"""A search offers corrections and never changes the query by itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.pipeline import catch_up
from indexer.query.request import SearchRequest

from .conftest import add, document


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    archive = Archive.open(tmp_path_factory.mktemp("data"))
    add(
        archive.catalog,
        *(document(f"比特币行情第{number}期", "深圳上涨。") for number in range(5)),
        document("以太坊升级", "某币种叫柯莱币。泰铢。"),
    )
    catch_up(archive.catalog, archive.engine)
    yield archive
    archive.close()


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("比特弊", ["比特币"]),
        ("深圳 比特弊", ["深圳 比特币"]),
        ("比特弊 OR 深圳", ["比特币 OR 深圳"]),
        ("比特弊|深圳", ["比特币|深圳"]),
        ("比特币", []),
        ("深圳 以太坊", []),
        # In the index as characters, though the lexicon does not know it.
        ("柯莱币", []),
        ('"比特弊"', []),
        ("", []),
    ],
)
def test_a_search_offers_what_may_have_been_meant(archive, q, expected):
    answer = archive.search(SearchRequest(q=q))
    assert [each.q for each in answer.corrections] == expected
    assert answer.to_json()["corrections"] == expected
    assert answer.request.q == q


def test_any_word_may_be_the_one_that_finds_nothing(archive):
    answer = archive.search(SearchRequest(q="比特弊 深圳", match="any"))
    assert answer.total == 5
    assert [each.q for each in answer.corrections] == ["比特币 深圳"]


def test_filters_that_leave_nothing_are_no_mistake_of_spelling(archive):
    answer = archive.search(SearchRequest(q="比特币", kind=("article",)))
    assert (answer.total, answer.corrections) == (0, ())


def test_the_command_line_says_what_may_have_been_meant(archive):
    root = Path(__file__).parents[2]
    data = archive.catalog.path.parent
    done = subprocess.run(
        [sys.executable, "run.py", "search", "深圳 比特弊", "--data", str(data)],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "", "LANG": "C.UTF-8"},
    )
    assert "您是不是要找：深圳 比特币\n" in done.stderr
    assert done.returncode == 0
