"""Errors that are sentences for the user.

The message is a translatable Chinese sentence with named places for the
facts: ``UserError(N_("%(name)s 是空文件。"), name=name)``.  It is
put into the reader's language where it is shown, so an error raised while a
page is read can be shown in Chinese on a terminal and in English in a browser.
"""

from __future__ import annotations

from typing import Final

from indexer.i18n import N_, Message

_UNUSABLE: Final = N_(
    "资料库现在不能用，原因已经写进日志。请让管理这台服务器的人运行 python run.py check。"
)
_NO_ROOM: Final = N_(
    "服务器写不下了：磁盘已满或者不让写，原因已经写进日志。已经加入的都在；请腾出空间再试。"
)
_AWAY: Final = N_("保存索引的服务器现在连不上，或者太忙，原因已经写进日志。请过一会儿再试。")


class UserError(Exception):
    """Something the user can understand and mend; never shown as a traceback."""

    exit_code = 1

    def __init__(self, text: str, /, **facts: object) -> None:
        self.message = Message(text, facts)
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)

    @property
    def public(self) -> Message:
        """What somebody may be told who does not sit at the machine.

        Facts of a sentence are files of the machine, and other programs' words.
        """
        return Message(_UNUSABLE) if self.message.facts else self.message


class Refused(UserError):
    """One input was refused; the rest goes on."""

    @property
    def public(self) -> Message:
        """All of it: it is of what was sent."""
        return self.message


class WrongUsage(UserError):
    """A parameter or an option has an impossible value."""

    exit_code = 2

    @property
    def public(self) -> Message:
        """All of it: it is of what was asked."""
        return self.message


class TooCostly(UserError):
    """A search would take more time than it may."""


class Unavailable(UserError):
    """What is searched does not answer for now; the same may succeed later."""

    @property
    def public(self) -> Message:
        """Without where it is."""
        return Message(_AWAY)


class Replaced(Unavailable):
    """What is searched was replaced in the middle of an answer; asked again, there is one."""


class Unwritable(UserError):
    """The disk is full, or fails."""

    @property
    def public(self) -> Message:
        """Without the file."""
        return Message(_NO_ROOM)


class Locked(UserError):
    """The data folder is being written by somebody else."""

    exit_code = 3


class Unsound(UserError):
    """The catalog or the index did not pass a check."""

    exit_code = 4
