"""Which documents are shown, in which order, and which others they stand for.

OpenSearch collapses hits by the first of each cluster in the order of the list.  That is what
is wanted but for the newest first, where the *earliest* of a cluster stands for it: then those
that share no cluster are asked for by themselves, and clusters by their earliest moments.

Beyond the first WINDOW hits, and for all of them, everything is walked through: first what
shares a cluster with others, then the whole list, of which a cluster's others are left out.

Of hits that are alike in score and date, lists collapsed by date have clusters in the order
of their names, others documents in that of their ids: an order that pages keep to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from indexer.engine.interface import Found, Search
from indexer.engine.opensearch.compile import Query, has
from indexer.engine.opensearch.mapping import WINDOW
from indexer.engine.opensearch.narrowing import Narrowed

Body = dict[str, Any]
Hit = dict[str, Any]
Order = list[dict[str, str]]

_BEST: Final[Order] = [{"_score": "desc"}, {"moment": "desc"}, {"id": "asc"}]
_NEWEST: Final[Order] = [{"moment": "desc"}, {"id": "asc"}]
_NEWEST_CLUSTERS: Final[Order] = [{"moment": "desc"}, {"cluster": "asc"}]
_OLDEST: Final[Order] = [{"earliest": "asc"}, {"id": "asc"}]
_BEST_OF_CLUSTER: Final[Order] = [{"_score": "desc"}, {"earliest": "asc"}, {"id": "asc"}]
_SHARED: Final = has("shared")
_DATED: Final = has("first")
# Exact, as a cluster is on one shard; a cardinality is not.
_DISTINCT: Final[Body] = {
    "scripted_metric": {
        "init_script": "state.seen = new HashSet()",
        "map_script": "state.seen.add(doc['shared'].value)",
        "combine_script": "return state.seen.size()",
        "reduce_script": "long sum = 0; for (each in states) { sum += each } return sum",
    }
}


def is_deep(search: Search) -> bool:
    """Whether one request does not reach down to the hits that are asked for."""
    return _end(search) > WINDOW


def _end(search: Search) -> int:
    return search.offset + (search.limit or 0)


class Listing:
    """The hits of a search.  ``ask`` answers requests, each of the same state of the index."""

    def __init__(
        self,
        search: Search,
        query: Query,
        narrowed: Narrowed,
        is_scored: bool,
        ask: Callable[[Body], Any],
    ) -> None:
        self._search = search
        self._query = query
        self._narrowed = narrowed
        self._is_scored = is_scored
        self._ask = ask

    @property
    def body(self) -> Body:
        """What is asked for: the hits, as far as one request gives them, and their number."""
        search = self._search
        body: Body = {"query": self._query, "track_total_hits": True, "_source": False}
        body |= {"post_filter": self._narrowed.passing(), "size": 0, "aggs": {}}
        if search.collapse:
            shared = self._narrowed.passing(_SHARED)
            body["aggs"]["shared"] = {"filter": shared, "aggs": {"clusters": _DISTINCT}}
        if not search.limit or is_deep(search):
            return body
        body |= {"docvalue_fields": ["shared"], "sort": self._order}
        if self._has_earliest_behind:
            body["post_filter"] = self._narrowed.passing({"bool": {"must_not": [_SHARED]}})
            body["size"] = _end(search)
            body["aggs"]["dated"] = self._first_clusters()
        else:
            body |= {"from": search.offset, "size": search.limit}
            if search.collapse:
                body["collapse"] = {"field": "cluster"}
        return body

    def total(self, answer: Any) -> int:
        """How many documents were found."""
        total: int = answer["hits"]["total"]["value"]
        if "dated" in answer["aggregations"]:  # the others were not among the hits
            total += answer["aggregations"]["shared"]["doc_count"]
        return total

    def groups(self, answer: Any) -> int:
        """How many hits there are to show."""
        total = self.total(answer)
        if not self._search.collapse:
            return total
        shared = answer["aggregations"]["shared"]
        return total - int(shared["doc_count"]) + int(shared["clusters"]["value"] or 0)

    def page(self, answer: Any) -> tuple[Found, ...]:
        """The hits that were asked for, in order."""
        search = self._search
        if not search.limit or search.offset >= self.groups(answer):
            return ()
        page = slice(search.offset, _end(search))
        if not is_deep(search):
            if not self._has_earliest_behind:
                return self._shown([_Place.of(hit) for hit in answer["hits"]["hits"]])
            if (merged := self._merged(answer)) is not None:
                return self._shown(merged[page])
        return tuple(islice(self.walked(), page.start, page.stop))

    def walked(self) -> Iterator[Found]:
        """Every hit in order, from the first on."""
        if not self._search.collapse:
            yield from (Found(each.id, each.score) for each in self._every(self._order))
            return
        members = self._members(_SHARED)
        emitted: set[str] = set()
        for each in self._every(self._order):
            if each.shared is None:
                yield Found(each.id, each.score)
                continue
            first, *others = members[each.shared]
            if self._has_earliest_behind and each.id != first.id:
                continue
            if each.shared not in emitted:
                emitted.add(each.shared)
                yield Found(first.id, first.score, tuple(other.id for other in others))

    @property
    def _has_earliest_behind(self) -> bool:
        """Whether the one of a cluster that is shown is not the first of it in the list."""
        search = self._search
        return search.collapse and not self._is_scored and search.sort != "oldest"

    @property
    def _order(self) -> Order:
        if self._is_scored:
            return _BEST
        if self._search.sort == "oldest":
            return _OLDEST
        return _NEWEST_CLUSTERS if self._search.collapse else _NEWEST

    def _first_clusters(self) -> Body:
        """The clusters that the newest of all begin with, by the earliest of their dates."""
        terms = {
            "field": "shared",
            "size": _end(self._search),
            "order": [{"earliest": "desc"}, {"_key": "asc"}],
        }
        earliest = {"earliest": {"min": {"field": "moment"}}}
        return {
            "filter": self._narrowed.passing(_SHARED, _DATED),
            "aggs": {"clusters": {"terms": terms, "aggs": earliest}},
        }

    def _merged(self, answer: Any) -> list[_Place] | None:
        """The first hits in order, clusters among the others; None where they are not known.

        That is behind the dated ones, for which clusters without any date were not looked at.
        """
        counts = answer["aggregations"]
        dated = counts["dated"]
        clusters = [
            _Place("", 0.0, int(each["earliest"]["value"]), each["key"], each["key"])
            for each in dated["clusters"]["buckets"]
        ]
        others = [_Place.of(hit) for hit in answer["hits"]["hits"]]
        merged = sorted([*others, *clusters], key=lambda place: (-place.moment, place.cluster))
        wanted = merged[: _end(self._search)]
        has_undated = counts["shared"]["doc_count"] > dated["doc_count"]
        is_sure = len(wanted) == _end(self._search) and bool(wanted[-1].moment)
        return wanted if is_sure or not has_undated else None

    def _shown(self, places: Sequence[_Place]) -> tuple[Found, ...]:
        """The hits at these places, with those that they stand for."""
        shared = sorted({each.shared for each in places if each.shared})
        if not shared or not self._search.collapse:
            return tuple(Found(each.id, each.score) for each in places)
        members = self._members({"terms": {"shared": shared}})
        return tuple(
            Found(first.id, first.score, tuple(other.id for other in others))
            for first, *others in (
                members[each.shared] if each.shared else [each] for each in places
            )
        )

    def _members(self, which: Query) -> dict[str, list[_Place]]:
        """What is found of clusters, the one that is shown first."""
        members: dict[str, list[_Place]] = defaultdict(list)
        for each in self._every(_BEST_OF_CLUSTER if self._is_scored else _OLDEST, which):
            members[each.shared or ""].append(each)
        return members

    def _every(self, order: Order, *which: Query) -> Iterator[_Place]:
        """All that is found, in this order, some thousands at a time."""
        body: Body = {"query": self._query, "_source": False, "docvalue_fields": ["shared"]}
        body |= {"post_filter": self._narrowed.passing(*which), "size": WINDOW, "sort": order}
        body["track_total_hits"] = False
        while hits := self._ask(body)["hits"]["hits"]:
            yield from map(_Place.of, hits)
            if len(hits) < WINDOW:
                return
            body["search_after"] = hits[-1]["sort"]


@dataclass(frozen=True, slots=True)
class _Place:
    """A document in a list, or a cluster of which the document is still to be found.

    ``moment`` and ``cluster`` are those by which it is sorted, in a list of the newest.
    """

    id: str
    score: float
    moment: int
    cluster: str
    shared: str | None

    @classmethod
    def of(cls, hit: Hit) -> _Place:
        """That of a hit of a request."""
        first, second = hit["sort"][:2]
        shared = hit.get("fields", {}).get("shared", (None,))[0]
        return cls(hit["_id"], hit["_score"] or 0.0, int(first), str(second), shared)


class Every(Sequence[Found]):
    """All hits of a search, so many; they are asked for as they are looked at."""

    def __init__(self, count: int, walk: Callable[[], Iterator[Found]]) -> None:
        self._count = count
        self._walk = walk

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Found]:
        return self._walk()

    def __getitem__(self, at: Any) -> Any:
        return tuple(self)[at]
