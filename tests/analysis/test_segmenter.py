"""Both segmenters cut alike.  On every text of the corpora: ``python -m benchmarks.segmenter``."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import corpora
from benchmarks.segmenter import runs
from indexer.analysis.dictionary import CUTTABLE, added_words, frequencies
from indexer.analysis.segmenter import (
    JiebaSegmenter,
    RjiebaSegmenter,
    best_cut_without_itself,
)

RUN = re.compile(f"[{CUTTABLE}]+")


@pytest.fixture(scope="module")
def reference() -> JiebaSegmenter:
    return JiebaSegmenter()


@pytest.fixture(scope="module")
def fast() -> RjiebaSegmenter:
    pytest.importorskip("rjieba", reason="rjieba is not installed: nothing to compare")
    return RjiebaSegmenter()


@pytest.mark.parametrize("name", ["sample", *corpora.NAMES])
def test_both_segmenters_cut_real_text_alike(
    name: str, reference: JiebaSegmenter, fast: RjiebaSegmenter
) -> None:
    found = runs(corpora.sample() if name == "sample" else corpora.corpus(name))
    if not found:
        pytest.skip(f"the corpus {name} is not beside the checkout")
    some = random.Random(name).sample(found, min(len(found), 3000))
    assert [run for run in some if reference.cut(run) != fast.cut(run)] == []


def test_both_segmenters_choose_alike_among_equals(
    reference: JiebaSegmenter, fast: RjiebaSegmenter
) -> None:
    # 注册商标 + 注册 and 注册 + 商标注册 are equally probable: the last bit decides.
    run = "一个注册商标注册前已经使用的在先权"
    assert reference.cut(run) == fast.cut(run)


@given(data=st.data())
def test_both_segmenters_cut_any_words_alike(
    data: st.DataObject, reference: JiebaSegmenter, fast: RjiebaSegmenter
) -> None:
    words = st.one_of(st.sampled_from(sorted(added_words())), st.text("的一是在中国上大人链币"))
    run = "".join(data.draw(st.lists(words, min_size=1, max_size=6)))
    assert reference.cut(run) == fast.cut(run)


def test_both_segmenters_know_the_same_words(
    reference: JiebaSegmenter, fast: RjiebaSegmenter
) -> None:
    for word in [*list(frequencies().counted())[::7], *added_words(), "王小明明", "国人民"]:
        assert reference.has_word(word) == fast.has_word(word) == (word in frequencies())


def test_the_cut_without_the_word_itself_is_jiebas_own(reference: JiebaSegmenter) -> None:
    tokenizer = reference._tokenizer
    long_words = [word for word in frequencies().counted() if len(word) > 2 and RUN.fullmatch(word)]
    for word in random.Random(1).sample(long_words, 3000):
        graph = tokenizer.get_DAG(word)
        graph[0] = [end for end in graph[0] if end < len(word) - 1] or [0]
        route: dict[int, tuple[float, int]] = {}
        tokenizer.calc(word, graph, route)
        expected, start = [], 0
        while start < len(word):
            end = route[start][1] + 1
            expected.append(word[start:end])
            start = end
        assert best_cut_without_itself(word) == expected


def test_using_jieba_is_silent_and_writes_no_cache(tmp_path: Path) -> None:
    code = (
        "import tempfile; from indexer.analysis.segmenter import JiebaSegmenter as J;"
        "print(J().cut('其中山寨币'))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=Path(__file__).parents[2],
        env=os.environ
        | dict.fromkeys(["TMPDIR", "TEMP", "TMP"], str(tmp_path))
        | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (ran.stdout.strip(), ran.stderr) == ("['其中', '山寨币']", "")
    assert list(tmp_path.iterdir()) == []


def test_importing_the_analysis_reads_no_dictionary() -> None:
    code = "import sys, indexer.analysis; print({'jieba', 'rjieba'} & set(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "set()"
