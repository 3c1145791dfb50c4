"""What every engine of the comparison offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from benchmarks.engine.questions import Question


class Counted(NamedTuple):
    """The exact part of an answer, which all engines must agree on.

    ``months`` and ``cities`` have the counts that are not 0.
    """

    total: int
    months: Mapping[str, int]
    cities: Mapping[str, int]


class Peer(Protocol):
    """An engine over the bodies of one corpus."""

    def prepared(self, question: Question) -> Callable[[], Any] | None:
        """What answers the question, ready to be timed: total, best 20, both facets.

        None for what the engine cannot be asked.
        """
        ...

    def counted(self, answer: Any) -> Counted:
        """What an answer counts."""
        ...
