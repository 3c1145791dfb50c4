"""Names and passwords in a file, and how often one may be wrong.

A line of the file is ``name:hash``, the hash by scrypt as Werkzeug writes it; ``#`` begins a
comment.  ``run.py password NAME --auth FILE`` writes them.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from werkzeug.security import check_password_hash, generate_password_hash

from indexer.errors import UserError, WrongUsage
from indexer.i18n import N_

MIN_LENGTH: Final = 12  # of what is guessed online, a few times a minute at most

_NAME: Final = re.compile(r"[^\W_][\w.@-]{0,63}")
_HASH: Final = re.compile(r"scrypt:\d+:\d+:\d+\$[^$:\s]+\$[0-9a-f]+")

_UNREADABLE: Final = N_(
    "无法读取密码文件 %(file)s：%(reason)s。请用 run.py password 名字 --auth 文件 写入。"
)
_WRONG_LINE: Final = N_(
    "密码文件 %(file)s 第 %(line)s 行不对：应为“名字:哈希”。"
    "请用 run.py password 名字 --auth 文件 写入。"
)
_NOBODY: Final = N_(
    "密码文件 %(file)s 里没有任何名字。请先运行 run.py password 名字 --auth %(file)s。"
)
_WRONG_NAME: Final = N_(
    "名字“%(name)s”不行：请用字母、汉字、数字和 . _ @ -，以字母、汉字或数字开头，不超过 64 个字。"
)
_TOO_SHORT: Final = N_("密码太短：至少要 %(length)s 个字符。")


class Slowed(Exception):
    """Raised when too many passwords were wrong; the next one is looked at in ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(seconds)


@dataclass(slots=True)
class _Allowance:
    """So many mistakes at once, and one more whenever ``seconds`` have passed."""

    most: int
    seconds: float
    used: float = 0.0
    since: float = 0.0

    def wait(self, now: float) -> float:
        """How long until the next mistake is allowed."""
        self.used = max(0.0, self.used - (now - self.since) / self.seconds)
        self.since = now
        return max(0.0, self.used + 1 - self.most) * self.seconds


class Passwords:
    """The names of a file that may come in; safe to use from several threads.

    A changed file counts with the next request.  A password that was right is
    known again without the work that makes guessing slow, so that who is in
    stays in while somebody else guesses.  Each process counts mistakes of its own.
    """

    def __init__(self, file: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._proven: set[bytes] = set()
        self._nobodys = ""
        self._all = _Allowance(20, 1.0)
        self._each: dict[str, _Allowance] = {}
        self._lock = threading.Lock()
        self._stamp: tuple[int, ...] = ()
        self._hashes: dict[str, str] = {}

    def admits(self, name: str, password: str) -> bool:
        """Whether this is the password of the name.

        Raises Slowed, without looking, after too many mistakes, and UserError
        when the file cannot be used.
        """
        with self._lock:  # one at a time: each look takes 32 MB
            known = self._current().get(name)
            proof = hmac.digest(self._key, f"{name}\n{known}\n{password}".encode(), "sha256")
            if known and proof in self._proven:
                return True
            now = self._clock()
            # An allowance that nothing was taken from is as good as none.
            self._each = {who: each for who, each in self._each.items() if each.used > 0}
            own = self._each.setdefault(name, _Allowance(5, 10.0))
            for each in self._each.values():
                each.wait(now)
            if seconds := max(self._all.wait(now), own.wait(now)):
                raise Slowed(seconds)
            # A name that there is not takes as long as one that there is.
            if check_password_hash(known or self._nobodys, password) and known:
                self._proven.add(proof)
                return True
            own.used += 1
            self._all.used += 1
            return False

    def _current(self) -> dict[str, str]:
        try:
            found = self._file.stat()
        except OSError as error:
            raise UserError(_UNREADABLE, file=self._file, reason=error.strerror) from error
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if stamp != self._stamp:
            self._hashes = read_passwords(self._file)
            method = next(iter(self._hashes.values())).partition("$")[0]
            self._nobodys = generate_password_hash(secrets.token_hex(), method)
            self._stamp = stamp
            self._proven.clear()
        return self._hashes


def read_passwords(file: Path) -> dict[str, str]:
    """The hashes in a file by their names.

    Raises UserError when it cannot be read, has no name, or a line is no name with its hash.
    """
    named = dict(pair for _, pair in _lines(file) if pair)
    if not named:
        raise UserError(_NOBODY, file=file)
    return named


def others_may_read(file: Path) -> bool:
    """Whether anybody but its owner can read or change the file, where that is known."""
    return os.name == "posix" and bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _lines(file: Path) -> list[tuple[str, tuple[str, str] | None]]:
    """The lines of a file, each with the name and the hash on it, if it is no comment."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(_UNREADABLE, file=file, reason=reason) from error
    found: list[tuple[str, tuple[str, str] | None]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            found.append((line, None))
            continue
        name, _, hashed = line.strip().partition(":")
        if not _NAME.fullmatch(name) or not _HASH.fullmatch(hashed):
            raise UserError(_WRONG_LINE, file=file, line=number)
        found.append((line, (name, hashed)))
    return found


def set_password(file: Path, name: str, password: str) -> None:
    """Write the password of a name into a file that only its owner can read.

    Raises WrongUsage when the name or the password cannot be one, and UserError
    when the file is there and is no file of passwords.
    """
    if not _NAME.fullmatch(name):
        raise WrongUsage(_WRONG_NAME, name=name)
    if len(password) < MIN_LENGTH:
        raise WrongUsage(_TOO_SHORT, length=MIN_LENGTH)
    kept = [
        line
        for line, pair in (_lines(file) if file.exists() else ())
        if pair is None or pair[0] != name
    ]
    text = "\n".join((*kept, f"{name}:{generate_password_hash(password)}", ""))
    # A new file is made readable by its owner alone, and switched in at once.
    descriptor, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(made).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(made).unlink()
        raise
