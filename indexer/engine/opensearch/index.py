"""An index as it is read: what it says of itself, and views of it that hold still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from opensearchpy import NotFoundError

from indexer.engine.opensearch.client import Body, Client
from indexer.engine.opensearch.state import State
from indexer.errors import Replaced, Unavailable, UserError
from indexer.i18n import N_

_ANOTHER: Final = N_(
    "OpenSearch 的索引 %(index)s 属于另一个资料库，没有动它。"
    "请在 --engine 里换一个索引名，或用建立它的那个数据文件夹。"
)
_FORMER: Final = N_(
    "OpenSearch 的索引 %(index)s 是恢复备份以前的目录库的，可能有备份里没有的内容，没有动它。"
    "要换成现在的目录库的内容，请运行 python run.py rebuild，--engine 照样写上。"
)
_FOREIGN: Final = N_(
    "OpenSearch 上的 %(index)s 不是本程序建立的索引，没有动它。请在 --engine 里换一个索引名。"
)
_REPLACED: Final = N_("OpenSearch 的索引 %(index)s 在检索时换成了新的。请再试一次。")
_PATIENCE: Final = 4.0  # seconds
_BETWEEN: Final = 0.2

_T = TypeVar("_T")


@dataclass(slots=True)
class _Steady:
    """What the searches of a block have in common, once they ask for it."""

    has_state: bool = False
    state: State | None = None
    has_view: bool = False
    view: str | None = None


class Index:
    """The index at the address of a client; of this catalog, if one is named.

    ``former`` are those in the place of which the catalog was put.  Safe to use from several
    threads.
    """

    def __init__(self, client: Client, catalog: str | None, former: Set[str] = frozenset()) -> None:
        self.client = client
        self._catalog = catalog
        self._former = former
        self._held = threading.local()

    @property
    def name(self) -> str | None:
        """The index that the name of the address stands for."""
        name = self.client.address.index
        try:
            with self.client.speaking() as client:
                found = [*client.indices.get_mapping(index=name)]
        except NotFoundError:
            return None
        return str(found[0])

    def state(self) -> State | None:
        """What the index says of itself; None when there is none.

        Raises UserError when it is another catalog's, or was made by somebody else.
        """
        steady = self._steady
        if steady is None:
            return self._state()
        if not steady.has_state:
            steady.state = self._state()
            steady.has_state = True
        return steady.state

    def demand_replaceable(self) -> None:
        """Raise UserError when the index is another catalog's, or was made by somebody else.

        That of a former catalog may be replaced, by who asks for that: it may have what this one
        lacks, and others may still be using it.
        """
        meta = self._meta()
        if meta and meta["catalog"] not in self._former:
            self._demand_ours(meta)

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Within the block, all that this thread reads is of one generation."""
        steady = self._held.steady = _Steady()
        try:
            yield
        finally:
            del self._held.steady
            if steady.view:
                self.client.close_view(steady.view)

    def read(self, ask: Callable[[str | None], _T], is_one: bool) -> _T:
        """What is asked of a view: that of :meth:`steady`, or one of now.

        Where it ``is_one`` request, it is asked of what is newest instead of a view of now.  When
        a node ends, it takes the others some time to notice: it is tried again meanwhile.
        Raises NotFoundError when there is no index, and Replaced within :meth:`steady` when there
        is another one.
        """
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                with self._view(is_one) as view:
                    return ask(view)
            except Replaced:
                raise
            except Unavailable:
                if time.monotonic() > end:
                    raise
            if steady := self._steady:
                steady.view = None
            time.sleep(_BETWEEN)

    def hits(self, body: Body) -> list[Any]:
        """The hits of a search, as OpenSearch gives them; none where there is no index."""
        try:
            answer = self.read(lambda view: self.client.search(body, view), is_one=True)
        except NotFoundError:
            return []
        return [*answer["hits"]["hits"]]

    @property
    def _steady(self) -> _Steady | None:
        return getattr(self._held, "steady", None)

    def _view(self, is_one: bool) -> AbstractContextManager[str | None]:
        steady = self._steady
        if steady is None:
            return nullcontext() if is_one else self.client.view()
        if steady.view is None:
            is_first = not steady.has_view
            before = self.state()  # which must not be a later one
            steady.view = self.client.open_view()
            steady.has_view = True
            if not is_first and self._state() != before:
                raise Replaced(_REPLACED, index=self.client.address.index)
        return nullcontext(steady.view)

    def _state(self) -> State | None:
        meta = self._meta()
        if meta is None:
            return None
        self._demand_ours(meta)
        return State.of(meta)

    def _demand_ours(self, meta: Mapping[str, Any]) -> None:
        if self._catalog not in (None, meta["catalog"]):
            sentence = _FORMER if meta["catalog"] in self._former else _ANOTHER
            raise UserError(sentence, index=self.client.address.index)

    def _meta(self) -> dict[str, Any] | None:
        """What the index says of itself.  Raises UserError when it is not one of this program."""
        name = self.client.address.index
        try:
            with self.client.speaking() as client:
                found = client.indices.get_mapping(index=name)
        except NotFoundError:
            return None
        meta: dict[str, Any] = {}
        if len(found) == 1 and name not in found:
            (meta,) = (each["mappings"].get("_meta", {}) for each in found.values())
        if "catalog" not in meta:
            raise UserError(_FOREIGN, index=name)
        return meta
