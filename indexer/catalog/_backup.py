"""Copies of the catalog, which are whole and sound or not made, and putting one back."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from shutil import copyfile
from typing import Final

from indexer import durable
from indexer.catalog._check import findings
from indexer.catalog._database import SCHEMA_VERSION, errors_as_sentences, log_of
from indexer.errors import Locked, Unsound, UserError
from indexer.i18n import N_

_DIGEST: Final = "backup"
_KEEP: Final = (
    "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
_FORMER: Final = "former"
_UUID: Final = "uuid"
_TABLES: Final = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
_GET: Final = "SELECT value FROM meta WHERE key = ?"
_NO_BACKUP: Final = N_("%(file)s 不是本程序能用的目录库备份。")
# Where SQLite locks a file that somebody has open, and how many bytes.
_SHARED: Final = 0x40000002, 510
# What a filesystem says that gives a file no second name: exFAT on Linux, macOS, Windows.
_ONE_NAME_ONLY: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL)


def backup(connection: sqlite3.Connection, file: Path) -> None:
    """Write the catalog, as one transaction left it, into a new file.

    Others may read and write meanwhile.  The copy is checked before it gets its
    name, and holds a digest of all that it says.  Raises UserError when there
    is such a file, Unsound when the catalog is not sound, and Unwritable.
    """
    if file.exists():
        raise UserError(N_("%(file)s 已经有了。备份不覆盖任何文件，请换一个名字。"), file=file)
    durable.folder(file.absolute().parent)
    # A name that nobody else has: two may write one backup at once.
    with _copied(connection, file.with_name(f"{file.name}.{uuid.uuid4().hex[:12]}")) as draft:
        with closing(sqlite3.connect(draft)) as copy:
            _demand_sound(copy, N_("目录库没有通过检查，没有写备份：%(finding)s"))
            with copy:
                copy.execute(_KEEP, (_DIGEST, _digest(copy)))
        durable.sync(draft)
        draft.replace(file)
    durable.sync_folder(file.absolute().parent)


def former(connection: sqlite3.Connection) -> frozenset[str]:
    """The uuids of the catalogs in the place of which this one was put."""
    said = connection.execute(_GET, (_FORMER,)).fetchone()
    return frozenset(said[0].split()) if said else frozenset()


def restore(file: Path, path: Path) -> Path | None:
    """Make the copy in ``file`` the catalog at ``path``; where the one that was there is kept.

    Nothing is changed unless the copy is sound.  The catalog gets another
    uuid, so that whatever was derived from the former one is made anew; it knows
    the former ones, the copy's and that of the one that was there.
    Raises UserError when the file is no copy of a catalog, Unsound, Unwritable,
    and Locked while somebody has the catalog open.
    """
    if not file.is_file():  # to open a pipe would take until somebody writes into it
        raise UserError(_NO_BACKUP, file=file)
    durable.folder(path.parent)
    with (
        _errors_of_backup(file),
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        _copied(source, path) as draft,
    ):
        with closing(sqlite3.connect(draft)) as copy:
            _demand_catalog(copy, file)
            with copy:
                copy.execute("DELETE FROM meta WHERE key = ?", (_DIGEST,))
                known = _known_as(copy) | _replaced(path)
                copy.execute(_KEEP, (_FORMER, " ".join(sorted(known))))
                copy.execute(_KEEP, (_UUID, str(uuid.uuid4())))
        durable.sync(draft)
        _write_log_back(path)
        with _nobody_has(path):
            kept = _set_aside(path) if path.exists() else None
            draft.replace(path)
            durable.sync_folder(path.parent)
    return kept


@contextmanager
def _copied(connection: sqlite3.Connection, file: Path) -> Iterator[Path]:
    """A copy of the whole catalog, the draft of ``file``, deleted at the end if still there."""
    draft = file.with_name(file.name + durable.DRAFT)
    draft.unlink(missing_ok=True)
    try:
        connection.execute("VACUUM INTO ?", (str(draft),))
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def _errors_of_backup(file: Path) -> Iterator[None]:
    try:
        with errors_as_sentences(file):
            yield
    except Unsound as error:
        if isinstance(error.__cause__, sqlite3.Error):
            facts = {"file": file, "reason": error.__cause__}
            raise Unsound(
                N_("备份 %(file)s 已损坏：%(reason)s。请换一份备份。"), **facts
            ) from error
        raise


def _demand_catalog(copy: sqlite3.Connection, file: Path) -> None:
    """Raise UserError when the copy is no catalog of this program, Unsound when it is damaged."""
    ((version,),) = copy.execute("PRAGMA user_version")
    has_meta = copy.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone()
    if not has_meta or not 0 < version <= SCHEMA_VERSION:
        raise UserError(_NO_BACKUP, file=file)
    said = copy.execute(_GET, (_DIGEST,)).fetchone()
    if said and said[0] != _digest(copy):
        raise Unsound(N_("备份 %(file)s 的内容已经改变，与写下时不符。请换一份备份。"), file=file)
    if version == SCHEMA_VERSION:
        _demand_sound(copy, N_("备份没有通过检查，没有恢复：%(finding)s"))


def _known_as(connection: sqlite3.Connection) -> frozenset[str]:
    """The uuid of a catalog, and the former ones."""
    ((own,),) = connection.execute(_GET, (_UUID,))
    return former(connection) | {own}


def _replaced(path: Path) -> frozenset[str]:
    """Those of the catalog that is to be replaced, as far as it can be read."""
    if path.exists():
        with suppress(sqlite3.Error, ValueError), closing(sqlite3.connect(path)) as connection:
            return _known_as(connection)
    return frozenset()


def _demand_sound(copy: sqlite3.Connection, sentence: str) -> None:
    for finding in findings(copy):
        raise Unsound(sentence, finding=finding)


def _digest(connection: sqlite3.Connection) -> str:
    """What changes with any value of any table, its own place left out."""
    hashed = blake2b(digest_size=20)
    for (table,) in connection.execute(_TABLES).fetchall():
        hashed.update(table.encode())
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            if row[0] != _DIGEST:
                hashed.update(ascii(row).encode())  # alike in every version of Python
    return hashed.hexdigest()


@contextmanager
def _nobody_has(path: Path) -> Iterator[None]:
    """Hold the lock that SQLite has while a file is open; raises Locked when somebody has it open.

    Who goes on with a catalog that was replaced would write its log into the new one's.
    """
    if sys.platform == "win32" or not path.exists():  # Windows renames no open file
        yield
        return
    import fcntl

    start, length = _SHARED
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
        except OSError as error:
            raise Locked(
                N_("目录库 %(path)s 正被别的程序使用（例如 serve），请先停下它。"), path=path
            ) from error
        yield


def _write_log_back(path: Path) -> None:
    """Have a catalog that is sound in one file: it and its log get other names one by one."""
    if path.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as former:
            former.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _set_aside(path: Path) -> Path:
    """Give a catalog and its log other names, under which they can be opened together."""
    now = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    kept = path.with_name(f"{path.stem}-{now}{path.suffix}")
    # A second name at first: at no moment is there no catalog, which would look like a new folder.
    try:
        os.link(path, kept)
    except OSError as error:
        if error.errno not in _ONE_NAME_ONLY:
            raise
        copyfile(path, kept)
        durable.sync(kept)
    if (log := log_of(path)).exists():
        log.replace(log_of(kept))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    durable.sync_folder(path.parent)
    return kept
