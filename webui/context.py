"""What every view stands on: the archive, and the address that links start with."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Final, ParamSpec, TypeVar, cast
from urllib.parse import unquote

from flask import current_app, g, request

from indexer.archive import Archive
from indexer.engine import Budget
from indexer.errors import WrongUsage
from indexer.export.markdown import document_url
from indexer.i18n import N_

EXTENSION: Final = "biwen"
_PIECES: Final = 50  # a few milliseconds' work

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


class Turn:
    """One at a time, in the order of coming, which a lock would not keep.

    Who comes ``behind`` lets all others go first, whenever they come.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_taken = False
        self._first: deque[threading.Lock] = deque()
        self._behind: deque[threading.Lock] = deque()

    @contextmanager
    def taken(self, behind: bool = False) -> Iterator[None]:
        """Have the turn for the length of the block."""
        self._wait(self._behind if behind else self._first)
        try:
            yield
        finally:
            self._pass_on()

    def _wait(self, waiting: deque[threading.Lock]) -> None:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            waiting.append(mine)
        mine.acquire()  # which the one before lets go of

    def _pass_on(self) -> None:
        with self._lock:
            if waiting := self._first or self._behind:
                waiting.popleft().release()
            else:
                self._is_taken = False


@dataclass(frozen=True, slots=True)
class Site:
    """One application's archive and public address, and the seconds that a request may search.

    ``data`` and ``engine`` are what the archive was opened by, for another process to do so.
    """

    archive: Archive
    base_url: str | None
    data: Path
    engine: str | None
    seconds: float
    turn: Turn = field(default_factory=Turn)


def archive() -> Archive:
    """The archive of the running application, limited to what one request may take."""
    if "archive" not in g:
        site = _site()
        g.archive = site.archive.limited(Budget(site.seconds))
    return cast(Archive, g.archive)


def in_turn(view: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """A view that takes turns with all such views of the application: one at a time.

    Side by side, searches would take the interpreter and the processor's cache from each other:
    with eight connections a process answers a quarter more searches one by one.
    """

    @wraps(view)
    def waiting(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
        with _site().turn.taken():
            return view(*args, **kwargs)

    return waiting


def behind_others() -> AbstractContextManager[None]:
    """A block that has its turn after all views that wait for theirs: for what is long."""
    return _site().turn.taken(behind=True)


def by_turns(pieces: Iterable[str]) -> Iterator[str]:
    """The same text in larger pieces, each made behind all that others wait for."""
    remaining = iter(pieces)
    while True:
        with behind_others():
            some = "".join(islice(remaining, _PIECES))
        if not some:
            return
        yield some


def base_url() -> str:
    """What every link that leaves the page starts with."""
    return _site().base_url or request.url_root


def parameters() -> list[tuple[str, str]]:
    """The name and value pairs of the URL's query string.  Raises WrongUsage if it is no UTF-8."""
    try:
        unquote(request.query_string.decode(), errors="strict")
    except UnicodeDecodeError as error:
        raise WrongUsage(N_("网址里的文字不是 UTF-8 编码的，请改用 UTF-8。")) from error
    return list(request.args.items(multi=True))


def permalink(document_id: str) -> str:
    """The absolute address of a document."""
    return document_url(base_url(), document_id)


def _site() -> Site:
    return cast(Site, current_app.extensions[EXTENSION])
