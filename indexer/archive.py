"""The reading side: one data folder, or an index alone, searched and shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from itertools import islice, starmap
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final, Self

from indexer.catalog import Catalog
from indexer.documents import Appearance, StoredDocument
from indexer.engine import UNLIMITED, Budget, Engine, Facet, Found, Outcome, Search
from indexer.engine.tree import And, Everything, Node, Not, TextField
from indexer.engine.whoosh import ALONE, Resources
from indexer.errors import Replaced, UserError, WrongUsage
from indexer.i18n import N_, Message
from indexer.identity import near_ids
from indexer.library import Library
from indexer.offers import Offers
from indexer.opening import opened
from indexer.pages.original import Original, original
from indexer.pages.places import known_city
from indexer.query.answer import (
    Answer,
    FacetValue,
    Hit,
    Marked,
    News,
    Notice,
    Partial,
    Timeline,
)
from indexer.query.hits import hit_of
from indexer.query.parser import Parsed, parse
from indexer.query.question import listed_facets, question, with_known_cities
from indexer.query.related import MAX_RELATED, more_like
from indexer.query.request import PAGE_SIZE, Mark, SearchRequest
from indexer.query.snippets import mark
from indexer.suggest import Suggester

if TYPE_CHECKING:  # it takes numpy along
    from indexer.suggest.completion import Suggestion

_CHUNK: Final = 500
_MARKED: Final = 8  # characters of the catalog's uuid

OUTDATED: Final = N_(
    "索引是用另一版词典建立的，个别词可能漏找或多找，引号里的不受影响。"
    "运行 python run.py rebuild（有 --engine 的照样写上）可更新索引。"
)
NO_CATALOG: Final = N_(
    "这里没有目录库，只有 OpenSearch 上的索引：能检索和阅读，不能加入、更正和检查。"
    "请用 --data 指出目录库所在的数据文件夹。"
)
_INCOMPARABLE: Final = N_(
    "看不出哪些文档是新加入的：上次看的是另一个资料库，或者它后来恢复到了更早的状态。"
)


class Archive:
    """A library and the engine over it; safe to use from several threads.

    Suggestions and pages as they were read are with a catalog alone.
    """

    def __init__(self, library: Library, engine: Engine) -> None:
        self.library = library
        self.engine = engine
        self.suggester = Suggester(library) if isinstance(library, Catalog) else None
        self._budget = UNLIMITED

    @classmethod
    def open(
        cls,
        data: Path,
        resources: Resources = ALONE,
        engine: str | None = None,
        create: bool = False,
    ) -> Self:
        """The archive in a data folder, or at an address; see :func:`indexer.opening.opened`."""
        return cls(*opened(data, resources, engine, create))

    @property
    def has_catalog(self) -> bool:
        """Whether there is all that was read, so that more can be added, and pages shown."""
        return isinstance(self.library, Catalog)

    @property
    def catalog(self) -> Catalog:
        """The catalog, which is written to.  Raises WrongUsage when it is elsewhere."""
        if not isinstance(self.library, Catalog):
            raise WrongUsage(NO_CATALOG)
        return self.library

    def limited(self, budget: Budget) -> Self:
        """The same archive, where all that is searched for together takes no more than the budget.

        Whatever searches then raises TooCostly.
        """
        limited = copy(self)
        limited._budget = budget
        return limited

    def search(self, request: SearchRequest) -> Answer:
        """One page of the answer to ``request``.

        Raises WrongUsage for a parameter that is impossible; whatever was
        ignored or assumed otherwise is a notice of the answer.  All of it is of one
        generation, whatever is written meanwhile.  Where the archive is :meth:`limited`,
        raises TooCostly.
        """
        try:
            with self.engine.steady():
                return self._search(request)
        except Replaced:  # once; nobody rebuilds all the time
            with self.engine.steady():
                return self._search(request)

    def _search(self, request: SearchRequest) -> Answer:
        began = perf_counter()
        mark = self.mark  # before it is searched: what comes meanwhile is new once more
        request, notices = self._understood(request)
        parsed, search = question(request)
        outcome = self._found(search)
        if not outcome.total:
            self.require_index()
        offers = self._offers
        corrections = offers.corrections(request, outcome.total) if offers else ()
        partial = self._partial(parsed, search, outcome, request.since)
        shown = parsed.node
        notices = [*parsed.notices, *notices]
        if self.engine.is_outdated:
            notices.append(Notice(Message(OUTDATED)))
        if not outcome.total and parsed.loosened is not None:
            loosened = self._found(replace(search, query=parsed.loosened))
            if loosened.total:
                outcome, shown = loosened, parsed.loosened
                text = N_("没有同时含有所有词的文档，以下是含有其中任意一个词的结果。")
                notices.append(Notice(Message(text)))
        if outcome.groups and not outcome.hits:
            text = N_("第 %(page)s 页超出了结果范围，结果共 %(pages)s 页。")
            pages = -(-outcome.groups // PAGE_SIZE)
            notices.append(Notice(Message(text, {"page": request.page, "pages": pages})))
        new = self._new(request, replace(search, query=shown))
        return Answer(
            request=request,
            sort=search.sort,
            total=outcome.total,
            groups=outcome.groups,
            hits=self._hits(outcome.hits, shown, request.since),
            facets=listed_facets(outcome, request),
            histogram=tuple(starmap(FacetValue, outcome.facets["date"])),
            undated=outcome.undated,
            took_ms=(perf_counter() - began) * 1000,
            mark=mark,
            notices=tuple(notices),
            aliases=parsed.aliases,
            partial=partial,
            corrections=corrections,
            new=new,
        )

    def timeline(self, request: SearchRequest) -> Timeline:
        """How many documents of which month the search finds, whatever page it names."""
        request, _ = self._understood(request)
        parsed, search = question(request)
        _, found = self._counted(parsed, replace(search, date_digits=7), ("date",))
        dated = {each.value: each.count for each in found.facets["date"]}
        months = {value: count for value, count in dated.items() if len(value) == 7}
        return Timeline(found.total, months)

    @property
    def mark(self) -> Mark:
        """How far the archive has come."""
        return Mark(self.library.uuid[:_MARKED], max(self.engine.generation, 0))

    @property
    def state(self) -> str:
        """What tells the state that answers come from, on disk, from any other."""
        library, engine = self.library, self.engine
        with engine.steady():
            parts = library.uuid, library.generation, engine.generation, engine.is_outdated
        return " ".join(map(str, parts))

    def news(self, request: SearchRequest) -> News:
        """How many documents the search finds, and how many of them are new since its mark."""
        mark = self.mark
        request, notices = self._understood(request)
        parsed, search = question(request)
        search, found = self._counted(parsed, search)
        return News(found.total, self._new(request, search), mark, tuple(notices))

    def _counted(
        self, parsed: Parsed, search: Search, facets: tuple[Facet, ...] = ()
    ) -> tuple[Search, Outcome]:
        """All that a search finds, counted, and the search that found it: loosened if need be."""
        search = replace(search, ranking=None, collapse=False, limit=0, facets=facets)
        found = self._found(search)
        if not found.total:
            self.require_index()
            if parsed.loosened is not None:
                search = replace(search, query=parsed.loosened)
                found = self._found(search)
        return search, found

    def _new(self, request: SearchRequest, search: Search) -> int | None:
        if request.since is None:
            return None
        filters = replace(search.filters, added_after=request.since.generation)
        search = replace(search, filters=filters, ranking=None, collapse=False, limit=0, facets=())
        return self._found(search).total

    def _understood(self, request: SearchRequest) -> tuple[SearchRequest, list[Notice]]:
        """The request in the terms of this archive, and what it does not know of it.

        A mark that says nothing here is left out.  Raises WrongUsage when only what is new
        since such a mark is wanted.
        """
        request, notices = with_known_cities(request)
        since = request.since
        if since is None:
            return request, notices
        now = self.mark
        if since.archive != now.archive or since.generation > now.generation:
            if request.new:
                raise WrongUsage(_INCOMPARABLE)
            request = replace(request, since=None)
            notices.append(Notice(Message(_INCOMPARABLE)))
        return request, notices

    def _partial(
        self, parsed: Parsed, search: Search, outcome: Outcome, since: Mark | None
    ) -> Partial | None:
        """What follows on the page on which the hits with all words end, best first.

        For one headline in twelve the report itself lacks one of its words, and
        some other document holds them all: python -m benchmarks.relevance.
        """
        places = search.offset + PAGE_SIZE - outcome.groups
        if parsed.loosened is None or search.sort != "relevance":
            return None
        if not outcome.hits or places < 0:
            return None
        query = And((parsed.loosened, Not(parsed.node)))
        found = self._found(replace(search, query=query, offset=0, limit=places, facets=()))
        hits = self._hits(found.hits, parsed.loosened, since)
        return Partial(found.total, hits) if found.total else None

    def require_index(self) -> None:
        """Raise UserError when there is no index over documents that are there."""
        if self.engine.generation < 0 and self.library.stats()["documents"]:
            raise UserError(
                N_(
                    "索引不见了或已损坏，暂时无法检索。"
                    "请运行 python run.py rebuild，有 --engine 的照样写上。"
                )
            )

    def every(self, request: SearchRequest) -> Iterator[StoredDocument]:
        """Every hit of the search in its order, whatever page the request names.

        Raises what :meth:`search` raises, before the first is asked for.
        """
        request, _ = self._understood(request)
        parsed, search = question(request)
        search = replace(search, offset=0, limit=None, facets=())
        found = self._found(search)
        if not found.total and parsed.loosened is not None:
            found = self._found(replace(search, query=parsed.loosened))
        return self._documents(hit.id for hit in found.hits)

    def indexed_ids(self) -> list[str]:
        """The ids of all documents that a search can find, ascending."""
        every = Search(Everything(), sort="newest", collapse=False, limit=None, facets=())
        return sorted(hit.id for hit in self._found(every).hits)

    def document(self, document_id: str) -> StoredDocument | None:
        """The document with exactly this id."""
        return self.library.documents([document_id]).get(document_id)

    def documents(self, ids: Iterable[str]) -> dict[str, StoredDocument]:
        """The documents of these ids as they are known now, by the id asked for."""
        current = self.library.current_ids(ids)
        stored = self.library.documents(current.values())
        return {asked: stored[now] for asked, now in current.items() if now in stored}

    def current_id(self, document_id: str) -> str | None:
        """The id under which a document is known now; None for an unknown id."""
        return self.library.current_ids([document_id]).get(document_id)

    def near(self, typed: str) -> StoredDocument | None:
        """The only document of which the id may have been mistyped as ``typed``."""
        known = self.library.ever_known(near_ids(typed))
        current = {*self.library.current_ids(known).values()}
        return self.document(current.pop()) if len(current) == 1 else None

    def appearances(self, document_id: str) -> tuple[Appearance, ...]:
        """Where the document was seen."""
        return self.library.appearances(document_id)

    def original(self, page_id: str) -> Original | None:
        """The page with this id as it was read.  Raises WrongUsage without a catalog."""
        stored = self.catalog.page(page_id)
        return original(stored, self.catalog.on_page(page_id)) if stored else None

    def reprints(self, document_id: str) -> tuple[StoredDocument, ...]:
        """The other documents of its cluster."""
        return self.library.reprints(document_id)

    def related(self, stored: StoredDocument) -> tuple[StoredDocument, ...]:
        """The documents nearest to it, if any are near, the nearest first; one of each cluster.

        Neither itself nor a reprint of it is among them.
        """
        reprints = len(self.reprints(stored.id))
        asked = more_like(stored.document, self.engine, reprints, self._budget)
        if asked is None:
            return ()
        hits = self._found(asked.search).hits
        near = self._documents(hit.id for hit in hits if hit.score >= asked.least)
        others = (each for each in near if each.cluster != stored.cluster)
        return tuple(islice(others, MAX_RELATED))

    def marked(self, stored: StoredDocument, q: str) -> tuple[Marked, tuple[Marked, ...]]:
        """Title and paragraphs of a document with what the query ``q`` matches marked.

        Raises TooCostly as :meth:`search` does.
        """
        node = parse(q, city_of=known_city).node

        def marked(text: str, field: TextField) -> Marked:
            self._budget.check()
            return mark(text, node, field)

        document = stored.document
        return marked(document.title, "title"), tuple(
            marked(paragraph, "body") for paragraph in document.paragraphs
        )

    def suggestions(self, q: str) -> list[Suggestion]:
        """What may be meant by ``q``, typed so far; nothing that only hidden documents have."""
        return offers.suggestions(q) if (offers := self._offers) else []

    def stats(self) -> dict[str, int | str]:
        """What the catalog holds, the engine, how far the index has come, if it is outdated."""
        return {
            **self.library.stats(),
            "engine": self.engine.name,
            "index_generation": self.engine.generation,
            "index_is_outdated": self.engine.is_outdated,
        }

    def close(self) -> None:
        """Release what catalog and index hold."""
        self.engine.close()
        if self.has_catalog:
            self.catalog.close()

    @property
    def _offers(self) -> Offers | None:
        if self.suggester is None:
            return None
        return Offers(self.suggester, self.catalog.curation, self._found)

    def _found(self, search: Search) -> Outcome:
        return self.engine.search(replace(search, budget=self._budget))

    def _documents(self, ids: Iterable[str]) -> Iterator[StoredDocument]:
        remaining = iter(ids)
        while chunk := tuple(islice(remaining, _CHUNK)):
            stored = self._stored(chunk)
            yield from (stored[each] for each in chunk if each in stored)

    def _stored(self, ids: Sequence[str]) -> dict[str, StoredDocument]:
        """The documents that a search found, by the ids by which it did.

        The index may be a little behind: for an id that was superseded since
        stands what superseded it, unless that was found as well.
        """
        stored = self.library.documents(ids)
        if missing := set(ids) - stored.keys():
            current = self.library.current_ids(missing)
            heirs = self.library.documents({*current.values()} - set(ids))
            stored |= {id_: heirs[now] for id_, now in current.items() if now in heirs}
        return stored

    def _hits(self, found: Iterable[Found], node: Node, since: Mark | None) -> tuple[Hit, ...]:
        found = tuple(found)
        stored = self._stored([each for hit in found for each in (hit.id, *hit.reprints)])

        def shown(hit: Found) -> Hit:
            self._budget.check()  # a long text takes long to mark
            return hit_of(hit, stored, node, since)

        return tuple(shown(hit) for hit in found if hit.id in stored)
