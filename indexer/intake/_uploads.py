"""Uploads on the disk: ``DATA/uploads/ID/`` holds what was sent, and how far it is.

What is sent is called by numbers there; the names that it was sent under stand in ``names.jsonl``
and never lead to a file.  ``progress.json`` is switched at once.  An upload that is complete waits
until it is done, whatever is killed in between: to take pages in again adds nothing.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, Literal

from indexer.errors import Refused
from indexer.i18n import N_, Message

State = Literal["receiving", "waiting", "running", "done", "stopped"]

MAX_BYTES: Final = 4 * 1024**3
MAX_FILES: Final = 100_000
KEPT: Final = 20  # of those that are done

_SPARE_BYTES: Final = 256 * 1024**2
_STALE_SECONDS: Final = 24 * 3600.0
_MAX_NAME: Final = 200
_WRITING: Final = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
_ID: Final = re.compile(r"\d{14}-[0-9a-f]{16}")
# Control characters, ends of lines, halves of characters, and what changes the direction.
_UNSHOWN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)

_TOO_MUCH: Final = N_(
    "一次最多上传 %(limit)s GB，没有收下。请分几次，或在服务器上用 run.py add 加入。"
)
_TOO_MANY: Final = N_("一次最多上传 %(limit)s 个文件，没有收下。请分几次，或打成 zip。")
_NO_ROOM: Final = N_("服务器的磁盘快满了，没有收下。请先腾出空间。")
_OUT_OF_STEP: Final = N_("上传的内容前后接不上。请重新上传。")
_CLOSED: Final = N_("这次上传已经结束，不能再加文件。请重新上传。")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is.

    ``read`` of ``total`` bytes were read and ``done`` pages acknowledged.  ``counts``
    are those of an addition, ``refused`` how many inputs were refused, ``reasons``
    for each reason how many and the first refusals.  ``problem`` says why it stopped,
    or what it waits for.
    """

    state: State = "receiving"
    read: int = 0
    total: int = 0
    done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    refused: int = 0
    reasons: tuple[tuple[int, tuple[Message, ...]], ...] = ()
    problem: Message | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state in ("done", "stopped")


