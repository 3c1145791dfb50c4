"""The engine over an index of OpenSearch.

What an index holds follows from a catalog.  It says itself which generation of which catalog it
has reached, and by which version of the program it was written.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any, Final

from opensearchpy import NotFoundError

from indexer.documents import StoredDocument
from indexer.engine.budget import UNLIMITED, Budget
from indexer.engine.interface import Found, Outcome, Search
from indexer.engine.opensearch.address import Address
from indexer.engine.opensearch.client import Body, Client
from indexer.engine.opensearch.compile import (
    EVERYTHING,
    MOST_LEAVES,
    Query,
    characters,
    compiled,
    leaf_count,
)
from indexer.engine.opensearch.hits import Every, Listing, is_deep
from indexer.engine.opensearch.index import Index
from indexer.engine.opensearch.mapping import TITLE_AND_BODY, WORDS
from indexer.engine.opensearch.narrowing import UNDATED, Ask, Narrowed, counted, facets
from indexer.engine.opensearch.records import Records
from indexer.engine.opensearch.scoring import clauses
from indexer.engine.opensearch.state import State
from indexer.engine.opensearch.tokens import word_token
from indexer.engine.opensearch.writing import Writer, sweep
from indexer.engine.tree import Characters, TextField, Word
from indexer.errors import UserError
from indexer.i18n import N_

_GONE: Final = N_(
    "OpenSearch 的索引 %(index)s 在写入时不见了。请再运行一次同样的命令，它会重新建立。"
)
_MORE_SECONDS: Final = 5
"""How much longer a search may take than one of its own processor: others share the cluster."""


class OpenSearchEngine:
    """The index at an address, over a catalog; without one, whatever is there is only searched.

    Safe to use from several threads.
    """

    name: Final = "opensearch"

    def __init__(self, address: Address, catalog: Records | None = None) -> None:
        self._client = Client(address)
        self._records = catalog
        if catalog:
            self.index = Index(self._client, catalog.uuid, catalog.former)
        else:
            self.index = Index(self._client, None)

    @property
    def generation(self) -> int:
        """The catalog generation that the index has reached; -1 if it must be rebuilt.

        Raises UserError when the index is another catalog's.
        """
        state = self.index.state()
        return state.generation if state else -1

    @property
    def is_outdated(self) -> bool:
        """Whether a rebuilt index would hold other words; false while it must be rebuilt."""
        state = self.index.state()
        return state is not None and state.is_outdated

    @property
    def document_count(self) -> int:
        """How many documents the index holds."""
        try:
            body = {"query": EVERYTHING, "size": 0, "track_total_hits": True}
            return int(self._client.search(body, None)["hits"]["total"]["value"])
        except NotFoundError:
            return 0

    @property
    def segment_count(self) -> int:
        """How many parts the index has, copies not counted."""
        try:
            with self._client.speaking() as client:
                answer = client.indices.stats(index=self._client.address.index, metric="segments")
                return int(answer["_all"]["primaries"]["segments"]["count"])
        except NotFoundError:
            return 0

    def update(
        self, documents: Iterable[StoredDocument], removed: Iterable[str], generation: int
    ) -> None:
        """Index the documents, each in place of an earlier one with its id, durably."""
        records, index, before = self._catalog, self.index.name, self.index.state()
        if index is None or before is None:
            raise ValueError("there is no index to update: rebuild it")
        state = replace(self._reached(generation), is_outdated=before.is_outdated)
        with self._writing():
            writer = Writer.of_known(self._client, records, index)
            added = writer.add(documents)
            gone = {**dict.fromkeys(removed), **records.removed_since(before.generation)}
            writer.remove({id_: instead for id_, instead in gone.items() if id_ not in added})
            again = records.seen_again(before.pages, before.generation)
            writer.renew(each for each in again if each.id not in added)
            writer.share(added)
            writer.refresh()
            writer.reached(state)

    def rebuild(self, documents: Iterable[StoredDocument], generation: int) -> None:
        """Replace the whole index by these documents; searches go on meanwhile."""
        records = self._catalog
        self.index.demand_replaceable()
        with self._writing():
            sweep(self._client, records)  # what was cut off has left
            writer = Writer.of_new(self._client, records, self._reached(generation))
            writer.remove(records.removed_since(-1))
            writer.share_all(writer.fill(documents))
            self.index.demand_replaceable()  # somebody may have put one there meanwhile
            writer.publish()

    def merge(self) -> None:
        """Do nothing: OpenSearch merges by itself."""

    def damaged(self) -> list[Path]:
        """Nothing: OpenSearch looks after its files, and their copies."""
        return []

    def steady(self) -> AbstractContextManager[None]:
        """Within the block, this thread's searches are all of one generation.

        They raise Replaced when the index of that generation is no longer there.
        """
        return self.index.steady()

    def search(self, search: Search) -> Outcome:
        """Answer over the newest generation; nothing where there is no index."""
        search.budget.check()
        is_one = not search.collapse and not is_deep(search)
        try:
            return self.index.read(lambda view: self._outcome(search, view), is_one)
        except NotFoundError:
            return Outcome(0, 0, (), dict.fromkeys(search.facets, ()))

    def document_frequencies(
        self, leaves: Iterable[Word | Characters], at_most: int, budget: Budget = UNLIMITED
    ) -> dict[Word | Characters, int]:
        """How many documents hold each of the leaves, those left out that none or more do."""
        asked = [*leaves]
        if not asked:
            return {}
        body: list[Body] = []
        for leaf in asked:
            for name in TITLE_AND_BODY:
                query = _holding(leaf, name)
                body += [{}, {"query": query, "size": 0, "track_total_hits": at_most + 1}]
        budget.check()
        with self._client.speaking() as client:
            answers = client.msearch(body=body, index=self._client.address.index)["responses"]
        if any("error" in each for each in answers):
            return {}
        counts = [int(each["hits"]["total"]["value"]) for each in answers]
        greater = map(max, counts[::2], counts[1::2])
        return {
            leaf: count for leaf, count in zip(asked, greater, strict=True) if 0 < count <= at_most
        }

    def close(self) -> None:
        """Release the connections; the engine is not used afterwards."""
        self._client.close()

    def _outcome(self, search: Search, view: str | None) -> Outcome:
        listing, narrowed, ask = self._listing(search, view)
        body = listing.body
        body["aggs"] |= counted(search, narrowed)
        answer = ask(body)
        counts = answer["aggregations"]

        def ask_more(more: Body) -> Any:
            return ask({"query": body["query"], **more})

        groups = listing.groups(answer)
        return Outcome(
            listing.total(answer),
            groups,
            listing.page(answer) if search.limit is not None else self._every(search, groups),
            facets(search, narrowed, counts, ask_more),
            counts[UNDATED]["doc_count"],
        )

    def _every(self, search: Search, groups: int) -> Every:
        unhurried = replace(search, budget=UNLIMITED)  # it takes as long as there are many

        def walk() -> Iterator[Found]:
            with self._client.view() as view:
                listing, _, _ = self._listing(unhurried, view)
                yield from listing.walked()

        return Every(groups, walk)

    def _listing(self, search: Search, view: str | None) -> tuple[Listing, Narrowed, Ask]:
        narrowed = Narrowed(search.filters)
        ranking = search.ranking if search.sort == "relevance" else None
        found = compiled(search.query)
        scored = clauses(ranking, MOST_LEAVES - leaf_count(found)) if ranking else []
        query: Query = {"bool": {"filter": [found], "should": scored}}
        ask = self._asking(view, search.budget)
        return Listing(search, query, narrowed, bool(scored), ask), narrowed, ask

    def _asking(self, view: str | None, budget: Budget) -> Ask:
        """Asks for one thing after the other, within the time that there is for all."""
        if not isfinite(budget.seconds):
            return partial(self._client.search, view=view)
        end = time.monotonic() + budget.seconds * _MORE_SECONDS

        def ask(body: Body) -> Any:
            return self._client.search(body, view, end - time.monotonic())

        return ask

    @property
    def _catalog(self) -> Records:
        if self._records is None:
            raise ValueError("without a catalog there is nothing to be indexed")
        return self._records

    def _reached(self, generation: int) -> State:
        """What the index is to say, looked up before anything is written."""
        records = self._catalog
        return State(records.uuid, generation, records.page_count, records.stats())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A block that ends with a sentence when somebody deletes what it writes to."""
        try:
            yield
        except NotFoundError as error:
            raise UserError(_GONE, index=self._client.address.index) from error


def _holding(leaf: Word | Characters, name: TextField) -> Query:
    if isinstance(leaf, Word):
        return {"term": {WORDS[name]: word_token(leaf.text)}}
    return characters(leaf.text, name, leaf.is_number)
