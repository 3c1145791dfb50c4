"""Links for notes, each with what tells what it meant when the server is off."""

from __future__ import annotations

import re
from typing import Final

from indexer.export.citations.facts import Cited
from indexer.export.markdown import linked
from indexer.i18n import gettext

# What ends or divides a link to a note (Obsidian, Logseq).
_NOT_IN_LINK: Final = re.compile(r"[\[\]|#^]+")


def markdown_link(cited: Cited) -> str:
    """The title linked to the permalink, then date, publisher and id."""
    return linked(cited.title, cited.permalink, cited.facts)


def wiki_link(cited: Cited) -> str:
    """A link to a note that is named by the id, shown as the title."""
    shown = _NOT_IN_LINK.sub(" ", cited.title).strip()
    return f"[[{cited.id}|{shown}]]" if shown else f"[[{cited.id}]]"


def plain_text(cited: Cited) -> str:
    """A line that needs no markup."""
    facts = gettext("，").join(cited.facts)
    return gettext(
        "%(title)s（%(facts)s）%(url)s", title=cited.title, facts=facts, url=cited.permalink
    )
