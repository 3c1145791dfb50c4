"""What a reader collected, as one Markdown note with front matter.

Plain CommonMark, so that it opens in Obsidian, Logseq and anything else alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from indexer.documents import StoredDocument
from indexer.export import labels
from indexer.export.citations import cited, gbt7714
from indexer.export.markdown import document_url, escaped, excerpt, linked, paragraph
from indexer.i18n import gettext

_TAG: Final = "biwen"


class Picked(NamedTuple):
    """A document that was collected: its id, the reader's note, its title as it was seen."""

    id: str
    note: str = ""
    title: str = ""


class Collected(NamedTuple):
    """What there is of a collection: the documents with their notes, and what is not there."""

    documents: Sequence[StoredDocument]
    notes: Mapping[str, str]
    missing: Sequence[Picked]


def written(collected: Collected, base_url: str, source: str, day: date) -> str:
    """The note of the day ``day``; ``source`` is the address that it was made at."""
    title = gettext("资料篮 %(date)s", date=day.isoformat())
    parts = [
        "\n".join(
            [
                "---",
                f"title: {_yaml(title)}",
                f"date: {day.isoformat()}",
                f"tags: [{_TAG}]",
                f"count: {len(collected.documents)}",
                f"source: {_yaml(source)}",
                "---",
            ]
        ),
        f"# {escaped(title)}",
    ]
    for stored in collected.documents:
        parts += _section(stored, collected.notes.get(stored.id, ""), base_url, day)
    if collected.missing:
        heading = gettext("不在资料库里的")
        parts += [f"## {heading}", "\n".join(_missing(collected.missing, base_url))]
    return "\n\n".join(parts) + "\n"


def _yaml(text: str) -> str:
    """The text as a string of YAML, which one of JSON is, too."""
    return json.dumps(text, ensure_ascii=False)


def _section(stored: StoredDocument, note: str, base_url: str, day: date) -> Iterable[str]:
    quoted = cited(stored, base_url, day, note)
    yield f"## {linked(quoted.title or stored.id, quoted.permalink, ())}"
    yield paragraph(" · ".join([labels.kind(stored.document.kind), *quoted.facts]))
    if quoted.note:
        yield paragraph(quoted.note)
    yield f"> {excerpt(stored)}"
    yield paragraph(gbt7714.edition_2025(quoted))


def _missing(picked: Iterable[Picked], base_url: str) -> Iterable[str]:
    for each in picked:
        link = linked(each.title or each.id, document_url(base_url, each.id), (each.id,))
        yield f"- {link}" + (f" · {escaped(each.note)}" if each.note else "")
