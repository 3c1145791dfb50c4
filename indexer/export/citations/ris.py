"""A RIS record: ``ELEC``, a page on the web (RIS Format Specifications, 2011)."""

from __future__ import annotations

from indexer.export.citations.facts import Cited


def record(cited: Cited) -> str:
    """The lines of a record, each with a tag of two characters."""
    year, month, day = (*(cited.published or "").split("-"), "", "")[:3]
    lines = [
        ("TY", "ELEC"),
        ("ID", f"biwen-{cited.id}"),
        *(("AU", name) for name in cited.responsible),
        ("TI", cited.title),
        ("PB", cited.publisher or ""),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/" if year else ""),
        ("LA", "zh-CN"),
        ("UR", cited.url),
        ("Y2", cited.accessed.strftime("%Y/%m/%d/")),
        ("N1", f"biwen {cited.id}: {cited.permalink}"),
        ("N1", cited.note),
    ]
    return "\n".join([*(f"{tag}  - {value}" for tag, value in lines if value), "ER  - "])
