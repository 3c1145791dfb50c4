"""Search results for a person at a terminal."""

from __future__ import annotations

import click

from indexer.export import labels
from indexer.i18n import gettext, ngettext
from indexer.query.answer import Answer, Hit, Marked


def results(answer: Answer) -> str:
    """The hits with titles, facts and snippets, matched words in colour.

    Those with only some of the words follow a line that says so.
    """
    total = ngettext("共 %(count)s 篇文档", "共 %(count)s 篇文档", answer.total)
    hits = [_hit(number, hit) for number, hit in enumerate(answer.hits, 1)]
    if hits:
        total = gettext("%(total)s，显示 %(shown)s 条结果", total=total, shown=len(hits))
    partial = answer.partial
    if partial:
        more = ngettext(
            "另有 %(count)s 篇文档只含部分词", "另有 %(count)s 篇文档只含部分词", partial.total
        )
        hits.append(f"{'═' * 20} {more}")
        hits += [_hit(number, hit) for number, hit in enumerate(partial.hits, len(answer.hits) + 1)]
    return "\n\n".join([total, *hits])


def _hit(number: int, hit: Hit) -> str:
    stored = hit.stored
    facts = [
        labels.kind(stored.document.kind),
        labels.date_and_origin(stored.document.published),
        labels.listed(stored.document.cities),
        labels.publisher(stored),
        ngettext("见于 %(count)s 处", "见于 %(count)s 处", stored.appearances),
        stored.id,
    ]
    if hit.reprints:
        facts.append(ngettext("转载 %(count)s 篇", "转载 %(count)s 篇", len(hit.reprints)))
    lines = [
        f"{number}. {_coloured(hit.title)}",
        click.style(" · ".join(fact for fact in facts if fact), dim=True),
        _coloured(hit.snippet).replace("\n", " "),
    ]
    return "\n   ".join(lines)


def _coloured(segments: Marked) -> str:
    return "".join(
        click.style(segment.text, fg="red", bold=True) if segment.marked else segment.text
        for segment in segments
    )
