"""What is offered beside an answer: completions of what is typed, and corrections of it.

The vocabulary counts hidden documents, too, until it is rebuilt: what is as rare
as they are is looked up before it is offered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.analysis import fold
from indexer.catalog import Curation
from indexer.engine import Outcome, Search
from indexer.engine.tree import Node, Value
from indexer.query.answer import Correction
from indexer.query.bare import node_of
from indexer.query.lexer import lexemes
from indexer.query.request import SearchRequest
from indexer.suggest import MAX_DOUBTED, Suggester

if TYPE_CHECKING:  # it takes numpy along
    from indexer.suggest.completion import Suggestion


class Offers:
    """The offers of a suggester, held against what ``search`` finds of what is not hidden."""

    def __init__(
        self, suggester: Suggester, curation: Curation, search: Callable[[Search], Outcome]
    ) -> None:
        self._suggester = suggester
        self._curation = curation
        self._search = search

    def suggestions(self, q: str) -> list[Suggestion]:
        """What may be meant by ``q``, typed so far; nothing that only hidden documents have."""
        hidden = self._curation.hidden_count
        return [
            each
            for each in self._suggester.suggestions(q)
            if each.count is None or each.count > hidden or self._is_found(each)
        ]

    def corrections(self, request: SearchRequest, total: int) -> tuple[Correction, ...]:
        """What may have been meant by a request that found so many documents."""
        # Where every word is in many documents, none needs to be looked at.
        found = lexemes(request.q, lambda notice: None)
        has_alternatives = any(lexeme.kind in ("OR", "|") for lexeme in found)
        if total > MAX_DOUBTED and request.match == "all" and not has_alternatives:
            return ()
        offered = self._suggester.corrections(request.q, self._frequency)
        if not self._curation.hidden_count:
            return offered
        return tuple(each for each in offered if self._has_words(each))

    def _has_words(self, correction: Correction) -> bool:
        return all(self._frequency(fold(part.text)) for part in correction.text if part.marked)

    def _is_found(self, suggestion: Suggestion) -> bool:
        text = suggestion.main or suggestion.text
        if suggestion.kind == "city":
            return self._count(Value("city", text)) > 0
        return self._frequency(fold(text)) > 0

    def _frequency(self, word: str) -> int:
        return self._count(node_of(word, None))

    def _count(self, node: Node) -> int:
        search = Search(node, sort="newest", collapse=False, limit=1, facets=())
        return self._search(search).total
