"""Documents as citations, in the forms that notes and reference managers take.

A citation says what the document says of itself and nothing else: what is
missing is left out, as each standard asks, and named in ``Cited.missing``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from indexer.export.citations import apa, bibtex, csl, gbt7714, notes, ris
from indexer.export.citations.facts import NOTES, Cited, Missing, cited
from indexer.i18n import N_

__all__ = ["FORMS", "NOTES", "Cited", "Form", "Missing", "cited"]


class Form(NamedTuple):
    """One form: what it is called, and what writes it."""

    label: str
    write: Callable[[Cited], str]


FORMS: Final[dict[str, Form]] = {
    "markdown": Form(N_("Markdown 链接"), notes.markdown_link),
    "wiki": Form(N_("双链"), notes.wiki_link),
    "text": Form(N_("纯文本"), notes.plain_text),
    "gbt7714-2025": Form("GB/T 7714—2025", gbt7714.edition_2025),
    "gbt7714-2015": Form("GB/T 7714—2015", gbt7714.edition_2015),
    "apa": Form("APA", apa.reference),
    "bibtex": Form("BibTeX", bibtex.entry),
    "ris": Form("RIS", ris.record),
    "csl": Form("CSL-JSON", csl.text),
}
"""The forms by name, in the order in which the page offers them."""
