"""Changing an index: documents in and out, a new index in the place of an old one.

All copies of a cluster are on one shard (its name is what they are routed by), so that what
a shard counts of clusters is exact.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from opensearchpy import NotFoundError, OpenSearch

from indexer.documents import Hidden, StoredDocument
from indexer.engine.opensearch.client import Client
from indexer.engine.opensearch.compile import all_of, has
from indexer.engine.opensearch.documents import sources
from indexer.engine.opensearch.mapping import filled, mappings, settings
from indexer.engine.opensearch.records import Records, of_document, of_removed
from indexer.engine.opensearch.state import State

Action = dict[str, Any]

_CHUNK: Final = 500
_CLUSTERS: Final = 5000
_MANY: Final = 50_000
_HOUR: Final = 3600
_TIMED_OUT: Final = 408
_RANDOM: Final = 6  # bytes


class _There(NamedTuple):
    """Where a document is, and its cluster if it shares it."""

    routing: str
    shared: str | None = None


class Writer:
    """Writes to one index, by its own name, from these records."""

    def __init__(self, client: Client, index: str, records: Records) -> None:
        self._client = client
        self._index = index
        self._records = records

    @classmethod
    def of_new(cls, client: Client, records: Records, state: State) -> Writer:
        """That of a new index, which no search sees before :meth:`publish`."""
        address = client.address
        index = f"{address.index}-{secrets.token_hex(_RANDOM)}"
        body = {
            "settings": settings(address.shards),
            "mappings": mappings(state.meta),
        }
        with client.speaking() as speaking:
            speaking.indices.create(index=index, body=body)
        return cls(client, index, records)

    def fill(self, documents: Iterable[StoredDocument]) -> int:
        """Index the documents in an empty index; how many there are, of whatever ids."""
        count = 0

        def actions() -> Iterator[Action]:
            nonlocal count
            for chunk in _chunks(documents):
                count += len(chunk)
                yield from self._additions(chunk, {})

        self._client.bulk(actions())
        return count

    def add(self, documents: Iterable[StoredDocument]) -> dict[str, str]:
        """Index the documents, in the place of those of their ids.  Their clusters, by id."""
        clusters: dict[str, str] = {}

        def actions() -> Iterator[Action]:
            for chunk in _chunks(documents):
                its = {each.id: each.cluster for each in chunk}
                clusters.update(its)
                there = self._there(its)
                # elsewhere there would be another of the same id
                yield from self._removals(there, its)
                yield from self._additions(chunk, there)

        self._client.bulk(actions())
        return clusters

    def renew(self, documents: Iterable[StoredDocument]) -> None:
        """Replace what is shown of documents that are there; of others nothing is said yet."""

        def actions() -> Iterator[Action]:
            for chunk in _chunks(documents):
                seen = self._records.appearances_of([each.id for each in chunk])
                for each in chunk:
                    kept = of_document(each, seen.get(each.id, ()))
                    yield self._action("update", each.id, each.cluster, doc=kept)

        self._client.bulk(actions())

    def remove(self, removed: Mapping[str, str | Hidden | None]) -> None:
        """Take out the documents with these ids, and say what is there instead, if anything is."""

        def actions() -> Iterator[Action]:
            remaining = iter(removed.items())
            while chunk := dict(islice(remaining, _CLUSTERS)):
                instead = {id_: each for id_, each in chunk.items() if each is not None}
                # each is routed by its id
                kept = {id_: id_ for id_ in instead}
                yield from self._removals(self._there(chunk), kept)
                for id_, each in instead.items():
                    yield self._action("index", id_, id_, _source=of_removed(each))

        self._client.bulk(actions())

    def share(self, clusters: Iterable[str]) -> None:
        """Mark the documents that have one of these clusters in common with others."""
        named = sorted(set(clusters))
        self.refresh()
        for start in range(0, len(named), _CLUSTERS):
            terms = {"terms": {"cluster": named[start : start + _CLUSTERS]}}
            self._share({"query": terms}, {})
        self.refresh()

    def share_all(self, count: int) -> None:
        """Mark all documents, of which there are so many, that have a cluster in common."""
        self.refresh()
        parts = count // _MANY + 1
        for part in range(parts):
            self._share({}, {"include": {"partition": part, "num_partitions": parts}})
        self.refresh()

    def refresh(self) -> None:
        """Let what was written be seen."""
        with self._client.speaking() as speaking:
            speaking.indices.refresh(index=self._index)

    def reached(self, state: State) -> None:
        """Let the index say how far it has come."""
        with self._client.speaking() as speaking:
            speaking.indices.put_mapping(index=self._index, body={"_meta": state.meta})

    def publish(self) -> None:
        """Let searches see this index in the place of another, at once; the other is deleted.

        It is on disk, and copied as far as there are nodes for its copies.
        """
        name = self._client.address.index
        with self._client.speaking() as speaking:
            speaking.indices.flush(index=self._index, params={"request_timeout": _HOUR})
            body = filled(self._client.address.replicas)
            speaking.indices.put_settings(index=self._index, body=body)
            self._wait_for_copies(speaking)
            try:
                others = [*speaking.indices.get_alias(name=name)]
            except NotFoundError:
                others = []
            actions: list[dict[str, Any]] = [{"remove_index": {"index": each}} for each in others]
            actions.append({"add": {"index": self._index, "alias": name}})
            speaking.indices.update_aliases(body={"actions": actions})

    def _wait_for_copies(self, speaking: OpenSearch) -> None:
        copied = {"wait_for_no_initializing_shards": "true", "ignore": _TIMED_OUT}
        while speaking.cluster.health(index=self._index, params=copied)["timed_out"]:
            pass

    def _share(self, body: dict[str, Any], terms: dict[str, Any]) -> None:
        counted = {"terms": {"field": "cluster", "min_doc_count": 2, "size": _MANY, **terms}}
        body = {**body, "size": 0, "aggs": {"clusters": counted}}
        with self._client.speaking() as speaking:
            answer = self._client.found(self._index, body)
            shared = [each["key"] for each in answer["aggregations"]["clusters"]["buckets"]]
            for start in range(0, len(shared), _CLUSTERS):
                query = all_of([{"terms": {"cluster": shared[start : start + _CLUSTERS]}}])
                query["bool"]["must_not"] = [has("shared")]
                script = {"source": "ctx._source.shared = ctx._source.cluster"}
                speaking.update_by_query(
                    index=self._index,
                    body={"query": query, "script": script},
                    params={"request_timeout": _HOUR},
                )

    def _additions(
        self, documents: list[StoredDocument], there: Mapping[str, _There]
    ) -> Iterator[Action]:
        """What indexes them; one that shared its cluster does so until that is looked at anew."""
        seen = self._records.appearances_of([each.id for each in documents])
        for source in sources(documents, seen):
            known = there.get(source["id"])
            if known and known.shared == source["cluster"]:
                source["shared"] = known.shared
            yield self._action("index", source["id"], source["cluster"], _source=source)

    def _there(self, ids: Iterable[str]) -> dict[str, _There]:
        """What is there of these ids."""
        values = [*ids]
        body = {"query": {"ids": {"values": values}}, "size": len(values), "_source": False}
        hits = self._client.found(self._index, {**body, "docvalue_fields": ["shared"]})["hits"]
        return {
            hit["_id"]: _There(hit["_routing"], *hit.get("fields", {}).get("shared", ()))
            for hit in hits["hits"]
        }

    def _removals(self, there: Mapping[str, _There], kept: Mapping[str, str]) -> Iterator[Action]:
        """What takes out those that are there, unless that is where they are to be ``kept``."""
        for id_, each in there.items():
            if each.routing != kept.get(id_):
                yield self._action("delete", id_, each.routing)

    def _action(self, kind: str, id_: str, routing: str, **more: Any) -> Action:
        return {"_op_type": kind, "_index": self._index, "_id": id_, "routing": routing, **more}


def _chunks(documents: Iterable[StoredDocument]) -> Iterator[list[StoredDocument]]:
    """The documents, some hundreds at a time; the last of an id counts."""
    remaining = iter(documents)
    while chunk := {each.id: each for each in islice(remaining, _CHUNK)}:
        yield [*chunk.values()]


def sweep(client: Client, catalog: str) -> None:
    """Delete the indexes that are ours, of this catalog, and that nobody came to publish."""
    name = client.address.index
    ours = re.compile(rf"{re.escape(name)}-[0-9a-f]{{{2 * _RANDOM}}}")
    with client.speaking() as speaking:
        for index, facts in speaking.indices.get(index=f"{name}-*").items():
            says = facts["mappings"].get("_meta", {})
            is_ours = ours.fullmatch(index) and says.get("catalog") == catalog
            if is_ours and not facts["aliases"]:
                speaking.indices.delete(index=index)
