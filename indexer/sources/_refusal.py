"""What was refused, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from indexer.i18n import N_, Message

MAX_PAGE_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Refusal:
    """An input, or a part of one, that was refused.

    ``position`` is ``12:40`` for line and column, ``byte 1034`` (from 0) where
    the text cannot be decoded, None where the whole input is meant.
    """

    name: str
    message: Message
    position: str | None = None


class RefusedHere(Exception):
    """Raised where reading an input cannot go on; what came before it stands."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(str(refusal.message))


def empty(name: str) -> Refusal:
    """The refusal of an input without text."""
    return Refusal(name, Message(N_("%(name)s 是空文件。"), {"name": name}))


def too_long(name: str) -> Refusal:
    """The refusal of a page that is no page."""
    facts = {"name": name, "limit": MAX_PAGE_BYTES // 1024 // 1024}
    return Refusal(
        name, Message(N_("%(name)s 超过 %(limit)s MB，不像是一个页面；请拆分后再加入。"), facts)
    )
