"""Documents as Markdown for a researcher's notes.

Every link is absolute and says what it leads to, so that a note still tells
what it meant when the server is off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from indexer.documents import Appearance, StoredDocument
from indexer.errors import WrongUsage
from indexer.export import labels
from indexer.i18n import N_, gettext, ngettext

# CommonMark lets a backslash stand before any ASCII punctuation mark
# (https://spec.commonmark.org/0.31.2/#backslash-escapes).  These mean something
# within a line, for GitHub, Obsidian and Logseq too.
_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&~|$#^=]|%(?=%)|(?<=%)%|:(?=//)")
# What starts a list, a heading or a rule at the beginning of a line.
_LEADING: Final = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+]))")
_EXCERPT: Final = 200
_PATH: Final = re.compile(r"[\w/.~-]*", re.ASCII)


def escaped(text: str) -> str:
    """``text`` on one line, to be read as it is written."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def sound_base_url(url: str) -> str:
    """``url``, once it is sure that links can begin with it.

    Raises WrongUsage when it is no web address, or more than a plain path stands behind the host.
    """
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_plain = _PATH.fullmatch(parts.path) is not None and not (parts.query or parts.fragment)
    except ValueError:
        is_web = is_plain = False
    if not (is_web and is_plain):
        raise WrongUsage(
            N_(
                "对外地址“%(url)s”不对：请写成 https://example.org"
                " 或 https://example.org/news 这样的网址。"
            ),
            url=url,
        )
    return url


def document_url(base_url: str, id_: str) -> str:
    """The address of a document's page."""
    return f"{base_url.rstrip('/')}/d/{id_}"


def link(stored: StoredDocument, base_url: str) -> str:
    """The title linked to its page, followed by date, publisher and id."""
    url = document_url(base_url, stored.id)
    return linked(stored.document.title, url, labels.facts(stored))


def linked(title: str, url: str, facts: Iterable[str]) -> str:
    """A title as a link, and what tells what it leads to."""
    return " · ".join([f"[{escaped(title)}]({url})", *map(escaped, facts)])


def entries(documents: Iterable[StoredDocument], base_url: str) -> Iterator[str]:
    """A list item for each document: its link, and the beginning of its text quoted."""
    for stored in documents:
        yield f"- {link(stored, base_url)}\n  > {excerpt(stored)}\n"


def excerpt(stored: StoredDocument) -> str:
    """The beginning of a document's text, as a paragraph."""
    text = " ".join(stored.document.body.split())
    return paragraph(text if len(text) <= _EXCERPT else text[:_EXCERPT] + "……")


def whole(stored: StoredDocument, appearances: Iterable[Appearance]) -> str:
    """A document with all its text and where it was seen."""
    document = stored.document
    facts = [
        (gettext("类型"), labels.kind(document.kind)),
        (gettext("日期"), labels.date_and_origin(document.published)),
        (gettext("栏目"), document.category),
        (gettext("作者"), document.author),
        (gettext("来源"), document.source),
        (gettext("城市"), labels.listed(document.cities)),
        (gettext("标签"), labels.listed(document.tags)),
        (gettext("原文"), document.url),
        ("id", stored.id),
    ]
    lines = [f"# {escaped(document.title)}", ""]
    lines += [
        "- " + gettext("%(name)s：%(value)s", name=name, value=escaped(value))
        for name, value in facts
        if value
    ]
    lines += ["- " + escaped(labels.correction(each)) for each in stored.corrections]
    for text in document.paragraphs:
        lines += ["", paragraph(text)]
    heading = ngettext("出现在 %(count)s 处", "出现在 %(count)s 处", stored.appearances)
    lines += ["", f"## {heading}", ""]
    return "\n".join([*lines, *(f"- {_appearance(each)}" for each in appearances)])


def paragraph(text: str) -> str:
    """``text`` as a paragraph of one line, to be read as it is written."""
    return _LEADING.sub(r"\1\\", escaped(text))


def _appearance(seen: Appearance) -> str:
    lines = ""
    if seen.lines:
        first, last = seen.lines
        lines = (
            gettext("第 %(line)s 行", line=first)
            if first == last
            else gettext("第 %(first)s 至 %(last)s 行", first=first, last=last)
        )
    facts = [seen.page, lines, seen.site, seen.url]
    return " · ".join(escaped(fact) for fact in facts if fact)
