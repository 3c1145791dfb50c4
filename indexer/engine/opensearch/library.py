"""What is shown, from the index alone, by the interface of :class:`indexer.library.Library`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from indexer.documents import Appearance, Hidden, StoredDocument, by_date
from indexer.engine.opensearch.compile import Query
from indexer.engine.opensearch.index import Index
from indexer.engine.opensearch.records import (
    CURRENT,
    HIDDEN,
    SEEN,
    STORED,
    appearances,
    removed,
    stored_document,
)
from indexer.engine.opensearch.state import State
from indexer.errors import UserError
from indexer.i18n import N_

_CHUNK: Final = 500
_INSTEAD: Final = [f"{STORED}.{CURRENT}", f"{STORED}.{HIDDEN}"]
NO_INDEX: Final = N_(
    "OpenSearch 上没有索引 %(index)s，或者它是另一版程序建立的，暂时无法检索。"
    "请用有目录库的数据文件夹运行 python run.py rebuild，照样写上 --engine。"
)


class OpenSearchLibrary:
    """What an index has of its catalog: all that is shown but the pages as they were read.

    Within :meth:`.OpenSearchEngine.steady`, what it tells is of the same generation as what is
    found.  Safe to use from several threads.
    """

    def __init__(self, index: Index) -> None:
        self._index = index

    @property
    def uuid(self) -> str:
        """What tells the catalog from any other.  Raises UserError when there is no index."""
        return self._state.catalog

    @property
    def generation(self) -> int:
        """The catalog's generation, as far as the index has come.  Raises UserError likewise."""
        return self._state.generation

    def stats(self) -> dict[str, int]:
        """What the catalog held at that generation.  Raises UserError likewise."""
        return {**self._state.counts, "generation": self.generation}

    def documents(self, ids: Iterable[str]) -> dict[str, StoredDocument]:
        """Those of the documents that are there, by id."""
        wanted = [*dict.fromkeys(ids)]
        found = {hit["_id"]: stored_document(hit["_source"]) for hit in self._hits(wanted, STORED)}
        return {id_: stored for id_ in wanted if (stored := found.get(id_))}

    def appearances(self, id_: str) -> tuple[Appearance, ...]:
        """Where the document with exactly this id was seen, by page name."""
        for hit in self._hits([id_], SEEN):
            return appearances(hit["_source"])
        return ()

    def reprints(self, id_: str) -> tuple[StoredDocument, ...]:
        """The other documents of the cluster of the document with this id, oldest first."""
        hits = self._hits([id_], False, docvalue_fields=["shared"])
        clusters = [each for hit in hits for each in hit.get("fields", {}).get("shared", ())]
        if not clusters:
            return ()
        sources = (hit["_source"] for hit in self._every({"term": {"shared": clusters[0]}}))
        stored = (found for each in sources if (found := stored_document(each)))
        return tuple(sorted((each for each in stored if each.id != id_), key=by_date))

    def hidden(self, id_: str) -> Hidden | None:
        """Why, when and by whom the document was hidden; None when it is not."""
        instead = self._instead([id_]).get(id_)
        return instead if isinstance(instead, Hidden) else None

    def current_ids(self, ids: Iterable[str]) -> dict[str, str]:
        """For those of these ids that were ever known, those that superseded them in the end."""
        trails = {id_: [id_] for id_ in ids}
        found: dict[str, str] = {}
        while trails:
            instead = self._instead({trail[-1] for trail in trails.values()})
            for id_, trail in [*trails.items()]:
                last = trail[-1]
                heir = instead.get(last)
                if isinstance(heir, str) and heir not in trail:
                    trail.append(heir)
                    continue
                del trails[id_]
                if last in instead and not isinstance(heir, str):
                    found[id_] = last
        return found

    def ever_known(self, ids: Iterable[str]) -> set[str]:
        """Those of these ids that a document has or had."""
        return {hit["_id"] for hit in self._hits(ids, False)}

    @property
    def _state(self) -> State:
        state = self._index.state()
        if state is None or state.generation < 0:
            raise UserError(NO_INDEX, index=self._index.client.address.index)
        return state

    def _instead(self, ids: Iterable[str]) -> dict[str, str | Hidden | None]:
        """Of the ids that are known what there is instead of their documents, if anything is."""
        return {hit["_id"]: removed(hit["_source"]) for hit in self._hits(ids, _INSTEAD)}

    def _hits(self, ids: Iterable[str], source: Any, **more: Any) -> Iterator[Any]:
        """What the index has of these ids, some hundreds at a time."""
        remaining = filter(None, ids)
        while chunk := [*islice(remaining, _CHUNK)]:
            query = {"ids": {"values": chunk}}
            body = {"query": query, "size": _CHUNK, "_source": source, **more}
            yield from self._index.hits(body)

    def _every(self, query: Query) -> Iterator[Any]:
        """The documents that a query finds, some hundreds at a time."""
        body = {"query": query, "size": _CHUNK, "_source": STORED, "sort": [{"id": "asc"}]}
        while True:
            hits = self._index.hits(body)
            yield from hits
            if len(hits) < _CHUNK:
                return
            body["search_after"] = hits[-1]["sort"]
