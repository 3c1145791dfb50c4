"""Errors that are sentences for the user.

The message is a translatable Chinese sentence with named places for the
facts: ``UserError(N_("%(name)s 是空文件。"), name=name)``.  It is
put into the reader's language where it is shown, so an error raised while a
page is read can be shown in Chinese on a terminal and in English in a browser.
"""

from __future__ import annotations

from indexer.i18n import Message


class UserError(Exception):
    """Something the user can understand and mend; never shown as a traceback."""

    exit_code = 1

    def __init__(self, text: str, /, **facts: object) -> None:
        self.message = Message(text, facts)
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class Refused(UserError):
    """One input was refused; the rest goes on."""


class WrongUsage(UserError):
    """A parameter or an option has an impossible value."""

    exit_code = 2


class Unwritable(UserError):
    """The disk is full, or fails."""


class Locked(UserError):
    """The data folder is being written by somebody else."""

    exit_code = 3


class Unsound(UserError):
    """The catalog or the index did not pass a check."""

    exit_code = 4
