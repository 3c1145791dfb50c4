"""Changing an index: documents in and out, a new index in the place of an old one.

All copies of a cluster are on one shard (its name is what they are routed by), so that what
a shard counts of clusters is exact.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any, Final, NamedTuple, Self

from opensearchpy import NotFoundError, OpenSearch

from indexer.documents import Hidden, StoredDocument
from indexer.engine.opensearch.client import Client
from indexer.engine.opensearch.compile import Query, all_of, has
from indexer.engine.opensearch.documents import sources
from indexer.engine.opensearch.mapping import WINDOW, filled, mappings, settings
from indexer.engine.opensearch.records import Records, of_document, of_removed
from indexer.engine.opensearch.state import State

Action = dict[str, Any]

_CHUNK: Final = 500
_CLUSTERS: Final = 5000
_AT_ONCE: Final = 20  # chunks, of which the clusters are looked at in one request
_BUCKETS: Final = 50_000  # OpenSearch gives 65,535 at most
_HOUR: Final = 3600
_TIMED_OUT: Final = 408
_RANDOM: Final = 6  # bytes
_WHERE: Final[dict[str, Any]] = {"_source": False, "docvalue_fields": ["shared"]}


class _There(NamedTuple):
    """Where a document is, and its cluster if it shares it."""

    routing: str
    shared: str | None = None

    @classmethod
    def of(cls, hit: Mapping[str, Any]) -> Self:
        """As a search says, that asks for it by _WHERE."""
        return cls(hit["_routing"], *hit.get("fields", {}).get("shared", ()))


class Writer:
    """Writes to one index, by its own name, from these records.

    Documents are written to an alias that the index has for that: OpenSearch would make an index
    anew whose name is written to after somebody has deleted it, but never an alias.
    """

    def __init__(self, client: Client, index: str, records: Records) -> None:
        """For an index with its alias: see :meth:`of_known` and :meth:`of_new`."""
        self._client = client
        self._index = index
        self._records = records
        self._written = _written(index)

    @classmethod
    def of_known(cls, client: Client, records: Records, index: str) -> Writer:
        """That of an index that is there; it gets its alias if that was lost, as in a copy."""
        with client.speaking() as speaking:
            speaking.indices.put_alias(index=index, name=_written(index))
        writer = cls(client, index, records)
        writer.refresh()  # what an update that was cut off has left
        return writer

    @classmethod
    def of_new(cls, client: Client, records: Records, state: State) -> Writer:
        """That of a new index, which no search sees before :meth:`publish`."""
        address = client.address
        index = f"{address.index}-{secrets.token_hex(_RANDOM)}"
        body = {
            "settings": settings(address.shards),
            "mappings": mappings(state.meta),
            "aliases": {_written(index): {}},
        }
        with client.speaking() as speaking:
            speaking.indices.create(index=index, body=body)
        return cls(client, index, records)

    def fill(self, documents: Iterable[StoredDocument]) -> list[str]:
        """Index the documents in an empty index.

        Returned are some of their clusters, in order: between two of them lie those of about ten
        thousand documents.
        """
        some: list[str] = []

        def actions() -> Iterator[Action]:
            for chunk in _chunks(documents):
                some.append(chunk[0].cluster)
                yield from self._additions(chunk, {})

        self._client.bulk(actions())
        return sorted(some)[_AT_ONCE::_AT_ONCE]

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

    def share(self, added: Mapping[str, str]) -> None:
        """Mark the documents that have a cluster in common with one that was added.

        These, with the cluster of each, are not seen yet: all of a cluster is on one shard, and
        will be seen with its marks at once.
        """
        members: dict[str, set[str]] = defaultdict(set)
        for id_, cluster in added.items():
            members[cluster].add(id_)
        marked = set()
        for id_, there in self._of_clusters(sorted(members)):
            if id_ not in added:
                members[there.routing].add(id_)
                if there.shared:
                    marked.add(id_)
        self._client.bulk(
            self._action("update", id_, cluster, doc={"shared": cluster})
            for cluster, ids in members.items()
            if len(ids) > 1
            for id_ in sorted(ids - marked)
        )

    def share_all(self, bounds: Sequence[str]) -> None:
        """Mark all documents that have a cluster in common, those between two bounds at a time."""
        self.refresh()
        for low, high in pairwise([None, *bounds, None]):
            ends = {"gte": low, "lt": high}
            given = {name: end for name, end in ends.items() if end is not None}
            self._share({"range": {"cluster": given}})
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
                # an index of that very name is somebody else's
                others = [each for each in speaking.indices.get_mapping(index=name) if each != name]
            except NotFoundError:
                others = []
            actions: list[dict[str, Any]] = [{"remove_index": {"index": each}} for each in others]
            actions.append({"add": {"index": self._index, "alias": name}})
            speaking.indices.update_aliases(body={"actions": actions})

    def _wait_for_copies(self, speaking: OpenSearch) -> None:
        copied = {"wait_for_no_initializing_shards": "true", "ignore": _TIMED_OUT}
        while speaking.cluster.health(index=self._index, params=copied)["timed_out"]:
            pass

    def _share(self, within: Query, part: int = 0, parts: int = 1) -> None:
        """Mark those within a query, which finds all of a cluster or none: one part of so many."""
        # A table by all clusters of the index would be larger than what is found.
        terms = {"field": "cluster", "execution_hint": "map"}
        least = {"min_doc_count": 2, "shard_min_doc_count": 2}  # all of it is on one shard
        include = {"include": {"partition": part, "num_partitions": parts}}
        counted = {"terms": {**terms, **least, **include, "size": _BUCKETS}}
        body = {"query": within, "size": 0, "aggs": {"clusters": counted}}
        answer = self._client.found(self._index, body)
        shared = [each["key"] for each in answer["aggregations"]["clusters"]["buckets"]]
        if len(shared) == _BUCKETS:  # there may be more
            # A part is what is left of a hash, divided by their number: these two are its halves.
            self._share(within, part, 2 * parts)
            self._share(within, part + parts, 2 * parts)
            return
        for start in range(0, len(shared), _CLUSTERS):
            self._mark(shared[start : start + _CLUSTERS])

    def _mark(self, clusters: Sequence[str]) -> None:
        query = all_of([{"terms": {"cluster": clusters}}])
        query["bool"]["must_not"] = [has("shared")]
        script = {"source": "ctx._source.shared = ctx._source.cluster"}
        with self._client.speaking() as speaking:
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
        body = {"query": {"ids": {"values": values}}, "size": len(values)}
        hits = self._client.found(self._index, {**body, **_WHERE})["hits"]["hits"]
        return {hit["_id"]: _There.of(hit) for hit in hits}

    def _of_clusters(self, clusters: Sequence[str]) -> Iterator[tuple[str, _There]]:
        """The documents that are seen of these clusters, by id."""
        for start in range(0, len(clusters), _CLUSTERS):
            terms = {"terms": {"cluster": clusters[start : start + _CLUSTERS]}}
            asked: dict[str, Any] = {"query": terms, "size": WINDOW, "sort": [{"id": "asc"}]}
            while hits := self._client.found(self._index, asked | _WHERE)["hits"]["hits"]:
                yield from ((hit["_id"], _There.of(hit)) for hit in hits)
                asked["search_after"] = hits[-1]["sort"]

    def _removals(self, there: Mapping[str, _There], kept: Mapping[str, str]) -> Iterator[Action]:
        """What takes out those that are there, unless that is where they are to be ``kept``."""
        for id_, each in there.items():
            if each.routing != kept.get(id_):
                yield self._action("delete", id_, each.routing)

    def _action(self, kind: str, id_: str, routing: str, **more: Any) -> Action:
        return {"_op_type": kind, "_index": self._written, "_id": id_, "routing": routing, **more}


def _written(index: str) -> str:
    return f"{index}-written"


def _chunks(documents: Iterable[StoredDocument]) -> Iterator[list[StoredDocument]]:
    """The documents, some hundreds at a time; the last of an id counts."""
    remaining = iter(documents)
    while chunk := {each.id: each for each in islice(remaining, _CHUNK)}:
        yield [*chunk.values()]


def sweep(client: Client, records: Records) -> None:
    """Delete the indexes that are ours, of this catalog, and that nobody came to publish."""
    name = client.address.index
    catalogs = {records.uuid, *records.former}
    ours = re.compile(rf"{re.escape(name)}-[0-9a-f]{{{2 * _RANDOM}}}")
    with client.speaking() as speaking:
        for index, facts in speaking.indices.get(index=f"{name}-*").items():
            says = facts["mappings"].get("_meta", {})
            is_ours = ours.fullmatch(index) and says.get("catalog") in catalogs
            if is_ours and facts["aliases"].keys() <= {_written(index)}:
                speaking.indices.delete(index=index)
