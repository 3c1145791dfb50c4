"""Segments: inverted from documents, or merged from others, they hold the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored import corpora, newsflash

from indexer.analysis import bigrams, fold, words
from indexer.analysis.bulk import Vocabulary
from indexer.analysis.joined import joined
from indexer.arrays import Arrays
from indexer.documents import StoredDocument
from indexer.engine.facts import moment
from indexer.engine.ranking import LEAD, LEAD_COUNT
from indexer.engine.whoosh import Resources, WhooshEngine, inversion, merging
from indexer.engine.whoosh.columns import Columns, period
from indexer.engine.whoosh.inversion import invert_characters
from indexer.engine.whoosh.segment import Segment, write


@settings(max_examples=25, deadline=None)
@given(corpus=corpora())
def test_postings_are_those_of_the_texts(
    corpus: list[StoredDocument], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("segment") / "a"
    write(path, corpus, Vocabulary())
    segment = Segment(path)
    in_order, _ = Columns.in_order(corpus)
    for number, stored in enumerate(in_order):
        assert segment.ids[number].decode() == stored.id
        assert segment.numbers(np.array([stored.id.encode()])) == [number]
        body = fold(stored.document.body)
        expected: dict[str, int] = {}
        for token in words(body):
            weight = LEAD_COUNT if token.start < LEAD else 1
            expected[token.text] = expected.get(token.text, 0) + weight
        field = segment.words["body_words"]
        assert expected == {
            term.decode(): int(weights[documents == number][0])
            for at, term in enumerate(field.terms)
            for documents, weights in [field.postings(at)]
            if number in documents
        }
        assert field.lengths[number] == len(words(body))
        characters = segment.characters["body_characters"]
        begin = int(characters.starts[number])
        for bigram, offset in bigrams(body):
            assert begin + offset in characters.offsets(bigram)


@settings(max_examples=25, deadline=None)
@given(corpus=corpora(), data=st.data())
def test_merged_segments_are_as_if_written_at_once(
    corpus: list[StoredDocument], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("segments")
    borders = sorted(data.draw(st.lists(st.integers(0, len(corpus)), max_size=3)))
    parts, left = [], []
    for start, end in zip([0, *borders], [*borders, len(corpus)], strict=True):
        part = corpus[start:end]
        if part:
            kept = data.draw(st.lists(st.sampled_from(range(len(part))), unique=True).map(sorted))
            write(folder / str(start), part, Vocabulary())
            parts.append((Segment(folder / str(start)), np.array(kept, np.int64)))
            in_order, _ = Columns.in_order(part)
            left += [in_order[each] for each in kept]
    write(folder / "at once", left, Vocabulary())
    merging.merge(folder / "merged", parts)
    merged, at_once = Segment(folder / "merged").file, Segment(folder / "at once").file
    assert {name: each.tolist() for name, each in merged.items()} == {
        name: each.tolist() for name, each in at_once.items()
    }


def content(path: Path) -> list[tuple[str, str, bytes]]:
    """The arrays of a file: the file itself holds its name, too."""
    return [(name, each.dtype.str, each.tobytes()) for name, each in Arrays(path).items()]


def test_merging_in_small_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = [
        newsflash(f"d{number}", "比特币减半，矿工关机。" * (number + 1)) for number in range(9)
    ]
    for number in range(3):
        write(tmp_path / str(number), corpus[number * 3 : number * 3 + 3], Vocabulary())
    parts = [(Segment(tmp_path / str(number)), np.array([0, 2])) for number in range(3)]
    merging.merge(tmp_path / "large", parts)
    monkeypatch.setattr(merging, "_CHUNK", 7)
    merging.merge(tmp_path / "small", parts)
    assert content(tmp_path / "small") == content(tmp_path / "large")


def test_merging_what_has_offsets_of_64_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = [newsflash(f"d{number}", "比特币减半，矿工关机。" * number) for number in range(6)]
    write(tmp_path / "0", corpus[:3], Vocabulary())
    write(tmp_path / "1", corpus[3:], Vocabulary())
    write(tmp_path / "at once", corpus[1:], Vocabulary())
    narrow = merging.starts_of
    with monkeypatch.context() as patched:
        patched.setattr(merging, "starts_of", lambda counts: narrow(counts).astype("<u8"))
        merging.merge(tmp_path / "wide", [(Segment(tmp_path / "0"), np.array([0, 1, 2]))])
    wide = Segment(tmp_path / "wide")
    assert wide.characters["body_characters"].all_offsets.dtype == np.uint64
    is_left = np.flatnonzero(wide.ids != b"d0")
    merging.merge(
        tmp_path / "merged", [(wide, is_left), (Segment(tmp_path / "1"), np.array([0, 1, 2]))]
    )
    merged, at_once = Segment(tmp_path / "merged").file, Segment(tmp_path / "at once").file
    assert {name: each.tolist() for name, each in merged.items()} == {
        name: each.tolist() for name, each in at_once.items()
    }


def test_more_letters_than_any_language_has(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = joined(["比特币减半", "", "矿工关机，矿工转卖。", "\U0001f680"])
    usual = invert_characters(texts)
    monkeypatch.setattr(inversion, "_LETTERS", 3)
    unusual = invert_characters(texts)
    assert {name: each.tolist() for name, each in usual.items()} == {
        name: each.tolist() for name, each in unusual.items()
    }


@pytest.mark.parametrize(
    ("date", "year", "month", "day"),
    [
        ("2020", "2020", "2020", "2020"),
        ("2020-05", "2020", "2020-05", "2020-05"),
        ("2020-05-06", "2020", "2020-05", "2020-05-06"),
        ("2020-05-06T10:20", "2020", "2020-05", "2020-05-06"),
        ("0099-12-31T00:00:00", "0099", "0099-12", "0099-12-31"),
    ],
)
def test_moments_are_cut_as_dates_are(date: str, year: str, month: str, day: str) -> None:
    assert [period(moment(date), digits) for digits in (4, 7, 10)] == [year, month, day]


def test_moments_compare_as_dates_do() -> None:
    dates = ["", "2019", "2020", "2020-05", "2020-05-06", "2020-05-06T00:00", "2020-05-06T00:00:00"]
    dates += ["2020-05-06T00:01", "2020-05-06T10:20", "2020-05-07", "2020-06", "2021"]
    assert [moment(each) for each in dates] == sorted({moment(each) for each in dates})


def test_several_processes_write_what_one_does(tmp_path: Path) -> None:
    corpus = [
        newsflash(f"d{number:04}", f"第{number}号消息：" + "比特币减半，矿工关机。" * 180)
        for number in range(1500)
    ]
    written = {}
    for resources in (Resources(1, 620_000_000), Resources(2, 1_020_000_000)):
        processes = resources.fitting
        engine = WhooshEngine(tmp_path / str(processes), "c", resources)
        engine.rebuild(corpus, 1)
        paths = list((tmp_path / str(processes)).glob("*.segment"))
        assert len(paths) > 2
        written[processes] = sorted(map(content, paths))
        engine.update([newsflash("d0007", "改过的消息。")], [], 2)
        assert engine.document_count == len(corpus)
        engine.merge()
        assert engine.document_count == len(corpus)
    assert written[1] == written[2]


@pytest.mark.parametrize(
    ("processes", "megabytes", "fitting"),
    [(1, 64, 1), (2, 64, 1), (2, 600, 1), (2, 1074, 2), (8, 1074, 2), (8, 4096, 8)],
)
def test_no_more_processes_than_the_memory_has_room_for(
    processes: int, megabytes: int, fitting: int
) -> None:
    resources = Resources(processes, megabytes * 1_000_000)
    assert resources.fitting == fitting
    assert resources.batch_characters() >= 200_000