class Upload:
    """One upload: for the server to fill, and for the process that takes it in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.id = folder.name

    @property
    def began(self) -> datetime:
        """When its first file came."""
        return datetime.strptime(self.id[:14], "%Y%m%d%H%M%S")

    def progress(self) -> Progress:
        """How far it is."""
        try:
            written = json.loads((self._folder / "progress.json").read_text(encoding="utf-8"))
            return _progress(written)
        except (OSError, ValueError):
            return Progress()

    def report(self, progress: Progress) -> None:
        """Say how far it is."""
        text = json.dumps(_as_json(asdict(progress)), ensure_ascii=False)
        new = self._folder / f"progress.{os.getpid()}"
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _switched(new, self._folder / "progress.json")

    def receive(self, number: int, offset: int, name: str, stream: IO[bytes]) -> None:
        """Keep what was sent of a file from ``offset`` on; the same piece may be sent again.

        Raises Refused when it does not follow what came before, when the upload
        is complete already, or for lack of room.
        """
        if self.progress().state != "receiving":
            raise Refused(_CLOSED)
        if not 0 <= number < MAX_FILES:
            raise Refused(_TOO_MANY, limit=MAX_FILES)
        file = self._folder / str(number)
        data = stream.read()
        if not 0 <= offset <= (file.stat().st_size if file.exists() else 0):
            raise Refused(_OUT_OF_STEP)
        if (size := self.size + len(data)) > MAX_BYTES:
            raise Refused(_TOO_MUCH, limit=MAX_BYTES // 1024**3)
        if shutil.disk_usage(self._folder).free - len(data) < _SPARE_BYTES:
            raise Refused(_NO_ROOM)
        (self._folder / "size").write_text(str(size), encoding="ascii")
        if not offset:
            line = json.dumps([number, shown_name(name)], ensure_ascii=False)
            with (self._folder / "names.jsonl").open("a", encoding="utf-8") as names:
                names.write(f"\n{line}\n")  # the one before may have been cut off
        # not to append: two requests may bring the same piece at once
        with os.fdopen(os.open(file, _WRITING, 0o600), "wb") as stored:
            stored.seek(offset)
            stored.write(data)

    @property
    def size(self) -> int:
        """How many bytes were sent."""
        try:
            return int((self._folder / "size").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def files(self) -> list[tuple[str, Path]]:
        """What was sent, in the order of the numbers: the names it was sent under, and files."""
        try:
            lines = (self._folder / "names.jsonl").read_text(encoding="utf-8").split("\n")
        except OSError:
            return []
        named: dict[int, str] = {}
        for line in lines:
            with suppress(ValueError):
                number, name = json.loads(line)
                named[number] = name
        paths = [(named[number], self._folder / str(number)) for number in sorted(named)]
        return [(name, path) for name, path in paths if path.exists()]

    def complete(self) -> None:
        """All files are there; or try once more after it stopped."""
        if self.progress().state in ("receiving", "stopped"):
            if hasattr(os, "sync"):  # there may be thousands of files
                os.sync()
            self.report(Progress("waiting", total=self.size))

    def drop_files(self) -> None:
        """Remove what was sent, and keep what became of it."""
        for _, path in self.files():
            path.unlink(missing_ok=True)


class Uploads:
    """The uploads of a data folder, seen by several processes."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "uploads"

    def begin(self) -> Upload:
        """A new upload without files; old ones that are over, or were given up, are forgotten."""
        self._forget()
        began = datetime.now().strftime("%Y%m%d%H%M%S")
        folder = self._folder / f"{began}-{secrets.token_hex(8)}"
        folder.mkdir(parents=True)
        return Upload(folder)

    def find(self, id_: str) -> Upload | None:
        """The upload of an id, if there is one."""
        folder = self._folder / id_
        return Upload(folder) if _ID.fullmatch(id_) and folder.is_dir() else None

    def all(self) -> list[Upload]:
        """Every upload, the newest first."""
        try:
            names = sorted((each.name for each in self._folder.iterdir()), reverse=True)
        except OSError:
            return []
        return [found for name in names if (found := self.find(name))]

    def waiting(self) -> list[Upload]:
        """Those that are complete and not yet over, the oldest first."""
        return [
            each for each in reversed(self.all()) if each.progress().state in ("waiting", "running")
        ]

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Hold the right to take uploads in; gives False when another process holds it."""
        from filelock import FileLock, Timeout  # it takes asyncio along

        lock = FileLock(self._folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _forget(self) -> None:
        over = 0
        for upload in self.all():
            state = upload.progress().state
            over += state == "done"
            folder = self._folder / upload.id
            with suppress(OSError):
                age = time.time() - folder.stat().st_mtime
                if (state == "done" and over > KEPT) or (
                    state in ("receiving", "stopped") and age > _STALE_SECONDS
                ):
                    shutil.rmtree(folder)


def shown_name(given: str) -> str:
    """The name of a file as pages show it: on one line, with its end, which says the format."""
    name = _UNSHOWN.sub("", given).strip()
    if len(name) > _MAX_NAME:
        name = "…" + name[-_MAX_NAME:]
    return name or "?"


def _switched(new: Path, old: Path) -> None:
    for attempt in range(20):
        try:
            new.replace(old)
            return
        except PermissionError:  # Windows, while somebody reads it
            if attempt == 19:
                raise
            time.sleep(0.05)


def _as_json(value: Any) -> Any:
    """A value with its sentences as objects, so that each reader sees them in their language."""
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    return value if isinstance(value, int | float | str | None) else str(value)


def _message(written: Mapping[str, Any]) -> Message:
    facts = {
        name: _message(fact) if isinstance(fact, dict) else fact
        for name, fact in written["facts"].items()
    }
    return Message(written["text"], facts)


def _progress(written: Mapping[str, Any]) -> Progress:
    reasons = tuple(
        (count, tuple(_message(each) for each in first)) for count, first in written["reasons"]
    )
    problem = written["problem"] and _message(written["problem"])
    return Progress(**{**written, "reasons": reasons, "problem": problem})
