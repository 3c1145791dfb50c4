"""Tables for a person at a terminal: a name, a tab, a value a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Final

from indexer.catalog import Curated
from indexer.export import labels
from indexer.i18n import N_, gettext
from indexer.pipeline import Report

_HELD: Final = {
    "documents": N_("文档"),
    "articles": N_("其中文章"),
    "newsflashes": N_("其中快讯"),
    "appearances": N_("出处"),
    "pages": N_("页面"),
    "generation": N_("目录库世代"),
    "hidden": N_("隐藏的文档"),
    "engine": N_("引擎"),
    "index_generation": N_("索引世代"),
    "index_is_outdated": N_("索引待更新"),
}
_ADDED: Final = {
    "added": N_("新增文档"),
    "reprints": N_("又见于别处"),
    "corrected": N_("更正文档"),
    "unchanged": N_("未变页面"),
}


def of_stats(facts: Mapping[str, int | str]) -> Iterator[str]:
    """How much a data folder holds, and in which state it is."""
    for name, fact in facts.items():
        shown = (gettext("是") if fact else gettext("否")) if isinstance(fact, bool) else fact
        yield f"{gettext(_HELD[name])}\t{shown}"


def rows_of_counts(counts: Mapping[str, int], refused: int) -> Iterator[tuple[str, int]]:
    """What an addition counted, with the names of the counts."""
    for name, count in counts.items():
        yield gettext(_ADDED[name]), count
    yield gettext("拒绝"), refused


def of_report(report: Report) -> Iterator[str]:
    """What an addition did; each reason of refusal by the first that it was given for."""
    for name, count in rows_of_counts(asdict(report.counts), report.refused):
        yield f"{name}\t{count}"
    for count, first in report.reasons.values():
        yield f"\t{count}\t{first.message}"


def of_curated(curated: Curated) -> Iterator[str]:
    """A document's id and title, and below what a curator said of it, when, and who."""
    yield f"{curated.id}\t{curated.title}"
    for each in curated.corrections:
        yield _said(labels.change(each), each.at, each.by)
    if curated.hidden:
        yield _said(labels.hidden(curated.hidden), curated.hidden.at, curated.hidden.by)


def _said(what: str, at: str, by: str | None) -> str:
    return "\t".join(["", what, at, *([by] if by else [])])
