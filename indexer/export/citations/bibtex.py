"""A BibTeX entry: ``@online``, with the fields of biblatex (its manual, 2.1.1 and 2.2.2)."""

from __future__ import annotations

import re
from typing import Final

from indexer.export.citations.facts import Cited

_SPECIAL: Final = {
    # BibTeX counts braces, escaped or not
    "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "\\": r"\textbackslash{}",
    "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
_special: Final = re.compile(r"[\\{}$&%#_^~]")
# An address is taken as it is, and may not end its braces or begin a comment.
_IN_ADDRESS: Final = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


def entry(cited: Cited) -> str:
    """The entry of a document; its key is the document's id."""
    fields = {
        # braces of their own: a name is not to be taken apart
        "author": " and ".join(f"{{{_text(name)}}}" for name in cited.responsible),
        "title": f"{{{_text(cited.title)}}}",
        "date": cited.published or "",
        "organization": _text(cited.publisher or ""),
        "url": cited.url.translate(_IN_ADDRESS),
        "urldate": cited.accessed.isoformat(),
        "note": _text(f"biwen {cited.id}: {cited.permalink}")
        if cited.url != cited.permalink
        else "",
        "annotation": _text(cited.note),
        "langid": "chinese",
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "@online{" + ",\n".join([f"biwen-{cited.id}", *lines]) + "\n}"


def _text(text: str) -> str:
    return _special.sub(lambda match: _SPECIAL[match.group()], text)
