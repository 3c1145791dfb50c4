"""Requests to a cluster, tried again where that may help; what fails is told in a sentence."""

from __future__ import annotations

import logging
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from opensearchpy import OpenSearch, exceptions, helpers

from indexer.engine.opensearch.address import PASSWORD, USER, Address
from indexer.errors import TooCostly, Unavailable, UserError
from indexer.i18n import N_

Body = dict[str, Any]

_UNREACHABLE: Final = N_(
    "连不上 OpenSearch（%(nodes)s）：%(reason)s。请检查它是否在运行、地址对不对。"
)
_NOT_KNOWN: Final = N_(
    "OpenSearch（%(nodes)s）不接受这个用户名或密码。请检查环境变量 %(user)s 和 %(password)s。"
)
_NOT_ALLOWED: Final = N_(
    "OpenSearch（%(nodes)s）不允许这个用户这样做：%(reason)s。"
    "请检查环境变量 %(user)s 里的用户对索引 %(index)s 的权限，需要哪些见 docs/opensearch.md。"
)
_BUSY: Final = N_("OpenSearch（%(nodes)s）太忙，试了 %(times)s 次都没有接受。请过一会儿再试。")
_REFUSED: Final = N_("OpenSearch（%(nodes)s）拒绝了请求：%(reason)s。")
_SOMETHING_ELSE: Final = N_("%(nodes)s 上回答的不是 OpenSearch。请检查 --engine 的地址和端口。")
_TOO_COSTLY: Final = N_(
    "这个检索太费时间：OpenSearch 在给它的时间里没有找完，已经停下，没有给出不完整的结果。"
    "请改用更长、更少见的词，减少词数，或者用日期范围缩小。"
)

_SECONDS: Final = 30.0
_RETRIES: Final = 4
_AWAY: Final = (502, 503, 504)
_FORBIDDEN: Final = 403
_INTERNAL: Final = 500  # and above: of a node, or of some shards, not of what is asked
_BULK_DOCUMENTS: Final = 500
_BULK_BYTES: Final = 8 << 20
_BULK_RETRIES: Final = 8
_FIRST_WAIT: Final = 1  # seconds, doubled with each try
_LONGEST_WAIT: Final = 30
_WHOLLY: Final = {
    "search_type": "dfs_query_then_fetch",  # scores do not depend on the shard
    "allow_partial_search_results": "false",
}
_NO_INDEX: Final = "index_not_found_exception"
_OUT_OF_TIME: Final = "Time exceeded"
_KEPT: Final = "5m"  # how long a view is kept for a reader between two requests

