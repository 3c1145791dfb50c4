"""The benchmark of the engine, run at a small size: it compares all answers by itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip(
    "tantivy", reason="tantivy is not installed: pip install -r requirements-dev.txt"
)

from benchmarks.engine.growth import bending, is_linear, lines
from benchmarks.engine.questions import CLASSES
from benchmarks.engine.report import report
from benchmarks.engine.targets import TARGETS, Judged, judged

DOCS = 2000
FEWER = 700
OF_OURS = ("alone.", "full.", "related.", "http.", "more.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run leaves behind: a folder a size, and the page."""
    folder = tmp_path_factory.mktemp("benchmark")
    options = ["--docs", DOCS, "--growth", FEWER, "--queries", 8]
    options += ["--data", folder, "--report", folder / "page.md"]
    command = [sys.executable, "-m", "benchmarks.engine", *map(str, options)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert not run.returncode, run.stderr
    return folder


@pytest.fixture(scope="module")
def figures(folder: Path) -> Mapping[str, float]:
    kept: Mapping[str, float] = json.loads((folder / str(DOCS) / "figures.json").read_text())
    return kept


def test_every_class_was_asked_of_all_engines_that_can_be_asked(
    figures: Mapping[str, float],
) -> None:
    """The run ends where the engines count differently."""
    for name in CLASSES:
        asked = {
            engine
            for engine in ("ours", "tantivy", "fts5")
            if f"query.{name}.{engine}.p95" in figures
        }
        assert asked == ({"ours"} if name == "characters" else {"ours", "tantivy", "fts5"}), name
        assert figures[f"query.{name}.questions"] == 8


def test_growth_is_measured_of_our_engine_alone(folder: Path, figures: Mapping[str, float]) -> None:
    fewer = json.loads((folder / str(FEWER) / "figures.json").read_text())
    assert {name for name in figures if name.startswith(OF_OURS)} == {
        name for name in fewer if name.startswith(OF_OURS)
    }
    assert not [name for name in fewer if name.startswith(("query.", "index."))]
    assert not [name for name in lines({1: fewer, 2: figures}) if name.startswith("query.")]


def test_the_page_has_every_target_in_a_row_of_its_own(folder: Path) -> None:
    rows = (folder / "page.md").read_text("utf-8").splitlines()
    for target in TARGETS:
        (row, *more) = [each for each in rows if each.startswith(f"| {target.line} | at ")]
        assert len(more) <= 1  # beside tantivy and beside FTS5
        assert row.rstrip(" |").endswith(("met", "**missed**", "not measured"))


def test_the_page_names_no_machine_and_no_path(folder: Path) -> None:
    page = (folder / "page.md").read_text("utf-8")
    assert str(folder) not in page
    assert "/home" not in page


def of(line: str, figures: dict[str, float], peer: str = "") -> Judged:
    (found,) = [
        each for each in judged(figures) if each.target.line == line and peer in each.target.of_name
    ]
    return found


@pytest.mark.parametrize(
    ("mine", "theirs", "is_met"),
    [(0.6, 1.0, True), (0.61, 1.0, False), (3.0, 5.0, True), (3.1, 5.0, False)],
)
def test_a_frequent_term_may_take_six_tenths_of_tantivy(
    mine: float, theirs: float, is_met: bool
) -> None:
    figures = {"query.term.ours.p50": mine, "query.term.tantivy.p50": theirs}
    assert of(f"{CLASSES['term']}, p50", figures, "tantivy").is_met is is_met


@pytest.mark.parametrize(
    ("mine", "theirs", "is_met"),
    [(0.9, 0.1, True), (1.1, 0.1, False), (1.9, 2.0, True), (2.1, 2.0, False)],
)
def test_a_conjunction_may_take_as_long_as_tantivy_or_a_millisecond(
    mine: float, theirs: float, is_met: bool
) -> None:
    figures = {"query.and2.ours.p95": mine, "query.and2.tantivy.p95": theirs}
    assert of(f"{CLASSES['and2']}, p95", figures, "tantivy").is_met is is_met


def test_the_slowest_class_decides() -> None:
    figures = {"http.json.one.p95": 3.0, "http.json.two.p95": 16.0}
    found = of("`/search.json`, one connection, p95 (slowest class)", figures)
    assert (found.measured, found.is_met) == (16.0, False)


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert {each.is_met for each in judged({})} == {None}


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("alone.term.p50", [1.0, 10.0, 30.0], True),
        ("alone.term.p50", [1.0, 12.0, 30.0], False),
        ("http.mixed.requests_per_s", [1000.0, 100.0, 33.0], True),
        ("http.mixed.requests_per_s", [1000.0, 80.0, 33.0], False),
        ("add.documents_per_s", [9000.0, 9000.0, 8900.0], True),
        ("add.documents_per_s", [9000.0, 9000.0, 6000.0], False),
    ],
)
def test_what_grows_at_most_as_the_documents_do(
    name: str, values: list[float], expected: bool
) -> None:
    sizes = [100_000, 1_000_000, 3_000_000]
    assert is_linear(name, values, sizes) is expected
    by_size = {size: {name: value} for size, value in zip(sizes, values, strict=True)}
    assert bending(by_size) == ([] if expected else [name])


def test_what_bends_has_a_reason(figures: Mapping[str, float]) -> None:
    more = {name: 100 * value for name, value in figures.items()}
    page = report({DOCS: dict(figures), 2 * DOCS: more}, DOCS)
    bent = re.findall(r"^\| ([^|]+) \|.*\*\*bends\*\* \|$", page, re.MULTILINE)
    reasons = re.findall(r"^Why (.+) bend: ", page, re.MULTILINE)
    assert bent
    assert sorted(name for each in reasons for name in re.findall(r"`(.+?)`", each)) == sorted(bent)


def test_several_sizes_have_a_table_of_their_growth(figures: Mapping[str, float]) -> None:
    page = report({DOCS: dict(figures), 2 * DOCS: dict(figures)}, DOCS)
    assert "## Growth" in page
    assert "| alone.and2.p95 |" in page
