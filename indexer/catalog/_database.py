"""Connections, transactions and schema versions of the catalog's SQLite file."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from importlib import resources
from pathlib import Path
from typing import Final

from indexer import durable
from indexer.errors import Locked, Unsound, Unwritable, UserError
from indexer.i18n import N_

_BUSY_SECONDS: Final = 30.0
# What SQLite says when it cannot make the files that it has while a catalog is open.
_NO_ROOM: Final = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL)
# Hashes come in no order: who adds many needs all pages of their indexes at hand.
_WRITERS_CACHE: Final = "PRAGMA cache_size = -131072"  # KiB, taken as it is needed
_READERS_CACHE: Final = "PRAGMA cache_size = -2000"  # SQLite's own default
# A page of an index that many batches write is copied from the log once in so many pages.
_CHECKPOINT: Final = "PRAGMA wal_autocheckpoint = 16384"
_MIGRATIONS: Final = tuple(
    file.read_text(encoding="utf-8")
    for file in sorted(
        (resources.files("indexer.catalog") / "schema").iterdir(), key=lambda file: file.name
    )
    if file.name.endswith(".sql")
)
SCHEMA_VERSION: Final = len(_MIGRATIONS)


class Database:
    """A SQLite file with one connection a thread, brought to the present schema.

    Write-ahead logging keeps readers and the writer out of each other's way;
    a transaction is on disk when it is done (``synchronous=FULL``).
    """

    def __init__(self, path: Path) -> None:
        durable.folder(path.parent)
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
        self._migrate()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read by, which is to be had on a full disk as well."""
        with self.errors_as_sentences():
            try:
                connection = self.connection
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _NO_ROOM:
                    raise
                # Not kept, for it keeps all others out; the next may find room again.
                with closing(self._alone()) as alone:
                    yield alone
            else:
                yield connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One durable transaction: all of the block, or nothing of it."""
        with self.errors_as_sentences():
            connection = self.connection
            connection.execute(_WRITERS_CACHE)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def give_back_memory(self) -> None:
        """Let go of what this thread's connection keeps of the file, until it writes again."""
        with self.errors_as_sentences():
            # else all that is read next would take the place of what was written
            self.connection.execute(_READERS_CACHE)
            self.connection.execute("PRAGMA shrink_memory")

    def close(self) -> None:
        """Close every thread's connection."""
        with self._opening:
            while self._all:
                self._all.pop().close()
            self._local = threading.local()

    def errors_as_sentences(self) -> AbstractContextManager[None]:
        """Turn what SQLite says of a damaged, busy or full file into a sentence."""
        return errors_as_sentences(self.path)

    def _connect(self) -> sqlite3.Connection:
        connection = self._configured("NORMAL")
        with self._opening:
            self._all.append(connection)
        return connection

    def _alone(self) -> sqlite3.Connection:
        """A connection that locks out all others: it needs no file to share with them."""
        try:
            return self._configured("EXCLUSIVE")
        except sqlite3.OperationalError:
            log = log_of(self.path)
            if not self.path.is_file() or (log.exists() and log.stat().st_size):
                raise
            # Nobody has it open, and it is all there is: it needs no log either.
            return sqlite3.connect(f"{self.path.absolute().as_uri()}?immutable=1", uri=True)

    def _configured(self, locking: str) -> sqlite3.Connection:
        # close() closes every thread's connection from its own thread.
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            # What a catalog from elsewhere has in its schema may call no function with effects.
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute(f"PRAGMA locking_mode = {locking}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(_CHECKPOINT)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _migrate(self) -> None:
        if self._version() == SCHEMA_VERSION:
            return
        with self.transaction() as connection:
            version = self._version()
            if version > SCHEMA_VERSION:
                raise UserError(
                    N_(
                        "目录库 %(path)s 由更新的版本写成（格式 %(found)s，本程序到 %(known)s）。"
                        "请升级本程序。"
                    ),
                    path=self.path,
                    found=version,
                    known=SCHEMA_VERSION,
                )
            for script in _MIGRATIONS[version:]:
                for statement in _statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.executemany(
                "INSERT OR IGNORE INTO meta VALUES (?, ?)",
                [("uuid", str(uuid.uuid4())), ("generation", "0")],
            )

    def _version(self) -> int:
        with self.reading() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        return int(version)


def log_of(path: Path) -> Path:
    """Where SQLite keeps the transactions that are not in the file itself yet."""
    return path.with_name(path.name + "-wal")


@contextmanager
def errors_as_sentences(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a damaged, busy or full file into a sentence."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.DatabaseError as error:
        # Python itself says when a text is none, and gives no code.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        match code & 0xFF:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                raise Locked(
                    N_("目录库 %(path)s 正被别的程序写入，请稍后再试。"), path=path
                ) from error
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                raise Unsound(
                    N_(
                        "目录库 %(path)s 已损坏：%(reason)s。"
                        "请用 python run.py restore FILE 换上备份，或改用新的数据文件夹。"
                    ),
                    path=path,
                    reason=error,
                ) from error
            case sqlite3.SQLITE_FULL:
                raise Unwritable(
                    N_(
                        "磁盘已满，目录库 %(path)s 写不下了。已经加入的都在；"
                        "请腾出空间，再运行一次同样的命令。"
                    ),
                    path=path,
                ) from error
            case _:
                raise Unwritable(
                    N_("目录库 %(path)s 无法读写：%(reason)s。请检查磁盘空间和权限。"),
                    path=path,
                    reason=error,
                ) from error


def _statements(script: str) -> Iterator[str]:
    """The statements of a script (``executescript`` would end the transaction)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