_log = logging.getLogger(__name__)
for _name in ("opensearch", "urllib3.connectionpool"):
    # Each node that does not answer is a warning with a traceback there; the errors say it all.
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Client:
    """One index of a cluster; safe to use from several threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._client = OpenSearch(
            [{"host": host, "port": port} for host, port in address.nodes],
            headers=_authorized(address.login),
            use_ssl=address.is_encrypted,
            # The library would take SSL_CERT_DIR for a file.
            ssl_context=ssl.create_default_context() if address.is_encrypted else None,
            timeout=_SECONDS,
            # another node, if one does not answer
            max_retries=_RETRIES,
            retry_on_timeout=True,
            retry_on_status=_AWAY,
        )

    def close(self) -> None:
        """Release the connections."""
        self._client.close()

    @contextmanager
    def speaking(self) -> Iterator[OpenSearch]:
        """The client itself; what it raises within the block is raised as a sentence.

        What is not found passes, as NotFoundError.
        """
        try:
            yield self._client
        except exceptions.NotFoundError:
            raise
        except exceptions.AuthenticationException as error:
            named = {"user": USER, "password": PASSWORD}
            raise UserError(_NOT_KNOWN, nodes=self._nodes, **named) from error
        except exceptions.AuthorizationException as error:
            raise self._refused(_FORBIDDEN, _reason(error)) from error
        except exceptions.SSLError as error:  # which no waiting mends
            raise UserError(_UNREACHABLE, nodes=self._nodes, reason=_reason(error)) from error
        except exceptions.ConnectionError as error:
            raise Unavailable(_UNREACHABLE, nodes=self._nodes, reason=_reason(error)) from error
        except exceptions.TransportError as error:
            if error.status_code == 429:
                raise Unavailable(_BUSY, nodes=self._nodes, times=_RETRIES) from error
            raise self._refused(int(error.status_code), _reason(error)) from error
        except exceptions.SerializationError as error:
            raise UserError(_SOMETHING_ELSE, nodes=self._nodes) from error

    def search(self, body: Body, view: str | None, seconds: float | None = None) -> Any:
        """The answer to a search of a view, or of what is newest: all of it.

        Raises TooCostly when it was not found within so many seconds, and Unavailable when a part
        of the index does not answer, or the view is gone.
        """
        index = None if view else self.address.index
        if view:
            body = {**body, "pit": {"id": view, "keep_alive": _KEPT}}
        if seconds is not None:
            body = {**body, "timeout": f"{max(round(seconds * 1000), 1)}ms"}
        with self.speaking() as client:
            try:
                answer = _patiently(lambda: client.search(body=body, index=index, params=_WHOLLY))
            except exceptions.NotFoundError as error:
                if index:
                    raise
                # a node took the view along
                raise Unavailable(_REFUSED, nodes=self._nodes, reason=_reason(error)) from error
            except exceptions.TransportError as error:
                # What is wanted wholly, a shard that has no time left refuses.
                if seconds is None or _OUT_OF_TIME not in str(error.info):
                    raise
                raise TooCostly(_TOO_COSTLY) from error
        return answer

    def found(self, index: str, body: Body) -> Any:
        """The answer to a search of an index by its own name, all of it."""
        with self.speaking() as client:
            return _patiently(lambda: client.search(body=body, index=index, params=_WHOLLY))

    def open_view(self) -> str:
        """The name under which searches see the index as it is now, whatever is written."""
        params = {"keep_alive": _KEPT, "allow_partial_pit_creation": "false"}
        with self.speaking() as client:
            return str(client.create_pit(index=self.address.index, params=params)["pit_id"])

    def close_view(self, view: str) -> None:
        """Give it up; one that cannot be is left to expire."""
        try:
            with self.speaking() as client:
                client.delete_pit(body={"pit_id": [view]})
        except (UserError, exceptions.NotFoundError):
            _log.debug("a view is left to expire", exc_info=True)

    @contextmanager
    def view(self) -> Iterator[str]:
        """A view for the time of the block."""
        view = self.open_view()
        try:
            yield view
        finally:
            self.close_view(view)

    def bulk(self, actions: Iterable[Mapping[str, Any]]) -> None:
        """Write all of it, each action by the alias that it names; what is busy is waited for.

        To delete or to update what is not there is no error.  Raises NotFoundError when there is
        no such alias.
        """
        with self.speaking() as client:
            results = helpers.streaming_bulk(
                client,
                actions,
                chunk_size=_BULK_DOCUMENTS,
                max_chunk_bytes=_BULK_BYTES,
                max_retries=_BULK_RETRIES,
                initial_backoff=_FIRST_WAIT,
                max_backoff=_LONGEST_WAIT,
                raise_on_error=False,
                require_alias=True,
            )
            for done, result in results:
                (kind, item) = next(iter(result.items()))
                error = item.get("error", {})
                if error.get("type") == _NO_INDEX:
                    raise exceptions.NotFoundError(item["status"], _NO_INDEX, item)
                if done or (kind != "index" and item["status"] == 404):
                    continue
                if item["status"] == 429:
                    raise Unavailable(_BUSY, nodes=self._nodes, times=_BULK_RETRIES)
                raise self._refused(item["status"], error.get("reason"))

    def _refused(self, status: int, reason: object) -> UserError:
        if status == _FORBIDDEN:
            named = {"user": USER, "index": self.address.index}
            return UserError(_NOT_ALLOWED, nodes=self._nodes, reason=reason, **named)
        kind = Unavailable if status >= _INTERNAL else UserError
        return kind(_REFUSED, nodes=self._nodes, reason=reason)

    @property
    def _nodes(self) -> str:
        return ", ".join(f"{host}:{port}" for host, port in self.address.nodes)


def _patiently(ask: Callable[[], Any]) -> Any:
    """The answer, asked for again with longer and longer waits while the cluster is busy."""
    wait = _FIRST_WAIT
    for left in reversed(range(_RETRIES)):
        try:
            return ask()
        except exceptions.TransportError as error:
            if error.status_code != 429 or not left:
                raise
        time.sleep(wait)
        wait *= 2
    raise AssertionError


def _reason(error: exceptions.TransportError) -> str:
    info = error.info
    if isinstance(info, dict) and isinstance(cause := info.get("error"), dict):
        shards = [each.get("reason") or {} for each in cause.get("failed_shards", ())]
        reasons = (each.get("reason") for each in (*cause.get("root_cause", ()), *shards, cause))
        return str(next(filter(None, reasons), f"HTTP {error.status_code}"))
    return str(info or error.error or f"HTTP {error.status_code}")


def _authorized(login: tuple[str, str] | None) -> dict[str, str]:
    """The header of HTTP Basic, in UTF-8 (RFC 7617): the library knows Latin-1 only."""
    if login is None:
        return {}
    return {"authorization": f"Basic {b64encode(':'.join(login).encode()).decode()}"}
